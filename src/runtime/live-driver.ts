import type { Kernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { JournalSink } from '../ports/journal.ts';
import type { Log, Timers } from '../ports/timers.ts';
import { createRecorder } from './recorder.ts';
import { createSteadyClock, type SteadyClock } from './steady-clock.ts';

/**
 * Drives one kernel from live ports. Inputs are taken one at a time, stamped with a clock that never goes back nor stands
 * still, journaled with their outputs, and only then acted upon.
 */
export interface LiveDriver {
  submit(input: Input): void;
  readonly kernel: Kernel;
  /** The time inputs are stamped with; what is compared with it must be measured by it. */
  readonly clock: SteadyClock;
  entryCount(): number;
  /** Stops the wake timer; inputs that come later are dropped. */
  close(): void;
}

/** The longest sleep between wakes, so that a lost timer costs a second at most. */
const MAX_SLEEP_MS = 1_000;

export function createLiveDriver(options: {
  readonly kernel: Kernel;
  readonly journal: JournalSink;
  readonly timers: Timers;
  readonly log: Log;
  readonly onCommand: (command: Command) => void;
  /** Called when the journal cannot be written or an invariant breaks: nothing may be sent after it. */
  readonly onFatal: (error: unknown) => void;
  /** When the run ended whose state the kernel holds. */
  readonly notBeforeMs?: number;
}): LiveDriver {
  const { kernel, timers } = options;
  const recorder = createRecorder(kernel, options.journal);
  const queue: Input[] = [];
  let draining = false;
  let closed = false;
  const clock = createSteadyClock(() => timers.nowMs(), options.notBeforeMs ?? 0);
  let cancelWake: (() => void) | null = null;

  function submit(input: Input): void {
    if (closed) return;
    queue.push(input);
    // A command's effect may answer at once; its input then waits for the one being worked on.
    if (!draining) drain();
  }

  function drain(): void {
    draining = true;
    try {
      for (let input = queue.shift(); input !== undefined && !closed; input = queue.shift()) {
        const commands = recorder.step(clock.nowMs(), input);
        for (const command of commands) options.onCommand(command);
      }
    } catch (error) {
      close();
      options.onFatal(error);
    } finally {
      draining = false;
    }
    scheduleWake();
  }

  function scheduleWake(): void {
    cancelWake?.();
    if (closed) return;
    const dueInMs = Math.max(1, kernel.nextWakeAtMs() - clock.nowMs());
    cancelWake = timers.after(Math.min(dueInMs, MAX_SLEEP_MS), () => {
      cancelWake = null;
      // A sleep cut short by the maximum is not an input: only a due wake is worth a journal line.
      if (clock.nowMs() >= kernel.nextWakeAtMs()) submit({ kind: 'wake' });
      else scheduleWake();
    });
  }

  function close(): void {
    closed = true;
    cancelWake?.();
    cancelWake = null;
  }

  return { submit, kernel, clock, entryCount: recorder.entryCount, close };
}
