import { levelsOf, type TickBook } from '../domain/book.ts';
import type { RewardTerms } from '../domain/market.ts';
import { POINT, sharesToFloat, usdToFloat } from '../domain/units.ts';
import {
  adjustedMidPts,
  competingScores,
  minScore,
  mostCompetition,
  orderScore,
  type SideScores,
} from './rewards.ts';

/**
 * What quoting one market is expected to earn: for each depth from the mid, fills times what is left of the distance after the price
 * has moved against us, plus the liquidity reward for resting there, per dollar of capital and day. The best depth counts, since
 * quotes can be moved to it. Source: pricing notes 5.6 and 5.7, field notes 8.
 */
export interface MarketValueInputs {
  /** In YES coordinates, without our own orders. */
  readonly book: TickBook;
  readonly midPts: number;
  /** Half of the others' spread. */
  readonly halfSpreadPts: number;
  readonly tickPts: number;
  /** Depths that the settings allow, from the mid. */
  readonly nearestPts: number;
  readonly deepestPts: number;
  /** Shares of each side's quote. */
  readonly lotShares: number;
  /** Shares an hour that takers trade here on both sides together, by the listing's volume or as seen. */
  readonly flowSharesPerHour: number;
  /** Fills an hour and side at depth 0, and their decay, measured on our own quotes; null while unidentified. */
  readonly fills: { readonly aPerHour: number; readonly kPerPt: number } | null;
  /** Mean adverse move after our fills; null while unmeasured. */
  readonly markoutPts: number | null;
  /** Points per square root of a second; null while unknown. */
  readonly volatilityPtsPerSqrtS: number | null;
  readonly rewards: RewardTerms | null;
  /** What a promised reward dollar is worth, from `paidRatioOf`. */
  readonly paidRatio: number;
}

export interface MarketValue {
  /** Depth that is worth most. */
  readonly depthPts: number;
  /** Adverse move that was reckoned with, and whether it was measured. */
  readonly adversePts: number;
  readonly isMeasured: boolean;
  /** Shares a day on both sides. */
  readonly filledShares: number;
  readonly tradingUsdPerDay: number;
  /** Expected after experience with what is paid. */
  readonly rewardUsdPerDay: number;
  /** What the venue's formula promises. */
  readonly promisedUsdPerDay: number;
  readonly capitalUsd: number;
}

/** While nothing was measured, half of the spread counts as what informed takers take: makers who compete earn about the rest. */
const ADVERSE_PART_OF_SPREAD = 0.5;
/** And at least this part of the typical move over the mark-out horizon, where a price history tells it. */
const ADVERSE_PART_OF_MOVE = 0.25;
const MARKOUT_HORIZON_S = 120;
/** Until our own fills are measured, only so much of the flow that others see is reckoned with: formulas promise more than comes. */
const UNMEASURED_FLOW = 0.1;
/** No quote is hit and renewed more often, whatever the volume says. */
const MOST_FILLS_PER_HOUR = 30;
/** Depths tried between the nearest and the deepest. */
const MOST_DEPTHS = 24;
const HOURS_PER_DAY = 24;
const PTS_PER_USD = 100;

/** The best of the depths; null where the settings leave none. It may be worth less than nothing. */
export function marketValue(inputs: MarketValueInputs): MarketValue | null {
  const { tickPts, lotShares } = inputs;
  const nearest = Math.max(inputs.nearestPts, tickPts / 2);
  // A bid below 0 or an ask above 1 is no quote.
  const deepest = Math.min(inputs.deepestPts, inputs.midPts - tickPts, 100 - inputs.midPts - tickPts);
  if (nearest > deepest || !(lotShares > 0)) return null;
  const stepPts = Math.max(tickPts, (deepest - nearest) / MOST_DEPTHS);
  const queue = queueReader(inputs);
  const rewardAt = rewardReader(inputs);
  let best: MarketValue | null = null;
  for (let step = 0; nearest + step * stepPts <= deepest + 1e-9; step += 1) {
    const depthPts = Math.min(deepest, nearest + step * stepPts);
    const found = valueAt(inputs, depthPts, queue(depthPts), rewardAt(depthPts));
    if (best === null || totalOf(found) > totalOf(best)) best = found;
  }
  return best;
}

const totalOf = ({ tradingUsdPerDay, rewardUsdPerDay }: MarketValue): number =>
  tradingUsdPerDay + rewardUsdPerDay;

/**
 * Expected dollars a day for each dollar of capital. `bonusPts` is added to what each filled share earns, in the ranking only;
 * without `rewards` only trading counts.
 */
export function valuePerDollarDay(value: MarketValue, rewards: boolean, bonusPts = 0): number {
  const bonusUsd = (value.filledShares * bonusPts) / PTS_PER_USD;
  return (value.tradingUsdPerDay + (rewards ? value.rewardUsdPerDay : 0) + bonusUsd) / value.capitalUsd;
}

