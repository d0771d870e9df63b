import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../../domain/random.ts';
import { blockBootstrap } from './block-bootstrap.ts';

/** Sums of `overlap` neighbouring draws: what returns over overlapping windows look like. */
function overlapping(count: number, overlap: number, name: string): number[] {
  const stream = streamOf(20_261_123, name);
  const draws = Array.from({ length: count + overlap }, () => nextNormal(stream));
  return Array.from({ length: count }, (_, from) =>
    draws.slice(from, from + overlap).reduce((sum, value) => sum + value, 0),
  );
}

describe('the block bootstrap', () => {
  it('knows how far a mean of independent values moves', () => {
    const found = blockBootstrap(overlapping(2_000, 1, 'alone'), 1, streamOf(1, 'alone'));
    expect(found.standardError / Math.sqrt(1 / 2_000)).toBeGreaterThan(0.9);
    expect(found.standardError / Math.sqrt(1 / 2_000)).toBeLessThan(1.1);
    expect(found.low).toBeLessThan(found.mean);
    expect(found.high).toBeGreaterThan(found.mean);
  });

  it('takes overlap into account, which single values do not', () => {
    const values = overlapping(3_000, 7, 'overlap');
    // The mean of n sums of 7 neighbours has a standard error of 7 / sqrt(n).
    const truth = 7 / Math.sqrt(3_000);
    const blocks = blockBootstrap(values, 21, streamOf(1, 'blocks')).standardError;
    const single = blockBootstrap(values, 1, streamOf(1, 'single')).standardError;
    expect(blocks / truth).toBeGreaterThan(0.8);
    expect(blocks / truth).toBeLessThan(1.2);
    expect(single / truth).toBeLessThan(0.45);
  });

  it('has the truth in its interval about 95 times in a hundred', () => {
    let held = 0;
    for (let sample = 0; sample < 200; sample += 1) {
      const found = blockBootstrap(
        overlapping(600, 3, `coverage ${sample}`),
        14,
        streamOf(sample, 'held'),
        300,
      );
      if (found.low <= 0 && found.high >= 0) held += 1;
    }
    expect(held).toBeGreaterThan(175);
    expect(held).toBeLessThan(200);
  });

  it('draws the same from the same seed, and copes with few values', () => {
    const values = overlapping(50, 2, 'seed');
    expect(blockBootstrap(values, 5, streamOf(3, 'a'))).toEqual(blockBootstrap(values, 5, streamOf(3, 'a')));
    expect(blockBootstrap([4], 10, streamOf(3, 'a'))).toEqual({ mean: 4, standardError: 0, low: 4, high: 4 });
    expect(() => blockBootstrap([], 10, streamOf(3, 'a'))).toThrow(RangeError);
  });
});
