import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../domain/random.ts';
import { twapDigitalProbability, volatilityPerSqrtSecond } from './twap-digital.ts';

const PATHS = 1_000_000;
const STRIKE = 100_000;
const WINDOW_S = 60;
const VOLATILITY = volatilityPerSqrtSecond(STRIKE, 0.6);

/**
 * How often the average over the window ends at or above the strike. Each step is a second: the path moves by its share of the
 * volatility, and within the step its average lies around the middle of both ends with a twelfth of the step's variance.
 */
function simulated(above: number, secondsLeft: number, averageAbove: number): number {
  const stream = streamOf(20_261_122, `twap ${above} ${secondsLeft}`);
  const inside = Math.min(WINDOW_S, secondsLeft);
  const elapsed = (WINDOW_S - inside) * averageAbove;
  let won = 0;
  for (let path = 0; path < PATHS; path += 1) {
    let at = above + VOLATILITY * Math.sqrt(secondsLeft - inside) * nextNormal(stream);
    let sum = elapsed;
    for (let second = 0; second < inside; second += 1) {
      const to = at + VOLATILITY * nextNormal(stream);
      sum += (at + to) / 2;
      at = to;
    }
    sum += VOLATILITY * Math.sqrt(inside / 12) * nextNormal(stream);
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
});
