import { nextInt, streamOf } from '../domain/random.ts';
import { normalCdf } from './normal-distribution.ts';
import { studentTCdf } from './student-t.ts';

/** A figure with its 95 per cent interval, or why there is none: a number that few observations make would only mislead. */
export type Estimate =
  | { readonly value: number; readonly low: number; readonly high: number; readonly clusters: number }
  | { readonly tooFew: string; readonly clusters: number };

/** Fewer independent clusters than this say nothing of how far a figure is off. */
export const LEAST_CLUSTERS = 10;
const RESAMPLES = 2_000;
/** So many resamples in a hundred may lack the figure, for example because a bin of theirs is empty. */
const MOST_UNDEFINED_PCT = 5;
const TAIL = 0.025;

/**
 * A figure that follows from sums over all observations, with an interval that takes into account that observations of one
 * cluster (the markets of one event, the fills of one market) have their luck in common. `clusters` are each cluster's sums;
 * `figure` gets the sums over all and answers NaN where they do not define it.
 *
 * Whole clusters are drawn again with replacement (Davison and Hinkley 1997, 3.8). The percentiles are taken further out than
 * 2.5 and 97.5, as far as a t interval of K - 1 degrees would reach, because plain ones are too narrow for few clusters (Hesterberg
 * 2015, "expanded percentile"). The draws come from a stream of their own, so the same observations give the same interval.
 */
export function clusterEstimate(
  clusters: readonly Float64Array[],
  figure: (sums: Float64Array) => number,
  resamples = RESAMPLES,
  seed = 'forecasts',
): Estimate {
  const count = clusters.length;
  const value = count === 0 ? Number.NaN : figure(sumOf(clusters));
  if (count < LEAST_CLUSTERS)
    return {
      tooFew: `${count} independent markets or events, ${LEAST_CLUSTERS} are needed`,
      clusters: count,
    };
  if (Number.isNaN(value)) return { tooFew: 'the observations do not define it', clusters: count };
  const stream = streamOf(seed, 'cluster bootstrap');
  const seen: number[] = [];
  const sums = new Float64Array((clusters[0] as Float64Array).length);
  for (let round = 0; round < resamples; round += 1) {
    sums.fill(0);
    for (let draw = 0; draw < count; draw += 1)
      addTo(sums, clusters[nextInt(stream, 0, count - 1)] as Float64Array);
    const again = figure(sums);
    if (!Number.isNaN(again)) seen.push(again);
  }
  if (seen.length * 100 < resamples * (100 - MOST_UNDEFINED_PCT))
    return { tooFew: 'too many draws do not define it', clusters: count };
  seen.sort((left, right) => left - right);
  const tail = expandedTail(count);
  return {
    value,
    low: seen[Math.floor(tail * (seen.length - 1))] as number,
    high: seen[Math.ceil((1 - tail) * (seen.length - 1))] as number,
    clusters: count,
  };
}

export const isTooFew = (estimate: Estimate): estimate is Extract<Estimate, { tooFew: string }> =>
  'tooFew' in estimate;

function sumOf(clusters: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array((clusters[0] as Float64Array).length);
  for (const cluster of clusters) addTo(sums, cluster);
  return sums;
}

function addTo(sums: Float64Array, more: Float64Array): void {
  for (let index = 0; index < sums.length; index += 1)
    sums[index] = (sums[index] as number) + (more[index] as number);
}

/** The share of resamples beyond each end for K clusters: Phi(-sqrt(K / (K - 1)) t), t the 97.5th percentile of Student's t with K - 1 degrees. */
export function expandedTail(clusters: number): number {
  const degrees = clusters - 1;
  return normalCdf(-Math.sqrt(clusters / degrees) * studentTQuantile(1 - TAIL, degrees));
}

/** By bisection; p in (0.5, 1). */
function studentTQuantile(p: number, degrees: number): number {
  let [low, high] = [0, 1_000];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (studentTCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
