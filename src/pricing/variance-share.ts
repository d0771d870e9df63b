import { bivariateExcess, normalQuantile } from './normal-distribution.ts';

/**
 * w(h, tau): the share of the variance p(1 - p) a price has left that is spent within `horizon`, of `left` to resolution, both in
 * the same unit. For an event that asks whether a Brownian motion ends above a threshold: (Phi2(d, d; h/tau) - Phi(d)^2) / (p(1 - p))
 * with Phi(d) = p. At p = 1/2 it is (2/pi) asin(h/tau). Quotes for a holding time shorter than the market's life lean by
 * gamma q w instead of gamma q; a loss budget is then certain only up to budget / w. p strictly between 0 and 1.
 */
export function varianceShare(p: number, horizon: number, left: number): number {
  if (left <= horizon) return 1;
  return bivariateExcess(normalQuantile(p), Math.max(0, horizon) / left) / (p * (1 - p));
}

/** Variance a second, or in whatever unit `left` has, of the price of such an event: phi(d)^2 / tau. */
export function localVariance(p: number, left: number): number {
  const d = normalQuantile(p);
  return Math.exp(-d * d) / (2 * Math.PI * left);
}
