import { levelsOf, type TickBook } from '../domain/book.ts';
import type { Outcome, RewardTerms, Side } from '../domain/market.ts';
import { POINT, type Price, type Shares, sharesToFloat, usdToFloat } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';

/**
 * Liquidity rewards: what resting orders score in each minute's sample, and what share of the market's daily pot that is.
 * Distances in points from the size-cut-off-adjusted mid, sizes in shares, pots in dollars. Sources: the venue's reward page and
 * pricing notes 5.7; terms (spread, least size, pot) are data of each market, read at run time and changed while live.
 */
export interface RewardOrder {
  readonly outcome: Outcome;
  readonly side: Side;
  /** Price of `outcome`. */
  readonly price: Price;
  readonly size: Shares;
}

/** Both sides' sums of score times shares: `one` from bids for YES and asks for NO, `two` from the other two. */
export interface SideScores {
  readonly one: number;
  readonly two: number;
}

/** One-sided quoting earns this part of what a balanced pair would, and only while the mid is in the middle. */
const ONE_SIDED_DIVISOR = 3;
const MIDDLE_FROM_PTS = 10;
const MIDDLE_TO_PTS = 90;
/** An account that earned less in a day is paid nothing, and it does not carry over. */
export const LEAST_PAYOUT_USD = 1;
const ALL_LEVELS = Number.MAX_SAFE_INTEGER;

/** Score of one share `distancePts` from the adjusted mid: ((v - s) / v)^2, and 0 from the widest rewarded spread on. */
export function orderScore(maxSpreadPts: number, distancePts: number): number {
  if (!(maxSpreadPts > 0) || distancePts >= maxSpreadPts) return 0;
  return ((maxSpreadPts - distancePts) / maxSpreadPts) ** 2;
}

/**
 * The mid that distances are measured from: of the best levels that rest at least `minSize`, because smaller ones do not qualify.
 * In points of YES; null where a side has no such level or they cross.
 */
export function adjustedMidPts(book: TickBook, minSize: Shares): number | null {
  const bid = levelsOf(book, 'BUY', ALL_LEVELS).find((level) => level.size >= minSize);
  const ask = levelsOf(book, 'SELL', ALL_LEVELS).find((level) => level.size >= minSize);
  if (bid === undefined || ask === undefined || bid.price >= ask.price) return null;
  return (bid.price + ask.price) / (2 * POINT);
}

/** Sums the orders' scores by side. `multiplier` is the market's in-game factor. Orders under the least size score nothing. */
export function sideScores(
  orders: readonly RewardOrder[],
  midPts: number,
  terms: Pick<RewardTerms, 'minSize' | 'maxSpread'>,
  multiplier = 1,
): SideScores {
  let one = 0;
  let two = 0;
  for (const order of orders) {
    if (order.size < terms.minSize) continue;
    const yesPts = order.outcome === 'YES' ? order.price / POINT : 100 - order.price / POINT;
    const score =
      orderScore(terms.maxSpread / POINT, Math.abs(yesPts - midPts)) * sharesToFloat(order.size) * multiplier;
    if ((order.side === 'BUY') === (order.outcome === 'YES')) one += score;
    else two += score;
  }
  return { one, two };
}

/** What one maker's two sides count: the smaller one, or a third of the larger while the mid is from 10 to 90 points. */
export function minScore({ one, two }: SideScores, midPts: number): number {
  const least = Math.min(one, two);
  return isMiddle(midPts) ? Math.max(least, Math.max(one, two) / ONE_SIDED_DIVISOR) : least;
}

const isMiddle = (midPts: number): boolean => midPts >= MIDDLE_FROM_PTS && midPts <= MIDDLE_TO_PTS;

/**
 * Both sides' scores of everybody else, read from the book: every level that rests at least the least size, ours left out.
 * Orders cannot be told apart in a level, so this counts small orders that add up: more competition than there is, never less.
 */
export function competingScores(
  book: TickBook,
  ours: readonly RewardOrder[],
  midPts: number,
  terms: Pick<RewardTerms, 'minSize' | 'maxSpread'>,
  multiplier = 1,
): SideScores {
  const others: RewardOrder[] = [];
  for (const side of ['BUY', 'SELL'] as const) {
    for (const level of levelsOf(book, side, ALL_LEVELS)) {
      const size = (level.size - ownAt(ours, side, level.price)) as Shares;
      others.push({ outcome: 'YES', side, price: level.price, size });
    }
  }
  return sideScores(others, midPts, terms, multiplier);
}

function ownAt(ours: readonly RewardOrder[], side: Side, at: Price): number {
  let own = 0;
  for (const order of ours) {
    if (yesSideOf(order) === side && yesPriceOf(order) === at) own += order.size;
  }
  return own;
}

/**
 * The most that any number of makers can count together with these sums: balanced makers take the smaller side, one-sided ones a
 * third of what is left of the larger. Who owns which order cannot be read, so this is the competition to reckon with.
 */
export function mostCompetition({ one, two }: SideScores, midPts: number): number {
  const least = Math.min(one, two);
  return isMiddle(midPts) ? least + (Math.max(one, two) - least) / ONE_SIDED_DIVISOR : least;
}

