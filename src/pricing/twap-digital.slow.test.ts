import { describe, expect, it } from 'vitest';
import { nextNormal, type RandomStream, streamOf } from '../domain/random.ts';
import { twapDigitalProbability, volatilityPerSqrtSecond } from './twap-digital.ts';

const PATHS = 1_000_000;
const STRIKE = 100_000;
const WINDOW_S = 60;
const VOLATILITY = volatilityPerSqrtSecond(STRIKE, 0.6);

/** A path's volatility as a multiple of the expected one: Student-t's mixture, from the definition of chi-squared. */
function drawnOnce(nu: number, stream: RandomStream): number {
  if (nu === Number.POSITIVE_INFINITY) return 1;
  let chiSquared = 0;
  for (let count = 0; count < nu; count += 1) chiSquared += nextNormal(stream) ** 2;
  return Math.sqrt((nu - 2) / chiSquared);
}

/**
 * How often the average over the window ends at or above the strike. Each step is a second: the path moves by its share of the
 * volatility, and within the step its average lies around the middle of both ends with a twelfth of the step's variance.
 */
function simulated(
  above: number,
  secondsLeft: number,
  averageAbove: number,
  nu = Number.POSITIVE_INFINITY,
): number {
  const stream = streamOf(20_261_122, `twap ${above} ${secondsLeft}`);
  const inside = Math.min(WINDOW_S, secondsLeft);
  const elapsed = (WINDOW_S - inside) * averageAbove;
  let won = 0;
  for (let path = 0; path < PATHS; path += 1) {
    const volatility = VOLATILITY * drawnOnce(nu, stream);
    let at = above + volatility * Math.sqrt(secondsLeft - inside) * nextNormal(stream);
    let sum = elapsed;
    for (let second = 0; second < inside; second += 1) {
      const to = at + volatility * nextNormal(stream);
      sum += (at + to) / 2;
      at = to;
    }
    sum += volatility * Math.sqrt(inside / 12) * nextNormal(stream);
    if (sum >= 0) won += 1;
  }
  return won / PATHS;
}

describe('a digital on an average, against a million simulated paths', () => {
  it.each([
    [50, 300, 0],
    [50, 120, 0],
    [50, 60, 0],
    [50, 30, 20],
    [20, 10, -10],
  ])('%d above, %d s left, average %d above: within 0.0015', (above, secondsLeft, averageAbove) => {
    const probability = twapDigitalProbability({
      strike: STRIKE,
      windowS: WINDOW_S,
      spot: STRIKE + above,
      averageSoFar: STRIKE + averageAbove,
      secondsLeft,
      volatilityPerSqrtS: VOLATILITY,
    });
    expect(Math.abs(simulated(above, secondsLeft, averageAbove) - probability)).toBeLessThan(0.0015);
  });

  it.each([
    [50, 300, 0, 4],
    [50, 30, 20, 4],
    [20, 10, -10, 6],
  ])(
    '%d above, %d s left, average %d above, Student-t with nu %d: within 0.002',
    (above, secondsLeft, averageAbove, nu) => {
      const probability = twapDigitalProbability(
        {
          strike: STRIKE,
          windowS: WINDOW_S,
          spot: STRIKE + above,
          averageSoFar: STRIKE + averageAbove,
          secondsLeft,
          volatilityPerSqrtS: VOLATILITY,
        },
        nu,
      );
      expect(Math.abs(simulated(above, secondsLeft, averageAbove, nu) - probability)).toBeLessThan(0.002);
    },
  );
});
