import { describe, expect, it } from 'vitest';
import type { Kernel } from '../kernel/kernel.ts';
import type { Log } from '../ports/timers.ts';
import { createLiveDriver } from './live-driver.ts';
import { createSteadyClock } from './steady-clock.ts';

const HOUR_MS = 3_600_000;
const T0 = 1_790_000_000_000;

describe('a steady clock', () => {
  it('is the machine clock as long as that goes forward', () => {
    let machine = T0;
    const clock = createSteadyClock(() => machine, 0);
    for (const step of [0, 1, 250, 90_000, HOUR_MS]) {
      machine += step;
      expect(clock.nowMs()).toBe(machine);
      expect(clock.aheadMs()).toBe(0);
    }
  });

  it('goes on second by second after the machine clock was set back, and joins it when that is set forward again', () => {
    let machine = T0;
    const clock = createSteadyClock(() => machine, 0);
    machine -= HOUR_MS;
    expect(clock.nowMs()).toBe(T0);
    machine += 1_000;
    expect(clock.nowMs()).toBe(T0 + 1_000);
    expect(clock.aheadMs()).toBe(HOUR_MS);
    machine += HOUR_MS + 10_000;
    expect(clock.nowMs()).toBe(machine);
    expect(clock.aheadMs()).toBe(0);
  });

  it('starts where the run before it ended, and does not stand there', () => {
    let machine = T0;
    const clock = createSteadyClock(() => machine, T0 + HOUR_MS);
    machine += 500;
    expect(clock.nowMs()).toBe(T0 + HOUR_MS + 500);
  });
});

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

describe('the live driver', () => {
  it('keeps waking the core when the machine clock is set back by an hour', () => {
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
    machine -= HOUR_MS;
    for (const timer of due) timer.atMs -= HOUR_MS;
    for (let tick = 0; tick < 100; tick += 1) {
      machine += 100;
      for (const timer of due.splice(0).sort((a, b) => a.atMs - b.atMs)) {
        if (timer.atMs <= machine) timer.action();
        else due.push(timer);
      }
    }
    driver.close();
    expect(steps.length).toBeGreaterThanOrEqual(10);
    expect(steps.at(-1)).toBeGreaterThanOrEqual(T0 + 9_000);
  });
});
