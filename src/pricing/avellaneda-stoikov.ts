/**
 * Avellaneda and Stoikov, "High-frequency trading in a limit order book", Quantitative Finance 8 (2008), in any consistent units:
 * price in P, time in T, inventory in lots. Then sigma is P/sqrt(T), k is 1/P and gamma is 1/(P lot).
 * The test of units: scale the price by c and gamma -> gamma/c, k -> k/c, sigma -> c sigma must scale every result by c.
 */
export interface AvellanedaStoikovParameters {
  /** Absolute risk aversion, 1/(P lot), above 0. */
  readonly gamma: number;
  /** Decay of the fill intensity A e^(-k delta), 1/P, above 0. */
  readonly k: number;
  /** Variance of the price over the horizon, sigma^2 tau, P^2. */
  readonly varianceOverHorizon: number;
}

/** r = s - q gamma sigma^2 tau. Long inventory lowers it. */
export const reservationPrice = (
  s: number,
  q: number,
  { gamma, varianceOverHorizon }: Pick<AvellanedaStoikovParameters, 'gamma' | 'varianceOverHorizon'>,
): number => s - q * gamma * varianceOverHorizon;

/**
 * Full spread gamma sigma^2 tau + (2/gamma) ln(1 + gamma/k).
 * It falls as gamma rises while sigma^2 tau is below about 1/k^2: risk aversion is not a spread knob.
 */
export const optimalSpread = ({ gamma, k, varianceOverHorizon }: AvellanedaStoikovParameters): number =>
  gamma * varianceOverHorizon + arrivalSpread(gamma, k);

/** The part of the spread that pays for waiting: (2/gamma) ln(1 + gamma/k), which tends to 2/k as gamma tends to 0. */
export const arrivalSpread = (gamma: number, k: number): number => (2 / gamma) * Math.log1p(gamma / k);

/** Risk aversion that grows with how full the position is: base (1 + alpha |ratio|), ratio in [-1, 1]. */
export const dynamicGamma = (base: number, alpha: number, ratio: number): number =>
  base * (1 + alpha * Math.abs(ratio));
