import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedAsk,
  boundedBid,
  boundedReservation,
  boundedReservationWithVoid,
  carryFactor,
  groupCertaintyEquivalentUsd,
  groupGammaForBudget,
  groupPrice,
  groupReservations,
  groupWorstCaseUsd,
  voidPrice,
} from './bounded.ts';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const probabilities = fc
  .array(float(0.02, 1), { minLength: 2, maxLength: 8 })
  .map((weights) => weights.map((weight) => weight / sumOf(weights)));

describe('an event of exclusive outcomes', () => {
  it('is priced jointly: the worked case of three', () => {
    const prices = groupReservations([0.5, 0.3, 0.2], [100, 0, -50], 0.01);
    [0.226058, 0.368694, 0.405249].forEach((price, index) => {
      expect(prices[index]).toBeCloseTo(price, 6);
    });
  });

  it('has prices that sum to one within 1e-12, and to the same when every outcome is held alike', () => {
    fc.assert(
      fc.property(
        probabilities,
        fc.array(float(-2_000, 2_000)),
        float(1e-4, 0.1),
        float(-500, 500),
        (p, q, gamma, all) => {
          const prices = groupReservations(p, q, gamma);
          expect(Math.abs(sumOf(prices) - 1)).toBeLessThan(1e-12);
          // One of each is a dollar for certain, so a complete set moves no price.
          const shifted = groupReservations(
            p,
            p.map((_, index) => (q[index] ?? 0) + all),
            gamma,
          );
          shifted.forEach((price, index) => {
            expect(price).toBeCloseTo(prices[index] ?? 0, 9);
          });
        },
      ),
    );
  });

  it('buying one outcome moves all the others up', () => {
    const [first = 0, ...others] = groupReservations([0.5, 0.3, 0.2], [10, 0, 0], 0.01);
    expect(first).toBeLessThan(0.5);
    others.forEach((price, index) => {
      expect(price).toBeGreaterThan([0.3, 0.2][index] ?? 1);
    });
  });

  it('never loses more than its bound in any outcome, whatever is traded', () => {
    const trade = fc.record({
      index: fc.nat(7),
      size: float(-600, 600).filter((size) => Math.abs(size) > 1e-3),
    });
    fc.assert(
      fc.property(probabilities, fc.array(trade, { maxLength: 25 }), (p, trades) => {
        const gamma = groupGammaForBudget(p, 50);
        const q = p.map(() => 0);
        let cash = 0;
        for (const { index, size } of trades) {
          const outcome = index % p.length;
          cash -= groupPrice(p, q, gamma, outcome, size) * size;
          q[outcome] = (q[outcome] ?? 0) + size;
          for (const held of q) expect(cash + held).toBeGreaterThanOrEqual(-50 - 1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes as near its bound as one likes: selling all of the least likely outcome short', () => {
    const p = [0.5, 0.3, 0.2];
    const cash = -groupPrice(p, [0, 0, 0], 0.01, 2, -5_000) * -5_000;
    expect(cash - 5_000).toBeCloseTo(-groupWorstCaseUsd(p, 0.01), 6);
    expect(groupWorstCaseUsd(p, 0.01)).toBeCloseTo(160.9438, 4);
    expect(groupWorstCaseUsd([0.25, 0.25, 0.25, 0.25], 0.01)).toBeCloseTo(100 * Math.log(4), 9);
  });

  it('of two is the binary market', () => {
    expect(groupPrice([0.2, 0.8], [50, 0], 0.01, 0, 10)).toBeCloseTo(boundedBid(0.2, 50, 0.01, 10), 12);
    expect(groupPrice([0.2, 0.8], [50, 0], 0.01, 0, -10)).toBeCloseTo(boundedAsk(0.2, 50, 0.01, 10), 12);
  });

  it('converting NO of one into YES of all others and cash changes nothing', () => {
    const p = [0.5, 0.3, 0.2];
    const before = groupCertaintyEquivalentUsd(p, [-30, 0, 0], 0.01) + 30;
    expect(groupCertaintyEquivalentUsd(p, [0, 30, 30], 0.01)).toBeCloseTo(before, 9);
  });
});

describe('what else is in a price', () => {
  it('a void branch leaves prices of one share around the marginal price, and without it the binary ones', () => {
    const marginal = boundedReservationWithVoid(0.9, 100, 0.005, 0.02);
    expect(voidPrice(0.9, 100, 0.005, 0.02, 1)).toBeLessThan(marginal);
    expect(voidPrice(0.9, 100, 0.005, 0.02, -1)).toBeGreaterThan(marginal);
    expect(voidPrice(0.9, 100, 0.005, 0.02, 1e-3)).toBeCloseTo(0.83688184, 6);
    expect(voidPrice(0.9, 100, 0.005, 0, 10)).toBeCloseTo(boundedBid(0.9, 100, 0.005, 10), 12);
  });

  it('carry discounts by capital cost less holding reward', () => {
    expect(carryFactor(0.05, 0.04, 0.5)).toBeCloseTo(Math.exp(-0.005), 15);
    expect(carryFactor(0.03, 0.04, 1)).toBeGreaterThan(1);
  });

  it('the money decides nothing: ten times the budget, the shares and the lot give the same prices', () => {
    fc.assert(
      fc.property(
        float(0.02, 0.98),
        float(-200, 200),
        float(0.001, 0.1),
        float(1, 50),
        float(0.1, 20),
        (p, q, gamma, lot, c) => {
          const scaled = [q * c, gamma / c, lot * c] as const;
          expect(boundedReservation(p, scaled[0], scaled[1])).toBeCloseTo(
            boundedReservation(p, q, gamma),
            11,
          );
          expect(boundedBid(p, ...scaled)).toBeCloseTo(boundedBid(p, q, gamma, lot), 9);
          expect(boundedAsk(p, ...scaled)).toBeCloseTo(boundedAsk(p, q, gamma, lot), 9);
        },
      ),
    );
  });

  it('seen from NO everything is mirrored', () => {
    fc.assert(
      fc.property(
        float(0.02, 0.98),
        float(-200, 200),
        float(0.001, 0.1),
        float(1, 50),
        (p, q, gamma, lot) => {
          expect(boundedReservation(1 - p, -q, gamma)).toBeCloseTo(1 - boundedReservation(p, q, gamma), 11);
          expect(boundedBid(1 - p, -q, gamma, lot)).toBeCloseTo(1 - boundedAsk(p, q, gamma, lot), 9);
        },
      ),
    );
  });
});
