import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../domain/random.ts';
import { normalQuantile } from '../pricing/normal-distribution.ts';
import { expectedShortfallOf, meanOf, pairedDifference, standardDeviationOf } from './compare-statistics.ts';

const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
/** Of a normal distribution: mean - sd times the density at the quantile over the share. */
const normalShortfall = (mean: number, sd: number, share: number) =>
  mean - (sd * density(normalQuantile(share))) / share;
const float = fc.double({ min: -100, max: 100, noNaN: true });
const floats = fc.array(float, { minLength: 1, maxLength: 60 });

describe('expected shortfall', () => {
  it.each([
    [0.01, 1.5],
    [0.05, -3],
    [0.5, 0],
  ])('of the worst %d of a normal distribution is the one in closed form', (share, mean) => {
    const N = 40_001;
    const quantiles = Array.from({ length: N }, (_, index) => mean + 2 * normalQuantile((index + 0.5) / N));
    expect(expectedShortfallOf(quantiles, share)).toBeCloseTo(normalShortfall(mean, 2, share), 2);
    expect(normalShortfall(0, 1, 0.01)).toBeCloseTo(-2.6652, 4);
  });

  it('of drawn numbers is within four standard errors of it', () => {
    const stream = streamOf(20_261_122, 'shortfall');
    const drawn = Array.from({ length: 100_000 }, () => nextNormal(stream));
    // The variance of the estimator is at most (variance within the tail + squared gap to its edge) / (share N): here under 0.3.
    expect(Math.abs(expectedShortfallOf(drawn, 0.01) - normalShortfall(0, 1, 0.01))).toBeLessThan(
      4 * Math.sqrt(0.3 / 1_000),
    );
  });

  it('counts a value in part, moves and scales with the values, and is the mean when it takes all', () => {
    expect(expectedShortfallOf([-10, -4, 0, 7], 0.375)).toBeCloseTo((-10 - 2) / 1.5, 12);
    fc.assert(
      fc.property(floats, fc.double({ min: 0.001, max: 1, noNaN: true }), float, (values, share, by) => {
        const shortfall = expectedShortfallOf(values, share);
        expect(shortfall).toBeLessThanOrEqual(meanOf(values) + 1e-9);
        expect(shortfall).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        const moved = values.map((value) => 3 * value + by);
        expect(expectedShortfallOf(moved, share)).toBeCloseTo(3 * shortfall + by, 8);
        expect(expectedShortfallOf(values, 1)).toBeCloseTo(meanOf(values), 8);
      }),
    );
    expect(() => expectedShortfallOf([1], 0)).toThrow('share in (0, 1], found 1 and 0');
  });
});

describe('the mean and standard deviation', () => {
  it('are those of the book', () => {
    expect(meanOf([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(standardDeviationOf([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });
});

describe('the interval of a paired difference', () => {
  const SEEDS = 60;
  const MARKETS = 5;
  const REPEATS = 200;

  /** Two engines under common luck: a shock of the seed moves all markets of both, one of the market both in it. */
  function twoSamples(stream: ReturnType<typeof streamOf>, gap: number, sdOfControl: number) {
    const treated: number[][] = [];
    const control: number[][] = [];
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const ofSeed = nextNormal(stream);
      const common = Array.from({ length: MARKETS }, () => ofSeed + nextNormal(stream));
      treated.push(common.map((luck) => gap + luck + 0.5 * nextNormal(stream)));
      control.push(common.map((luck) => sdOfControl * (luck + 0.5 * nextNormal(stream))));
    }
    return { treated, control };
  }

  const coverage = (
    statistic: (values: readonly number[]) => number,
    gap: number,
    sd: number,
    truth: number,
  ) => {
    const stream = streamOf(7, 'coverage');
    let covered = 0;
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const { treated, control } = twoSamples(stream, gap, sd);
      const { low, high } = pairedDifference(treated, control, statistic, 200);
      if (low <= truth && truth <= high) covered += 1;
    }
    return covered / REPEATS;
  };

  it('covers the true difference of means about 95 times in 100', () => {
    const share = coverage(meanOf, 0.3, 1, 0.3);
    expect(share).toBeGreaterThan(0.91);
    expect(share).toBeLessThan(0.98);
  });

  it('covers the true difference of shortfalls nearly as often, although the sample has few of them', () => {
    const sd = Math.sqrt(2.25);
    const truth = 0.3 + normalShortfall(0, sd, 0.1) - normalShortfall(0, 2 * sd, 0.1);
    const share = coverage((values) => expectedShortfallOf(values, 0.1), 0.3, 2, truth);
    expect(share).toBeGreaterThan(0.87);
    expect(share).toBeLessThan(0.98);
  });

  it('is narrower than that of blocks that are not paired, and the same each time', () => {
    const { treated, control } = twoSamples(streamOf(8, 'pairs'), 0.3, 1);
    const paired = pairedDifference(treated, control, meanOf);
    const strangers = pairedDifference(treated, [...control.slice(1), ...control.slice(0, 1)], meanOf);
    expect(paired.high - paired.low).toBeLessThan((strangers.high - strangers.low) / 2);
    expect(pairedDifference(treated, control, meanOf)).toEqual(paired);
    expect(paired.low).toBeLessThan(paired.value);
    expect(paired.high).toBeGreaterThan(paired.value);
  });

  it('takes blocks in pairs only', () => {
    expect(() => pairedDifference([[1], [2]], [[1]], meanOf)).toThrow('found 2 and 1');
  });
});
