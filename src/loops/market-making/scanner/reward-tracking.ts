import type { ConditionId, Market } from '../../../domain/market.ts';
import { POINT, usdToFloat } from '../../../domain/units.ts';
import { utcText } from '../../../domain/utc-text.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import { ownQuotes } from '../../../orders/reserve.ts';
import type { OwnOrder } from '../../../pricing/fair-value.ts';
import {
  expectReward,
  paidRatioOf,
  payableUsd,
  type RewardExpectation,
  type RewardOrder,
  type RewardRecord,
} from '../../../pricing/rewards.ts';
import type { RewardBand } from '../../../quoting/price-and-shape.ts';
import { withOrders, withoutOwn } from './own-orders.ts';

/**
 * What the venue's formula promised for our resting orders, day by day, against what it paid. Days are whole UTC days since 1970,
 * as the venue pays them. Plain data.
 */
export interface RewardTracking {
  /** When promises were last added up; null before the first time. */
  asOfMs: number | null;
  /** Promised dollars of each day that is not settled yet, by market. */
  readonly promised: Map<number, Map<ConditionId, number>>;
  /** Settled days, newest last. */
  settled: SettledDay[];
  /** All settled days together: what promises are worth. */
  readonly record: RewardRecord;
  /** What the venue says we have earned today so far; null before it was asked. */
  today: { readonly day: number; readonly earnedUsd: number; readonly asOfMs: number } | null;
  askedAtMs: number | null;
}

export interface SettledDay {
  readonly day: number;
  readonly promisedUsd: number;
  readonly paidUsd: number;
}

const DAY_MS = 86_400_000;
/** Pay-outs of a day land in the first hour of the next; before this they would be taken for unpaid. */
const PAID_BY_MS = 90 * 60_000;
const ASK_EVERY_MS = 10 * 60_000;
/** A look that comes later than this leaves a gap: nobody knows what rested in between. */
const LONGEST_STRETCH_MS = 60_000;
const MOST_WAITING_DAYS = 7;
const MOST_SETTLED_DAYS = 30;

export const createRewardTracking = (): RewardTracking => ({
  asOfMs: null,
  promised: new Map(),
  settled: [],
  record: { predictedUsd: 0, paidUsd: 0 },
  today: null,
  askedAtMs: null,
});

export const dayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);
/** As the venue writes it: 2026-11-22. */
export const dateOf = (day: number): string => utcText(day * DAY_MS).slice(0, '2026-11-22'.length);

/** The rewards of a market as quoting wants them; null where there is no pot. */
export const quotingReward = ({ rewards }: Market): RewardBand | null =>
  rewards === null || rewards.dailyRate <= 0
    ? null
    : {
        minSize: rewards.minSize,
        maxSpreadPts: rewards.maxSpread / POINT,
        dailyRateUsd: usdToFloat(rewards.dailyRate),
      };

/**
 * The reward of wanted quotes, to stand beside the decision on them: our score against everybody else's, our part of the pot, and
 * the dollars a day that promises and expects. Null where the market pays nothing or has no adjusted mid.
 */
export function explainReward(
  { book, market }: MarketSlot,
  wanted: readonly OwnOrder[],
  resting: readonly OwnOrder[],
  tracking: RewardTracking,
): RewardExpectation | null {
  if (quotingReward(market) === null || market.rewards === null) return null;
  const asWanted = withOrders(withoutOwn(book, resting), wanted);
  return expectReward(asWanted, wanted.map(toRewardOrder), market.rewards, paidRatio(tracking));
}

/** What our orders that rest in a market now would earn in a day; null where it pays nothing or has no adjusted mid. */
export function restingReward(
  { state }: LoopView,
  conditionId: ConditionId,
  paidRatio: number,
): RewardExpectation | null {
  const slot = state.markets.get(conditionId);
  if (slot?.bookLive !== true || slot.market.rewards === null || slot.market.rewards.dailyRate <= 0)
    return null;
  const ours = ownQuotes(state.orders, conditionId).map(toRewardOrder);
  return ours.length === 0 ? null : expectReward(slot.book, ours, slot.market.rewards, paidRatio);
}

