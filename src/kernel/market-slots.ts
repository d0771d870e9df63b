import {
  bestAsk,
  bestBid,
  clearBook,
  createBook,
  isCrossed,
  regrid,
  setLevel,
  type TickBook,
} from '../domain/book.ts';
import { coinOf } from '../domain/coin.ts';
import type { ConditionId, Market, Outcome, WatchedMarket } from '../domain/market.ts';
import type {
  LevelChange,
  MarketEvent,
  OutcomeLevels,
  OutcomeTouches,
  PriceHistoryPoint,
  WireLevel,
} from '../domain/market-event.ts';
import { PRICE_ONE, type Price } from '../domain/units.ts';
import type { LoopName } from './loop.ts';

/**
 * One market as the core knows it: its listing, and its book while it is watched. What its mark is made of is written in this file
 * alone, and `reduceMarket` notes where that changed the mark.
 */
export interface MarketSlot {
  market: Market;
  /** The coin that it is about, or null; read from the listing once, since it takes a look at every word. */
  coin: string | null;
  /** Whether its book is followed, and by which loops: it is as long as one of them wants it. */
  watched: boolean;
  watchedBy: LoopName[];
  /** The current tick; the listing's until the venue announces a change. */
  tick: Price;
  book: TickBook;
  /** Whether quotes may be built on the book. False from a gap or a failed hash until a whole book has arrived. */
  bookLive: boolean;
  bookReason: string;
  /** When the book last changed or was confirmed. */
  bookAtMs: number;
  /** When the mid last moved; the legacy engine widens on markets that stand still. */
  midMovedAtMs: number;
  /** The last mid of a live book with two sides; null before the first. */
  readonly lastMid: number | null;
  lastTradePrice: Price | null;
  /** Counts since the slot was made: changes of the live book, public trades, and the millionths of a share they moved. */
  bookChanges: number;
  publicTrades: number;
  publicTradedMicro: number;
  /** The venue's own price history as it was last read; null before. */
  venueHistory: { readonly points: readonly PriceHistoryPoint[]; readonly asOfMs: number } | null;
  /** The tokens' best prices while they do not mirror each other, or null. */
  touchesApart: OutcomeTouches | null;
  /** Both tokens' books as they were last read together, and when; null before. */
  outcomeBooks: { readonly yes: OutcomeLevels; readonly no: OutcomeLevels; readonly atMs: number } | null;
  /** Rejections in a row because a post-only order would have crossed. */
  crossRejects: number;
  /** `undefined` while open; `null` for a void (50/50) outcome. */
  readonly resolved: Outcome | null | undefined;
  /** Whether the oracle's report of that outcome was read from the chain: only then is it beyond doubt. */
  isPaidOut: boolean;
}

export function createSlot(market: Market): MarketSlot {
  return {
    market,
    coin: coinOf(market),
    watched: false,
    watchedBy: [],
    tick: market.tickSize,
    // Thousands of markets are listed and few are watched: a grid is only laid out for a book that arrives.
    book: createBook(PRICE_ONE),
    bookLive: false,
    bookReason: 'not watched yet',
    bookAtMs: 0,
    midMovedAtMs: 0,
    lastMid: null,
    lastTradePrice: null,
    bookChanges: 0,
    publicTrades: 0,
    publicTradedMicro: 0,
    venueHistory: null,
    touchesApart: null,
    outcomeBooks: null,
    crossRejects: 0,
    resolved: undefined,
    isPaidOut: false,
  };
}

/** Takes over listed markets without losing what the sockets have told since. */
export function applyListing(slots: Map<ConditionId, MarketSlot>, markets: readonly Market[]): void {
  for (const market of markets) {
    const slot = slots.get(market.conditionId);
    if (slot === undefined) {
      slots.set(market.conditionId, createSlot(market));
      continue;
    }
    if (market.question !== slot.market.question || market.slug !== slot.market.slug)
      slot.coin = coinOf(market);
    // While watched, the socket's tick is newer than the listing's.
    if (slot.watched) slot.market = { ...market, tickSize: slot.tick };
    else {
      slot.market = market;
      slot.tick = market.tickSize;
    }
  }
}

/**
 * Once a listing is complete: a market that is not watched, not `needed` and not listed any more is forgotten, so that memory is
 * bounded by what the venue lists.
 */
