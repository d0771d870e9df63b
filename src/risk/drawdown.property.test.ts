import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usd } from '../domain/units.ts';
import { createDrawdown, type DrawdownLimits, moveHighWater, observeValue } from './drawdown.ts';

const LIMITS: DrawdownLimits = {
  reducePct: 15,
  killPct: 25,
  resumePct: 20,
  cooldownMs: 1_800_000,
  maxRecoveriesPerDay: 1,
  stopPct: 45,
};
const T0 = 1_790_000_000_000;

/** An account that fell from `peak` to `value`, by any amount, and the amounts it comes to by deposits and withdrawals after that. */
const accounts = fc
  .tuple(
    fc.integer({ min: 1_000_000, max: 1e12 }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.array(fc.integer({ min: 1_000_000, max: 1e12 }), { minLength: 1, maxLength: 40 }),
  )
  .map(([peak, left, values]) => ({ peak, value: Math.ceil(peak * left), values }));

describe('drawdown', () => {
  it('does not change by any sequence of deposits and withdrawals, told of one by one or not', () => {
    fc.assert(
      fc.property(accounts, fc.boolean(), ({ peak, value, values }, isObserved) => {
        const state = createDrawdown();
        observeValue(state, peak as Usd, LIMITS, T0);
        observeValue(state, value as Usd, LIMITS, T0);
        const { drawdownPct, verdict } = state;
        let before = value;
        for (const after of values) {
          moveHighWater(state, before as Usd, after as Usd);
          if (isObserved) observeValue(state, after as Usd, LIMITS, T0);
          before = after;
        }
        observeValue(state, before as Usd, LIMITS, T0);
        // Each step rounds the mark to a micro-dollar of an account of at least one dollar.
        expect(Math.abs(state.drawdownPct - drawdownPct)).toBeLessThan(0.01 * values.length);
        if (Math.min(...[15, 25].map((limit) => Math.abs(limit - drawdownPct))) > 0.5)
          expect(state.verdict).toBe(verdict);
      }),
    );
  });

  it('survives that everything is taken out and put in again', () => {
    fc.assert(
      fc.property(accounts, ({ peak, value, values }) => {
        const state = createDrawdown();
        observeValue(state, peak as Usd, LIMITS, T0);
        observeValue(state, value as Usd, LIMITS, T0);
        const { drawdownPct } = state;
        moveHighWater(state, value as Usd, 0 as Usd);
        observeValue(state, 0 as Usd, LIMITS, T0);
        const after = values[0] as Usd;
        moveHighWater(state, 0 as Usd, after);
        observeValue(state, after, LIMITS, T0);
        expect(Math.abs(state.drawdownPct - drawdownPct)).toBeLessThan(0.01);
      }),
    );
  });

  it('does not turn a gain that is not looked at yet into room for a loss', () => {
    const state = createDrawdown();
    observeValue(state, 100_000_000 as Usd, LIMITS, T0);
    moveHighWater(state, 110_000_000 as Usd, 220_000_000 as Usd);
    expect(state).toMatchObject({ drawdownPct: 0, highWaterUsd: 220_000_000 });
  });

  it('shows a reward as a gain: less drawdown, and above the mark a new one', () => {
    const state = createDrawdown();
    observeValue(state, 100_000_000 as Usd, LIMITS, T0);
    observeValue(state, 90_000_000 as Usd, LIMITS, T0);
    observeValue(state, 95_000_000 as Usd, LIMITS, T0);
    expect(state.drawdownPct).toBeCloseTo(5, 9);
    observeValue(state, 101_000_000 as Usd, LIMITS, T0);
    expect(state).toMatchObject({ drawdownPct: 0, highWaterUsd: 101_000_000 });
  });
});
