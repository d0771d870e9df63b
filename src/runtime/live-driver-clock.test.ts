import { setImmediate as endOfTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Kernel } from '../kernel/kernel.ts';
import type { Log } from '../ports/timers.ts';
import { createLiveDriver } from './live-driver.ts';

const HOUR_MS = 3_600_000;
const T0 = 1_790_000_000_000;

/** A kernel that only wants to be woken every second, and notes when it was. */
function metronome(): { kernel: Kernel; steps: number[] } {
  const steps: number[] = [];
  const kernel: Kernel = {
    get state(): Kernel['state'] {
      throw new Error('a metronome has no state');
    },
    step: (atMs) => {
      steps.push(atMs);
      return [];
    },
    nextWakeAtMs: () => (steps.at(-1) ?? 0) + 1_000,
  };
  return { kernel, steps };
}

const nothing = (): void => undefined;
const log: Log = { debug: nothing, note: nothing, warning: nothing, alarm: nothing };

it('the live driver keeps waking the core when the machine clock is set back by an hour', async () => {
  let machine = T0;
  const due: { atMs: number; action: () => void }[] = [];
  const { kernel, steps } = metronome();
  const driver = createLiveDriver({
    kernel,
    journal: { append: nothing, flush: nothing, sync: async () => undefined, close: async () => undefined },
    timers: {
      nowMs: () => machine,
      after: (delayMs, action) => {
        const timer = { atMs: machine + delayMs, action };
        due.push(timer);
        return () => due.splice(0, due.length, ...due.filter((one) => one !== timer));
      },
    },
    log,
    onCommand: nothing,
    onFatal: (error) => {
      throw error;
    },
  });
  driver.submit({ kind: 'wake' });
  await endOfTurn();
  machine -= HOUR_MS;
  for (const timer of due) timer.atMs -= HOUR_MS;
  for (let tick = 0; tick < 100; tick += 1) {
    machine += 100;
    for (const timer of due.splice(0).sort((a, b) => a.atMs - b.atMs)) {
      if (timer.atMs <= machine) timer.action();
      else due.push(timer);
    }
    await endOfTurn();
  }
  driver.close();
  expect(steps.length).toBeGreaterThanOrEqual(10);
  expect(steps.at(-1)).toBeGreaterThanOrEqual(T0 + 9_000);
});