export function forgetUnlisted(
  slots: Map<ConditionId, MarketSlot>,
  listed: ReadonlySet<ConditionId>,
  needed: (conditionId: ConditionId) => boolean,
): void {
  for (const [conditionId, { watched }] of slots)
    if (!watched && !listed.has(conditionId) && !needed(conditionId)) slots.delete(conditionId);
}

/** A loop wants the book. Returns whether nobody did before. */
export function beginWatching(slot: MarketSlot, loop: LoopName): boolean {
  if (!slot.watchedBy.includes(loop)) slot.watchedBy.push(loop);
  if (slot.watched) return false;
  slot.watched = true;
  distrust(slot, 'no book received yet');
  return true;
}

/** A loop does not want the book, or not any more. Returns whether nobody does now. */
export function endWatching(slot: MarketSlot, loop: LoopName): boolean {
  slot.watchedBy = slot.watchedBy.filter((name) => name !== loop);
  if (slot.watchedBy.length > 0) return false;
  slot.watched = false;
  distrust(slot, 'not watched');
  return true;
}

export const watchedMarket = (slot: MarketSlot): WatchedMarket => ({
  conditionId: slot.market.conditionId,
  yesTokenId: slot.market.yesTokenId,
  noTokenId: slot.market.noTokenId,
  tickSize: slot.tick,
  minOrderSize: slot.market.minOrderSize,
  negRisk: slot.market.negRisk,
});

/** Replaces the book by a whole one and makes it live. */
export function applyBook(
  slot: MarketSlot,
  event: Extract<MarketEvent, { kind: 'book' }>,
  nowMs: number,
): void {
  if (event.tick !== slot.book.tick) slot.book = createBook(event.tick);
  else clearBook(slot.book);
  slot.tick = event.tick;
  slot.market = { ...slot.market, tickSize: event.tick };
  slot.bookLive = true;
  slot.bookReason = '';
  slot.touchesApart = null;
  // A level that fits no grid takes the trust away again.
  fill(slot, 'BUY', event.bids);
  fill(slot, 'SELL', event.asks);
  noteChange(slot, nowMs);
}

function fill(slot: MarketSlot, side: 'BUY' | 'SELL', levels: readonly WireLevel[]): void {
  for (const [at, size] of levels) place(slot, [side, at, size]);
}

/** Applies changed level totals. A book that is not live stays so: it has a gap that only a whole book closes. */
export function applyLevels(slot: MarketSlot, changes: readonly LevelChange[], nowMs: number): void {
  for (const change of changes) place(slot, change);
  noteChange(slot, nowMs);
}

/** A level between the grid's points makes the grid finer: what rests at the venue is never left out. */
function place(slot: MarketSlot, [side, at, size]: LevelChange): void {
  if (setLevel(slot.book, side, at, size)) return;
  if (
    at <= 0 ||
    !regrid(slot.book, greatestCommonDivisor(slot.book.tick, at) as Price) ||
    !setLevel(slot.book, side, at, size)
  ) {
    distrust(slot, `level ${at}/10000 does not fit the book`);
  }
}

/** Follows a tick-size change. Levels that the coarser grid cannot hold keep the finer grid until the venue drops them. */
export function applyTick(slot: MarketSlot, tick: Price): void {
  slot.tick = tick;
  slot.market = { ...slot.market, tickSize: tick };
  regrid(slot.book, tick);
}

/** The outcome is known; null where both sides pay a half. */
export function applyResolution(slot: MarketSlot, winner: Outcome | null): void {
  (slot as { resolved: MarketSlot['resolved'] }).resolved = winner;
}

export function distrust(slot: MarketSlot, reason: string): void {
  slot.bookLive = false;
  slot.bookReason = reason;
}

/** Only a book that may be trusted moves the mid, and one that has none leaves the last one standing. */
function noteChange(slot: MarketSlot, nowMs: number): void {
  slot.bookAtMs = nowMs;
  if (!slot.bookLive) return;
  slot.bookChanges += 1;
  const bid = bestBid(slot.book);
  const ask = bestAsk(slot.book);
  if (bid === null || ask === null || isCrossed(slot.book)) return;
  const mid = (bid + ask) / 2;
  if (mid === slot.lastMid) return;
  (slot as { lastMid: number | null }).lastMid = mid;
  slot.midMovedAtMs = nowMs;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
