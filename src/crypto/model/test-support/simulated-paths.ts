import { nextFloat, nextNormal, type RandomStream } from '../../../domain/random.ts';
import type { ReturnLaw } from '../return-law.ts';

/** A log price from 0 on at even steps to the horizon, with its volatility drawn once; `deviation` is what a step moves. */
export interface SimulatedPath {
  readonly at: Float64Array;
  readonly deviation: number;
}

/** A chi-squared variable of a whole number of degrees of freedom, from its definition. */
function chiSquared(nu: number, stream: RandomStream): number {
  let sum = 0;
  for (let count = 0; count < nu; count += 1) sum += nextNormal(stream) ** 2;
  return sum;
}

export function simulatePath(law: ReturnLaw, steps: number, stream: RandomStream): SimulatedPath {
  const ratio = law.nu === Number.POSITIVE_INFINITY ? 1 : (law.nu - 2) / chiSquared(law.nu, stream);
  const deviation = law.sd * Math.sqrt(ratio / steps);
  const at = new Float64Array(steps + 1);
  for (let step = 1; step <= steps; step += 1)
    at[step] = at[step - 1]! + law.drift / steps + deviation * nextNormal(stream);
  return { at, deviation };
}

/** Whether a path is at or above `level` at one of its steps, or between two of them, as the Brownian bridge from one to the next has it. */
export function touches(path: SimulatedPath, level: number, stream: RandomStream, fromStep = 0): boolean {
  for (let step = fromStep + 1; step < path.at.length; step += 1) {
    const [before, after] = [level - path.at[step - 1]!, level - path.at[step]!];
    if (before <= 0 || after <= 0) return true;
    if (nextFloat(stream) < Math.exp((-2 * before * after) / path.deviation ** 2)) return true;
  }
  return false;
}

/** Which of a level above and one below the path meets first. */
export function firstOf(
  path: SimulatedPath,
  lower: number,
  upper: number,
  stream: RandomStream,
): 'upper' | 'lower' | null {
  const bridge = (before: number, after: number): boolean =>
    before <= 0 || after <= 0 || nextFloat(stream) < Math.exp((-2 * before * after) / path.deviation ** 2);
  for (let step = 1; step < path.at.length; step += 1) {
    const [from, to] = [path.at[step - 1]!, path.at[step]!];
    if (bridge(upper - from, upper - to)) return 'upper';
    if (bridge(from - lower, to - lower)) return 'lower';
  }
  return null;
}

/** How often, with how far that may be off: four standard errors, so that a sound figure fails once in 16,000. */
export function frequency(
  paths: number,
  happens: () => boolean,
): { readonly share: number; readonly within: number } {
  let count = 0;
  for (let path = 0; path < paths; path += 1) if (happens()) count += 1;
  const share = count / paths;
  return { share, within: 4 * Math.sqrt(Math.max(share * (1 - share), 1 / paths) / paths) };
}
