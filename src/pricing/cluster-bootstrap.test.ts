import { describe, expect, it } from 'vitest';
import { nextFloat, nextInt, nextNormal, type RandomStream, streamOf } from '../domain/random.ts';
import { clusterEstimate, expandedTail, isTooFew, LEAST_CLUSTERS } from './cluster-bootstrap.ts';

const mean = ([count = 0, sum = 0]: Float64Array): number => (count === 0 ? Number.NaN : sum / count);
const clustersOf = (values: readonly number[]): Float64Array[] =>
  values.map((value) => Float64Array.of(1, value));

/** Observations of clusters that have a part of their luck in common; the mean they estimate is 0. */
function drawn(stream: RandomStream, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const common = nextNormal(stream);
    return Array.from({ length: nextInt(stream, 1, 12) }, () => common + nextNormal(stream));
  });
}

/** How often the interval holds the truth, over many samples. */
function coverage(
  samples: number,
  count: number,
  into: (clusters: readonly (readonly number[])[]) => Float64Array[],
): number {
  const stream = streamOf('coverage', String(count));
  let held = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    const found = clusterEstimate(into(drawn(stream, count)), mean, 400, `sample ${sample}`);
    if (isTooFew(found)) throw new Error(found.tooFew);
    if (found.low <= 0 && found.high >= 0) held += 1;
  }
  return held / samples;
}

const asClusters = (clusters: readonly (readonly number[])[]): Float64Array[] =>
  clusters.map((values) =>
    Float64Array.of(
      values.length,
      values.reduce((sum, value) => sum + value, 0),
    ),
  );
const asIfIndependent = (clusters: readonly (readonly number[])[]): Float64Array[] =>
  clustersOf(clusters.flat());

describe('the cluster bootstrap', () => {
  // 600 samples have a standard error of 0.9 points.
  it.each([12, 25, 60])('holds the truth about 95 times in a hundred with %i clusters', (count) => {
    const found = coverage(600, count, asClusters);
    expect(found).toBeGreaterThan(0.91);
    expect(found).toBeLessThan(0.99);
  });

  it('would be far too sure if every observation counted as independent', () => {
    expect(coverage(300, 25, asIfIndependent)).toBeLessThan(0.85);
  });

  it('takes its tails from the t distribution, by hand for ten clusters', () => {
    // t(0.975; 9) = 2.262157, times sqrt(10 / 9) = 2.384523; Phi(-2.384523) = 0.008551.
    expect(expandedTail(10)).toBeCloseTo(0.008551, 5);
    expect(expandedTail(100_000)).toBeCloseTo(0.025, 5);
  });

  it('agrees with the normal interval of the mean where observations are many and alike', () => {
    const stream = streamOf('normal', 'values');
    const values = Array.from({ length: 400 }, () => nextFloat(stream));
    const found = clusterEstimate(clustersOf(values), mean);
    if (isTooFew(found)) throw new Error(found.tooFew);
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0)) / values.length;
    expect(found.value).toBeCloseTo(centre, 12);
    expect(Math.abs(found.low - (centre - 1.966 * error))).toBeLessThan(0.15 * error);
    expect(Math.abs(found.high - (centre + 1.966 * error))).toBeLessThan(0.15 * error);
  });

  it('gives the same interval for the same observations', () => {
    const clusters = clustersOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(clusterEstimate(clusters, mean)).toEqual(clusterEstimate(clusters, mean));
    expect(clusterEstimate(clusters, mean, 2_000, 'another')).not.toEqual(clusterEstimate(clusters, mean));
  });

  it('says too few instead of a number that means nothing', () => {
    const few = Array.from({ length: LEAST_CLUSTERS - 1 }, (_, index) => index);
    expect(clusterEstimate(clustersOf(few), mean)).toMatchObject({ tooFew: expect.stringContaining('9 ') });
    expect(clusterEstimate([], mean)).toMatchObject({ clusters: 0 });
    expect(isTooFew(clusterEstimate(clustersOf([...few, 1]), mean))).toBe(false);
    expect(isTooFew(clusterEstimate(clustersOf([...few, 1]), () => Number.NaN))).toBe(true);
    // Defined on the whole, but in only a third of the draws.
    const rare = ([, sum = 0]: Float64Array): number => (sum === 45 + 1 ? 1 : Number.NaN);
    expect(isTooFew(clusterEstimate(clustersOf([...few, 10]), rare))).toBe(true);
  });
});
