import type { Kernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { mayBeat } from '../kernel/pull-orders.ts';
import { mayTransmit } from '../risk/trading-state.ts';
import type { Checker } from './checkers/checker.ts';
import { runCommand, type Transmission } from './effects.ts';
import { nextEventAtMs, takeNext } from './event-queue.ts';
import { createTraceHash } from './trace-hash.ts';
import type { World } from './world.ts';

/** The part of the kernel that a driver uses; a canary wraps it. */
export type SteppedKernel = Pick<Kernel, 'state' | 'step' | 'nextWakeAtMs'>;

/** Drives one kernel through a world in virtual time, and lets the checkers see every step. */
export interface SimulatedDriver {
  /** Lets time pass until `untilMs`, or until the worker has exited. */
  runUntil(untilMs: number): void;
  exitReason(): string | null;
  traceHash(): string;
  readonly counts: { inputs: number; commands: number };
}

/**
 * No clock and no promise: the next thing that happens is the next event of the queue, or the kernel's own wake when that is
 * sooner. `onStep` sees each input with its outputs, for a journal in memory.
 */
export function createSimulatedDriver(options: {
  readonly world: World;
  readonly kernel: SteppedKernel;
  readonly checkers: readonly Checker[];
  readonly onStep?: (atMs: number, input: Input, commands: readonly Command[]) => void;
}): SimulatedDriver {
  const { world, kernel, checkers, onStep } = options;
  const trace = createTraceHash();
  const counts = { inputs: 0, commands: 0 };
  let exited: string | null = null;
  const transmission: Transmission = {
    mayTransmit: () => mayTransmit(kernel.state.trading.mode),
    onTransmit: (orders) => {
      for (const checker of checkers) checker.onTransmit?.(world.nowMs, orders);
    },
    onExit: (reason) => {
      exited = reason;
    },
  };
  world.deliver = step;
  // Nobody beats before the first input.
  world.mayBeat = () => counts.inputs > 0 && mayBeat(kernel.state);
  world.onVenueEvent = (event) => {
    for (const checker of checkers) checker.onVenueEvent?.(world.nowMs, event);
  };

  function step(input: Input): void {
    if (exited !== null) return;
    const atMs = world.nowMs;
    const commands = kernel.step(atMs, input);
    counts.inputs += 1;
    counts.commands += commands.length;
    trace.add(atMs, 'in', input);
    for (const command of commands) trace.add(atMs, 'out', command);
    onStep?.(atMs, input, commands);
    const checked = { atMs, input, commands, state: kernel.state };
    for (const checker of checkers) checker.afterStep?.(checked);
    for (const command of commands) runCommand(world, command, transmission);
  }

  function runUntil(untilMs: number): void {
    while (exited === null) {
      const eventAtMs = nextEventAtMs(world.queue);
      // A wake that is due already comes a millisecond later, as a timer would.
      const wakeAtMs = Math.max(world.nowMs + 1, kernel.nextWakeAtMs());
      const nextMs = Math.min(eventAtMs, wakeAtMs);
      if (nextMs > untilMs) break;
      world.nowMs = nextMs;
      if (eventAtMs <= wakeAtMs) takeNext(world.queue)?.action();
      else step({ kind: 'wake' });
    }
    world.nowMs = Math.max(world.nowMs, exited === null ? untilMs : world.nowMs);
  }

  return { runUntil, exitReason: () => exited, traceHash: trace.hex, counts };
}