/** The adverse move to reckon with while none was measured. */
export function unmeasuredAdversePts(halfSpreadPts: number, volatilityPtsPerSqrtS: number | null): number {
  const ofMove = ADVERSE_PART_OF_MOVE * (volatilityPtsPerSqrtS ?? 0) * Math.sqrt(MARKOUT_HORIZON_S);
  return Math.max(ADVERSE_PART_OF_SPREAD * halfSpreadPts, ofMove);
}

function valueAt(
  inputs: MarketValueInputs,
  depthPts: number,
  queueShares: number,
  promisedUsdPerDay: number,
): MarketValue {
  const { halfSpreadPts, markoutPts, volatilityPtsPerSqrtS, lotShares, paidRatio } = inputs;
  const adversePts = markoutPts ?? unmeasuredAdversePts(halfSpreadPts, volatilityPtsPerSqrtS);
  const filledShares = 2 * HOURS_PER_DAY * fillsPerHour(inputs, depthPts, queueShares) * lotShares;
  // Both quotes, and a lot of one side that waits to be sold again.
  const capitalUsd = lotShares * (1 - (2 * depthPts) / PTS_PER_USD + 0.5);
  return {
    depthPts,
    adversePts,
    isMeasured: markoutPts !== null,
    filledShares,
    tradingUsdPerDay: (filledShares * (depthPts - adversePts)) / PTS_PER_USD,
    rewardUsdPerDay: promisedUsdPerDay * paidRatio,
    promisedUsdPerDay,
    capitalUsd,
  };
}

/**
 * Own fills an hour on one side. Unmeasured, a part of the flow that reaches this depth, shared with everybody who rests as near: a
 * market whose makers do not lose has k of about 2 / half-spread, since the best depth is 1/k + adverse move.
 */
function fillsPerHour(inputs: MarketValueInputs, depthPts: number, queueShares: number): number {
  const { fills, halfSpreadPts, lotShares, flowSharesPerHour, tickPts } = inputs;
  if (fills !== null)
    return Math.min(MOST_FILLS_PER_HOUR, fills.aPerHour * Math.exp(-fills.kPerPt * depthPts));
  const kPerPt = 2 / Math.max(halfSpreadPts, tickPts / 2);
  const reaching = (flowSharesPerHour / 2) * Math.exp(-kPerPt * (depthPts - halfSpreadPts));
  const ours = (UNMEASURED_FLOW * reaching * lotShares) / (lotShares + queueShares);
  return Math.min(MOST_FILLS_PER_HOUR, ours / lotShares);
}

/** Shares of everybody else that rest as near as a depth, or at the touch, on the average side. Nearer quotes than the touch are soon followed. */
function queueReader({
  book,
  midPts,
  halfSpreadPts,
  deepestPts,
}: MarketValueInputs): (depthPts: number) => number {
  const levels = (['BUY', 'SELL'] as const).flatMap((side) =>
    levelsOf(book, side, Number.MAX_SAFE_INTEGER)
      .map(({ price, size }) => ({
        distancePts: Math.abs(price / POINT - midPts),
        shares: sharesToFloat(size),
      }))
      .filter(({ distancePts }) => distancePts <= Math.max(deepestPts, halfSpreadPts) + 1e-9),
  );
  return (depthPts) => {
    const withinPts = Math.max(depthPts, halfSpreadPts) + 1e-9;
    let shares = 0;
    for (const level of levels) if (level.distancePts <= withinPts) shares += level.shares;
    return shares / 2;
  };
}

/** Promised dollars a day for a lot on each side at a depth from the mid: nothing below the least size, or without a pot. */
function rewardReader({ book, rewards, lotShares, midPts }: MarketValueInputs): (depthPts: number) => number {
  if (rewards === null || rewards.dailyRate <= 0 || lotShares < sharesToFloat(rewards.minSize))
    return () => 0;
  const rewardMidPts = adjustedMidPts(book, rewards.minSize);
  if (rewardMidPts === null) return () => 0;
  const competition = mostCompetition(competingScores(book, [], rewardMidPts, rewards), rewardMidPts);
  const potUsd = usdToFloat(rewards.dailyRate);
  const scoreAt = (pts: number): number =>
    orderScore(rewards.maxSpread / POINT, Math.abs(pts - rewardMidPts)) * lotShares;
  return (depthPts) => {
    const scores: SideScores = { one: scoreAt(midPts - depthPts), two: scoreAt(midPts + depthPts) };
    const ours = minScore(scores, rewardMidPts);
    return ours > 0 ? (potUsd * ours) / (ours + competition) : 0;
  };
}
