import { normalCdf, normalDensity } from './normal-distribution.ts';

/**
 * The Student-t distribution. Its tail is the regularised incomplete beta function of x = nu / (nu + t^2) with parameters nu/2 and
 * 1/2 (Abramowitz and Stegun 26.7.1), here by the continued fraction 26.5.8; against 40-digit vectors it is right to 1e-12.
 */

const ROOT_PI = Math.sqrt(Math.PI);
/** From here on the series of `gammaRatio` has reached the last bit. */
const SERIES_FROM = 25;
const TINY = 1e-300;
const MOST_STEPS = 10_000;

/**
 * Gamma(a + 1/2) / Gamma(a) for a > 0, without the logarithms of two large numbers whose difference would lose the digits: the
 * asymptotic series of its logarithm at a >= 25, and the recurrence Gamma(a + 1) = a Gamma(a) down to smaller a.
 */
export function gammaRatio(a: number): number {
  let up = a;
  let factor = 1;
  for (; up < SERIES_FROM; up += 1) factor *= up / (up + 0.5);
  const inverse = 1 / (up * up);
  const series =
    -1 / 8 + inverse * (1 / 192 + inverse * (-1 / 640 + inverse * (17 / 14_336 - (inverse * 31) / 18_432)));
  return factor * Math.sqrt(up) * Math.exp(series / up);
}

/** The continued fraction of the incomplete beta function by Lentz's method; converges fast for x below (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number): number {
  const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return fraction;
}

/** P(T > t) for t >= 0. */
function upperTail(t: number, nu: number): number {
  const a = nu / 2;
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  // x^a (1 - x)^(1/2) / B(a, 1/2), with x^a from log1p because x is close to 1 where nu is large.
  const root = Math.sqrt(square / (nu + square));
  const front = (Math.exp(-a * Math.log1p(square / nu)) * root * gammaRatio(a)) / ROOT_PI;
  const x = nu / (nu + square);
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(a, 0.5, x)) / (2 * a);
  return 0.5 - front * betaFraction(0.5, a, square / (nu + square));
}

/** P(T <= t) of Student's t with `nu` degrees of freedom, nu > 0; infinity is the normal distribution. */
export function studentTCdf(t: number, nu: number): number {
  if (!(nu > 0) || Number.isNaN(t))
    throw new RangeError(`degrees of freedom must be above 0 and t a number, found nu ${nu} and t ${t}`);
  if (nu === Number.POSITIVE_INFINITY) return normalCdf(t);
  return t > 0 ? 1 - upperTail(t, nu) : upperTail(-t, nu);
}

/** Density of Student's t with `nu` degrees of freedom. */
export function studentTDensity(t: number, nu: number): number {
  if (nu === Number.POSITIVE_INFINITY) return normalDensity(t);
  const tail = Math.exp((-(nu + 1) / 2) * Math.log1p((t * t) / nu));
  return (gammaRatio(nu / 2) / Math.sqrt(Math.PI * nu)) * tail;
}

/**
 * What a deviation in standard deviations has to be multiplied with to be a Student-t value: sqrt(nu / (nu - 2)), because the
 * variance of Student's t is nu / (nu - 2) and not 1. The inverse factor makes every out-of-the-money event look far likelier.
 */
export function unitVarianceFactor(nu: number): number {
  if (!(nu > 2))
    throw new RangeError(`at 2 degrees of freedom and below there is no variance to scale, found ${nu}`);
  return nu === Number.POSITIVE_INFINITY ? 1 : Math.sqrt(nu / (nu - 2));
}

/** P(Z <= z) for a Student-t variable Z scaled to variance 1, nu > 2. */
export const unitStudentTCdf = (z: number, nu: number): number => studentTCdf(z * unitVarianceFactor(nu), nu);

/** P(Z > z), exact in the far tail, where 1 - cdf would be rounding. */
export const unitStudentTSurvival = (z: number, nu: number): number => unitStudentTCdf(-z, nu);
