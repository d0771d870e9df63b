import { createSteadyClock } from '../domain/steady-clock.ts';
import type { Log } from '../ports/timers.ts';

/** The clocks of the machine. */
export interface MachineClock {
  /** Unix milliseconds; can be set. */
  readonly nowMs: () => number;
  /** Milliseconds that never go back and are never set. */
  readonly steadyMs: () => number;
}

/** Time as the signer counts it. Nobody who sets the machine's clock gives it room that it has used up. */
export interface SignerClock {
  /** For windows of a minute and an hour. */
  steadyMs(): number;
  /** Unix milliseconds of the start and what has passed since, whatever the machine's clock was set to: for the day. */
  dayMs(): number;
  /** Unix milliseconds as the worker counts them: they follow the machine's clock forward, and go on where it is set back. */
  nowMs(): number;
  /** How far `nowMs` is ahead of the machine's clock; 0 unless that was set back. */
  aheadMs(): number;
  /**
   * The reading of now that is nearer to a time that the worker names. Orders have the worker's own time and proofs the machine's,
   * and after the machine's clock was set back the two differ.
   */
  nearest(timeMs: number): number;
}

/** `notBeforeMs` is the time that the signer before this one had reached, as the worker goes on where its last run has ended. */
export function createSignerClock(machine: MachineClock, notBeforeMs = 0): SignerClock {
  const { nowMs: machineMs, steadyMs } = machine;
  const dayOffsetMs = machineMs() - steadyMs();
  const followed = createSteadyClock(machineMs, notBeforeMs);

  function nearest(timeMs: number): number {
    const own = followed.nowMs();
    const found = machineMs();
    return Math.abs(timeMs - own) <= Math.abs(timeMs - found) ? own : found;
  }

  return {
    steadyMs,
    dayMs: () => dayOffsetMs + steadyMs(),
    nowMs: followed.nowMs,
    aheadMs: followed.aheadMs,
    nearest,
  };
}

/** Between two looks a machine's clock may come away from the steady one by less than this without having been set. */
const SMALLEST_STEP_MS = 2_000;
export const LOOK_EVERY_MS = 1_000;

/** Looks whether the machine's clock was set since the last look, and says so once. */
export function createStepWatch(machine: MachineClock, log: Log): () => void {
  const offset = (): number => machine.nowMs() - machine.steadyMs();
  let lastMs = offset();
  return () => {
    const stepMs = offset() - lastMs;
    lastMs += stepMs;
    if (Math.abs(stepMs) >= SMALLEST_STEP_MS) log.warning(stepText(stepMs));
  };
}

/** What a step of the clock means, for a person. */
function stepText(stepMs: number): string {
  const seconds = `${(Math.abs(stepMs) / 1_000).toFixed(0)} s`;
  const limits = 'The limits of the signer count by a clock that cannot be set, and give nothing back';
  return stepMs < 0
    ? `this machine's clock was set back by ${seconds}. ${limits}; signer and worker count time on from before, so days and ends of markets come ${seconds} early until the clock has caught up. Synchronise it (for example with chrony).`
    : `this machine's clock was set forward by ${seconds}, or the machine slept. ${limits}; the worker follows the clock, and its own limits of a minute and a day move on with it.`;
}
