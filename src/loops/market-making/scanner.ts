import { bestAsk, bestBid, isCrossed, levelsOf, type TickBook } from '../../domain/book.ts';
import type { ConditionId, Market } from '../../domain/market.ts';
import { MICRO, POINT, PRICE_ONE, priceToFloat, sharesToFloat } from '../../domain/units.ts';

/** The scanner's limits, in the units of the settings. */
export interface ScannerLimits {
  readonly maxMarkets: number;
  readonly minSpreadPts: number;
  readonly minDepthUsd: number;
  readonly minActivityPerMin: number;
  readonly minMid: number;
  readonly maxMid: number;
  readonly minDaysToResolution: number;
  readonly maxDaysToResolution: number;
  readonly earlyMarketHours: number;
  readonly earlyMarketMinDepthUsd: number;
  readonly earlyMarketMinActivity: number;
  readonly earlyMarketBoost: number;
  readonly earlyMarketMaxSlots: number;
}

/** Why a market is not quoted. Every exclusion has one, so that "why not this market?" always has an answer. */
export type Exclusion =
  | 'closed'
  | 'not accepting orders'
  | 'no order book'
  | 'protocol version not supported'
  | 'no end date'
  | 'resolves too soon'
  | 'resolves too late'
  | 'price too close to 0 or 1'
  | 'too little activity'
  | 'outranked by volume'
  | 'book not live yet'
  | 'book is one-sided'
  | 'spread too tight'
  | 'too little depth'
  | 'early-market slots taken'
  | 'outranked';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTES_PER_DAY = 1_440;
/** Depth counts the first five levels of each side, as the settings table says. */
const DEPTH_LEVELS = 5;
/** How many books are watched for each market that may be quoted: enough to choose from, few enough to follow. */
const WATCH_FACTOR = 3;
/** An incumbent is only displaced by a market whose score is this much better, because moving costs the queue. */
const INCUMBENT_MARGIN = 0.25;

export const isEarly = (market: Market, limits: ScannerLimits, nowMs: number): boolean =>
  market.createdAtMs !== null && nowMs - market.createdAtMs <= limits.earlyMarketHours * HOUR_MS;

/** First pass, on the listing alone: the markets whose books are worth watching, best volume first. */
export function shortlist(
  markets: Iterable<Market>,
  limits: ScannerLimits,
  nowMs: number,
): { watch: Market[]; excluded: Map<ConditionId, Exclusion> } {
  const excluded = new Map<ConditionId, Exclusion>();
  const candidates: Market[] = [];
  for (const market of markets) {
    const reason = listingExclusion(market, limits, nowMs);
    if (reason === null) candidates.push(market);
    else excluded.set(market.conditionId, reason);
  }
  candidates.sort(byVolume);
  const watch = candidates.slice(0, limits.maxMarkets * WATCH_FACTOR);
  for (const market of candidates.slice(watch.length))
    excluded.set(market.conditionId, 'outranked by volume');
  return { watch, excluded };
}

function listingExclusion(market: Market, limits: ScannerLimits, nowMs: number): Exclusion | null {
  if (market.closed || !market.active) return 'closed';
  if (!market.enableOrderBook) return 'no order book';
  if (!market.acceptingOrders) return 'not accepting orders';
  if (market.version !== 'v1') return 'protocol version not supported';
  if (market.endAtMs === null) return 'no end date';
  const daysLeft = (market.endAtMs - nowMs) / DAY_MS;
  if (daysLeft < limits.minDaysToResolution) return 'resolves too soon';
  if (daysLeft > limits.maxDaysToResolution) return 'resolves too late';
  if (market.listedYesPrice !== null && !insideBand(priceToFloat(market.listedYesPrice), limits))
    return 'price too close to 0 or 1';
  const activity = market.volume24h / MICRO / MINUTES_PER_DAY;
  const floor = isEarly(market, limits, nowMs) ? limits.earlyMarketMinActivity : limits.minActivityPerMin;
  return activity < floor ? 'too little activity' : null;
}

/** What the second pass needs of a watched market's book. The book is without our own orders. */
export interface Candidate {
  readonly market: Market;
  readonly book: TickBook | null;
  readonly incumbent: boolean;
}

export interface Selection {
  readonly chosen: ConditionId[];
  readonly excluded: Map<ConditionId, Exclusion>;
}

/** Second pass, on live books: the markets to quote, widest spread first, incumbents kept unless clearly beaten. */
export function select(candidates: readonly Candidate[], limits: ScannerLimits, nowMs: number): Selection {
  const excluded = new Map<ConditionId, Exclusion>();
  const ranked: { conditionId: ConditionId; score: number; early: boolean }[] = [];
  for (const candidate of candidates) {
    const { market } = candidate;
    const early = isEarly(market, limits, nowMs);
    const reason = bookExclusion(candidate, limits, early);
    if (reason !== null) {
      excluded.set(market.conditionId, reason);
      continue;
    }
    const spreadPts = spreadOf(candidate.book as TickBook);
    const boosted = spreadPts + (early ? limits.earlyMarketBoost : 0);
    ranked.push({
      conditionId: market.conditionId,
      score: boosted * (candidate.incumbent ? 1 + INCUMBENT_MARGIN : 1),
      early,
    });
  }
  ranked.sort((a, b) => b.score - a.score || (a.conditionId < b.conditionId ? -1 : 1));
  return { chosen: takeSlots(ranked, limits, excluded), excluded };
}

function takeSlots(
  ranked: readonly { conditionId: ConditionId; early: boolean }[],
  limits: ScannerLimits,
  excluded: Map<ConditionId, Exclusion>,
): ConditionId[] {
  const chosen: ConditionId[] = [];
  let early = 0;
  for (const entry of ranked) {
    if (chosen.length >= limits.maxMarkets) excluded.set(entry.conditionId, 'outranked');
    else if (entry.early && early >= limits.earlyMarketMaxSlots)
      excluded.set(entry.conditionId, 'early-market slots taken');
    else {
      chosen.push(entry.conditionId);
      if (entry.early) early += 1;
    }
  }
  return chosen;
}

function bookExclusion(
  { book, incumbent }: Candidate,
  limits: ScannerLimits,
  early: boolean,
): Exclusion | null {
  if (book === null) return 'book not live yet';
  const bid = bestBid(book);
  const ask = bestAsk(book);
  if (bid === null || ask === null || isCrossed(book)) return 'book is one-sided';
  if (!insideBand((bid + ask) / 2 / PRICE_ONE, limits)) return 'price too close to 0 or 1';
  // An incumbent leaves only when the spread has clearly gone: moving for one tick costs the queue twice.
  const slack = incumbent ? 1 - INCUMBENT_MARGIN : 1;
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

const spreadOf = (book: TickBook): number => ((bestAsk(book) as number) - (bestBid(book) as number)) / POINT;

const insideBand = (mid: number, limits: ScannerLimits): boolean =>
  mid >= limits.minMid && mid <= limits.maxMid;

const byVolume = (a: Market, b: Market): number =>
  b.volume24h - a.volume24h || b.liquidity - a.liquidity || (a.conditionId < b.conditionId ? -1 : 1);
