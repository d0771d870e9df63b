import { describe, expect, it } from 'vitest';
import {
  advancePath,
  createPath,
  endMs,
  normalCdf,
  normalQuantile,
  type PathTerms,
  winnerOf,
} from './hidden-path.ts';

const terms: PathTerms = {
  startMs: 0,
  horizonMs: 600_000,
  startProbability: 0.3,
  stepMs: 10_000,
  jumps: 2,
  jumpShare: 0.3,
};

describe('the hidden path', () => {
  it.each([0.05, 0.3, 0.5, 0.9])('is a martingale that resolves YES as often as it began: %d', (start) => {
    const seeds = 4_000;
    let half = 0;
    let won = 0;
    for (let seed = 0; seed < seeds; seed += 1) {
      const path = createPath(seed, 'm', { ...terms, startProbability: start });
      half += advancePath(path, 300_000);
      advancePath(path, endMs(terms));
      if (winnerOf(path) === 'YES') won += 1;
    }
    const tolerance = 3.3 * Math.sqrt((start * (1 - start)) / seeds);
    expect(Math.abs(won / seeds - start)).toBeLessThan(tolerance);
    expect(Math.abs(half / seeds - start)).toBeLessThan(tolerance);
  });

  it('means what it says halfway: of the paths near q, a share q resolves YES', () => {
    const buckets = new Map<number, { count: number; won: number; sum: number }>();
    for (let seed = 0; seed < 6_000; seed += 1) {
      const path = createPath(seed, 'calibration', { ...terms, startProbability: 0.5 });
      const halfway = advancePath(path, 300_000);
      const key = Math.floor(halfway * 5);
      const bucket = buckets.get(key) ?? { count: 0, won: 0, sum: 0 };
      advancePath(path, endMs(terms));
      bucket.count += 1;
      bucket.sum += halfway;
      bucket.won += winnerOf(path) === 'YES' ? 1 : 0;
      buckets.set(key, bucket);
    }
    for (const { count, won, sum } of buckets.values()) {
      const said = sum / count;
      expect(Math.abs(won / count - said)).toBeLessThan(3.5 * Math.sqrt((said * (1 - said)) / count));
    }
  });

  it('does not depend on when it is looked at', () => {
    const once = createPath(5, 'm', terms);
    const often = createPath(5, 'm', terms);
    for (let nowMs = 0; nowMs <= 400_000; nowMs += 777) advancePath(often, nowMs);
    advancePath(often, 400_000);
    expect(advancePath(once, 400_000)).toBe(often.probability);
    expect(once).toEqual(often);
  });

  it('ends at 0 or 1, stays there, and has no winner before', () => {
    const path = createPath(1, 'm', terms);
    advancePath(path, endMs(terms) - 1);
    expect(winnerOf(path)).toBeNull();
    expect(path.probability).toBeGreaterThanOrEqual(0);
    expect(path.probability).toBeLessThanOrEqual(1);
    advancePath(path, endMs(terms));
    expect(path.probability).toBe(winnerOf(path) === 'YES' ? 1 : 0);
    expect(advancePath(path, 1e12)).toBe(path.probability);
    expect(path.nextJump).toBe(2);
  });

  it('refuses terms that make no path', () => {
    expect(() => createPath(1, 'm', { ...terms, startProbability: 1 })).toThrow('inside (0, 1)');
    expect(() => createPath(1, 'm', { ...terms, horizonMs: 10 })).toThrow('at least one step');
    expect(() => createPath(1, 'm', { ...terms, jumpShare: 1 })).toThrow('jumpShare');
  });
});

describe('the normal distribution', () => {
  it('has the values of the tables', () => {
    // Abramowitz and Stegun, table 26.1.
    const table = [
      [0, 0.5],
      [0.5, 0.691462461274],
      [1, 0.841344746069],
      [2, 0.977249868052],
      [-3, 0.001349898032],
    ] as const;
    for (const [z, p] of table) expect(Math.abs(normalCdf(z) - p)).toBeLessThan(1.2e-7);
  });

  it('inverts', () => {
    for (const p of [0.001, 0.02, 0.37, 0.5, 0.8, 0.999])
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
  });
});
