import type { Side } from '../domain/market.ts';
import type { ClientId } from '../domain/order.ts';
import type { Price, Shares } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { restingSize } from './order-size.ts';
import type { OrderTable } from './order-table.ts';
import type { OrderRecord } from './types.ts';

/**
 * Orders that hang: when one side of a pair of quotes has filled, the other may stay where it is, keep its place in the queue and
 * close the position that the fill has opened, while new quotes are made beside it. Plain data; an order is only named here and
 * lives in the order table, so that nothing can be counted twice.
 */
export interface HangingState {
  /** Quotes of one level that rested together at the last look. */
  pairs: QuotePair[];
  /** Since when each order hangs. */
  sinceMs: Map<ClientId, number>;
}

export interface QuotePair {
  readonly bid: ClientId;
  readonly ask: ClientId;
}

export interface HangingRules {
  readonly enabled: boolean;
  readonly maxAgeMs: number;
  /** Farthest from the fair value that an order may hang. */
  readonly maxDistance: Price;
}

/** A hanging order as it rests, in YES coordinates. */
export interface HangingQuote {
  readonly clientId: ClientId;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly level: number;
  readonly funding: 'cash' | 'inventory';
}

export const createHangingState = (): HangingState => ({ pairs: [], sinceMs: new Map() });

/**
 * Brings the state to what the table shows now, and returns the orders that may stay. An order whose partner has filled whole hangs
 * from now on; one that has ended, was asked to leave, has grown too old or stands too far from `fair` (YES, 1/10,000 USD) does not.
 */
export function observeHanging(
  state: HangingState,
  table: OrderTable,
  working: readonly OrderRecord[],
  rules: HangingRules,
  fair: number,
  nowMs: number,
): HangingQuote[] {
  if (!rules.enabled) {
    forgetHanging(state);
    return [];
  }
  for (const { bid, ask } of state.pairs) {
    const [left, right] = [table.byClientId.get(bid), table.byClientId.get(ask)];
    if (left?.state === 'filled' && right !== undefined) hang(state, right, nowMs);
    if (right?.state === 'filled' && left !== undefined) hang(state, left, nowMs);
  }
  const quotes: HangingQuote[] = [];
  for (const [clientId, sinceMs] of state.sinceMs) {
    const record = table.byClientId.get(clientId);
    const isGood =
      record !== undefined &&
      rests(record) &&
      nowMs - sinceMs < rules.maxAgeMs &&
      Math.abs(yesPriceOf(record.request) - fair) <= rules.maxDistance;
    if (isGood) quotes.push(toQuote(record));
    else state.sinceMs.delete(clientId);
  }
  state.pairs = pairsOf(state, working);
  return quotes;
}

/** Nothing hangs any more: the market is withdrawn from, so its orders are all on their way off the book. */
export function forgetHanging(state: HangingState): void {
  state.pairs = [];
  state.sinceMs.clear();
}

function hang({ sinceMs }: HangingState, record: OrderRecord, nowMs: number): void {
  const { clientId } = record.request;
  if (rests(record) && !sinceMs.has(clientId)) sinceMs.set(clientId, nowMs);
}

const rests = ({ state, cancelAskedAtMs }: OrderRecord): boolean =>
  (state === 'open' || state === 'partiallyFilled') && cancelAskedAtMs === null;

/** The oldest resting bid and ask of each level, those that hang already left out. */
function pairsOf({ sinceMs }: HangingState, working: readonly OrderRecord[]): QuotePair[] {
  const byLevel = new Map<number, { BUY?: ClientId; SELL?: ClientId }>();
  for (const record of working) {
    const { clientId } = record.request;
    if (record.tags.purpose !== 'quote' || !rests(record) || sinceMs.has(clientId)) continue;
    const ofLevel = byLevel.get(record.tags.level) ?? {};
    ofLevel[yesSideOf(record.request)] ??= clientId;
    byLevel.set(record.tags.level, ofLevel);
  }
  const pairs: QuotePair[] = [];
  for (const { BUY: bid, SELL: ask } of byLevel.values())
    if (bid !== undefined && ask !== undefined) pairs.push({ bid, ask });
  return pairs;
}

const toQuote = (record: OrderRecord): HangingQuote => ({
  clientId: record.request.clientId,
  side: yesSideOf(record.request),
  price: yesPriceOf(record.request),
  size: restingSize(record),
  level: record.tags.level,
  funding: record.request.side === 'SELL' ? 'inventory' : 'cash',
});
