import { describe, expect, it } from 'vitest';
import { inventoryRatio, leanAtLeastTick } from './inventory-skew.ts';
import {
  legacyEngine,
  legacyHalfSpreadPts,
  legacySkewPts,
  staleFactor,
  unwindUrgency,
} from './legacy-engine.ts';
import { CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const SIGMA_FOR_5_PTS = 5 / Math.sqrt(10);

describe('legacy half-spread', () => {
  const market = {
    marketSpreadPts: 4,
    imbalance: 0.5,
    staleFactor: 0.4,
    volatilityPtsPerSqrtS: SIGMA_FOR_5_PTS,
  };

  it('adds volatility over ten seconds, imbalance, staleness and a base', () => {
    expect(legacyHalfSpreadPts(market, 0, 100)).toBeCloseTo(
      0.3 * 5 + 0.2 * 0.5 * 10 + 0.3 * 0.4 * 5 + 0.2,
      12,
    );
  });

  it('takes half the spread, at least a point, while volatility is unknown or zero', () => {
    for (const volatilityPtsPerSqrtS of [null, 0]) {
      const calm = { ...market, imbalance: 0, staleFactor: 0, volatilityPtsPerSqrtS };
      expect(legacyHalfSpreadPts(calm, 0, 100)).toBeCloseTo(0.3 * 2 + 0.2, 12);
      expect(legacyHalfSpreadPts({ ...calm, marketSpreadPts: 0.5 }, 0, 100)).toBeCloseTo(0.5, 12);
    }
  });

  it('stays between its bounds', () => {
    expect(
      legacyHalfSpreadPts({ ...market, imbalance: 0, staleFactor: 0, volatilityPtsPerSqrtS: 0.01 }, 1.5, 8),
    ).toBe(1.5);
    expect(legacyHalfSpreadPts({ ...market, volatilityPtsPerSqrtS: 20 }, 1.5, 8)).toBe(8);
  });
});

describe('legacy skew', () => {
  it.each([
    [0, 0, 0],
    [0.5, 0, -(0.25 + 0.075)],
    [1, 0, -0.8],
    [-1, 0, 0.8],
    [1, 1, -1.1],
  ])('at ratio %d and urgency %d is %d pts', (ratio, urgency, skewPts) => {
    expect(legacySkewPts(ratio, 0.5, urgency)).toBeCloseTo(skewPts, 12);
  });

  it('reads age and staleness on their scales', () => {
    expect([-1, 0, 12, 24, 99].map(unwindUrgency)).toEqual([0, 0, 0.5, 1, 1]);
    expect([0, 30, 60, 90].map((age) => staleFactor(age, 60))).toEqual([0, 0.5, 1, 1]);
  });
});

describe('inventory', () => {
  it('is dollars at risk over dollars allowed: YES risks its price, net NO one dollar minus it', () => {
    expect(inventoryRatio(50, 40, 50)).toBeCloseTo(0.4, 12);
    expect(inventoryRatio(-50, 40, 50)).toBeCloseTo(-0.6, 12);
    expect(inventoryRatio(500, 40, 50)).toBe(1);
    expect(inventoryRatio(-500, 40, 50)).toBe(-1);
    expect(inventoryRatio(0, 40, 0)).toBe(0);
  });

  it('W3: leans a tick or more at full inventory, in proportion below, and leaves a stronger lean alone', () => {
    expect(leanAtLeastTick(-0.0015, 1, { tickPts: 1 })).toBe(-1);
    expect(leanAtLeastTick(0.0015, -1, { tickPts: 1 })).toBe(1);
    expect(leanAtLeastTick(-0.0015, 0.5, { tickPts: 1 })).toBe(-0.5);
    expect(leanAtLeastTick(-3, 1, { tickPts: 1 })).toBe(-3);
    expect(leanAtLeastTick(0, 0, { tickPts: 1 })).toBe(0);
  });

  it('W3: the legacy engine at full inventory moves both sides by at least a tick', () => {
    const flat = legacyEngine.quote(CALM_INPUTS, DEFAULT_SETTINGS);
    const long = legacyEngine.quote({ ...CALM_INPUTS, inventoryShares: 100 }, DEFAULT_SETTINGS);
    expect(flat.bidPts - long.bidPts).toBeGreaterThanOrEqual(1);
    expect(flat.askPts - long.askPts).toBeGreaterThanOrEqual(1);
  });
});
