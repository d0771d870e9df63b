import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takerFee } from './fee.ts';
import type { FeeSchedule } from './market.ts';
import { complement, type Price, type Shares } from './units.ts';

const schedule = (rate: number, exponent = 1): FeeSchedule => ({
  ratePpm: Math.round(rate * 1e6),
  exponent,
  takerOnly: true,
  rebatePpm: 0,
});
const share = (count: number): Shares => Math.round(count * 1e6) as Shares;

describe('taker fee', () => {
  it.each([
    ['crypto', 0.07, 17_500],
    ['sports', 0.05, 12_500],
    ['finance, politics, mentions, tech', 0.04, 10_000],
    ['geopolitics', 0, 0],
  ])('of %s is at most rate / 4 a share, reached at even odds', (_category, rate, most) => {
    expect(takerFee(schedule(rate), 5_000 as Price, share(1))).toBe(most);
    for (let at = 100; at < 10_000; at += 100)
      expect(takerFee(schedule(rate), at as Price, share(1))).toBeLessThanOrEqual(most);
  });

  it('of 100 crypto shares is the published table, in dollars', () => {
    const fees = [10, 30, 50, 70, 90].map(
      (at) => takerFee(schedule(0.07), (at * 100) as Price, share(100)) / 1e6,
    );
    expect(fees).toEqual([0.63, 1.47, 1.75, 1.47, 0.63]);
  });

  it('is rounded to five decimals of a dollar', () => {
    // 1.11 shares at 0.33: 0.07 x 0.2211 x 1.11 = 0.01717947.
    expect(takerFee(schedule(0.07), 3_300 as Price, share(1.11))).toBe(17_180);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 10 ** 10 }), (at, size) => {
        expect(takerFee(schedule(0.07), at as Price, size as Shares) % 10).toBe(0);
      }),
    );
  });

  it('is the same for YES at p and NO at 1 - p, so that both views of a trade agree', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: 1, max: 10 ** 7 }),
        fc.constantFrom(0.03, 0.04, 0.05, 0.07),
        (at, hundredths, rate) => {
          const size = (hundredths * 10_000) as Shares;
          const yes = at as Price;
          expect(takerFee(schedule(rate), complement(yes), size)).toBe(takerFee(schedule(rate), yes, size));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('is exact integer arithmetic, half a step rounded up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.constantFrom(0.03, 0.05, 0.07),
        fc.constantFrom(1, 2),
        (at, hundredths, rate, exponent) => {
          const size = BigInt(hundredths) * 10_000n;
          const terms = schedule(rate, exponent);
          const curve = (BigInt(at) * BigInt(10_000 - at)) ** BigInt(exponent);
          const above = size * BigInt(terms.ratePpm) * curve;
          const below = 10n ** 6n * 10n ** (8n * BigInt(exponent)) * 10n;
          const expected = ((2n * above + below) / (2n * below)) * 10n;
          expect(takerFee(terms, at as Price, Number(size) as Shares)).toBe(Number(expected));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
