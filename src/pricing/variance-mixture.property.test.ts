import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf } from './normal-distribution.ts';
import { unitStudentTCdf } from './student-t.ts';
import { overMixture, varianceMixture } from './variance-mixture.ts';

const anyNu = fc.double({ min: 2.5, max: 100, noNaN: true });

describe('Student-t as a mixture of normals', () => {
  it('gives the Student-t distribution back, tails included', () => {
    fc.assert(
      fc.property(fc.double({ min: -12, max: 0, noNaN: true }), anyNu, (z, nu) => {
        const mixed = overMixture(varianceMixture(nu), (deviation) => normalCdf(z / deviation));
        const direct = unitStudentTCdf(z, nu);
        // Far out the normal distribution itself has seven digits.
        expect(Math.abs(mixed / direct - 1)).toBeLessThan(1e-7);
      }),
    );
  });

  it('has weights that are one in all, and the expected variance on average', () => {
    for (const nu of [4, 6, 30, 400]) {
      const nodes = varianceMixture(nu);
      expect(nodes.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(nodes.reduce((sum, { weight, ratio }) => sum + weight * ratio, 0)).toBeCloseTo(1, 9);
    }
  });

  it('is one certain variance for the normal distribution, and refuses to have none', () => {
    expect(varianceMixture(Number.POSITIVE_INFINITY)).toEqual([{ ratio: 1, weight: 1 }]);
    expect(() => varianceMixture(2)).toThrow(RangeError);
  });
});
