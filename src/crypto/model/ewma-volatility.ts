const DAY_MS = 86_400_000;

/** A price somebody paid or published. */
export interface PricePoint {
  readonly atMs: number;
  readonly price: number;
}

/** One candle of an exchange. The day it describes is over at `closeAtMs`; until then its close is only the latest price. */
export interface Candle {
  readonly openAtMs: number;
  readonly closeAtMs: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface VolatilityEstimate {
  /** Standard deviation of the log return of one day. */
  readonly daily: number;
  readonly returns: number;
  /** Time between the first price and the last. */
  readonly observedDays: number;
}

export interface EwmaTerms {
  /** How much of a squared return's weight is left a day later, above 0 and below 1. */
  readonly lambdaPerDay: number;
  /** Older prices are not looked at. */
  readonly spanDays: number;
  /** With fewer there is no estimate. */
  readonly leastReturns: number;
  /** Prices closer together are thinned out: between two prints lies the spread, and squared that looks like volatility. */
  readonly leastGapMs: number;
}

/**
 * The closes of candles that are over at `nowMs`, and the running day's latest price as what it is: a price now. A running candle's
 * close taken for the day's would make a quarter of a day count as a whole one, and the estimate fall each night.
 */
export function closesUntil(candles: readonly Candle[], now: PricePoint | null, nowMs: number): PricePoint[] {
  const closes = candles
    .filter(({ closeAtMs }) => closeAtMs <= nowMs)
    .map(({ closeAtMs, close }) => ({ atMs: closeAtMs, price: close }));
  const last = closes.at(-1);
  if (now !== null && now.atMs <= nowMs && (last === undefined || now.atMs > last.atMs)) closes.push(now);
  return closes;
}

/**
 * Exponentially weighted volatility of prices at any spacing, in time order. A log return r over dt days is r^2 / dt a day, with
 * weight 1 - lambda^dt, so that a missing day, a running one and an hour each count for their length. The weighted sum is divided
 * by the sum of weights: that seeds it without bias, where the first squared return as a seed keeps lambda^n of its weight for good
 * (17 per cent after 30 days at 0.94). Null with too few returns.
 */
export function ewmaVolatility(points: readonly PricePoint[], terms: EwmaTerms): VolatilityEstimate | null {
  const { lambdaPerDay, spanDays, leastReturns, leastGapMs } = terms;
  if (!(lambdaPerDay > 0 && lambdaPerDay < 1))
    throw new RangeError(`lambda must lie between 0 and 1, found ${lambdaPerDay}`);
  const last = points.at(-1);
  if (last === undefined) return null;
  let before: PricePoint | null = null;
  let first: PricePoint | null = null;
  let [sum, weight, returns] = [0, 0, 0];
  for (const point of points) {
    if (last.atMs - point.atMs > spanDays * DAY_MS || !(point.price > 0)) continue;
    if (before === null) {
      first = point;
      before = point;
      continue;
    }
    const days = (point.atMs - before.atMs) / DAY_MS;
    if (days <= 0 || days * DAY_MS < leastGapMs) continue;
    const keep = lambdaPerDay ** days;
    sum = keep * sum + ((1 - keep) * Math.log(point.price / before.price) ** 2) / days;
    weight = keep * weight + (1 - keep);
    returns += 1;
    before = point;
  }
  if (first === null || before === null || returns < Math.max(1, leastReturns)) return null;
  return {
    daily: Math.sqrt(sum / weight),
    returns,
    observedDays: (before.atMs - first.atMs) / DAY_MS,
  };
}

/** Half-life in days to the weight that a day keeps. */
export const lambdaOfHalfLife = (days: number): number => 0.5 ** (1 / days);

/** After a day the level of the last hours has lost this part of its distance to the level of the last weeks. */
const REVERSION_DAYS = 1;

/**
 * Volatility a day to expect over `horizonDays`: the recent level for minutes, the usual one for weeks, and in between the mean of a
 * variance that returns exponentially from the one to the other. With only one of the two it is that one.
 */
export function expectedVolatility(
  recent: VolatilityEstimate | null,
  usual: VolatilityEstimate | null,
  horizonDays: number,
): number | null {
  if (recent === null || usual === null) return recent?.daily ?? usual?.daily ?? null;
  const left = horizonDays / REVERSION_DAYS;
  const share = left > 0 ? -Math.expm1(-left) / left : 1;
  return Math.sqrt(usual.daily ** 2 + (recent.daily ** 2 - usual.daily ** 2) * share);
}

export type VolatilityRegime = 'low' | 'normal' | 'high';

/** Volatility a day below 1.5 per cent is low, below 3.5 per cent normal, and high from there on. */
export function regimeOf(dailyVolatility: number): VolatilityRegime {
  if (dailyVolatility < 0.015) return 'low';
  return dailyVolatility < 0.035 ? 'normal' : 'high';
}
