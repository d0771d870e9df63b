import { openCoreDelay } from './core-delay.ts';

/** How long the event loop was held, turn by turn. */
export interface TurnWatch {
  /** The longest turn so far, in milliseconds: the most that a frame or a cancel could have had to wait. */
  longestMs(): number;
  /** The longest turn by what it did itself: less the time in which other processes had its core. */
  longestOwnMs(): number;
  /**
   * How long something that comes at a random moment waits for its turn, in milliseconds: all but `part` of such moments wait
   * longer. Nothing below `SHORT_MS` is told apart.
   */
  waitMs(part: number): number;
  stop(): void;
}

/** Turns shorter than this held up nobody: most of them is the watch's own pause. */
export const SHORT_MS = 0.05;
/** Some twenty microseconds of arithmetic. Without it looks would follow each other so fast that their garbage is what is collected. */
const PAUSE_STEPS = 4_000;
let paused = 0;

/** Passes a little time and makes no garbage, which asking the clock again and again would. */
function pause(): void {
  for (let step = 0; step < PAUSE_STEPS; step += 1) paused = (Math.imul(paused, 1_664_525) + step) | 0;
}

/** Halvings that find a wait to well below a microsecond. */
const HALVINGS = 40;

/** Looks at the clock once in every turn from now on. The loop does not sleep meanwhile. */
export function watchTurns(): TurnWatch {
  const turnsMs: number[] = [];
  const delay = openCoreDelay();
  let longestOwnMs = 0;
  let lastDelayMs = delay.soFarMs();
  const beganMs = performance.now();
  let lastMs = beganMs;
  let next = setImmediate(look);
  function look(): void {
    pause();
    const nowMs = performance.now();
    const delayMs = delay.soFarMs();
    longestOwnMs = Math.max(longestOwnMs, nowMs - lastMs - (delayMs - lastDelayMs));
    lastDelayMs = delayMs;
    if (nowMs - lastMs >= SHORT_MS) turnsMs.push(nowMs - lastMs);
    lastMs = nowMs;
    next = setImmediate(look);
  }
  return {
    longestMs: () => Math.max(SHORT_MS, longest(turnsMs)),
    longestOwnMs: () => Math.max(SHORT_MS, longestOwnMs),
    waitMs: (part) => waitOf(turnsMs, lastMs - beganMs, part),
    stop: () => {
      clearImmediate(next);
      delay.close();
    },
  };
}

const longest = (turnsMs: readonly number[]): number =>
  turnsMs.reduce((most, turnMs) => Math.max(most, turnMs), 0);

/** Of a turn that lasts L, the moments that wait longer than w are its first L - w. So long turns count by what they hold up, not once. */
export function waitOf(turnsMs: readonly number[], spanMs: number, part: number): number {
  const longerMs = (waitMs: number): number =>
    turnsMs.reduce((sum, turnMs) => sum + Math.max(0, turnMs - waitMs), 0);
  let [low, high] = [SHORT_MS, Math.max(SHORT_MS, longest(turnsMs))];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (longerMs(middle) > (1 - part) * spanMs) low = middle;
    else high = middle;
  }
  return high;
}
