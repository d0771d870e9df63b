import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advancePath, createPath, type PathTerms, winnerOf } from './hidden-path.ts';

const terms = (startProbabilities: readonly number[], outcome: number): PathTerms => ({
  startMs: 0,
  horizonMs: 60_000,
  startProbability: startProbabilities[outcome] ?? 0,
  stepMs: 1_000,
  jumps: 3,
  jumpShare: 0.15,
  among: { event: 'event-0', outcome, startProbabilities },
});
const paths = (seed: number, probabilities: readonly number[]) =>
  probabilities.map((_, outcome) => createPath(seed, `market-${outcome}`, terms(probabilities, outcome)));

describe('the outcomes of one event', () => {
  const anyEvent = fc
    .array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 })
    .map((weights) => weights.map((weight) => weight / weights.reduce((sum, one) => sum + one, 0)));

  it('sum to one at every moment, whenever each is looked at, and exactly one wins', () => {
    fc.assert(
      fc.property(
        anyEvent,
        fc.integer(),
        fc.array(fc.nat(70), { maxLength: 5 }),
        (probabilities, seed, looks) => {
          const all = paths(seed, probabilities);
          all.forEach((path, outcome) => {
            expect(path.probability).toBeCloseTo(probabilities[outcome] ?? 0, 9);
          });
          for (const [index, look] of looks.sort((a, b) => a - b).entries()) {
            // One of them has been looked at before.
            advancePath(all[index % all.length] as (typeof all)[number], look * 500);
            const sum = all.reduce((total, path) => total + advancePath(path, look * 1_000), 0);
            expect(sum).toBeCloseTo(1, 9);
          }
          for (const path of all) advancePath(path, 60_000);
          expect(all.map(winnerOf).filter((winner) => winner === 'YES')).toHaveLength(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('win as often as they are likely to', () => {
    const probabilities = [0.5, 0.3, 0.2];
    const wins = [0, 0, 0];
    const runs = 2_000;
    for (let seed = 0; seed < runs; seed += 1) {
      paths(seed, probabilities).forEach((path, outcome) => {
        advancePath(path, 60_000);
        if (winnerOf(path) === 'YES') wins[outcome] = (wins[outcome] ?? 0) + 1;
      });
    }
    // Four standard errors.
    for (const [outcome, p] of probabilities.entries())
      expect(Math.abs((wins[outcome] ?? 0) / runs - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / runs));
  });
});
