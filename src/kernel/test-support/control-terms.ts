/** The terms of the model of trading control, and its record of what has happened. */
import type { FeedName } from '../messages.ts';

export const REDUCE_PCT = 15;
export const KILL_PCT = 25;
export const RESUME_PCT = 23;
export const DAILY_STOP_PCT = 20;
export const COOLDOWN_MS = 60_000;
export const DAY_MS = 86_400_000;
export const FEEDS = ['market', 'user', 'heartbeat'] as const satisfies readonly FeedName[];

/** What has happened, kept by the simplest rules: what the model compares the code with. */
export interface Ghost {
  highWater: number | null;
  dayStart: number | null;
  /** The day that it is the start of. */
  startedDay: number;
  killedAtMs: number | null;
  recoveries: number;
  recoveriesDay: number;
}
