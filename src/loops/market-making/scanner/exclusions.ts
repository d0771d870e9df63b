import { bestAsk, bestBid, isCrossed, levelsOf, type TickBook } from '../../../domain/book.ts';
import type { Market } from '../../../domain/market.ts';
import { MICRO, POINT, PRICE_ONE, priceToFloat, sharesToFloat } from '../../../domain/units.ts';
import type { ScorerExclusion } from '../scorer/ruling.ts';
import type { ScannerLimits } from './scanner-limits.ts';

/**
 * Why a market is not quoted. Every exclusion has one, so that "why not this market?" always has an answer. Phrases without
 * figures: a figure changes with every look, and each change of a reason is journaled.
 */
export type Exclusion =
  | 'closed'
  | 'not accepting orders'
  | 'no order book'
  | 'restricted'
  | 'outcome is proposed'
  | 'outcome is disputed'
  | 'outcome is decided'
  | 'protocol version not supported'
  | 'no end date'
  | 'resolves too soon'
  | 'resolves too late'
  | 'its game is under way'
  | 'price too close to 0 or 1'
  | 'too little activity'
  | 'listed spread too tight'
  | 'outranked in the listing'
  | 'book not live yet'
  | 'book is one-sided'
  | 'spread too tight'
  | 'too little depth'
  | 'not valued yet'
  | 'expected to lose money'
  | ScorerExclusion
  | 'held by crypto-directional trading'
  | 'early-market slots taken'
  | 'outranked';

/** What a market that trades well is left out for all the same: others are better. It is no reason to leave a market that we are in. */
export const isOutranked = (reason: string | undefined): boolean =>
  reason === 'outranked' || reason === 'outranked in the listing';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTES_PER_DAY = 1_440;
/** Depth counts the first five levels of each side, as the settings table says. */
const DEPTH_LEVELS = 5;

export const isEarly = (market: Market, limits: ScannerLimits, nowMs: number): boolean =>
  market.createdAtMs !== null && nowMs - market.createdAtMs <= limits.earlyMarketHours * HOUR_MS;

/** What the listing alone rules out; null where nothing does. A market that we are in is judged by its live book, not by listed prices with ours among them. */
export function listingExclusion(
  market: Market,
  limits: ScannerLimits,
  nowMs: number,
  incumbent: boolean,
): Exclusion | null {
  return (
    stateExclusion(market, limits) ??
    timeExclusion(market, limits, nowMs) ??
    figuresExclusion(market, limits, nowMs, incumbent)
  );
}

function stateExclusion(market: Market, limits: ScannerLimits): Exclusion | null {
  if (market.closed || !market.active) return 'closed';
  if (!market.enableOrderBook) return 'no order book';
  if (!market.acceptingOrders) return 'not accepting orders';
  if (market.restricted && !limits.allowRestricted) return 'restricted';
  if (market.resolution === 'disputed') return 'outcome is disputed';
  if (market.resolution === 'proposed') return 'outcome is proposed';
  if (market.resolution === 'resolved') return 'outcome is decided';
  return market.version === 'v1' ? null : 'protocol version not supported';
}

function timeExclusion(market: Market, limits: ScannerLimits, nowMs: number): Exclusion | null {
  if (market.endAtMs === null) return 'no end date';
  const daysLeft = (market.endAtMs - nowMs) / DAY_MS;
  if (daysLeft < limits.minDaysToResolution) return 'resolves too soon';
  if (daysLeft > limits.maxDaysToResolution) return 'resolves too late';
  // From its start on, whoever watches the game knows the price before we do.
  return market.gameStartAtMs !== null && market.gameStartAtMs <= nowMs ? 'its game is under way' : null;
}

function figuresExclusion(
  market: Market,
  limits: ScannerLimits,
  nowMs: number,
  incumbent: boolean,
): Exclusion | null {
  if (market.listedYesPrice !== null && !insideBand(priceToFloat(market.listedYesPrice), limits))
    return 'price too close to 0 or 1';
  const activity = market.volume24h / MICRO / MINUTES_PER_DAY;
  const floor = isEarly(market, limits, nowMs) ? limits.earlyMarketMinActivity : limits.minActivityPerMin;
  if (activity < floor) return 'too little activity';
  const isTight = market.listedSpread !== null && market.listedSpread / POINT < limits.minSpreadPts;
  return isTight && !incumbent ? 'listed spread too tight' : null;
}

/** What the live book rules out. The book is without our own orders. */
export function bookExclusion(
  book: TickBook | null,
  limits: ScannerLimits,
  early: boolean,
  incumbent: boolean,
): Exclusion | null {
  if (book === null) return 'book not live yet';
  const bid = bestBid(book);
  const ask = bestAsk(book);
  if (bid === null || ask === null || isCrossed(book)) return 'book is one-sided';
  if (!insideBand((bid + ask) / 2 / PRICE_ONE, limits)) return 'price too close to 0 or 1';
  // An incumbent leaves only when the spread has clearly gone: moving for one tick costs the queue twice.
  const slack = incumbent ? Math.max(0, 1 - limits.incumbentMarginPct / 100) : 1;
  if (spreadOf(book) < limits.minSpreadPts * slack) return 'spread too tight';
  const floor = (early ? limits.earlyMarketMinDepthUsd : limits.minDepthUsd) * slack;
  return depthUsd(book) < floor ? 'too little depth' : null;
}

/** Dollars resting in the first five levels of both sides: a bid at its price, an ask at what buying NO there would cost. */
export function depthUsd(book: TickBook): number {
  let total = 0;
  for (const level of levelsOf(book, 'BUY', DEPTH_LEVELS))
    total += priceToFloat(level.price) * sharesToFloat(level.size);
  for (const level of levelsOf(book, 'SELL', DEPTH_LEVELS)) {
    total += (1 - priceToFloat(level.price)) * sharesToFloat(level.size);
  }
  return total;
}

/** In points. The book has two sides. */
export const spreadOf = (book: TickBook): number =>
  ((bestAsk(book) as number) - (bestBid(book) as number)) / POINT;

const insideBand = (mid: number, limits: ScannerLimits): boolean =>
  mid >= limits.minMid && mid <= limits.maxMid;
