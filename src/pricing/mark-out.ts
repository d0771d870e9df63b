import type { Outcome, Side } from '../domain/market.ts';
import { POINT, type Price } from '../domain/units.ts';

/**
 * What the mid did after a fill of ours. Positive is adverse: the price went against the position that the fill made.
 * Everything is in YES coordinates inside, so buying NO and selling YES are the same trade and give the same points; basis points
 * are of the mid of the outcome that was traded, so that mirroring a market mirrors them.
 */
export const MARKOUT_HORIZONS_MS = [30_000, 120_000] as const;
/** A measurement taken more than this after it was due is marked late: it measures something else. */
export const LATE_AFTER_MS = 1_000;

/** The fill, and what the mid of YES was just before it: never the quote's own mid, which would make every fill look good. */
export interface MarkoutFill {
  readonly fillId: string;
  readonly outcome: Outcome;
  readonly side: Side;
  /** Price of `outcome`. */
  readonly price: Price;
  readonly atMs: number;
  readonly midAtFillPts: number;
}

export interface Markout {
  readonly fillId: string;
  readonly horizonMs: number;
  readonly adversePts: number;
  readonly adverseBps: number;
  /** What is left of the captured spread when the position is marked at the later mid; positive is earned. */
  readonly realizedSpreadPts: number;
  readonly lateMs: number;
  readonly isLate: boolean;
}

/** 1 when the fill made us longer in YES (bought YES or sold NO), -1 when shorter. */
export const yesDirection = (fill: Pick<MarkoutFill, 'outcome' | 'side'>): 1 | -1 =>
  (fill.side === 'BUY') === (fill.outcome === 'YES') ? 1 : -1;

/** The fill's price as a price of YES, in points. */
export const yesPricePts = (fill: Pick<MarkoutFill, 'outcome' | 'price'>): number =>
  fill.outcome === 'YES' ? fill.price / POINT : 100 - fill.price / POINT;

/** Points the mid moved against the fill between the fill and now. */
export const adverseMovePts = (fill: MarkoutFill, midNowPts: number): number =>
  yesDirection(fill) * (fill.midAtFillPts - midNowPts);

/** Points as basis points of the mid of the outcome that was traded. A mid at or beyond 0 has no such unit and gives 0. */
export function markoutBps(fill: Pick<MarkoutFill, 'outcome' | 'midAtFillPts'>, pts: number): number {
  const mid = fill.outcome === 'YES' ? fill.midAtFillPts : 100 - fill.midAtFillPts;
  return mid > 0 ? (pts / mid) * 10_000 : 0;
}

/** How much better than the mid the fill's price was, in points: positive is captured spread. */
export const capturedSpreadPts = (fill: MarkoutFill): number =>
  yesDirection(fill) * (fill.midAtFillPts - yesPricePts(fill));

/** One mid that is due: `fill` marked at `horizonMs` after it. */
export interface PendingMarkout<Fill extends MarkoutFill = MarkoutFill> {
  readonly fill: Fill;
  readonly horizonMs: number;
  readonly dueAtMs: number;
}

/** Mid reads that are due in the future, soonest first. Plain data: it is journaled with the state and resumed. */
export interface MarkoutTimers<Fill extends MarkoutFill = MarkoutFill> {
  pending: PendingMarkout<Fill>[];
  /** Measurements given up because more than the limit were pending. */
  dropped: number;
}

/** Two reads a fill: at this bound every fill of the last two minutes of 80 fills a second is still measured. */
const MOST_PENDING = 20_000;

export const createMarkoutTimers = <Fill extends MarkoutFill = MarkoutFill>(): MarkoutTimers<Fill> => ({
  pending: [],
  dropped: 0,
});

/** Schedules the reads of one fill. A fill that is reversed later is cancelled by `cancelMarkouts`. */
export function scheduleMarkouts<Fill extends MarkoutFill>(
  timers: MarkoutTimers<Fill>,
  fill: Fill,
  horizonsMs: readonly number[] = MARKOUT_HORIZONS_MS,
): void {
  for (const horizonMs of horizonsMs) {
    const dueAtMs = fill.atMs + horizonMs;
    let at = timers.pending.length;
    while (at > 0 && (timers.pending[at - 1] as PendingMarkout<Fill>).dueAtMs > dueAtMs) at -= 1;
    timers.pending.splice(at, 0, { fill, horizonMs, dueAtMs });
  }
  const excess = timers.pending.length - MOST_PENDING;
  if (excess > 0) {
    timers.pending.splice(0, excess);
    timers.dropped += excess;
  }
}

export function cancelMarkouts<Fill extends MarkoutFill>(timers: MarkoutTimers<Fill>, fillId: string): void {
  timers.pending = timers.pending.filter((pending) => pending.fill.fillId !== fillId);
}

/** When the next read is due, for one timer of the outside; null when nothing is pending. */
export const nextMarkoutAtMs = (timers: MarkoutTimers): number | null => timers.pending[0]?.dueAtMs ?? null;

/** Takes out and returns what is due at `nowMs`, soonest first. Asking a second time returns nothing. */
export function takeDueMarkouts<Fill extends MarkoutFill>(
  timers: MarkoutTimers<Fill>,
  nowMs: number,
): PendingMarkout<Fill>[] {
  let count = 0;
  while (count < timers.pending.length && (timers.pending[count] as PendingMarkout<Fill>).dueAtMs <= nowMs)
    count += 1;
  return timers.pending.splice(0, count);
}

/** Marks a due fill at the mid of `nowMs`. */
export function measureMarkout(pending: PendingMarkout, midNowPts: number, nowMs: number): Markout {
  const { fill, horizonMs, dueAtMs } = pending;
  const adversePts = adverseMovePts(fill, midNowPts);
  const lateMs = Math.max(0, nowMs - dueAtMs);
  return {
    fillId: fill.fillId,
    horizonMs,
    adversePts,
    adverseBps: markoutBps(fill, adversePts),
    realizedSpreadPts: capturedSpreadPts(fill) - adversePts,
    lateMs,
    isLate: lateMs > LATE_AFTER_MS,
  };
}

/**
 * The depth that earns most when fills come at e^(-k depth) and cost m0 + m1 depth afterwards: 1/k + m0 / (1 - m1), in points.
 * k in 1/pt, m0 in points, m1 without unit and below 1. The measured cost widens the quote; risk aversion never moves. Pricing notes 5.6.
 */
export function optimalDepthPts(kPerPt: number, m0Pts: number, m1 = 0): number {
  return 1 / kPerPt + costShiftPts(m0Pts, m1);
}

/** As `optimalDepthPts` for a maker with constant absolute risk aversion: (1/gamma) ln(1 + gamma/k) in place of 1/k. Gamma in 1/pt. */
export const optimalDepthCaraPts = (gammaPerPt: number, kPerPt: number, m0Pts: number, m1 = 0): number =>
  Math.log1p(gammaPerPt / kPerPt) / gammaPerPt + costShiftPts(m0Pts, m1);

function costShiftPts(m0Pts: number, m1: number): number {
  if (!(m1 < 1)) throw new RangeError(`m1 must be below 1, or no depth pays its own cost; found ${m1}`);
  return m0Pts / (1 - m1);
}
