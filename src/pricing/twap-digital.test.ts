import { describe, expect, it } from 'vitest';
import {
  spotDigitalProbability,
  type TwapDigital,
  twapDigitalProbability,
  volatilityPerSqrtSecond,
} from './twap-digital.ts';

const SIGMA = volatilityPerSqrtSecond(100_000, 0.6);
const digital = (above: number, secondsLeft: number, averageAbove = 0): TwapDigital => ({
  strike: 100_000,
  windowS: 60,
  spot: 100_000 + above,
  averageSoFar: 100_000 + averageAbove,
  secondsLeft,
  volatilityPerSqrtS: SIGMA,
});

describe('a digital on an average', () => {
  it('has 10.684 dollars of volatility a root second at 100,000 and 60 per cent', () => {
    expect(SIGMA).toBeCloseTo(10.684, 3);
  });

  it.each([
    [50, 300, 0, 0.61418, 0.60649],
    [50, 120, 0, 0.69959, 0.66538],
    [50, 60, 0, 0.85232, 0.72713],
    [50, 30, 20, 0.98086, 0.80356],
    [20, 10, -10, 0.06203, 0.72306],
  ])(
    '%d above, %d s left, average %d above: %d, and by the spot alone %d',
    (above, left, average, twap, spot) => {
      expect(twapDigitalProbability(digital(above, left, average))).toBeCloseTo(twap, 5);
      expect(spotDigitalProbability(digital(above, left, average))).toBeCloseTo(spot, 5);
    },
  );

  it('is certain when nothing is left', () => {
    expect(twapDigitalProbability(digital(-50, 0, 1))).toBe(1);
    expect(twapDigitalProbability(digital(50, 0, -1))).toBe(0);
    expect(twapDigitalProbability(digital(50, 0, 0))).toBe(1);
  });

  it('does not jump where the window starts', () => {
    const before = twapDigitalProbability(digital(30, 60.000001));
    expect(twapDigitalProbability(digital(30, 59.999999, 500))).toBeCloseTo(before, 4);
  });

  it('does not depend on the unit of price or time, and mirrors with the side', () => {
    const here = digital(30, 20, 10);
    const inOther: TwapDigital = {
      strike: here.strike * 7,
      spot: here.spot * 7,
      averageSoFar: here.averageSoFar * 7,
      windowS: here.windowS / 60,
      secondsLeft: here.secondsLeft / 60,
      volatilityPerSqrtS: here.volatilityPerSqrtS * 7 * Math.sqrt(60),
    };
    expect(twapDigitalProbability(inOther)).toBeCloseTo(twapDigitalProbability(here), 9);
    expect(twapDigitalProbability(digital(-30, 20, -10))).toBeCloseTo(1 - twapDigitalProbability(here), 12);
  });

  it('with a volatility that is drawn once has heavier tails, the same middle, and the normal one as its limit', () => {
    const far = digital(-60, 30, -60);
    expect(twapDigitalProbability(far, 4)).toBeGreaterThan(twapDigitalProbability(far));
    expect(twapDigitalProbability(digital(0, 30, 0), 4)).toBe(0.5);
    expect(twapDigitalProbability(far, 1e9)).toBeCloseTo(twapDigitalProbability(far), 8);
    expect(twapDigitalProbability(far, 4) + twapDigitalProbability(digital(60, 30, 60), 4)).toBeCloseTo(
      1,
      12,
    );
  });
});
