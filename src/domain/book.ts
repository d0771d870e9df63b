import type { Side } from './market.ts';
import { PRICE_ONE, type Price, type Shares } from './units.ts';

/**
 * One market's order book in YES coordinates: a bid for NO at p stands here as an ask at 1 - p.
 * Levels are tick arrays indexed by price / tick, so the touch moves by stepping, not by sorting.
 * Plain data: the functions below are its only writers.
 */
export interface TickBook {
  tick: Price;
  /** Resting millionths of a share per tick index, from 0 to 1/tick. */
  bids: Float64Array;
  asks: Float64Array;
  /** Tick index of the best bid, or -1 where there is none. */
  bestBidIndex: number;
  /** Tick index of the best ask, or `asks.length` where there is none. */
  bestAskIndex: number;
}

export interface Level {
  readonly price: Price;
  readonly size: Shares;
}

export function createBook(tick: Price): TickBook {
  const slots = slotCount(tick);
  return {
    tick,
    bids: new Float64Array(slots),
    asks: new Float64Array(slots),
    bestBidIndex: -1,
    bestAskIndex: slots,
  };
}

export function clearBook(book: TickBook): void {
  book.bids.fill(0);
  book.asks.fill(0);
  book.bestBidIndex = -1;
  book.bestAskIndex = book.asks.length;
}

/** Whether `price` is one of the book's grid points strictly inside (0, 1). */
export const onGrid = (tick: Price, at: Price): boolean => at > 0 && at < PRICE_ONE && at % tick === 0;

/**
 * Sets the total resting at a level (0 removes it). Returns false, and changes nothing, when the price is off the grid:
 * the caller then regrids, because a level that cannot be shown must never be dropped in silence.
 */
export function setLevel(book: TickBook, side: Side, at: Price, size: Shares): boolean {
  const index = at / book.tick;
  if (!Number.isInteger(index) || index < 0 || index >= book.bids.length || size < 0) return false;
  if (side === 'BUY') setBid(book, index, size);
  else setAsk(book, index, size);
  return true;
}

function setBid(book: TickBook, index: number, size: number): void {
  book.bids[index] = size;
  if (size > 0) {
    if (index > book.bestBidIndex) book.bestBidIndex = index;
  } else if (index === book.bestBidIndex) {
    let next = index - 1;
    while (next >= 0 && book.bids[next] === 0) next -= 1;
    book.bestBidIndex = next;
  }
}

function setAsk(book: TickBook, index: number, size: number): void {
  book.asks[index] = size;
  if (size > 0) {
    if (index < book.bestAskIndex) book.bestAskIndex = index;
  } else if (index === book.bestAskIndex) {
    const slots = book.asks.length;
    let next = index + 1;
    while (next < slots && book.asks[next] === 0) next += 1;
    book.bestAskIndex = next;
  }
}

export const sizeAt = (book: TickBook, side: Side, at: Price): Shares => {
  const index = at / book.tick;
  return ((side === 'BUY' ? book.bids : book.asks)[index] ?? 0) as Shares;
};

export const bestBid = (book: TickBook): Price | null =>
  book.bestBidIndex < 0 ? null : ((book.bestBidIndex * book.tick) as Price);

export const bestAsk = (book: TickBook): Price | null =>
  book.bestAskIndex >= book.asks.length ? null : ((book.bestAskIndex * book.tick) as Price);

export const isCrossed = (book: TickBook): boolean => book.bestBidIndex >= book.bestAskIndex;

/** Levels of one side from the best outwards, at most `limit` of them. */
export function levelsOf(book: TickBook, side: Side, limit: number): Level[] {
  const levels: Level[] = [];
  const sizes = side === 'BUY' ? book.bids : book.asks;
  const step = side === 'BUY' ? -1 : 1;
  let index = side === 'BUY' ? book.bestBidIndex : book.bestAskIndex;
  while (index >= 0 && index < sizes.length && levels.length < limit) {
    const size = sizes[index] as number;
    if (size > 0) levels.push({ price: (index * book.tick) as Price, size: size as Shares });
    index += step;
  }
  return levels;
}

/** Moves every level to the grid of `tick`. A level that has no place on a coarser grid makes it keep the finer one and return false. */
export function regrid(book: TickBook, tick: Price): boolean {
  if (tick === book.tick) return true;
  const slots = slotCount(tick);
  const bids = new Float64Array(slots);
  const asks = new Float64Array(slots);
  for (let index = 0; index < book.bids.length; index += 1) {
    const bid = book.bids[index] as number;
    const ask = book.asks[index] as number;
    if (bid === 0 && ask === 0) continue;
    const target = (index * book.tick) / tick;
    if (!Number.isInteger(target)) return false;
    bids[target] = bid;
    asks[target] = ask;
  }
  const bestBidPrice = book.bestBidIndex * book.tick;
  const bestAskPrice = book.bestAskIndex * book.tick;
  const hadBid = book.bestBidIndex >= 0;
  const hadAsk = book.bestAskIndex < book.asks.length;
  book.tick = tick;
  book.bids = bids;
  book.asks = asks;
  book.bestBidIndex = hadBid ? bestBidPrice / tick : -1;
  book.bestAskIndex = hadAsk ? bestAskPrice / tick : slots;
  return true;
}

function slotCount(tick: Price): number {
  if (tick <= 0 || PRICE_ONE % tick !== 0)
    throw new RangeError(`tick must divide one dollar, found ${tick}/10000`);
  return PRICE_ONE / tick + 1;
}
