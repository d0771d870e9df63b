import { createHash } from 'node:crypto';
import type { ConditionId, TokenId, WatchedMarket } from '../../../domain/market.ts';
import { price, shares } from '../../../domain/units.ts';

/** A market's YES book as two plain maps of cents to shares: slow, obvious, and nothing of the code under test. */
export interface ModelMarket {
  readonly watched: WatchedMarket;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
  lastTrade: string;
  stampMs: number;
}

export function modelMarket(index = 1): ModelMarket {
  return {
    watched: {
      conditionId: `0x${String(index).padStart(64, 'c')}` as ConditionId,
      yesTokenId: `1000${index}` as TokenId,
      noTokenId: `2000${index}` as TokenId,
      tickSize: price(100),
      minOrderSize: shares(5_000_000),
      negRisk: false,
    },
    bids: new Map([
      [48, 120],
      [49, 40.5],
    ]),
    asks: new Map([
      [52, 90],
      [51, 75],
    ]),
    lastTrade: '0.5',
    stampMs: 1_795_373_206_000,
  };
}

const level = (cents: number, size: number): { price: string; size: string } => ({
  price: String(cents / 100),
  size: String(size),
});

/** The wire's whole book of one token, hashed by the published formula with `JSON.stringify`. */
export function modelBook(model: ModelMarket, outcome: 'YES' | 'NO'): Record<string, unknown> {
  const { watched } = model;
  const side = (levels: Map<number, number>, isFlipped: boolean, ascending: boolean) =>
    [...levels]
      .map(([cents, size]) => [isFlipped ? 100 - cents : cents, size] as const)
      .sort((a, b) => (ascending ? a[0] - b[0] : b[0] - a[0]))
      .map(([cents, size]) => level(cents, size));
  const isNo = outcome === 'NO';
  const unhashed = {
    market: watched.conditionId,
    asset_id: isNo ? watched.noTokenId : watched.yesTokenId,
    timestamp: String(model.stampMs),
    hash: '',
    bids: side(isNo ? model.asks : model.bids, isNo, true),
    asks: side(isNo ? model.bids : model.asks, isNo, false),
    min_order_size: '5',
    tick_size: '0.01',
    neg_risk: false,
    last_trade_price: model.lastTrade,
  };
  return { ...unhashed, hash: createHash('sha1').update(JSON.stringify(unhashed)).digest('hex') };
}

export type ModelChange = readonly [side: 'BUY' | 'SELL', cents: number, size: number];

/** Applies changes as one event and gives its frames, `perFrame` changes in each, all with the final hash and touch. */
export function modelChanges(
  model: ModelMarket,
  changes: readonly ModelChange[],
  perFrame: number,
): Record<string, unknown>[] {
  model.stampMs += 7;
  for (const [side, cents, size] of changes) {
    const levels = side === 'BUY' ? model.bids : model.asks;
    if (size === 0) levels.delete(cents);
    else levels.set(cents, size);
  }
  const { watched } = model;
  const yesHash = modelBook(model, 'YES').hash;
  const noHash = modelBook(model, 'NO').hash;
  const bid = model.bids.size === 0 ? 0 : Math.max(...model.bids.keys());
  const ask = model.asks.size === 0 ? 100 : Math.min(...model.asks.keys());
  const frames: Record<string, unknown>[] = [];
  for (let from = 0; from < changes.length; from += perFrame)
    frames.push({
      market: watched.conditionId,
      price_changes: changes.slice(from, from + perFrame).flatMap(([side, cents, size]) => [
        {
          asset_id: watched.noTokenId,
          ...level(100 - cents, size),
          side: side === 'BUY' ? 'SELL' : 'BUY',
          hash: noHash,
          best_bid: String((100 - ask) / 100),
          best_ask: String((100 - bid) / 100),
        },
        {
          asset_id: watched.yesTokenId,
          ...level(cents, size),
          side,
          hash: yesHash,
          best_bid: String(bid / 100),
          best_ask: String(ask / 100),
        },
      ]),
      timestamp: String(model.stampMs),
      event_type: 'price_change',
    });
  return frames;
}
