import type { ConditionId } from '../domain/market.ts';
import type { Loop, LoopName, WakeReason } from './loop.ts';
import type { KernelState } from './state.ts';

/** One loop's place in time, and its memory. Plain data inside the state. */
export interface LoopRun {
  nextBeatAtMs: number;
  lastRunAtMs: number;
  /** Marks coalesce: however often a market changes between two runs, it is looked at once. */
  woken: boolean;
  subjects: Set<ConditionId>;
  /** Something woke the loop that concerns every market: it then looks at all of them. */
  wokenForAll: boolean;
  memory: object;
  runs: number;
  /** Beats that came due while the loop could not run; they are counted, never made up for. */
  skippedBeats: number;
  /** Set when `decide` threw: the loop does not run again until a person restarts the worker. */
  fault: string | null;
}

export const createLoopRun = (loop: Loop, nowMs: number): LoopRun => ({
  nextBeatAtMs: nowMs,
  lastRunAtMs: Number.MIN_SAFE_INTEGER,
  woken: false,
  subjects: new Set(),
  wokenForAll: false,
  memory: loop.createMemory(),
  runs: 0,
  skippedBeats: 0,
  fault: null,
});

export function wakeLoops(
  loops: readonly Loop[],
  runs: ReadonlyMap<LoopName, LoopRun>,
  reason: WakeReason,
  conditionId: ConditionId | null,
): void {
  for (const loop of loops) {
    if (!loop.wakesOn.includes(reason)) continue;
    const run = runs.get(loop.name);
    if (run !== undefined) wakeRun(run, conditionId);
  }
}

/** Marks a loop to look at one market, or with null at all of them. */
export function wakeRun(run: LoopRun, conditionId: ConditionId | null): void {
  run.woken = true;
  if (conditionId === null) run.wokenForAll = true;
  else run.subjects.add(conditionId);
}

/** Why the loop runs now, or null when it does not. */
export function dueCause(loop: Loop, run: LoopRun, state: KernelState): 'beat' | 'woken' | null {
  if (run.fault !== null || !loop.allowedIn.includes(state.trading.mode)) return null;
  const isRested = state.nowMs - run.lastRunAtMs >= loop.minGapMs(state);
  // No loop beats faster than its gap, and asking how fast it wants to beat costs more than this, at every input.
  if (!isRested && state.nowMs < run.nextBeatAtMs) return null;
  if (state.nowMs >= beatAtMs(loop, run, state)) return 'beat';
  return run.woken && isRested ? 'woken' : null;
}

/** The beat stands on its grid, but never further from the last run than the loop wants now: a loop may grow impatient between two. */
const beatAtMs = (loop: Loop, run: LoopRun, state: KernelState): number =>
  run.runs === 0
    ? run.nextBeatAtMs
    : Math.min(run.nextBeatAtMs, run.lastRunAtMs + Math.max(1, loop.everyMs(state)));

/** Moves the schedule past a run that is about to happen and hands out what woke it: which markets, or none in particular. */
export function beginRun(
  loop: Loop,
  run: LoopRun,
  state: KernelState,
  cause: 'beat' | 'woken',
): ReadonlySet<ConditionId> {
  if (cause === 'beat') {
    const everyMs = Math.max(1, loop.everyMs(state));
    const lateMs = state.nowMs - run.nextBeatAtMs;
    const missed = Math.max(0, Math.floor(lateMs / everyMs));
    if (run.runs > 0) run.skippedBeats += missed;
    run.nextBeatAtMs = lateMs < 0 ? state.nowMs + everyMs : run.nextBeatAtMs + (missed + 1) * everyMs;
  }
  const subjects = run.wokenForAll ? new Set<ConditionId>() : run.subjects;
  run.subjects = new Set();
  run.wokenForAll = false;
  run.woken = false;
  run.lastRunAtMs = state.nowMs;
  run.runs += 1;
  return subjects;
}

/** When the kernel next has something to do by itself. */
export function nextLoopAtMs(loops: readonly Loop[], state: KernelState): number {
  let next = Number.MAX_SAFE_INTEGER;
  for (const loop of loops) {
    const run = state.loops.get(loop.name);
    if (run === undefined || run.fault !== null) continue;
    next = Math.min(next, loop.nextWakeAtMs?.(run.memory) ?? Number.MAX_SAFE_INTEGER);
    if (!loop.allowedIn.includes(state.trading.mode)) continue;
    next = Math.min(next, beatAtMs(loop, run, state));
    if (run.woken) next = Math.min(next, run.lastRunAtMs + loop.minGapMs(state));
  }
  return next;
}
