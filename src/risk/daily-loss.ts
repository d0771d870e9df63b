import type { Usd } from '../domain/units.ts';
import { utcDayOf } from '../domain/utc-day.ts';

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
  // An account that was emptied remembers the loss of its day, as a new day forgets it.
  if (startUsd > 0) state.lossPct = ((startUsd - value) / startUsd) * 100;
  if (state.lossPct >= limitPct) state.isStopped = true;
  return state.isStopped !== before;
}

/**
 * Money was put in or taken out, which took the account from `before` to `after`: the day's start moves in proportion, so that the
 * loss of the day stays the same share of what is there, and of what comes back after everything was taken out. Where the day has
 * lost everything there is no such share, and it moves by the amount.
 */
export function moveDayStart(state: DailyLoss, before: Usd, after: Usd): void {
  const { startUsd } = state;
  if (startUsd === null || before === after) return;
  const left = startUsd > 0 ? before / startUsd : 1 - state.lossPct / 100;
  if (startUsd > 0 && before > 0) state.lossPct = (1 - left) * 100;
  state.startUsd = Math.max(0, left > 0 ? Math.round(after / left) : startUsd + after - before) as Usd;
}
