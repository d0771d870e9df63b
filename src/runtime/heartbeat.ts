import { createSteadyClock } from '../domain/steady-clock.ts';
import type { Input } from '../kernel/messages.ts';
import type { Log, Timers } from '../ports/timers.ts';
import type { VenuePort } from '../ports/venue.ts';

/** The venue cancels everything once this long passes without a beat. */
export const HEARTBEAT_DEADLINE_MS = 10_000;
/** So many failures in a row rebuild the client. */
const FAILURES_BEFORE_REBUILD = 20;
/** Waits between rebuilds: 30 s, 60 s, then 120 s each time. */
const REBUILD_WAITS_MS = [30_000, 60_000, 120_000];
const BEAT_TIMEOUT_MS = 4_000;
/** A failed beat is repeated this soon while the deadline has not passed, so that one lost answer does not cost all quotes. */
const RETRY_MS = 1_000;
/**
 * The venue's sweep strikes once after the last beat, at most 15 s later. Should orders still be there then, such as one that arrived
 * behind it, a single beat arms it anew; beats this far apart keep nothing alive.
 */
const REARM_MS = 20_000;
/** While beats are held back, whether they still are is looked at this often. */
const HELD_LOOK_MS = 100;

export interface Heartbeat {
  start(): void;
  /** No further beat; the venue's sweep then cancels what is left, which is wanted when we stop. */
  stop(): void;
}

/**
 * Sends chained heartbeats on a timer of its own that no loop can starve. It reports two facts to the core: a confirmed beat
 * after silence (`up`), and ten seconds without one (`down`), after which the venue may have cancelled everything.
 */
export function createHeartbeat(options: {
  readonly venue: Pick<VenuePort, 'beat' | 'rebuild'>;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly submit: (input: Input) => void;
  readonly log: Log;
  /** Asked right before each beat, which keeps every order of ours alive at the venue. Always yes where left out. */
  readonly mayBeat?: () => boolean;
}): Heartbeat {
  const { venue, timers, submit, log } = options;
  // By a clock that is set back by an hour, the next beat would be due in an hour, and its loss be noticed as late.
  const { nowMs } = createSteadyClock(() => timers.nowMs(), 0);
  let heartbeatId = '';
  let up = false;
  let failures = 0;
  let rebuilds = 0;
  let running = false;
  let isHeld = false;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let cancelBeat: (() => void) | null = null;
  let cancelDeadline: (() => void) | null = null;

  function start(): void {
    running = true;
    sentAtMs = nowMs();
    beatAfter(0);
  }

  function stop(): void {
    running = false;
    cancelBeat?.();
    cancelDeadline?.();
  }

  function beatAfter(delayMs: number): void {
    cancelBeat = timers.after(delayMs, () => {
      cancelBeat = null;
      isHeld = options.mayBeat?.() === false;
      if (isHeld && nowMs() - sentAtMs < REARM_MS) {
        beatAfter(HELD_LOOK_MS);
        return;
      }
      const startedAtMs = nowMs();
      beat().then(
        (waitMs) => {
          if (running) beatAfter(Math.max(0, waitMs - (nowMs() - startedAtMs)));
        },
        (error: unknown) => log.alarm('the heartbeat timer broke', { error: String(error) }),
      );
    });
  }

  /** One beat; returns how long after its start the next one is due. */
  async function beat(): Promise<number> {
    try {
      sentAtMs = nowMs();
      heartbeatId = await venue.beat(heartbeatId, AbortSignal.timeout(BEAT_TIMEOUT_MS));
      if (running) confirmed();
      return options.intervalMs;
    } catch (error) {
      failures += 1;
      const text = error instanceof Error ? error.message : String(error);
      log.warning(`heartbeat failed ${failures} times in a row: ${text}`);
      if (failures % FAILURES_BEFORE_REBUILD !== 0)
        return up ? Math.min(RETRY_MS, options.intervalMs) : options.intervalMs;
      return rebuild();
    }
  }

  /** The venue counts from when it took the beat, which is no earlier than when it was sent. */
  function confirmed(): void {
    failures = 0;
    rebuilds = 0;
    cancelDeadline?.();
    const leftMs = Math.max(0, sentAtMs + HEARTBEAT_DEADLINE_MS - nowMs());
    cancelDeadline = timers.after(leftMs, () => {
      up = false;
      const reason = isHeld
        ? 'no beat is sent while orders have to go, so that the venue takes them'
        : '10 s passed without a confirmed beat';
      submit({ kind: 'feed', feed: 'heartbeat', up: false, reason });
    });
    if (!up) {
      up = true;
      submit({ kind: 'feed', feed: 'heartbeat', up: true, reason: 'beat confirmed' });
    }
  }

  async function rebuild(): Promise<number> {
    const waitMs = REBUILD_WAITS_MS[Math.min(rebuilds, REBUILD_WAITS_MS.length - 1)] as number;
    rebuilds += 1;
    heartbeatId = '';
    log.alarm(
      `rebuilding the venue client after ${failures} failed heartbeats; next try in ${waitMs / 1_000} s`,
    );
    try {
      await venue.rebuild(AbortSignal.timeout(BEAT_TIMEOUT_MS));
    } catch (error) {
      log.warning(
        `rebuilding the venue client failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return waitMs;
  }

  return { start, stop };
}
