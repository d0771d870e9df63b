import { createSteadyClock, type SteadyClock } from '../domain/steady-clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { JournalSink } from '../ports/journal.ts';
import type { Log, Timers } from '../ports/timers.ts';
import { createRecorder } from './recorder.ts';

/**
 * Drives one kernel from live ports. Inputs are taken one at a time, stamped with a clock that never goes back nor stands
 * still, journaled with their outputs, and only then acted upon. What leads to no act is written at the end of the turn.
 */
export interface LiveDriver {
  submit(input: Input): void;
  readonly kernel: Kernel;
  /** The time inputs are stamped with; what is compared with it must be measured by it. */
  readonly clock: SteadyClock;
  entryCount(): number;
  /** Whether this process has just come back from a while in which it did not run, and has not taken that in yet. */
  isBackFromAbsence(): boolean;
  /** Stops the wake timer; inputs that come later are dropped. */
  close(): void;
}

/** What the market feed brings may wait for the end of the turn: a crash that takes it has taken nothing that was acted upon. */
const MAY_BE_WRITTEN_LATER: ReadonlySet<Input['kind']> = new Set([
  'book',
  'levels',
  'tickSize',
  'bookUntrusted',
  'publicTrade',
]);

/** The longest sleep between wakes, so that a lost timer costs a second at most. */
const MAX_SLEEP_MS = 1_000;
/** A driver that had no turn for so long did not run: it was stopped, its machine slept, or something held up the event loop. */
export const ABSENCE_MS = 3_000;

export function createLiveDriver(options: {
  readonly kernel: Kernel;
  readonly journal: JournalSink;
  readonly timers: Timers;
  readonly log: Log;
  readonly onCommand: (command: Command) => void;
  /** Called when the journal cannot be written or an invariant breaks: nothing may be sent after it. */
  readonly onFatal: (error: unknown) => void;
  /** Called first thing after an absence, before any input is taken: whatever was believed about the outside is old. */
  readonly onAbsence?: (absentMs: number) => void;
  /** When the run ended whose state the kernel holds. */
  readonly notBeforeMs?: number;
}): LiveDriver {
  const { kernel, timers } = options;
  const { journal } = options;
  const recorder = createRecorder(kernel, journal);
  const queue: Input[] = [];
  let draining = false;
  let closed = false;
  const clock = createSteadyClock(() => timers.nowMs(), options.notBeforeMs ?? 0);
  let cancelWake: (() => void) | null = null;
  let writeLater: NodeJS.Immediate | null = null;
  let planWake: NodeJS.Immediate | null = null;
  let turnAtMs = timers.nowMs();

  /** There is a turn every second at least, so a longer gap is one in which nothing ran. A clock that is set forward looks the same. */
  function noteTurn(): void {
    const absentMs = timers.nowMs() - turnAtMs;
    turnAtMs = timers.nowMs();
    if (absentMs >= ABSENCE_MS && !draining) options.onAbsence?.(absentMs);
  }

  function submit(input: Input): void {
    if (closed) return;
    noteTurn();
    queue.push(input);
    // A command's effect may answer at once; its input then waits for the one being worked on.
    if (!draining) drain();
  }

  function drain(): void {
    draining = true;
    try {
      for (let input = queue.shift(); input !== undefined && !closed; input = queue.shift()) {
        const commands = recorder.step(clock.nowMs(), input);
        if (mayBeWrittenLater(input, commands)) writeLater ??= setImmediate(write);
        else journal.flush();
        for (const command of commands) options.onCommand(command);
      }
    } catch (error) {
      fail(error);
    } finally {
      draining = false;
    }
    if (!closed) planWake ??= setImmediate(scheduleWake);
  }

  /** One write for all that the turn of the event loop has brought. */
  function write(): void {
    writeLater = null;
    try {
      journal.flush();
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    close();
    options.onFatal(error);
  }

  /** Once for all that a turn of the event loop has brought, and after its orders have left: asking every part of the kernel takes time. */
  function scheduleWake(): void {
    planWake = null;
    cancelWake?.();
    if (closed) return;
    const dueInMs = Math.max(1, kernel.nextWakeAtMs() - clock.nowMs());
    cancelWake = timers.after(Math.min(dueInMs, MAX_SLEEP_MS), () => {
      cancelWake = null;
      noteTurn();
      // A sleep cut short by the maximum is not an input: only a due wake is worth a journal line.
      if (clock.nowMs() >= kernel.nextWakeAtMs()) submit({ kind: 'wake' });
      else scheduleWake();
    });
  }

  function close(): void {
    closed = true;
    cancelWake?.();
    cancelWake = null;
    if (planWake !== null) clearImmediate(planWake);
    planWake = null;
    if (writeLater !== null) clearImmediate(writeLater);
    writeLater = null;
  }

  return {
    submit,
    kernel,
    clock,
    entryCount: recorder.entryCount,
    isBackFromAbsence: () => timers.nowMs() - turnAtMs >= ABSENCE_MS,
    close,
  };
}

/**
 * Whether nothing leaves this machine because of this step before the next one is written. An order is signed first, and its
 * id comes back as an input that is written before the order goes; cancels of the same step wait for that.
 */
function mayBeWrittenLater(input: Input, commands: readonly Command[]): boolean {
  if (!MAY_BE_WRITTEN_LATER.has(input.kind)) return false;
  const acts = commands.filter(({ kind }) => kind !== 'decision');
  return acts.length === 0 || (acts[0]?.kind === 'place' && acts.every(isHeldBySigning));
}

const isHeldBySigning = ({ kind }: Command): boolean => kind === 'place' || kind === 'cancel';
