const TAIL = 6;
const MOST_TERMS = 200;
const ROOT_2PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / ROOT_2PI;

/** P(Z <= x) over the density at x, for x below -TAIL: the continued fraction of the Mills ratio. */
function millsRatio(x: number): number {
  let fraction = 0;
  for (let depth = 40; depth >= 1; depth -= 1) fraction = depth / (-x + fraction);
  return 1 / (-x + fraction);
}

/**
 * Distribution of the standard normal, to about 1e-15: the series x + x^3/3 + x^5/15 + ... times the density, and in the tails,
 * where that would cancel, the continued fraction of the Mills ratio.
 */
export function normalCdf(x: number): number {
  if (x > TAIL) return 1 - normalCdf(-x);
  if (x < -TAIL) return normalDensity(x) * millsRatio(x);
  let term = x;
  let sum = x;
  for (let odd = 3; odd < MOST_TERMS && Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** Logarithm of `normalCdf`, which goes on where that has become 0. */
export const logNormalCdf = (x: number): number =>
  x < -TAIL ? (-x * x) / 2 - Math.log(ROOT_2PI) + Math.log(millsRatio(x)) : Math.log(normalCdf(x));

/** The x with `normalCdf(x) = p`, by bisection; p strictly between 0 and 1. Right to about 1e-12 for p from 1e-6 to 1 - 1e-6. */
export function normalQuantile(p: number): number {
  let [low, high] = [-40, 40];
  for (let count = 0; count < 60; count += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const PANELS = 400;

/**
 * P(X <= d, Y <= d) - P(X <= d)^2 for standard normals of correlation rho from 0 to 1: (1/2 pi) times the integral of
 * exp(-d^2 / (1 + sin t)) for t from 0 to asin(rho), after Plackett (1954), by Simpson's rule.
 */
export function bivariateExcess(d: number, rho: number): number {
  const width = Math.asin(Math.max(0, Math.min(1, rho))) / PANELS;
  let sum = 0;
  for (let index = 0; index <= PANELS; index += 1) {
    const weight = index === 0 || index === PANELS ? 1 : index % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp((-d * d) / (1 + Math.sin(index * width)));
  }
  return (sum * width) / (6 * Math.PI);
}
