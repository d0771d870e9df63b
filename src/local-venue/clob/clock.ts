import type { VenueClock } from '../types.ts';

/** The real clock. Its timers do not keep the process alive. */
export const wallClock: VenueClock = {
  nowMs: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface ManualClock extends VenueClock {
  /** Moves time on, running what falls due in order of time, and of arming where times are equal. */
  readonly advance: (byMs: number) => void;
}

/** A clock that stands still until told, for tests and simulated venues. */
export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  let sequence = 0;
  const due: { atMs: number; order: number; action: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after: (delayMs, action) => {
      sequence += 1;
      const entry = { atMs: nowMs + delayMs, order: sequence, action };
      due.push(entry);
      return () => {
        const index = due.indexOf(entry);
        if (index >= 0) due.splice(index, 1);
      };
    },
    advance: (byMs) => {
      const until = nowMs + byMs;
      for (;;) {
        due.sort((left, right) => left.atMs - right.atMs || left.order - right.order);
        const next = due[0];
        if (next === undefined || next.atMs > until) break;
        due.shift();
        nowMs = next.atMs;
        next.action();
      }
      nowMs = until;
    },
  };
}
