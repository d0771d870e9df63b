import { describe, expect, it } from 'vitest';
import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import type { RunOutcome } from './compare-run.ts';
import { comparisonTable, tableLines } from './compare-table.ts';

const outcome = (pnlUsd: number) => ({ pnlUsd, fills: 10, meanHeldShares: 2, mostHeldShares: 5 });

function runOf(
  seed: number,
  engine: PricingEngineName,
  informed: number,
  profits: readonly number[],
): RunOutcome {
  return {
    run: { seed, engine, informed, hours: 1, markets: profits.length },
    outcomes: profits.map(outcome),
    ordersPlaced: 30 * profits.length,
    refused: { crossesBook: 1 },
  };
}

/** Fifty seeds of two markets: the luck of a seed is common, and the bounded engine loses a tenth of what the other does. */
const runs = Array.from({ length: 50 }, (_, seed) => seed).flatMap((seed) =>
  [0.05, 0].flatMap((informed) => [
    runOf(seed, 'legacy', informed, [seed - 50, 3]),
    runOf(seed, 'bounded', informed, [(seed - 50) / 10, 3]),
  ]),
);

describe('the comparison', () => {
  it('has a row for each level and engine, levels rising', () => {
    const rows = comparisonTable(runs);
    expect(rows.map(({ informed, engine }) => [informed, engine])).toEqual([
      [0, 'legacy'],
      [0, 'bounded'],
      [0.05, 'legacy'],
      [0.05, 'bounded'],
    ]);
    expect(rows[0]).toMatchObject({
      outcomes: 100,
      meanPnlUsd: (-25.5 + 3) / 2,
      shortfallUsd: -50,
      worstUsd: -50,
      fills: 10,
      meanHeldShares: 2,
      mostHeldShares: 5,
      ordersPlaced: 30,
      refused: { crossesBook: 50 },
      againstBase: null,
    });
  });

  it('compares with legacy on the same seeds, in whatever order the runs come', () => {
    const [, bounded] = comparisonTable(runs);
    expect(bounded?.againstBase?.meanPnlUsd.value).toBeCloseTo((25.5 * 0.9) / 2, 9);
    expect(bounded?.againstBase?.shortfallUsd.value).toBeCloseTo(45, 9);
    expect(bounded?.againstBase?.shortfallUsd.low).toBeGreaterThan(40);
    expect(bounded?.againstBase?.shortfallUsd.high).toBeLessThanOrEqual(45);
    const backwards = comparisonTable([...runs].reverse()).filter(({ engine }) => engine === 'bounded');
    expect(backwards[0]?.againstBase).toEqual(bounded?.againstBase);
  });

  it('refuses to compare engines over different seeds', () => {
    const others = [1, 2].map((seed) => runOf(seed + 5, 'bounded', 0, [1]));
    const base = [1, 2].map((seed) => runOf(seed, 'legacy', 0, [1]));
    expect(() => comparisonTable([...base, ...others])).toThrow('the same seeds');
    expect(() => comparisonTable([...base, others[0] as RunOutcome])).toThrow('the same seeds');
  });

  it('gives no interval for a single seed', () => {
    const one = [runOf(1, 'legacy', 0, [1, 2]), runOf(1, 'bounded', 0, [1, 3])];
    expect(comparisonTable(one).map(({ againstBase }) => againstBase)).toEqual([null, null]);
  });

  it('prints a line for each row under a head', () => {
    const lines = tableLines(comparisonTable(runs));
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/informed +engine +mean +sd +ES 1 %/);
    expect(lines[4]).toMatch(/^ +5 % +bounded +0\.22 .* 45\.00 \[\d/);
  });
});
