import type { Usd } from '../domain/units.ts';
import { utcDayOf } from './utc-day.ts';

/** The loss since the start of a UTC day, and whether it has stopped trading for the rest of it. */
export interface DailyLoss {
  /** The UTC day, counted from 1970-01-01; null before a value was confirmed. */
  day: number | null;
  /** The first confirmed value of the day, moved by deposits and withdrawals since; null before it. */
  startUsd: Usd | null;
  /** Of the value at the start of the day; below 0 on a day with a gain. */
  lossPct: number;
  isStopped: boolean;
}

export const createDailyLoss = (): DailyLoss => ({ day: null, startUsd: null, lossPct: 0, isStopped: false });

/**
 * Takes a confirmed value of the account. From `limitPct` on the day is stopped, and stays so until the next UTC day or a person's
 * word, whatever the value does after that. Returns whether that changed.
 */
export function observeDay(state: DailyLoss, value: Usd, limitPct: number, nowMs: number): boolean {
  const before = state.isStopped;
  const day = utcDayOf(nowMs);
  if (state.day === null || day > state.day) Object.assign(state, { ...createDailyLoss(), day });
  state.startUsd ??= value;
  const { startUsd } = state;
  state.lossPct = startUsd > 0 ? ((startUsd - value) / startUsd) * 100 : 0;
  if (state.lossPct >= limitPct) state.isStopped = true;
  return state.isStopped !== before;
}

/**
 * Money was put in or taken out, which took the account from `before` to `after`: the day's start moves in proportion, so that the
 * loss of the day stays the same share of what is there. From an empty account, and into one, it moves by the amount.
 */
export function moveDayStart(state: DailyLoss, before: Usd, after: Usd): void {
  if (state.startUsd === null || before === after) return;
  const isShare = before > 0 && after > 0;
  state.startUsd = Math.max(
    0,
    isShare ? Math.round((state.startUsd * after) / before) : state.startUsd + after - before,
  ) as Usd;
}
