import { logNormalCdf, normalCdf, normalDensity } from '../../pricing/normal-distribution.ts';
import { overMixture, varianceMixture } from '../../pricing/variance-mixture.ts';
import { logDistance } from './close.ts';
import { type ReturnLaw, survival } from './return-law.ts';

/**
 * Probability that the price is at `barrier` or beyond at any moment up to the horizon. Without drift a path that has touched is as
 * likely to end above as below, so it is twice the probability of ending beyond (reflection principle, Andre 1887), and with a
 * volatility that is drawn once that stays true of the mixture: 2 P(Z >= b / sd) with the same Student-t tail.
 */
export function touchProbability(
  law: ReturnLaw,
  spot: number,
  barrier: number,
  side: 'above' | 'below',
): number {
  const [distance, mirrored] = towards(law, spot, barrier, side);
  if (distance <= 0) return 1;
  if (law.sd <= 0) return 0;
  if (mirrored.drift === 0) return 2 * survival(mirrored, distance);
  return overMixture(varianceMixture(law.nu), (deviation) =>
    brownianTouch(distance, law.sd * deviation, mirrored.drift),
  );
}

/**
 * The same for a window that has not begun: it opens after `wait` of the horizon (from 0 to 1), and what happens before does not
 * count. Averages over where the price stands when the window opens.
 */
export function laterTouchProbability(
  law: ReturnLaw,
  spot: number,
  barrier: number,
  side: 'above' | 'below',
  wait: number,
): number {
  if (!(wait >= 0 && wait <= 1)) throw new RangeError(`the wait is a part of the horizon, found ${wait}`);
  const [distance, mirrored] = towards(law, spot, barrier, side);
  if (wait === 0) return touchProbability(law, spot, barrier, side);
  if (wait === 1 || law.sd <= 0) return survival(mirrored, distance);
  return overMixture(varianceMixture(law.nu), (deviation) =>
    brownianLaterTouch(distance, law.sd * deviation, mirrored.drift, wait),
  );
}

/** Distance up to the barrier; for a barrier from above the world is mirrored. */
function towards(
  law: ReturnLaw,
  spot: number,
  barrier: number,
  side: 'above' | 'below',
): readonly [distance: number, law: ReturnLaw] {
  const distance = logDistance(spot, barrier);
  return side === 'above' ? [distance, law] : [-distance, { ...law, drift: -law.drift }];
}

/** P(max of a Brownian path with drift m and end deviation s >= b): Phi((m-b)/s) + e^(2mb/s^2) Phi(-(m+b)/s), in logs against overflow. */
function brownianTouch(b: number, s: number, m: number): number {
  if (b <= 0) return 1;
  if (s <= 0) return m >= b ? 1 : 0;
  const reflected = Math.exp((2 * m * b) / (s * s) + logNormalCdf(-(b + m) / s));
  return Math.min(1, normalCdf((m - b) / s) + reflected);
}

const STEPS = 96;
const WIDEST = 8;

/**
 * P(already beyond when the window opens, or touching in it): an integral over where the price stands then, below the barrier, by
 * Simpson's rule. The distance to the barrier is y^3, since nearly all that happens in a short window happens close to it.
 */
function brownianLaterTouch(b: number, s: number, m: number, wait: number): number {
  const [meanThen, deviationThen] = [m * wait, s * Math.sqrt(wait)];
  const [driftLeft, deviationLeft] = [m * (1 - wait), s * Math.sqrt(1 - wait)];
  const edge = (b - meanThen) / deviationThen;
  const top = Math.min(edge, WIDEST);
  if (top <= -WIDEST) return normalCdf(-edge);
  const width = Math.cbrt(top + WIDEST) / STEPS;
  let sum = 0;
  for (let index = 1; index <= STEPS; index += 1) {
    const y = index * width;
    const z = top - y ** 3;
    const weight = index === STEPS ? 1 : index % 2 === 1 ? 4 : 2;
    const left = b - meanThen - deviationThen * z;
    sum += weight * 3 * y * y * normalDensity(z) * brownianTouch(left, deviationLeft, driftLeft);
  }
  return Math.min(1, normalCdf(-edge) + (sum * width) / 3);
}
