import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedReservation, logit, logitSkew, sigmoid, varianceShareAtMoney } from './bounded.ts';
import { bivariateExcess, normalCdf, normalQuantile } from './normal-distribution.ts';
import { localVariance, varianceShare } from './variance-share.ts';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [3, 0.9986501019683699],
    [-5, 2.8665157187919e-7],
    [-7, 1.2798125438858e-12],
    [-10, 7.6198530241605e-24],
  ])('of %d is %d', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-9);
    expect(normalCdf(-x)).toBeCloseTo(1 - p, 14);
  });

  it('is inverted by its quantile', () => {
    for (const p of [1e-6, 0.01, 0.3, 0.5, 0.975]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
  });

  it('at full correlation two are one', () => {
    for (const d of [0, 0.4, -1.3, 2.5]) {
      const p = normalCdf(d);
      expect(bivariateExcess(d, 1)).toBeCloseTo(p * (1 - p), 8);
      expect(bivariateExcess(d, 0)).toBe(0);
    }
  });
});

describe('the share of variance a holding time spends', () => {
  it.each([
    [0.1, 0.06377],
    [0.25, 0.16086],
    [0.5, 0.33333],
    [0.9, 0.71287],
    [1, 1],
  ])('at the money, %d of the time spends %d', (part, share) => {
    expect(varianceShare(0.5, part, 1)).toBeCloseTo(share, 5);
    expect(varianceShareAtMoney(part, 1)).toBeCloseTo(varianceShare(0.5, part, 1), 9);
  });

  it('rises from 0 to 1 with the time held, is the same for YES and NO, and starts at the local variance', () => {
    fc.assert(
      fc.property(float(0.01, 0.99), float(0, 1), float(0, 1), (p, one, other) => {
        const [low, high] = [
          varianceShare(p, Math.min(one, other), 1),
          varianceShare(p, Math.max(one, other), 1),
        ];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
        expect(high).toBeLessThanOrEqual(1 + 1e-6);
        expect(varianceShare(1 - p, one, 1)).toBeCloseTo(varianceShare(p, one, 1), 8);
        const soon = 1e-6;
        expect((varianceShare(p, soon, 1) * p * (1 - p)) / (soon * localVariance(p, 1))).toBeCloseTo(1, 3);
      }),
    );
  });

  it('agrees with simulated paths to three standard errors, away from the money too', () => {
    let state = 7;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const d = normalQuantile(0.2);
    const N = 20_000;
    const squares = Array.from({ length: N }, () => {
      const x = Math.sqrt(0.4) * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      return (normalCdf((d + x) / Math.sqrt(0.6)) - 0.2) ** 2;
    });
    const mean = squares.reduce((sum, value) => sum + value, 0) / N;
    const error = Math.sqrt(squares.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / N;
    expect(Math.abs(mean - varianceShare(0.2, 0.4, 1) * 0.16)).toBeLessThan(3 * error);
  });

  it('leans as Avellaneda-Stoikov does when little is spent: p - gamma q E[QV]', () => {
    const [p, q, gamma, spent] = [0.3, 40, 0.01, 1e-5];
    const share = spent / (p * (1 - p));
    expect((boundedReservation(p, q, gamma, share) - p) / (-gamma * q * spent)).toBeCloseTo(1, 4);
  });

  it('is the dollar skew of logit space: p(1 - p) smaller than one read as dollars from logit units', () => {
    const [p, q, gamma, logitVariance] = [0.1, 30, 0.01, 1e-4];
    const skew = logitSkew(p, q, gamma, logitVariance);
    expect(skew).toBeCloseTo(-gamma * q * 0.09 * logitVariance, 15);
    const share = p * (1 - p) * logitVariance;
    expect(boundedReservation(p, q, gamma, share)).toBeCloseTo(sigmoid(logit(p) + skew), 12);
    expect(skew / (-gamma * q * logitVariance)).toBeCloseTo(0.09, 12);
  });
});
