import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../domain/random.ts';
import { firstHit } from './first-to-hit.ts';
import type { ReturnLaw } from './return-law.ts';
import { driftlessLaw, levelAt } from './test-support/arbitrary-law.ts';
import { firstOf, simulatePath } from './test-support/simulated-paths.ts';
import { touchProbability } from './touch.ts';

const away = fc.double({ min: 0.02, max: 4, noNaN: true });

describe('which of two levels is reached first', () => {
  it('one, the other or neither: together that is one', () => {
    fc.assert(
      fc.property(driftlessLaw, away, away, (law, down, up) => {
        const hit = firstHit(law, 100, levelAt(law, 100, -down), levelAt(law, 100, up));
        for (const part of Object.values(hit)) expect(part).toBeGreaterThanOrEqual(0);
        expect(hit.upper + hit.lower + hit.neither).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is no likelier than a touch, and approaches it as the other level moves away', () => {
    fc.assert(
      fc.property(driftlessLaw, away, away, (law, down, up) => {
        const upper = levelAt(law, 100, up);
        const touch = touchProbability(law, 100, upper, 'above');
        expect(firstHit(law, 100, levelAt(law, 100, -down), upper).upper).toBeLessThanOrEqual(touch + 1e-9);
      }),
    );
    const law: ReturnLaw = { sd: 0.05, nu: 8, drift: 0 };
    expect(firstHit(law, 100, 1, 108).upper).toBeCloseTo(touchProbability(law, 100, 108, 'above'), 6);
  });

  it('mirrors, and is even in the middle', () => {
    fc.assert(
      fc.property(driftlessLaw, away, away, (law, down, up) => {
        const here = firstHit(law, 100, levelAt(law, 100, -down), levelAt(law, 100, up));
        const there = firstHit(law, 100, levelAt(law, 100, -up), levelAt(law, 100, down));
        expect(there.lower).toBeCloseTo(here.upper, 10);
        const even = firstHit(law, 100, levelAt(law, 100, -up), levelAt(law, 100, up));
        expect(even.upper).toBeCloseTo(even.lower, 10);
      }),
    );
  });

  it('without a deadline follows the distances, as for any martingale, and a long one comes near to that', () => {
    const [lower, upper] = [100 * Math.exp(-0.1), 100 * Math.exp(0.3)];
    const endless = firstHit({ sd: Number.POSITIVE_INFINITY, nu: 6, drift: 0 }, 100, lower, upper);
    expect(endless.upper).toBeCloseTo(0.25, 12);
    expect(endless.neither).toBe(0);
    const long = firstHit({ sd: 30, nu: 6, drift: 0 }, 100, lower, upper);
    expect(long.upper).toBeCloseTo(0.25, 6);
  });

  it('does not jump where one series hands over to the other', () => {
    for (const x of [0.05, 0.5, 0.9]) {
      const of = (sd: number) =>
        firstHit({ sd, nu: Number.POSITIVE_INFINITY, drift: 0 }, 100 * Math.exp(x), 100, 100 * Math.E).upper;
      expect(of(0.6 + 1e-12)).toBeCloseTo(of(0.6 - 1e-12), 11);
    }
  });

  it('is over at a level, and undecided when time is', () => {
    const law: ReturnLaw = { sd: 0.05, nu: 6, drift: 0 };
    expect(firstHit(law, 110, 90, 110)).toEqual({ upper: 1, lower: 0, neither: 0 });
    expect(firstHit(law, 89, 90, 110)).toEqual({ upper: 0, lower: 1, neither: 0 });
    expect(firstHit({ ...law, sd: 0 }, 100, 90, 110)).toEqual({ upper: 0, lower: 0, neither: 1 });
    expect(() => firstHit(law, 100, 110, 90)).toThrow(RangeError);
  });

  it.each([
    [{ sd: 0.1, nu: 6, drift: 0 }, 0.5, 1],
    [{ sd: 0.1, nu: 3, drift: 0 }, 1, 0.4],
    [{ sd: 0.3, nu: Number.POSITIVE_INFINITY, drift: 0 }, 0.4, 0.6],
  ] as const)('happens as often on simulated paths: %o, %d down, %d up', (law, down, up) => {
    const stream = streamOf(20_261_123, `first ${down} ${up}`);
    const said = firstHit(law, 100, levelAt(law, 100, -down), levelAt(law, 100, up));
    const outcomes = { upper: 0, lower: 0 };
    const paths = 12_000;
    for (let path = 0; path < paths; path += 1) {
      const first = firstOf(simulatePath(law, 200, stream), -down * law.sd, up * law.sd, stream);
      if (first !== null) outcomes[first] += 1;
    }
    for (const side of ['upper', 'lower'] as const) {
      const within = 4 * Math.sqrt((said[side] * (1 - said[side])) / paths);
      expect(Math.abs(outcomes[side] / paths - said[side])).toBeLessThan(within);
    }
  });
});
