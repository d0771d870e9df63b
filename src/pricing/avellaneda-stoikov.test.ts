import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalSpread, dynamicGamma, optimalSpread, reservationPrice } from './avellaneda-stoikov.ts';

const SIGMA = 2;
const K = 1.5;
const atTau = (gamma: number, tau: number) => ({ gamma, k: K, varianceOverHorizon: SIGMA * SIGMA * tau });

describe('Avellaneda-Stoikov in closed form (sigma 2, k 1.5, tau 1)', () => {
  it.each([
    [0.1, 1.6907704228, 1.2907704228],
    [0.01, 1.3689085437, 1.3289085437],
    [0.5, 3.1507282898, 1.1507282898],
    [1, 5.0216512475, 1.0216512475],
  ])('gamma %d: spread %d, of which %d for waiting', (gamma, spread, waiting) => {
    expect(optimalSpread(atTau(gamma, 1))).toBeCloseTo(spread, 10);
    expect(arrivalSpread(gamma, K)).toBeCloseTo(waiting, 10);
  });

  it('the reservation price of 3 lots at gamma 0.1 is 98.8', () => {
    expect(reservationPrice(100, 3, atTau(0.1, 1))).toBeCloseTo(98.8, 12);
  });

  it('the spread of gamma 0.1 averages 1.4907704228 over the horizon', () => {
    const middle = (optimalSpread(atTau(0.1, 1)) + optimalSpread(atTau(0.1, 0))) / 2;
    expect(middle).toBeCloseTo(1.4907704228, 10);
  });

  it('narrows as gamma rises while the variance is under about 1/k^2: risk aversion is not a spread knob', () => {
    const calm = (gamma: number) => optimalSpread({ gamma, k: K, varianceOverHorizon: 0.1 / (K * K) });
    expect(calm(0.2)).toBeLessThan(calm(0.1));
    expect(dynamicGamma(0.1, 0.5, -1)).toBeCloseTo(0.15, 12);
    expect(dynamicGamma(0.1, 0.5, 0)).toBe(0.1);
  });

  it('passes the test of units: price in another unit gives the same quote in that unit', () => {
    const positive = fc.double({ min: 0.01, max: 50, noNaN: true });
    const scale = fc.constantFrom(0.01, 0.1, 3, 100);
    fc.assert(
      fc.property(
        positive,
        positive,
        positive,
        fc.integer({ min: -20, max: 20 }),
        scale,
        (gamma, k, sigma, q, c) => {
          const here = { gamma, k, varianceOverHorizon: sigma * sigma };
          const there = { gamma: gamma / c, k: k / c, varianceOverHorizon: (sigma * c) ** 2 };
          const spread = optimalSpread(here);
          expect(Math.abs(optimalSpread(there) / c - spread)).toBeLessThan(1e-9 * spread);
          const shift = reservationPrice(0, q, here);
          expect(Math.abs(reservationPrice(0, q, there) / c - shift)).toBeLessThanOrEqual(
            1e-9 * Math.abs(shift),
          );
        },
      ),
    );
  });
});
