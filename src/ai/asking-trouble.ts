import { growingRestMs } from '../domain/growing-rest.ts';

/** How asking a model goes: failures in a row, why the last one was, and until when nothing is asked because of it. Plain data. */
export interface AskingTrouble {
  failures: number;
  because: string | null;
  untilMs: number;
}

/** After a failure nothing is asked for a while, twice as long after each further one. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 900_000;
/** What will not be answered however often it is asked: a wrong key, a model that does not exist. */
const HOPELESS_REST_MS = 3_600_000;

/** What the other side says of asking again. */
export interface AskingAgain {
  readonly mayRetry: boolean;
  /** What it asked for; null where it said nothing. */
  readonly retryAfterMs: number | null;
}

export const createAskingTrouble = (): AskingTrouble => ({ failures: 0, because: null, untilMs: 0 });

/** Notes a failure, and how long nothing is asked because of it. Says whether it is the first in a row, so that a person is told once. */
export function noteFailure(
  trouble: AskingTrouble,
  because: string,
  nowMs: number,
  again: AskingAgain = { mayRetry: true, retryAfterMs: null },
): boolean {
  const isFirst = trouble.failures === 0;
  const growingMs = growingRestMs(trouble.failures + 1, FIRST_REST_MS, LONGEST_REST_MS);
  const restMs = again.mayRetry
    ? Math.min(HOPELESS_REST_MS, Math.max(again.retryAfterMs ?? 0, growingMs))
    : HOPELESS_REST_MS;
  trouble.failures += 1;
  trouble.because = because;
  trouble.untilMs = nowMs + restMs;
  return isFirst;
}

/** Notes that it works. Says whether it did not before. */
export function noteSuccess(trouble: AskingTrouble): boolean {
  const wasFailing = trouble.failures > 0;
  trouble.failures = 0;
  trouble.because = null;
  trouble.untilMs = 0;
  return wasFailing;
}