const toRewardOrder = ({ side, price, size }: OwnOrder): RewardOrder => ({
  outcome: 'YES',
  side,
  price,
  size,
});

/** Adds up what was promised since the last look, takes in what the venue has answered, and asks for what is due. */
export function trackRewards(
  view: LoopView,
  tracking: RewardTracking,
  resting: Iterable<ConditionId>,
): Intent[] {
  takeAnswer(view, tracking);
  accrue(view, tracking, resting);
  return ask(view, tracking);
}

function accrue(view: LoopView, tracking: RewardTracking, resting: Iterable<ConditionId>): void {
  const { nowMs } = view;
  const sinceMs = tracking.asOfMs === null ? 0 : nowMs - tracking.asOfMs;
  tracking.asOfMs = nowMs;
  if (sinceMs <= 0 || sinceMs > LONGEST_STRETCH_MS) return;
  for (const conditionId of resting) {
    const promised = restingReward(view, conditionId, 1)?.promisedUsdPerDay ?? 0;
    if (promised <= 0) continue;
    const ofDay = promisedOn(tracking, dayOf(nowMs));
    ofDay.set(conditionId, (ofDay.get(conditionId) ?? 0) + (promised * sinceMs) / DAY_MS);
  }
}

function promisedOn({ promised }: RewardTracking, day: number): Map<ConditionId, number> {
  let ofDay = promised.get(day);
  if (ofDay === undefined) {
    ofDay = new Map();
    promised.set(day, ofDay);
  }
  // A day that nobody could settle for a week is given up, so that memory stays bounded.
  for (const old of promised.keys()) if (old < day - MOST_WAITING_DAYS) promised.delete(old);
  return ofDay;
}

export const promisedUsdOn = ({ promised }: RewardTracking, day: number): number =>
  [...(promised.get(day)?.values() ?? [])].reduce((sum, usd) => sum + usd, 0);

/** What a promised dollar is worth by experience. */
export const paidRatio = ({ record }: RewardTracking): number => paidRatioOf(record);

function takeAnswer({ state, nowMs }: LoopView, tracking: RewardTracking): void {
  const { earnings } = state;
  if (earnings === null) return;
  const earnedUsd = earnings.byMarket.reduce((sum, [, usd]) => sum + usdToFloat(usd), 0);
  const today = dayOf(nowMs);
  if (earnings.date === dateOf(today)) {
    tracking.today = { day: today, earnedUsd, asOfMs: earnings.asOfMs };
    return;
  }
  for (const day of tracking.promised.keys()) {
    if (day >= today || earnings.date !== dateOf(day)) continue;
    if (earnings.asOfMs < (day + 1) * DAY_MS + PAID_BY_MS) continue;
    settle(tracking, day, earnedUsd);
  }
}

/** Below a dollar a day nothing is promised and nothing is paid, which says nothing about the formula. */
function settle(tracking: RewardTracking, day: number, paidUsd: number): void {
  const promisedUsd = payableUsd(promisedUsdOn(tracking, day));
  tracking.promised.delete(day);
  tracking.settled = [...tracking.settled, { day, promisedUsd, paidUsd }].slice(-MOST_SETTLED_DAYS);
  if (promisedUsd === 0) return;
  tracking.record.predictedUsd += promisedUsd;
  tracking.record.paidUsd += paidUsd;
}

/** Asks for the oldest day that ought to be paid by now, else for today so far. */
function ask({ state, nowMs }: LoopView, tracking: RewardTracking): Intent[] {
  const { askedAtMs } = tracking;
  const isFresh =
    askedAtMs !== null && askedAtMs >= state.run.startedAtMs && nowMs - askedAtMs < ASK_EVERY_MS;
  if (isFresh || tracking.promised.size === 0) return [];
  const due = [...tracking.promised.keys()]
    .filter((day) => nowMs >= (day + 1) * DAY_MS + PAID_BY_MS)
    .sort((a, b) => a - b)[0];
  tracking.askedAtMs = nowMs;
  return [{ kind: 'readEarnings', date: dateOf(due ?? dayOf(nowMs)) }];
}
