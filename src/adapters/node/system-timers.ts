import type { Timers } from '../../ports/timers.ts';

/** The machine's clock and timers. A pending timer keeps the process alive: whoever starts one also ends it. */
export const systemTimers: Timers = {
  nowMs: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
