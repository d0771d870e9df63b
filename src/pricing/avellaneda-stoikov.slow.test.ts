import { describe, expect, it } from 'vitest';
import { meanAndSd, onePath, type Strategy, uniform } from './test-support/avellaneda-stoikov-paths.ts';

/** Values of an independent simulation of the paper's set-up, with the number of paths behind each. */
interface Row {
  readonly gamma: number;
  readonly strategy: Strategy;
  readonly paths: number;
  readonly spread: number | null;
  readonly profit: number;
  readonly profitSd: number;
  readonly finalQSd: number;
}

const inventory = (
  gamma: number,
  spread: number,
  profit: number,
  profitSd: number,
  finalQSd: number,
): Row => ({
  gamma,
  strategy: 'inventory',
  paths: 100_000,
  spread,
  profit,
  profitSd,
  finalQSd,
});

const symmetric = (
  gamma: number,
  profit: number,
  profitSd: number,
  finalQSd: number,
  strategy: Strategy = 'symmetric',
): Row => ({ gamma, strategy, paths: 40_000, spread: null, profit, profitSd, finalQSd });

const ROWS: readonly Row[] = [
  inventory(0.1, 1.492, 64.895, 6.527, 2.919),
  inventory(0.01, 1.349, 68.376, 8.959, 5.225),
  inventory(0.5, 2.156, 48.6, 5.891, 1.952),
  inventory(1, 3.032, 31.446, 4.817, 1.643),
  symmetric(0.1, 68.26, 13.5, 8.39),
  symmetric(0.01, 68.67, 13.67, 8.69),
  symmetric(0.5, 58.35, 11.493, 7.054, 'symmetricNow'),
  symmetric(1, 43.82, 10.8, 5.18),
];

/** Four standard errors of the difference of two simulations of the same size, and half a unit of the last digit printed. */
const bound = (error: number, printed: number): number => 4 * Math.SQRT2 * error + printed / 2;

describe('Avellaneda and Stoikov at 100,000 paths, symmetric quotes at 40,000', () => {
  it.each(ROWS)('gamma $gamma, $strategy', (row) => {
    const random = uniform(20_080_402);
    const paths = Array.from({ length: row.paths }, () => onePath(row.gamma, row.strategy, random));
    const [profit, profitSd] = meanAndSd(paths.map((path) => path.profit));
    const [finalQ, finalQSd] = meanAndSd(paths.map((path) => path.q));
    const [spread] = meanAndSd(paths.map((path) => path.spread));
    const root = Math.sqrt(row.paths);
    const digits = row.strategy === 'symmetric' ? 0.01 : 0.001;
    expect(Math.abs(profit - row.profit)).toBeLessThan(bound(row.profitSd / root, digits));
    expect(Math.abs(finalQ)).toBeLessThan((4 * row.finalQSd) / root);
    // Profits have tails a little heavier than the normal's, whose standard error of a deviation is sd / root(2N).
    expect(Math.abs(profitSd - row.profitSd)).toBeLessThan(
      bound((1.2 * row.profitSd) / (root * Math.SQRT2), digits),
    );
    expect(Math.abs(finalQSd - row.finalQSd)).toBeLessThan(
      bound((1.2 * row.finalQSd) / (root * Math.SQRT2), digits),
    );
    if (row.spread !== null) expect(spread).toBeCloseTo(row.spread, 3);
  });
});

describe('the preprint at gamma 0.5', () => {
  it('prints a profit of 33.92 that neither reading of its quotes gives: 23.9 as they stand, 51.6 kept outside the mid', () => {
    const profitOf = (strategy: Strategy) => {
      const random = uniform(20_080_403);
      return meanAndSd(Array.from({ length: 100_000 }, () => onePath(0.5, strategy, random).profit))[0];
    };
    expect(profitOf('waitingOnly')).toBeCloseTo(23.9, 0);
    expect(profitOf('waitingOnlyOutside')).toBeCloseTo(51.6, 0);
  });
});
