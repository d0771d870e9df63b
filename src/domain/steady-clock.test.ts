import { describe, expect, it } from 'vitest';
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
