import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usd } from '../domain/units.ts';
import { createBudget, type SignedDay, type SigningBudget } from './budget.ts';
import { WIDE_LIMITS } from './testing/test-signer.ts';

const DAY_MS = 86_400_000;
const LIMITS = { ...WIDE_LIMITS, maxMinute: 6_400 as Usd, maxDay: 6_400 as Usd };
/** A part of a day as it is set aside. */
const PART = 100;

/** A disk that outlives signers, and their clocks. */
function world() {
  const clock = { dayMs: 100 * DAY_MS, ms: 0 };
  let onDisk: SignedDay | null = null;
  let writes = 0;
  let isFull = false;
  const start = (): SigningBudget =>
    createBudget(
      LIMITS,
      { dayMs: () => clock.dayMs, steadyMs: () => clock.ms },
      {
        found: onDisk,
        keep: (day) => {
          if (isFull) throw new Error('the disk is full');
          onDisk = day;
          writes += 1;
        },
      },
    );
  return {
    clock,
    start,
    onDisk: () => onDisk,
    writes: () => writes,
    fill: (full: boolean) => {
      isFull = full;
    },
  };
}
const take = (budget: SigningBudget, amount: number): string | null => budget.takeOrder(amount as Usd, false);

describe('the windows', () => {
  it('count transactions of any hour by the clock that nobody can set', () => {
    const clock = { ms: 0 };
    const budget = createBudget(
      { ...WIDE_LIMITS, maxTransactionsPerHour: 2 },
      { dayMs: () => 0, steadyMs: () => clock.ms },
    );
    expect([budget.takeTransaction(), budget.takeTransaction()]).toEqual([null, null]);
    clock.ms = 3_599_999;
    expect(budget.takeTransaction()).toContain('2 transactions were signed within an hour');
    clock.ms = 3_601_000;
    expect(budget.takeTransaction()).toBeNull();
  });
});

describe('the day', () => {
  it('begins with the date, and not with a clock that is behind it', () => {
    const { clock, start } = world();
    const budget = start();
    expect(take(budget, 6_400)).toBeNull();
    clock.ms += 120_000;
    expect(take(budget, 1)).toContain('SIGNER_MAX_DAY_USD');
    clock.dayMs -= DAY_MS;
    expect(take(budget, 1)).toContain('SIGNER_MAX_DAY_USD');
    clock.dayMs += 2 * DAY_MS - 1;
    expect(take(budget, 1)).toContain('SIGNER_MAX_DAY_USD');
    clock.dayMs += 1;
    expect(take(budget, 6_400)).toBeNull();
  });

  it('outlives a signer that ends in order, to the millionth', () => {
    const { start, onDisk } = world();
    const first = start();
    expect(take(first, 5_001)).toBeNull();
    first.close();
    expect(onDisk()).toEqual({ day: 100, usd: 5_001 });
    const second = start();
    expect(take(second, 1_400)).toContain('0.005001 USD were signed today');
    expect(take(second, 1_399)).toBeNull();
  });

  it('outlives one that is killed, with at most a part of it too much', () => {
    const { start, onDisk } = world();
    expect(take(start(), 2_000)).toBeNull();
    expect(onDisk()).toEqual({ day: 100, usd: 2_000 + PART });
    const next = start();
    expect(take(next, 6_400 - 2_000 - PART + 1)).toContain('SIGNER_MAX_DAY_USD');
    expect(take(next, 6_400 - 2_000 - PART)).toBeNull();
    expect(onDisk()).toEqual({ day: 100, usd: 6_400 });
  });

  it('that is over is forgotten, and one that lies ahead is kept as today: the clock was set back', () => {
    const over = world();
    expect(take(over.start(), 6_400)).toBeNull();
    over.clock.dayMs += DAY_MS;
    expect(take(over.start(), 6_400)).toBeNull();
    const ahead = world();
    expect(take(ahead.start(), 6_400)).toBeNull();
    ahead.clock.dayMs -= 300 * DAY_MS;
    const next = ahead.start();
    expect(take(next, 1)).toContain('SIGNER_MAX_DAY_USD');
    ahead.clock.dayMs += DAY_MS;
    ahead.clock.ms += 120_000;
    expect(take(next, 6_400)).toBeNull();
    expect(ahead.onDisk()?.day).toBe(100 - 300 + 1);
  });

  it('is put down from the first order of the next one on', () => {
    const { start, clock, onDisk } = world();
    const budget = start();
    expect(take(budget, 3_000)).toBeNull();
    clock.dayMs += DAY_MS;
    clock.ms += 120_000;
    expect(take(budget, 10)).toBeNull();
    expect(onDisk()).toEqual({ day: 101, usd: 10 + PART });
  });

  it('is written seldom however much is signed, and not at all where nothing is', () => {
    const { start, writes, clock } = world();
    const idle = start();
    idle.close();
    expect(writes()).toBe(0);
    const budget = start();
    for (let order = 0; order < 6_400; order += 1) expect(take(budget, 1)).toBeNull();
    expect(writes()).toBeGreaterThan(32);
    expect(writes()).toBeLessThanOrEqual(66);
    clock.ms += 120_000;
    const before = writes();
    budget.close();
    expect(writes()).toBe(before);
  });

  it('that cannot be put down lets nothing more be signed, and is tried again a second later', () => {
    const { start, clock, fill, writes } = world();
    const budget = start();
    expect(take(budget, 50)).toBeNull();
    fill(true);
    expect(take(budget, PART)).toBeNull();
    expect(take(budget, 1)).toContain('the disk is full');
    fill(false);
    expect(take(budget, 1)).toContain('could not be put down');
    expect(writes()).toBe(1);
    clock.ms += 1_000;
    expect(take(budget, 1)).toBeNull();
    expect(writes()).toBe(2);
  });

  it('never takes more than its limit, through any kills, ends, and days', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('take' as const), amount: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({
        does: fc.constantFrom('kill' as const, 'end' as const, 'nextDay' as const, 'back' as const),
      }),
    );
    let refused = 0;
    let signed = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
        const { clock, start } = world();
        let budget = start();
        let today = 0;
        for (const given of steps) {
          clock.ms += 120_000;
          if (given.does === 'take') {
            if (take(budget, given.amount) === null) {
              today += given.amount;
              signed += 1;
            } else refused += 1;
          } else if (given.does === 'nextDay') {
            clock.dayMs += DAY_MS;
            today = 0;
          } else {
            if (given.does === 'back') clock.dayMs -= DAY_MS / 2;
            if (given.does !== 'kill') budget.close();
            budget = start();
          }
          expect(today).toBeLessThanOrEqual(LIMITS.maxDay);
        }
      }),
    );
    expect(refused).toBeGreaterThan(50);
    expect(signed).toBeGreaterThan(200);
  });
});
