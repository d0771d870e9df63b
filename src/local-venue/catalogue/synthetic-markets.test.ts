import { describe, expect, it } from 'vitest';
import { knownOracleOf, tokenIdsOf } from '../chain/conditions.ts';
import type { Hex } from '../chain/types.ts';
import { textArrayOf } from './gamma-object.ts';
import { syntheticCatalogue } from './synthetic-markets.ts';

const nowMs = Date.parse('2026-11-22T20:00:00Z');
const { entries } = syntheticCatalogue({ seed: 'one', nowMs });

describe('syntheticCatalogue', () => {
  it('has at least twelve markets with distinct ids, two tick sizes and a neg-risk group', () => {
    expect(entries.length).toBeGreaterThanOrEqual(12);
    expect(new Set(entries.map(({ gamma }) => gamma.conditionId)).size).toBe(entries.length);
    expect(new Set(entries.map(({ gamma }) => gamma.orderPriceMinTickSize))).toEqual(new Set([0.01, 0.001]));
    expect(entries.filter(({ negRisk }) => negRisk).length).toBeGreaterThan(2);
  });

  it('gives ids that the chain derives from oracle and question', () => {
    for (const { gamma, questionId, negRisk } of entries) {
      const conditionId = gamma.conditionId as Hex;
      expect(knownOracleOf(questionId, conditionId)).not.toBeNull();
      const { yesTokenId, noTokenId } = tokenIdsOf(conditionId, negRisk);
      expect(textArrayOf(gamma, 'clobTokenIds')).toEqual([yesTokenId, noTokenId]);
    }
  });

  it('opens on the tick, away from the ends, and is the same for the same seed only', () => {
    for (const { gamma, openingYesPrice } of entries) {
      expect(openingYesPrice % Math.round(Number(gamma.orderPriceMinTickSize) * 10_000)).toBe(0);
      expect(openingYesPrice).toBeGreaterThan(500);
      expect(openingYesPrice).toBeLessThan(9500);
    }
    expect(syntheticCatalogue({ seed: 'one', nowMs }).entries).toEqual(entries);
    expect(syntheticCatalogue({ seed: 'two', nowMs }).entries[0]?.questionId).not.toBe(
      entries[0]?.questionId,
    );
  });
});
