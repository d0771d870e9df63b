import type { WebSocket } from 'ws';
import type { VenueEvent, VenueTrade } from '../types.ts';
import type { VenueCore } from './core.ts';
import { type ApiAccount, findByCredentials } from './credentials.ts';
import { strike } from './faults.ts';
import { parseObject, sendBounded, textList } from './socket-client.ts';
import { orderFrame, tradeFrame } from './user-wire.ts';

/** Close code of a refused authentication: policy violation. */
const CLOSE_POLICY = 1008;
/** How long shuffled frames are held before they go out in reverse. */
const SHUFFLE_MS = 20;

interface UserClient {
  readonly socket: WebSocket;
  account: ApiAccount | null;
  /** Null: all markets. */
  markets: Set<string> | null;
  /** Frames held back by the shuffling fault. */
  readonly held: string[];
}

export interface UserChannel {
  readonly accept: (socket: WebSocket) => void;
  readonly dropAll: () => void;
}

/** The private channel: order and trade frames of the API key that authenticated. Nothing is repeated after a reconnect. */
export function startUserChannel(core: VenueCore): UserChannel {
  const clients = new Set<UserClient>();

  const transmit = (client: UserClient, text: string): void =>
    sendBounded(client.socket, text, core.options.maxSocketBacklogBytes);

  function deliver(client: UserClient, frame: object): void {
    const address = client.account?.address;
    const subject = address === undefined ? {} : { address };
    if (strike(core.faults, 'userSilence', subject) !== null) return;
    const text = JSON.stringify(frame);
    if (strike(core.faults, 'shuffledUserEvents', subject) !== null) {
      client.held.push(text);
      if (client.held.length === 1) core.clock.after(SHUFFLE_MS, () => flushReversed(client));
      return;
    }
    transmit(client, text);
    if (strike(core.faults, 'duplicateUserEvents', subject) !== null) transmit(client, text);
  }

  function flushReversed(client: UserClient): void {
    for (const text of client.held.splice(0).reverse()) transmit(client, text);
  }

  const wants = (client: UserClient, conditionId: string): boolean =>
    client.markets === null || client.markets.has(conditionId);

  function onEvent(event: VenueEvent): void {
    if (event.kind === 'order') onOrder(event);
    else if (event.kind === 'trade') onTrade(event.trade, event.atMs);
  }

  function onOrder(event: Extract<VenueEvent, { kind: 'order' }>): void {
    const { order } = event;
    const record = core.markets.get(order.conditionId);
    if (record === undefined) return;
    for (const client of clients) {
      if (client.account?.credentials.apiKey !== order.apiKey || !wants(client, order.conditionId)) continue;
      const isKilledFok = event.killed && order.orderType === 'FOK';
      deliver(client, orderFrame(record, order, event.change, event.atMs, isKilledFok));
    }
  }

  function onTrade(trade: VenueTrade, atMs: number): void {
    const record = core.markets.get(trade.conditionId);
    if (record === undefined) return;
    for (const client of clients) {
      const apiKey = client.account?.credentials.apiKey;
      if (apiKey === undefined || !wants(client, trade.conditionId)) continue;
      const isParty = trade.takerApiKey === apiKey || trade.makers.some((maker) => maker.apiKey === apiKey);
      if (isParty)
        deliver(
          client,
          tradeFrame(record, trade, (part) => part.apiKey === apiKey, atMs),
        );
    }
  }

  function onText(client: UserClient, text: string): void {
    if (text === 'PING') {
      if (strike(core.faults, 'userSilence') === null) transmit(client, 'PONG');
      return;
    }
    const message = parseObject(text);
    if (message === null) {
      transmit(client, 'INVALID OPERATION');
      return;
    }
    if (message.auth !== undefined) authenticate(client, message);
    else if (client.account === null) client.socket.close(CLOSE_POLICY, 'Unauthorized/Invalid api key');
    else changeMarkets(client, message);
  }

  function authenticate(client: UserClient, message: Readonly<Record<string, unknown>>): void {
    const given = parseObject(JSON.stringify(message.auth)) ?? {};
    const { apiKey, secret, passphrase } = given;
    const isComplete =
      typeof apiKey === 'string' && typeof secret === 'string' && typeof passphrase === 'string';
    client.account = isComplete ? findByCredentials(core.credentials, { apiKey, secret, passphrase }) : null;
    if (client.account === null) {
      client.socket.close(CLOSE_POLICY, 'Unauthorized/Invalid api key');
      return;
    }
    const markets = textList(message.markets);
    client.markets = markets.length === 0 ? null : new Set(markets);
  }

  function changeMarkets(client: UserClient, message: Readonly<Record<string, unknown>>): void {
    const markets = textList(message.markets);
    if (message.operation === 'subscribe') {
      if (markets.length === 0) client.markets = null;
      else for (const market of markets) client.markets?.add(market);
    } else if (message.operation === 'unsubscribe') {
      for (const market of markets) client.markets?.delete(market);
    } else {
      transmit(client, 'INVALID OPERATION');
    }
  }

  core.listeners.add(onEvent);
  return {
    accept: (socket) => {
      const client: UserClient = { socket, account: null, markets: null, held: [] };
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
