import type { Timers } from '../../../ports/timers.ts';

/** The machine's clock and timers. */
export const wallTimers: Timers = {
  nowMs: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Waits until `isTrue`, and fails by name when that takes longer than the bound. */
export async function until(what: string, isTrue: () => boolean, boundMs = 10_000): Promise<void> {
  const endAtMs = Date.now() + boundMs;
  while (!isTrue()) {
    if (Date.now() > endAtMs) throw new Error(`waited ${boundMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
