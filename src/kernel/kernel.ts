import { streamOf } from '../domain/random.ts';
import type { TradingMode } from '../risk/trading-state.ts';
import { actOn } from './act.ts';
import type { Loop } from './loop.ts';
import { beginRun, createLoopRun, dueCause, type LoopRun, nextLoopAtMs, wakeRun } from './loop-schedule.ts';
import type { Command, Input } from './messages.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { nextEntryPullAtMs, pullEntries } from './pull-entries.ts';
import { nextPullAtMs, pullFaulted, pullOrders } from './pull-orders.ts';
import { reduce } from './reduce.ts';
import { followTrust, nextTrustAtMs } from './reduce-spot.ts';
import { nextStaleAtMs, pullStale } from './stale-quotes.ts';
import { createState, type KernelState } from './state.ts';
import { nextTokenAtMs, wakeForTokens } from './token-wait.ts';
import { settleMode } from './trading-control.ts';
import { freeUntold, nextUntoldAtMs } from './untold-rests.ts';
import { nextLossLookAtMs, watchLosses } from './watch-losses.ts';
import { nextWayOutAtMs, walkOut } from './withdraw.ts';

/**
 * The core: one input in, commands out, nothing else. Synchronous and deterministic in (state, inputs with their times), so
 * that the live, the simulated and the replay driver run the very same code.
 */
export interface Kernel {
  readonly state: KernelState;
  /** `atMs` never goes back: an earlier time counts as the time of the step before. */
  step(atMs: number, input: Input): Command[];
  /** When the kernel wants a `wake` at the latest. */
  nextWakeAtMs(): number;
}

/** A kernel on the state of an earlier run, or on a fresh one, whose first input must be `runStarted`. */
export function createKernel(loops: readonly Loop[], restored: KernelState | null): Kernel {
  let current = restored;

  function begin(atMs: number, input: Input): KernelState {
    if (input.kind !== 'runStarted')
      throw new Error(`the first input of a run is runStarted, found ${input.kind}`);
    const { runId, parentRunId, wallet, seed, settings } = input;
    return createState(
      { runId, parentRunId, wallet, seed, startedAtMs: atMs },
      settings,
      streamOf(seed, 'salts'),
    );
  }

  function step(atMs: number, input: Input): Command[] {
    current ??= begin(atMs, input);
    const state = current;
    state.nowMs = Math.max(state.nowMs, atMs);
    state.steps += 1;
    for (const loop of loops)
      if (!state.loops.has(loop.name)) state.loops.set(loop.name, createLoopRun(loop, state.nowMs));
    if (input.kind === 'runStarted') restartLoops(state);
    const outbox = createOutbox(state, loops);
    const { mode } = state.trading;
    reduce(state, input, outbox);
    watchLosses(state, outbox);
    followTrust(state, outbox);
    followMode(state, mode, outbox);
    wakeForTokens(state, outbox);
    freeUntold(state, outbox);
    for (const loop of loops) measure(state, loop, outbox);
    for (const loop of loops) runLoop(state, loop, outbox);
    pullFaulted(state, outbox);
    pullStale(state, outbox);
    pullEntries(state, outbox);
    pullOrders(state, outbox);
    walkOut(state, outbox);
    return outbox.commands;
  }

  return {
    get state() {
      if (current === null) throw new Error('the kernel has no state before its first input');
      return current;
    },
    step,
    nextWakeAtMs: () => (current === null ? 0 : nextWakeAtMs(loops, current)),
  };
}

const nextWakeAtMs = (loops: readonly Loop[], state: KernelState): number =>
  Math.min(
    nextLoopAtMs(loops, state),
    nextPullAtMs(state),
    nextEntryPullAtMs(state),
    nextWayOutAtMs(state),
    nextTokenAtMs(state),
    nextUntoldAtMs(state),
    nextStaleAtMs(state),
    nextLossLookAtMs(state),
    nextTrustAtMs(state),
  );

/** A new run looks at everything at once, and gives a loop that was faulted a new chance. */
function restartLoops(state: KernelState): void {
  for (const run of state.loops.values()) {
    run.nextBeatAtMs = state.nowMs;
    run.fault = null;
  }
}

/** Settles the trading mode, and tells a person when it has changed in this step. */
function followMode(state: KernelState, before: TradingMode, outbox: Outbox): void {
  const text = settleMode(state, before);
  if (text === null) return;
  outbox.send({ kind: 'notify', level: MODE_LEVEL[state.trading.mode], text });
  outbox.wake('reconnect');
}

const MODE_LEVEL = {
  starting: 'note',
  active: 'note',
  reducing: 'warning',
  halted: 'warning',
  stopping: 'note',
} as const satisfies Record<TradingMode, string>;

/** Lets a loop take its measurements, whatever the mode; what they change is looked at in its next run. */
function measure(state: KernelState, loop: Loop, outbox: Outbox): void {
  const run = state.loops.get(loop.name) as LoopRun;
  if (run.fault !== null) return;
  try {
    for (const fill of outbox.ownFills) loop.observeFill?.(state, fill, run.memory);
    const dueAtMs = loop.nextWakeAtMs?.(run.memory) ?? null;
    if (dueAtMs === null || dueAtMs > state.nowMs) return;
    for (const conditionId of loop.observe?.(state, run.memory) ?? []) wakeRun(run, conditionId);
  } catch (error) {
    fault(state, loop, run, error, outbox);
  }
}

function runLoop(state: KernelState, loop: Loop, outbox: Outbox): void {
  const run = state.loops.get(loop.name) as LoopRun;
  const cause = dueCause(loop, run, state);
  if (cause === null) return;
  const subjects = beginRun(loop, run, state, cause);
  try {
    actOn(state, loop.name, loop.decide({ nowMs: state.nowMs, state, cause, subjects }, run.memory), outbox);
  } catch (error) {
    fault(state, loop, run, error, outbox);
  }
}

/** A loop that throws is broken: it runs no more, its orders go, and a person is told. The other loops go on. */
function fault(state: KernelState, loop: Loop, run: LoopRun, error: unknown, outbox: Outbox): void {
  run.fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  state.counts.faults += 1;
  outbox.send({ kind: 'notify', level: 'alarm', text: `loop ${loop.name} is faulted: ${run.fault}` });
}
