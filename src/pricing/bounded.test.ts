import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedAsk,
  boundedBid,
  boundedReservation,
  boundedReservationWithVoid,
  certaintyEquivalentUsd,
  certaintyEquivalentWithVoidUsd,
  gammaForBudget,
  groupReservations,
  varianceShareAtMoney,
  worstCaseLossUsd,
} from './bounded.ts';

describe('hold-to-resolution prices', () => {
  it.each([
    [0.5, 0.00693147, 100, 0.333333373],
    [0.2, 0.01, 50, 0.131667562],
    [0.9, 0.005, -120, 0.942525661],
  ])('p %d, gamma %d, q %d: reservation %d', (p, gamma, q, reservation) => {
    expect(boundedReservation(p, q, gamma)).toBeCloseTo(reservation, 9);
  });

  it('prices one share more or fewer', () => {
    expect(boundedBid(0.5, 100, 0.00693147, 1)).toBeCloseTo(0.332564, 6);
    expect(boundedAsk(0.5, 100, 0.00693147, 1)).toBeCloseTo(0.334104, 6);
  });

  it('is the logarithmic market scoring rule with b = 1/gamma', () => {
    expect(-certaintyEquivalentUsd(0.5, -50, 0.01)).toBeCloseTo(28.09298036, 8);
    expect(100 * Math.log(1 - 0.5 + 0.5 * Math.exp(0.5))).toBeCloseTo(28.09298036, 8);
  });

  it('turns a dollar budget into gamma and back', () => {
    expect(worstCaseLossUsd(0.5, 0.01)).toBeCloseTo(69.3147, 4);
    expect(worstCaseLossUsd(0.2, 0.01)).toBeCloseTo(160.9438, 4);
    expect(worstCaseLossUsd(0.3, gammaForBudget(0.3, 50))).toBeCloseTo(50, 12);
  });

  it('never loses more than the worst case, whatever is bought and sold at its prices', () => {
    const trades = fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), trades, (p, flow) => {
        const gamma = gammaForBudget(p, 50);
        let q = 0;
        let cash = 0;
        for (const size of flow) {
          if (size > 0) cash -= boundedBid(p, q, gamma, size) * size;
          if (size < 0) cash += boundedAsk(p, q, gamma, -size) * -size;
          q += size;
        }
        expect(cash + Math.min(0, q)).toBeGreaterThanOrEqual(-50 - 1e-6);
      }),
    );
  });

  it('stays finite far from flat', () => {
    expect(certaintyEquivalentUsd(0.5, -1e6, 0.01)).toBeCloseTo(-1e6 + 69.3147, 3);
    expect(boundedReservation(0.5, 1e6, 0.01)).toBe(0);
  });

  it('shrinks the lean to the share of variance the holding horizon spends', () => {
    const shares = [0.1, 0.25, 0.5, 0.9, 1].map((part) => varianceShareAtMoney(part, 1));
    [0.06377, 0.16086, 0.33333, 0.71287, 1].forEach((expected, index) => {
      expect(shares[index]).toBeCloseTo(expected, 5);
    });
    expect(boundedReservation(0.5, 100, 0.01, 0)).toBe(0.5);
  });

  it('prices a market that may be void', () => {
    expect(boundedReservationWithVoid(0.9, 0, 0.005, 0.02)).toBeCloseTo(0.892, 12);
    expect(boundedReservationWithVoid(0.9, 100, 0.005, 0.02)).toBeCloseTo(0.83688184, 8);
    expect(boundedReservationWithVoid(0.9, 100, 0.005, 0)).toBeCloseTo(0.8451719, 8);
    expect(certaintyEquivalentWithVoidUsd(0.3, 40, 0.01, 0)).toBeCloseTo(
      certaintyEquivalentUsd(0.3, 40, 0.01),
      12,
    );
  });

  it('prices an event of exclusive outcomes to one, and a pair like a binary market', () => {
    const group = groupReservations([0.5, 0.3, 0.2], [100, 0, -50], 0.01);
    expect(group.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(groupReservations([0.2, 0.8], [50, 0], 0.01)[0]).toBeCloseTo(
      boundedReservation(0.2, 50, 0.01),
      12,
    );
  });
});
