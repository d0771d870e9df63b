import fc from 'fast-check';
import type { ReturnLaw } from '../return-law.ts';

/** Laws from a minute to months, from the heaviest tail that is fitted to the normal one, without drift and with. */
export const driftlessLaw: fc.Arbitrary<ReturnLaw> = fc.record({
  sd: fc.double({ min: 0.001, max: 0.6, noNaN: true }),
  nu: fc.oneof(fc.double({ min: 2.5, max: 30, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
  drift: fc.constant(0),
});

export const anyLaw: fc.Arbitrary<ReturnLaw> = fc
  .tuple(driftlessLaw, fc.double({ min: -0.8, max: 0.8, noNaN: true }))
  .map(([law, deviations]) => ({ ...law, drift: deviations * law.sd }));

export const anySpot = fc.double({ min: 0.01, max: 200_000, noNaN: true });

/** A level as a number of standard deviations from the spot. */
export const anyDeviation = fc.double({ min: -6, max: 6, noNaN: true });
export const levelAt = (law: ReturnLaw, spot: number, deviations: number): number =>
  spot * Math.exp(law.sd * deviations);
