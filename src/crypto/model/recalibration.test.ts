import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFloat, streamOf } from '../../domain/random.ts';
import {
  fitRecalibration,
  LEAST_RESOLVED,
  NO_RECALIBRATION,
  type ResolvedForecast,
  recalibrated,
} from './recalibration.ts';

/** Forecasts that are wrong in a known way: what happens has log-odds intercept + slope * what was said. */
function resolved(count: number, intercept: number, slope: number, fromMs = 0): ResolvedForecast[] {
  const stream = streamOf(20_261_123, `recalibration ${intercept} ${slope}`);
  return Array.from({ length: count }, (_, index) => {
    const said = 0.02 + 0.96 * nextFloat(stream);
    const truth = 1 / (1 + Math.exp(-intercept - slope * Math.log(said / (1 - said))));
    return { probability: said, isYes: nextFloat(stream) < truth, resolvedAtMs: fromMs + index, weight: 1 };
  });
}

describe('recalibration', () => {
  it.each([
    [0, 1],
    [0.4, 0.7],
    [-0.3, 1.4],
  ])('finds intercept %d and slope %d', (intercept, slope) => {
    const map = fitRecalibration(resolved(20_000, intercept, slope), 1e9);
    expect(Math.abs(map.intercept - intercept)).toBeLessThan(0.06);
    expect(Math.abs(map.slope - slope)).toBeLessThan(0.06);
  });

  it('is fitted on resolved markets only: what resolves later changes nothing', () => {
    const past = resolved(500, 0.4, 0.7);
    const future = resolved(5_000, -2, 0.2, 10_000);
    expect(fitRecalibration([...past, ...future], 9_999)).toEqual(fitRecalibration(past, 9_999));
    expect(fitRecalibration([...past, ...future], 20_000)).not.toEqual(fitRecalibration(past, 9_999));
  });

  it('changes nothing before enough has resolved, and counts a market once', () => {
    const few = resolved(LEAST_RESOLVED - 1, 1, 0.5);
    expect(fitRecalibration(few, 1e9)).toBe(NO_RECALIBRATION);
    const oftenAsked = few.flatMap((forecast) =>
      Array.from({ length: 10 }, () => ({ ...forecast, weight: 0.1 })),
    );
    expect(fitRecalibration(oftenAsked, 1e9)).toBe(NO_RECALIBRATION);
    for (const p of [0, 0.2, 1]) expect(recalibrated(NO_RECALIBRATION, p)).toBe(p);
  });

  it('moves little on little evidence', () => {
    const [some, many] = [resolved(60, 0.8, 1), resolved(6_000, 0.8, 1)].map((set) =>
      fitRecalibration(set, 1e9),
    );
    expect(Math.abs(many!.intercept - 0.8)).toBeLessThan(0.15);
    expect(Math.abs(some!.intercept)).toBeLessThan(0.85);
  });

  it('keeps the order of probabilities and stays within 0 and 1', () => {
    const maps = [
      fitRecalibration(resolved(300, 0.4, 0.7), 1e9),
      fitRecalibration(resolved(300, 0, -1), 1e9),
    ];
    const anyP = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyP, anyP, fc.constantFrom(...maps), (a, b, map) => {
        const [low, high] = [recalibrated(map, Math.min(a, b)), recalibrated(map, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
    expect(maps.map((map) => [recalibrated(map, 0), recalibrated(map, 1)])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('makes nothing certain, however steep the map is', () => {
    for (const [intercept, slope] of [
      [0, 4],
      [40, 1],
      [-800, 1],
    ] as const) {
      const map = { intercept, slope, markets: 100 };
      for (const p of [1e-12, 0.3, 1 - 1e-9]) {
        expect(recalibrated(map, p)).toBeGreaterThan(0);
        expect(recalibrated(map, p)).toBeLessThan(1);
      }
    }
  });

  it('lowers the log loss of what comes after', () => {
    const all = resolved(4_000, 0.5, 0.6);
    const map = fitRecalibration(all.slice(0, 2_000), 1_999);
    const loss = (of: (p: number) => number): number =>
      all
        .slice(2_000)
        .reduce(
          (sum, { probability, isYes }) => sum - Math.log(isYes ? of(probability) : 1 - of(probability)),
          0,
        );
    expect(loss((p) => recalibrated(map, p))).toBeLessThan(loss((p) => p) - 50);
  });
});