export interface RewardExpectation {
  readonly ourScore: number;
  readonly competition: number;
  /** Our part of the pot, 0 to 1. */
  readonly share: number;
  /** Share times the daily pot: what the formula promises. */
  readonly promisedUsdPerDay: number;
  /** The promise times what promises have turned out to be worth. */
  readonly expectedUsdPerDay: number;
}

/** What resting `ours` all day would earn in this book. `paidRatio` is from `paidRatioOf`; null when the book has no adjusted mid. */
export function expectReward(
  book: TickBook,
  ours: readonly RewardOrder[],
  terms: RewardTerms,
  paidRatio: number,
  multiplier = 1,
): RewardExpectation | null {
  const midPts = adjustedMidPts(book, terms.minSize);
  if (midPts === null) return null;
  const ourScore = minScore(sideScores(ours, midPts, terms, multiplier), midPts);
  const competition = mostCompetition(competingScores(book, ours, midPts, terms, multiplier), midPts);
  const share = ourScore > 0 ? ourScore / (ourScore + competition) : 0;
  const promisedUsdPerDay = share * usdToFloat(terms.dailyRate);
  return {
    ourScore,
    competition,
    share,
    promisedUsdPerDay,
    expectedUsdPerDay: promisedUsdPerDay * paidRatio,
  };
}

/** What an account is paid for a day of these rewards over all its markets: nothing below a dollar. */
export const payableUsd = (accountUsdPerDay: number): number =>
  accountUsdPerDay < LEAST_PAYOUT_USD ? 0 : accountUsdPerDay;

/**
 * Value in dollars per day of one more scoring share on a side: pot * d(share)/dQ * S, with the other side as it is. While the side
 * is not the one that limits the minimum, more of it is worth nothing.
 */
export function marginalRewardUsdPerDay(
  ours: SideScores,
  side: 'one' | 'two',
  competition: number,
  midPts: number,
  scorePerShare: number,
  dailyRateUsd: number,
): number {
  const shareAt = (scores: SideScores) => {
    const own = minScore(scores, midPts);
    return own > 0 ? own / (own + competition) : 0;
  };
  const more = { ...ours, [side]: ours[side] + scorePerShare };
  return dailyRateUsd * (shareAt(more) - shareAt(ours));
}

/** Predicted against paid rewards of past days. Plain data. */
export interface RewardRecord {
  predictedUsd: number;
  paidUsd: number;
}

/** Before anything was paid a promise counts for a tenth: operators measured formulas 10 to 30 times above what came. */
export const PAID_RATIO_PRIOR = 0.1;
/** Predicted dollars after which what was paid weighs as much as the prior. */
const PRIOR_WEIGHT_USD = 50;

/** Expected paid dollars for each promised one: the prior, giving way to what was paid as predictions add up. Never above 1. */
export const paidRatioOf = ({ predictedUsd, paidUsd }: RewardRecord): number =>
  Math.min(1, (paidUsd + PAID_RATIO_PRIOR * PRIOR_WEIGHT_USD) / (predictedUsd + PRIOR_WEIGHT_USD));

/** What a quote at one depth is worth an hour: fills times what each earns, and the reward for resting, less the cost of capital. */
export interface DepthValueInputs {
  /** Fills per hour at depth 0, and their decay in 1/pt. */
  readonly aPerHour: number;
  readonly kPerPt: number;
  /** Expected adverse move of a fill: m0 + m1 depth, in points. */
  readonly m0Pts: number;
  readonly m1: number;
  readonly sizeShares: number;
  readonly maxSpreadPts: number;
  /** Dollars an hour that one unit of score is worth, `paidRatio` included. */
  readonly rewardUsdPerHourPerScore: number;
  readonly capitalUsdPerHour: number;
}

const PTS_PER_USD = 100;

export function depthValueUsdPerHour(inputs: DepthValueInputs, depthPts: number): number {
  const { aPerHour, kPerPt, m0Pts, m1, sizeShares, maxSpreadPts } = inputs;
  const earnedUsd = ((depthPts - m0Pts - m1 * depthPts) * sizeShares) / PTS_PER_USD;
  const rewardUsd = inputs.rewardUsdPerHourPerScore * orderScore(maxSpreadPts, depthPts) * sizeShares;
  return aPerHour * Math.exp(-kPerPt * depthPts) * earnedUsd + rewardUsd - inputs.capitalUsdPerHour;
}

/** The depth on the tick grid, from a tick to `deepestPts`, that is worth most; null when none is worth anything. */
export function bestDepthPts(
  inputs: DepthValueInputs,
  tickPts: number,
  deepestPts: number,
): { readonly depthPts: number; readonly usdPerHour: number } | null {
  let best: { readonly depthPts: number; readonly usdPerHour: number } | null = null;
  for (let step = 1; step * tickPts <= deepestPts; step += 1) {
    const usdPerHour = depthValueUsdPerHour(inputs, step * tickPts);
    if (usdPerHour > 0 && (best === null || usdPerHour > best.usdPerHour))
      best = { depthPts: step * tickPts, usdPerHour };
  }
  return best;
}
