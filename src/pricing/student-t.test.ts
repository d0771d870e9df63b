import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf } from './normal-distribution.ts';
import {
  gammaRatio,
  studentTCdf,
  studentTDensity,
  unitStudentTCdf,
  unitStudentTSurvival,
  unitVarianceFactor,
} from './student-t.ts';

const anyNu = fc.double({ min: 0.5, max: 200, noNaN: true });
const anyT = fc.double({ min: -50, max: 50, noNaN: true });
const near = (found: number, expected: number, relative: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));

describe('the Student-t distribution', () => {
  it('equals its closed forms at 1, 2 and 4 degrees of freedom', () => {
    for (const t of [-1e6, -40, -3, -0.7, -1e-9, 0, 0.2, 1, 6]) {
      // arctan(-1/t)/pi is the Cauchy tail without the cancellation of 1/2 + arctan(t)/pi.
      near(studentTCdf(t, 1), t < 0 ? Math.atan(-1 / t) / Math.PI : 0.5 + Math.atan(t) / Math.PI, 1e-13);
      if (Math.abs(t) < 100) near(studentTCdf(t, 2), 0.5 + t / (2 * Math.sqrt(2 + t * t)), 1e-11);
      const s = t / Math.sqrt(4 + t * t);
      if (Math.abs(t) < 10) near(studentTCdf(t, 4), 0.5 + (3 / 4) * (s - s ** 3 / 3), 1e-11);
    }
  });

  it('is symmetric, and its two sides are one', () => {
    fc.assert(
      fc.property(anyT, anyNu, (t, nu) => {
        expect(studentTCdf(t, nu) + studentTCdf(-t, nu)).toBeCloseTo(1, 14);
      }),
    );
  });

  it('never falls as t rises', () => {
    fc.assert(
      fc.property(anyT, anyT, anyNu, (a, b, nu) => {
        expect(studentTCdf(Math.min(a, b), nu)).toBeLessThanOrEqual(
          studentTCdf(Math.max(a, b), nu) * (1 + 1e-13),
        );
      }),
    );
  });

  it('has the density as its slope', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), anyNu, (t, nu) => {
        const step = 1e-5;
        const slope = (studentTCdf(t + step, nu) - studentTCdf(t - step, nu)) / (2 * step);
        expect(Math.abs(slope - studentTDensity(t, nu))).toBeLessThan(1e-8);
      }),
    );
  });

  it('becomes the normal distribution', () => {
    for (const z of [-4, -1, 0, 0.3, 2]) {
      expect(Math.abs(studentTCdf(z, 1e8) - normalCdf(z))).toBeLessThan(1e-8);
      expect(studentTCdf(z, Number.POSITIVE_INFINITY)).toBe(normalCdf(z));
    }
  });

  it('goes on in the far tail, where 1 - cdf is nothing but rounding', () => {
    // The tail of nu = 6 falls as t^-6: a million times farther out is 1e36 times rarer.
    near(studentTCdf(-1e9, 6) / studentTCdf(-1e3, 6), 1e-36, 1e-3);
    expect(studentTCdf(-1e200, 3)).toBe(0);
    expect(studentTCdf(Number.POSITIVE_INFINITY, 3)).toBe(1);
  });

  it('refuses degrees of freedom that mean nothing', () => {
    for (const nu of [0, -1, Number.NaN]) expect(() => studentTCdf(1, nu)).toThrow(RangeError);
    expect(() => studentTCdf(Number.NaN, 4)).toThrow(RangeError);
    for (const nu of [2, 1, Number.NaN]) expect(() => unitVarianceFactor(nu)).toThrow(RangeError);
  });
});

describe('Gamma(a + 1/2) / Gamma(a)', () => {
  it('holds its recurrence across the seam of series and product', () => {
    near(gammaRatio(0.5), 1 / Math.sqrt(Math.PI), 1e-15);
    near(gammaRatio(1), Math.sqrt(Math.PI) / 2, 1e-15);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 100, noNaN: true }), (a) => {
        near(gammaRatio(a) * gammaRatio(a + 0.5), a, 4e-15);
      }),
    );
  });
});

describe('the Student-t distribution of variance one', () => {
  const nuWithVariance = fc.double({ min: 2.1, max: 60, noNaN: true });

  it('has variance one', () => {
    for (const nu of [5, 6, 12, 30]) {
      // E[Z^2] = 4 * integral of z P(Z > z), by Simpson's rule over z = e^u.
      const steps = 4_000;
      const [from, to] = [-20, 15];
      const width = (to - from) / steps;
      let sum = 0;
      for (let index = 0; index <= steps; index += 1) {
        const z = Math.exp(from + index * width);
        const weight = index === 0 || index === steps ? 1 : index % 2 === 1 ? 4 : 2;
        sum += weight * z * z * unitStudentTSurvival(z, nu);
      }
      near((4 * sum * width) / 3, 1, 1e-6);
    }
  });

  it('is complementary in both tails', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), nuWithVariance, (z, nu) => {
        expect(unitStudentTCdf(z, nu) + unitStudentTSurvival(z, nu)).toBeCloseTo(1, 14);
      }),
    );
  });

  it('is heavier than the normal one at three deviations and lighter at one', () => {
    for (const nu of [3, 6, 15]) {
      expect(unitStudentTSurvival(3.5, nu)).toBeGreaterThan(1 - normalCdf(3.5));
      expect(unitStudentTSurvival(1, nu)).toBeLessThan(1 - normalCdf(1));
    }
  });
});
