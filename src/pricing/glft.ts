import { arrivalSpread } from './avellaneda-stoikov.ts';
import { tridiagonalExponential } from './tridiagonal-exponential.ts';

/**
 * Gueant, Lehalle and Fernandez-Tapia, "Dealing with the inventory risk", Mathematics and Financial Economics 7 (2013): the
 * Avellaneda-Stoikov maker who may hold at most so many lots. In any consistent units, price in P and time in T:
 * gamma is 1/(P lot), k is 1/P, sigma^2 is P^2/T and the fill intensity at distance d is `intensity` e^(-k d) a T.
 */
export interface GlftParameters {
  readonly gamma: number;
  readonly k: number;
  /** sigma^2, P^2/T. */
  readonly variancePerTime: number;
  /** A, fills a T on each side at distance 0. */
  readonly intensity: number;
}

/** alpha = k gamma sigma^2 / 2 and eta = A (1 + gamma/k)^-(1 + k/gamma), both 1/T. */
export function glftRates({ gamma, k, variancePerTime, intensity }: GlftParameters): {
  readonly alpha: number;
  readonly eta: number;
} {
  return {
    alpha: (k * gamma * variancePerTime) / 2,
    eta: intensity * Math.exp(-(1 + k / gamma) * Math.log1p(gamma / k)),
  };
}

/** (1/gamma) ln(1 + gamma/k), the distance that pays for waiting. The plus sign is the paper's; a minus is a known slip. */
export const glftBase = ({ gamma, k }: Pick<GlftParameters, 'gamma' | 'k'>): number =>
  arrivalSpread(gamma, k) / 2;

/**
 * Long horizon, wide bounds: distances base + (1 + 2q)/2 skew for the bid and base + (1 - 2q)/2 skew for the ask, with
 * skew = sqrt(sigma^2 gamma / (2 k A) (1 + gamma/k)^(1 + k/gamma)). `halfSpread` is base + skew/2 and `skew` the move a lot.
 */
export function glftClosedForm(parameters: GlftParameters): {
  readonly halfSpread: number;
  readonly skew: number;
} {
  const { gamma, k, variancePerTime, intensity } = parameters;
  const growth = (1 + gamma / k) ** (1 + k / gamma);
  const skew = Math.sqrt(((variancePerTime * gamma) / (2 * k * intensity)) * growth);
  return { halfSpread: glftBase(parameters) + skew / 2, skew };
}

/** The exact solution as distances in P by lots held. */
export interface GlftTable {
  /** Q: most lots that may be held on either side. */
  readonly maxLots: number;
  readonly base: number;
  /**
   * Entry q is (1/k) ln(v_q / v_(q+1)) for q from 0 to Q - 1: what q lots add to the distance of the quote that would make them
   * q + 1. It never falls as q rises, because ln v is concave.
   */
  readonly steps: Float64Array;
}

/**
 * Solves v(tau) = exp(-M tau) 1 with M tridiagonal, alpha q^2 on the diagonal and -eta beside it, for |q| <= maxLots. v is the
 * same for q and -q, so only q >= 0 is solved, with v_0 over the root of 2 in its place to keep the matrix symmetric.
 * Costs about maxLots^3. Where v is too small for a float, beyond hundreds of 1/k from flat, the last exact step is carried on.
 */
export function glftTable(parameters: GlftParameters, maxLots: number, tau: number): GlftTable {
  const { alpha, eta } = glftRates(parameters);
  const decay = Float64Array.from({ length: maxLots + 1 }, (_, q) => alpha * q * q);
  const hops = new Float64Array(maxLots).fill(eta);
  hops[0] = Math.SQRT2 * eta;
  const ones = new Float64Array(maxLots + 1).fill(1);
  ones[0] = Math.SQRT1_2;
  const v = tridiagonalExponential(decay, hops, ones, tau);
  v[0] = Math.SQRT2 * (v[0] as number);
  const steps = new Float64Array(maxLots);
  let last = 0;
  for (let q = 0; q < maxLots; q += 1) {
    const further = v[q + 1] as number;
    if (further > LEAST_EXACT) last = Math.max(last, Math.log((v[q] as number) / further) / parameters.k);
    steps[q] = last;
  }
  return { maxLots, base: glftBase(parameters), steps };
}

const LEAST_EXACT = 1e-290;

/** Distance of the bid from the mid at q lots, or null where one more lot would pass the bound. Linear between whole lots. */
export const glftBidDistance = (table: GlftTable, lots: number): number | null =>
  lots > table.maxLots - 1 ? null : table.base + inventoryStep(table, lots);

/** Distance of the ask from the mid at q lots, or null where one lot fewer would pass the bound. */
export const glftAskDistance = (table: GlftTable, lots: number): number | null =>
  glftBidDistance(table, -lots);

/** (1/k) ln(v_q / v_(q+1)) for any q, linear between whole lots and constant beyond the bounds. The ask's is that of -q. */
export function inventoryStep({ steps, maxLots }: GlftTable, lots: number): number {
  const at = Math.max(-maxLots, Math.min(maxLots - 1, lots));
  const below = Math.floor(at);
  const low = stepOf(steps, below);
  return at === below ? low : low + (stepOf(steps, below + 1) - low) * (at - below);
}

const stepOf = (steps: Float64Array, q: number): number =>
  q >= 0 ? (steps[q] as number) : -(steps[-q - 1] as number);
