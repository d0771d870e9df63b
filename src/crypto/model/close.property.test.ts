import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitStudentTSurvival } from '../../pricing/student-t.ts';
import { closeAbove, closeBelow, closeInside, logDistance } from './close.ts';
import type { ReturnLaw } from './return-law.ts';
import { anyDeviation, anyLaw, anySpot, levelAt } from './test-support/arbitrary-law.ts';

const anyCase = fc.tuple(anyLaw, anySpot, anyDeviation, anyDeviation);

/** Room for rounding: the normal distribution is right to about 1e-16, which is much of a number of 1e-8. */
const ROUNDING = 1e-15;

describe('a close above or below a strike', () => {
  it('W21: widens the tail by sqrt(nu / (nu - 2)) and not by its inverse', () => {
    // What the predecessor said, what is right: spot, strike, days, volatility a day.
    const examples = [
      [100_000, 120_000, 30, 0.025, 15.9, 7.7],
      [100_000, 110_000, 7, 0.02, 9.6, 3.5],
      [100_000, 105_000, 3, 0.02, 14.7, 6.8],
      [3_000, 4_000, 30, 0.035, 13.3, 5.8],
    ] as const;
    for (const [spot, strike, days, daily, inverted, right] of examples) {
      const law: ReturnLaw = { sd: daily * Math.sqrt(days), nu: 6, drift: 0 };
      expect(Number((100 * closeAbove(law, spot, strike)).toFixed(1))).toBe(right);
      const wrong = unitStudentTSurvival((Math.log(strike / spot) / law.sd) * (4 / 6), 6);
      expect(Number((100 * wrong).toFixed(1))).toBe(inverted);
    }
  });

  it('is one with its complement', () => {
    fc.assert(
      fc.property(anyCase, ([law, spot, at]) => {
        const strike = levelAt(law, spot, at);
        expect(closeAbove(law, spot, strike) + closeBelow(law, spot, strike)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('falls with the strike and rises with the spot', () => {
    fc.assert(
      fc.property(anyCase, ([law, spot, a, b]) => {
        const [low, high] = [levelAt(law, spot, Math.min(a, b)), levelAt(law, spot, Math.max(a, b))];
        expect(closeAbove(law, spot, high)).toBeLessThanOrEqual(
          closeAbove(law, spot, low) * (1 + 1e-12) + ROUNDING,
        );
        expect(closeAbove(law, high, spot)).toBeGreaterThanOrEqual(
          closeAbove(law, low, spot) * (1 - 1e-12) - ROUNDING,
        );
      }),
    );
  });

  it('out of the money gains from volatility and from time, in the money loses', () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 1, max: 5, noNaN: true }), ([law, spot, at], more) => {
        const [calm, wild] = [
          { ...law, drift: 0 },
          { ...law, drift: 0, sd: law.sd * more },
        ];
        const strike = levelAt(law, spot, at);
        const [before, after] = [closeAbove(calm, spot, strike), closeAbove(wild, spot, strike)];
        if (at >= 0) expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-12) - ROUNDING);
        else expect(after).toBeLessThanOrEqual(before * (1 + 1e-12) + ROUNDING);
      }),
    );
  });

  it('gives a buyer of both sides of a range nothing for free: above low = inside + above high', () => {
    fc.assert(
      fc.property(anyCase, ([law, spot, a, b]) => {
        fc.pre(Math.abs(a - b) > 1e-6);
        const [low, high] = [levelAt(law, spot, Math.min(a, b)), levelAt(law, spot, Math.max(a, b))];
        const inside = closeInside(law, spot, low, high);
        expect(inside).toBeGreaterThanOrEqual(0);
        expect(inside + closeAbove(law, spot, high)).toBeCloseTo(closeAbove(law, spot, low), 12);
      }),
    );
  });

  it('adds up over the rungs of a ladder', () => {
    fc.assert(
      fc.property(
        anyLaw,
        anySpot,
        fc.uniqueArray(anyDeviation, { minLength: 2, maxLength: 12 }),
        (law, spot, at) => {
          const rungs = at.sort((a, b) => a - b).map((deviation) => levelAt(law, spot, deviation));
          fc.pre(rungs.every((rung, index) => index === 0 || rung > rungs[index - 1]!));
          let sum = closeBelow(law, spot, rungs[0]!) + closeAbove(law, spot, rungs.at(-1)!);
          for (let index = 1; index < rungs.length; index += 1)
            sum += closeInside(law, spot, rungs[index - 1]!, rungs[index]!);
          expect(sum).toBeCloseTo(1, 11);
        },
      ),
    );
  });

  it('mirrors: above K from S is below S from K when nothing drifts', () => {
    fc.assert(
      fc.property(anyCase, ([law, spot, at]) => {
        const still = { ...law, drift: 0 };
        const strike = levelAt(law, spot, at);
        expect(closeAbove(still, spot, strike)).toBeCloseTo(closeBelow(still, strike, spot), 12);
      }),
    );
  });

  it('is a half at the spot, and certain when no time is left', () => {
    const law = { sd: 0.03, nu: 6, drift: 0 };
    expect(closeAbove(law, 100, 100)).toBe(0.5);
    const over = { ...law, sd: 0 };
    expect([closeAbove(over, 100, 100), closeAbove(over, 100, 100.01), closeAbove(over, 101, 100)]).toEqual([
      1, 0, 1,
    ]);
    expect(closeBelow(over, 100, 100)).toBe(0);
    expect(closeInside(over, 100, 99, 101)).toBe(1);
  });

  it('keeps its digits far out, where a difference of numbers near one would be noise', () => {
    const law = { sd: 0.001, nu: 30, drift: 0 };
    const inside = closeInside(law, 100, 103, 104);
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(1e-20);
  });

  it('refuses prices that are none, and a range upside down', () => {
    const law = { sd: 0.03, nu: 6, drift: 0 };
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => closeAbove(law, bad, 100)).toThrow(RangeError);
      expect(() => logDistance(100, bad)).toThrow(RangeError);
    }
    expect(() => closeInside(law, 100, 110, 110)).toThrow(RangeError);
  });
});
