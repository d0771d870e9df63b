/** A possible variance of a path, as a multiple of the expected one, and how likely it is. */
export interface VarianceNode {
  readonly ratio: number;
  readonly weight: number;
}

const NODES = 160;
const CERTAIN: readonly VarianceNode[] = [{ ratio: 1, weight: 1 }];

/**
 * Student's t as a mixture: a normal variable whose variance is (nu - 2) / G of the expected one, with G chi-squared with nu degrees
 * of freedom, is Student-t with variance 1. A Brownian path whose volatility is drawn once has that end, and whatever is known of
 * Brownian paths (reflection, averages, two barriers) holds for it after averaging over these nodes. The trapezoidal rule over ln G,
 * where the integrand dies away on both sides, is right to the last digits. Infinite nu is the normal distribution: one node.
 */
export function varianceMixture(nu: number): readonly VarianceNode[] {
  if (!(nu > 2))
    throw new RangeError(`a mixture of variance 1 needs more than 2 degrees of freedom, found ${nu}`);
  if (nu === Number.POSITIVE_INFINITY) return CERTAIN;
  const shape = nu / 2;
  // Where the density of ln G, exp(shape u - e^u / 2), has fallen by e^-45 from its peak at ln nu: linearly to the left, and to the
  // right, where the exponential takes over, no later than at e^u = 2 (shape + 45) + nu.
  const from = Math.log(nu) - 45 / shape - 2;
  const to = Math.log(2 * nu + 120);
  const width = (to - from) / (NODES - 1);
  const nodes = Array.from({ length: NODES }, (_, index) => {
    const u = from + index * width;
    const weight = Math.exp(shape * (u - Math.log(nu)) - (Math.exp(u) - nu) / 2);
    return { ratio: (nu - 2) * Math.exp(-u), weight };
  });
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return nodes.map(({ ratio, weight }) => ({ ratio, weight: weight / total }));
}

/** Mean over the mixture of what `given` says for a path whose standard deviation is `deviation` times the expected one. */
export function overMixture(nodes: readonly VarianceNode[], given: (deviation: number) => number): number {
  let sum = 0;
  for (const { ratio, weight } of nodes) sum += weight * given(Math.sqrt(ratio));
  return sum;
}
