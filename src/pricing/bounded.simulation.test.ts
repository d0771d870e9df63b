import { describe, expect, it } from 'vitest';
import { streamOf } from '../domain/random.ts';
import {
  expectedShortfallOf,
  meanOf,
  pairedDifference,
  standardDeviationOf,
} from '../simulation/compare-statistics.ts';
import { oneMarket, RULES, type Rule } from './test-support/threshold-market.ts';

const MARKETS = 1_000;
const shortfall = (values: readonly number[]) => expectedShortfallOf(values, 0.01);

describe.each([0, 0.02, 0.05])('in a toy market with %d of its takers informed', (informed) => {
  const profitsOf = (rule: Rule) =>
    Array.from({ length: MARKETS }, (_, index) => oneMarket(rule, informed, streamOf(index, 'toy')).pnlUsd);
  const symmetric = profitsOf(RULES.symmetric);
  const linear = profitsOf(RULES.linearSkew);
  const inPrice = profitsOf(RULES.avellanedaStoikov);
  const logOdds = profitsOf(RULES.logOdds);
  const tailGain = (of: readonly number[], over: readonly number[]) =>
    pairedDifference(
      of.map((profit) => [profit]),
      over.map((profit) => [profit]),
      shortfall,
      400,
    );

  it('each step from no lean to log-odds takes something from the tail, and the first ones most of it', () => {
    expect(tailGain(linear, symmetric).low).toBeGreaterThan(70);
    expect(tailGain(inPrice, linear).low).toBeGreaterThan(2);
    expect(tailGain(logOdds, inPrice).value).toBeGreaterThan(0);
    expect(shortfall(logOdds)).toBeGreaterThan(shortfall(symmetric) / 10);
    expect(standardDeviationOf(logOdds)).toBeLessThan(standardDeviationOf(symmetric) / 5);
  });

  it('leaning costs little where nobody knows, and pays where somebody does', () => {
    const { low } = pairedDifference(
      logOdds.map((profit) => [profit]),
      symmetric.map((profit) => [profit]),
      meanOf,
      400,
    );
    if (informed === 0) expect(meanOf(logOdds)).toBeGreaterThan(0.8 * meanOf(symmetric));
    else expect(low).toBeGreaterThan(10);
  });
});
