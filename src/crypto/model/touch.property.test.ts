import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../domain/random.ts';
import { closeAbove, closeBelow } from './close.ts';
import type { ReturnLaw } from './return-law.ts';
import { anyLaw, anySpot, driftlessLaw, levelAt } from './test-support/arbitrary-law.ts';
import { frequency, simulatePath, touches } from './test-support/simulated-paths.ts';
import { laterTouchProbability, touchProbability } from './touch.ts';

const away = fc.double({ min: 0.01, max: 6, noNaN: true });

describe('a one-touch', () => {
  it('W23: "reach" is no close at the end: without drift it is twice as likely', () => {
    fc.assert(
      fc.property(driftlessLaw, anySpot, away, (law, spot, deviations) => {
        const barrier = levelAt(law, spot, deviations);
        const touch = touchProbability(law, spot, barrier, 'above');
        expect(touch).toBeCloseTo(2 * closeAbove(law, spot, barrier), 12);
      }),
    );
  });

  it('is never less likely than the close beyond, whatever the drift', () => {
    fc.assert(
      fc.property(anyLaw, anySpot, away, (law, spot, deviations) => {
        const [high, low] = [levelAt(law, spot, deviations), levelAt(law, spot, -deviations)];
        const slack = 1 - 1e-9;
        expect(touchProbability(law, spot, high, 'above')).toBeGreaterThanOrEqual(
          closeAbove(law, spot, high) * slack - 1e-15,
        );
        expect(touchProbability(law, spot, low, 'below')).toBeGreaterThanOrEqual(
          closeBelow(law, spot, low) * slack - 1e-15,
        );
        expect(touchProbability(law, spot, high, 'above')).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not jump where a drift begins', () => {
    fc.assert(
      fc.property(driftlessLaw, anySpot, away, (law, spot, deviations) => {
        const barrier = levelAt(law, spot, deviations);
        const still = touchProbability(law, spot, barrier, 'above');
        const drifting = touchProbability({ ...law, drift: 1e-12 * law.sd }, spot, barrier, 'above');
        expect(drifting).toBeCloseTo(still, 8);
      }),
    );
  });

  it('grows with drift towards it, with volatility, and with nearness', () => {
    fc.assert(
      fc.property(anyLaw, anySpot, away, away, (law, spot, a, b) => {
        const [near, far] = [levelAt(law, spot, Math.min(a, b)), levelAt(law, spot, Math.max(a, b))];
        const touch = touchProbability(law, spot, near, 'above');
        expect(touchProbability(law, spot, far, 'above')).toBeLessThanOrEqual(touch + 1e-10);
        const pushed = { ...law, drift: law.drift + 0.2 * law.sd };
        expect(touchProbability(pushed, spot, near, 'above')).toBeGreaterThanOrEqual(touch - 1e-10);
        const still = { ...law, drift: 0 };
        const wilder = { ...still, sd: 1.5 * law.sd };
        expect(touchProbability(wilder, spot, near, 'above')).toBeGreaterThanOrEqual(
          touchProbability(still, spot, near, 'above') - 1e-10,
        );
      }),
    );
  });

  it('mirrors with its side', () => {
    fc.assert(
      fc.property(anyLaw, away, (law, deviations) => {
        const up = touchProbability(law, 100, levelAt(law, 100, deviations), 'above');
        const down = touchProbability(
          { ...law, drift: -law.drift },
          100,
          levelAt(law, 100, -deviations),
          'below',
        );
        expect(down).toBeCloseTo(up, 10);
      }),
    );
  });

  it('is certain at the barrier and beyond, and impossible without time', () => {
    const law: ReturnLaw = { sd: 0.05, nu: 4, drift: 0.01 };
    expect(touchProbability(law, 100, 100, 'above')).toBe(1);
    expect(touchProbability(law, 105, 100, 'above')).toBe(1);
    expect(touchProbability(law, 95, 100, 'below')).toBe(1);
    expect(touchProbability({ ...law, sd: 0, drift: 0 }, 99.99, 100, 'above')).toBe(0);
  });

  const cases: readonly (readonly [law: ReturnLaw, barrier: number])[] = [
    [{ sd: 0.08, nu: 6, drift: 0 }, 1],
    [{ sd: 0.08, nu: 3, drift: 0 }, 2],
    [{ sd: 0.2, nu: 4, drift: 0.05 }, 1.2],
    [{ sd: 0.2, nu: 4, drift: -0.1 }, 0.7],
    [{ sd: 0.05, nu: Number.POSITIVE_INFINITY, drift: 0.02 }, 1.5],
  ];

  it.each(cases)('happens as often on simulated paths: %o at %d deviations', (law, deviations) => {
    const stream = streamOf(20_261_123, `touch ${deviations}`);
    const barrier = law.sd * deviations;
    const seen = frequency(40_000, () => touches(simulatePath(law, 24, stream), barrier, stream));
    const said = touchProbability(law, 100, 100 * Math.exp(barrier), 'above');
    expect(Math.abs(seen.share - said)).toBeLessThan(seen.within);
  });
});

describe('a one-touch in a window that opens later', () => {
  it('lies between the close beyond and the touch from now on', () => {
    fc.assert(
      fc.property(
        anyLaw,
        away,
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (law, deviations, wait) => {
          const barrier = levelAt(law, 100, deviations);
          const later = laterTouchProbability(law, 100, barrier, 'above', wait);
          expect(later).toBeGreaterThanOrEqual(closeAbove(law, 100, barrier) - 1e-6);
          expect(later).toBeLessThanOrEqual(touchProbability(law, 100, barrier, 'above') + 1e-6);
        },
      ),
    );
  });

  it('becomes the one and the other at the ends of the wait', () => {
    const law: ReturnLaw = { sd: 0.1, nu: 5, drift: 0.02 };
    const [barrier, touch] = [112, touchProbability(law, 100, 112, 'above')];
    expect(laterTouchProbability(law, 100, barrier, 'above', 0)).toBe(touch);
    expect(laterTouchProbability(law, 100, barrier, 'above', 1e-6)).toBeCloseTo(touch, 4);
    expect(laterTouchProbability(law, 100, barrier, 'above', 1)).toBe(closeAbove(law, 100, barrier));
    expect(laterTouchProbability(law, 100, barrier, 'above', 1 - 1e-9)).toBeCloseTo(
      closeAbove(law, 100, barrier),
      4,
    );
    // A spot beyond the barrier has not touched it yet, since the window is not open.
    expect(laterTouchProbability(law, 120, barrier, 'above', 0.5)).toBeLessThan(1);
    expect(() => laterTouchProbability(law, 100, barrier, 'above', 1.1)).toThrow(RangeError);
  });

  it.each([
    [{ sd: 0.08, nu: 6, drift: 0 }, 1, 0.25],
    [{ sd: 0.2, nu: 3, drift: 0.05 }, -0.5, 0.5],
  ] as const)(
    'happens as often on simulated paths: %o at %d deviations after %d',
    (law, deviations, wait) => {
      const stream = streamOf(20_261_123, `later ${deviations}`);
      const barrier = law.sd * deviations;
      const seen = frequency(40_000, () =>
        touches(simulatePath(law, 24, stream), barrier, stream, Math.round(24 * wait)),
      );
      const said = laterTouchProbability(law, 100, 100 * Math.exp(barrier), 'above', wait);
      expect(Math.abs(seen.share - said)).toBeLessThan(seen.within);
    },
  );
});
