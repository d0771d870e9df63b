/** Time that goes on when the machine's clock is set back. */
export interface SteadyClock {
  nowMs(): number;
  /** How far this time is ahead of the machine's; 0 unless that was set back. */
  aheadMs(): number;
}

/** While ahead, a step of the machine's clock that is longer than this is no passing of time: it is being set forward again. */
const LONGEST_STEP_MS = 5_000;

/**
 * Follows the machine's clock, but never goes back and never stands still: after a clock was set back by an hour, a time that
 * only refused to go back would stand for an hour, and with it every quote, while the heartbeat keeps them all alive.
 * `notBeforeMs` is where the run before it ended.
 */
export function createSteadyClock(machineNowMs: () => number, notBeforeMs: number): SteadyClock {
  let machineMs = machineNowMs();
  let steadyMs = Math.max(machineMs, notBeforeMs);

  function nowMs(): number {
    const found = machineNowMs();
    const passedMs = Math.max(0, found - machineMs);
    const wasAhead = steadyMs > machineMs;
    machineMs = found;
    steadyMs = Math.max(found, steadyMs + (wasAhead ? Math.min(passedMs, LONGEST_STEP_MS) : passedMs));
    return steadyMs;
  }

  return { nowMs, aheadMs: () => nowMs() - machineMs };
}
