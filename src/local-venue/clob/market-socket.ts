import type { WebSocket } from 'ws';
import type { TokenId } from '../../domain/market.ts';
import type { VenueEvent } from '../types.ts';
import { askText, bidText, touchOf } from './book-view.ts';
import { findMarketByToken, type MarketRecord, type VenueCore } from './core.ts';
import { strike } from './faults.ts';
import {
  bestBidAskFrame,
  bookFrame,
  lastTradeFrame,
  marketResolvedFrame,
  newMarketFrame,
  priceChangeFrame,
  priceChanges,
  tickSizeFrame,
  tokensOf,
} from './market-frames.ts';
import { parseObject, sendBounded, textList } from './socket-client.ts';

interface MarketClient {
  readonly socket: WebSocket;
  readonly assets: Set<string>;
  /** Asked for best_bid_ask, new_market and market_resolved too. */
  custom: boolean;
}

export interface MarketChannel {
  readonly accept: (socket: WebSocket) => void;
  readonly dropAll: () => void;
}

/** The public channel: a snapshot for each asset asked for, then what changes. */
export function startMarketChannel(core: VenueCore): MarketChannel {
  const clients = new Set<MarketClient>();
  /** Touch last announced, by token, for markets that someone watches. */
  const announced = new Map<TokenId, string>();
  /** Markets that traded since their last book event: their books are sent whole. */
  const traded = new Set<string>();

  const deliver = (client: MarketClient, text: string, conditionId?: string): void => {
    const subject = conditionId === undefined ? {} : { conditionId };
    if (strike(core.faults, 'marketSilence', subject) !== null) return;
    sendBounded(client.socket, text, core.options.maxSocketBacklogBytes);
  };

  const watchersOf = (record: MarketRecord): MarketClient[] => {
    const tokens = tokensOf(record);
    return [...clients].filter((client) => tokens.some((tokenId) => client.assets.has(tokenId)));
  };

  const toAsset = (tokenId: TokenId, frame: object, conditionId: string): void => {
    let text: string | null = null;
    for (const client of clients) {
      if (!client.assets.has(tokenId)) continue;
      text ??= JSON.stringify(frame);
      deliver(client, text, conditionId);
    }
  };

  const toCustom = (frame: object, conditionId: string): void => {
    const text = JSON.stringify(frame);
    for (const client of clients) if (client.custom) deliver(client, text, conditionId);
  };

  function announceBook(record: MarketRecord, event: Extract<VenueEvent, { kind: 'book' }>): void {
    const { conditionId } = event;
    const hasTraded = traded.delete(conditionId);
    const watchers = watchersOf(record);
    if (watchers.length === 0) return;
    announceTouch(record, watchers, event.atMs);
    if (event.levels.length > 0) {
      const entries = priceChanges(core, record, event);
      const isSplit = strike(core.faults, 'splitPriceChanges', { conditionId }) !== null;
      const groups = isSplit ? pairs(entries) : [entries];
      for (const group of groups) {
        const text = JSON.stringify(priceChangeFrame(record, group, event.atMs));
        for (const client of watchers) deliver(client, text, conditionId);
      }
    }
    if (!hasTraded) return;
    for (const tokenId of tokensOf(record)) {
      toAsset(tokenId, bookFrame(core, record, tokenId, true), conditionId);
    }
  }

  function announceTouch(record: MarketRecord, watchers: readonly MarketClient[], atMs: number): void {
    for (const tokenId of tokensOf(record)) {
      const touch = touchOf(core, record, tokenId);
      const key = `${bidText(touch)}/${askText(touch)}`;
      if (announced.get(tokenId) === key) continue;
      announced.set(tokenId, key);
      const text = JSON.stringify(bestBidAskFrame(core, record, tokenId, atMs));
      for (const client of watchers) {
        if (client.custom && client.assets.has(tokenId)) deliver(client, text, record.market.conditionId);
      }
    }
  }

  function onEvent(event: VenueEvent): void {
    if (event.kind === 'order' || event.kind === 'trade') return;
    const record = core.markets.get(event.conditionId);
    if (record === undefined) return;
    switch (event.kind) {
      case 'book':
        announceBook(record, event);
        break;
      case 'lastTrade':
        traded.add(event.conditionId);
        toAsset(event.tokenId, lastTradeFrame(event), event.conditionId);
        break;
      case 'tickSize':
        for (const tokenId of tokensOf(record)) {
          toAsset(tokenId, tickSizeFrame(tokenId, event), event.conditionId);
        }
        break;
      case 'marketListed':
        toCustom(newMarketFrame(record, event.atMs), event.conditionId);
        break;
      case 'marketResolved':
        toCustom(marketResolvedFrame(record, event), event.conditionId);
        break;
    }
  }

  function subscribe(client: MarketClient, ids: readonly string[]): void {
    const added = ids.filter((id) => !client.assets.has(id));
    if (ids.length > 0 && added.length === 0) {
      deliver(client, 'NO NEW ASSETS');
      return;
    }
    const books: object[] = [];
    for (const id of new Set(added)) {
      client.assets.add(id);
      const record = findMarketByToken(core, id);
      if (record === null || record.status !== 'open') continue;
      books.push(bookFrame(core, record, id as TokenId, false));
    }
    deliver(client, JSON.stringify(books));
  }

  function onText(client: MarketClient, text: string): void {
    if (text === 'PING') {
      deliver(client, 'PONG');
      return;
    }
    const message = parseObject(text);
    if (message === null) {
      deliver(client, 'INVALID OPERATION');
      return;
    }
    if (typeof message.custom_feature_enabled === 'boolean') client.custom = message.custom_feature_enabled;
    const ids = textList(message.assets_ids);
    if (message.operation === 'unsubscribe') {
      for (const id of ids) client.assets.delete(id);
    } else if (message.operation === 'subscribe' || message.type === 'market') {
      subscribe(client, ids);
    } else {
      deliver(client, 'INVALID OPERATION');
    }
  }

  core.listeners.add(onEvent);
  return {
    accept: (socket) => {
      const client: MarketClient = { socket, assets: new Set(), custom: false };
      clients.add(client);
      socket.on('message', (data, isBinary) => {
        if (!isBinary) onText(client, String(data));
      });
      socket.on('close', () => clients.delete(client));
      socket.on('error', () => socket.terminate());
    },
    dropAll: () => {
      for (const client of clients) client.socket.terminate();
    },
  };
}

/** Entries two by two: one level, both tokens. */
function pairs<T>(entries: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let index = 0; index < entries.length; index += 2) groups.push(entries.slice(index, index + 2));
  return groups;
}
