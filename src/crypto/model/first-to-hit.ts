import { normalCdf } from '../../pricing/normal-distribution.ts';
import { overMixture, varianceMixture } from '../../pricing/variance-mixture.ts';
import { logDistance } from './close.ts';
import type { ReturnLaw } from './return-law.ts';

/** Which of two levels the price reaches first, or neither before the horizon's end. The three are one. */
export interface FirstHit {
  readonly upper: number;
  readonly lower: number;
  readonly neither: number;
}

/**
 * Which of `lower` < spot < `upper` is reached first, for a law without drift: one that is expected to drift is priced as if it did
 * not. Without a horizon (infinite sd) a martingale reaches the upper one first with probability (distance to lower) / (distance
 * between them). A spot at or beyond a level has reached it.
 */
export function firstHit(law: ReturnLaw, spot: number, lower: number, upper: number): FirstHit {
  if (!(upper > lower)) throw new RangeError(`the lower level comes first, found ${lower} and ${upper}`);
  const width = logDistance(lower, upper);
  const above = logDistance(lower, spot);
  if (above >= width) return { upper: 1, lower: 0, neither: 0 };
  if (above <= 0) return { upper: 0, lower: 1, neither: 0 };
  if (law.sd <= 0) return { upper: 0, lower: 0, neither: 1 };
  if (law.sd === Number.POSITIVE_INFINITY)
    return { upper: above / width, lower: 1 - above / width, neither: 0 };
  const nodes = varianceMixture(law.nu);
  const of = (from: number): number =>
    overMixture(nodes, (deviation) => brownianFirst(from / width, (law.sd * deviation) / width));
  const [hitsUpper, hitsLower] = [of(above), of(width - above)];
  return { upper: hitsUpper, lower: hitsLower, neither: Math.max(0, 1 - hitsUpper - hitsLower) };
}

/** From here on the series of eigenfunctions needs fewer terms than that of images. */
const LONG = 0.6;
const MOST_TERMS = 60;

/**
 * P(a Brownian path from x in (0, 1) reaches 1 before 0, within a time over which its deviation is s). Two series of one number: of
 * images, for short times, and of eigenfunctions, for long ones (Feller, An Introduction to Probability Theory, vol. 2, X.5).
 */
function brownianFirst(x: number, s: number): number {
  let sum = 0;
  if (s > LONG) {
    sum = x;
    for (let n = 1; n <= MOST_TERMS; n += 1) {
      const decay = Math.exp((-n * n * Math.PI * Math.PI * s * s) / 2);
      sum += ((n % 2 === 1 ? -2 : 2) * decay * Math.sin(n * Math.PI * x)) / (n * Math.PI);
      if (decay < 1e-18) break;
    }
    return Math.max(0, Math.min(1, sum));
  }
  for (let k = 1; k <= MOST_TERMS; k += 2) {
    const near = normalCdf((x - k) / s);
    sum += 2 * (near - normalCdf((-x - k) / s));
    if (near < 1e-18) break;
  }
  return Math.max(0, Math.min(1, sum));
}
