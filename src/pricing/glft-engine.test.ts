import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glftClosedForm } from './glft.ts';
import { glftEngine, glftMaxLots, glftTableNear } from './glft-engine.ts';
import type { EngineInputs } from './pricing-engine.ts';
import { anyInputs, anySettings, CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const quoteOf = (inputs: Partial<EngineInputs> = {}, settings: object = {}) =>
  glftEngine.quote({ ...CALM_INPUTS, ...inputs }, { ...DEFAULT_SETTINGS, ...settings });

describe('the bounded-inventory engine', () => {
  it('gives 1.3 to 2 points on default settings at 0 to 2 points of volatility an hour', () => {
    for (const ptsAnHour of [0, 1, 2]) {
      const { bidPts, askPts } = quoteOf({ volatilityPtsPerSqrtS: ptsAnHour / 60 });
      expect(askPts - bidPts).toBeGreaterThan(1.29);
      expect(askPts - bidPts).toBeLessThan(2);
    }
  });

  it('is the closed form within the grid of its tables, where the bound is far away', () => {
    const market = { tickPts: 0.01, maxInventoryUsd: 250, volatilityPtsPerSqrtS: 2 / 60 };
    const { halfSpread, skew } = glftClosedForm({ gamma: 0.1, k: 1.5, variancePerTime: 4, intensity: 10 });
    expect(Math.abs(quoteOf(market).halfSpreadPts / halfSpread - 1)).toBeLessThan(0.02);
    const long = quoteOf({ ...market, inventoryShares: 50 });
    expect(long.skewPts / (-5 * skew)).toBeGreaterThan(0.95);
    expect(long.skewPts / (-5 * skew)).toBeLessThan(1.05);
  });

  it('follows the measured fill rate, and the setting until there is one', () => {
    const market = { inventoryShares: 50, volatilityPtsPerSqrtS: 3 / 60, tickPts: 0.1 };
    const lean = (fillsPerHour: number | null, glftFillsPerHour: number) =>
      quoteOf({ ...market, fillsPerHour }, { glftFillsPerHour }).skewPts;
    expect(lean(null, 40)).toBe(lean(40, 10));
    expect(lean(null, 40)).toBeGreaterThan(lean(null, 10) / 1.5);
  });

  it('holds at most the lots whose dearer side is within the limit, and at the bound quotes the reducing side only', () => {
    expect(glftMaxLots(50, 10, 50)).toBe(10);
    expect(glftMaxLots(5, 5.26, 50)).toBe(10);
    expect(glftMaxLots(50, 10, 1)).toBe(1);
    expect(glftMaxLots(50, 1, 500)).toBe(50);
    const sides = [0, 90, 90.1, 100, 200, -90, -91, -200].map(
      (inventoryShares) => quoteOf({ inventoryShares }).onlySide ?? 'both',
    );
    expect(sides).toEqual(['both', 'both', 'SELL', 'SELL', 'SELL', 'both', 'BUY', 'BUY']);
  });

  it('never wants the side that would take it past its bound', () => {
    fc.assert(
      fc.property(anyInputs, anySettings, (inputs, settings) => {
        const { onlySide, because } = glftEngine.quote(inputs, settings);
        const { inventoryLots = 0, maxLots = 0 } = because;
        if (onlySide !== 'SELL') expect(inventoryLots + 1).toBeLessThanOrEqual(maxLots + 1e-6);
        if (onlySide !== 'BUY') expect(inventoryLots - 1).toBeGreaterThanOrEqual(-maxLots - 1e-6);
      }),
    );
  });

  it('solves a table once for all parameters that round to the same', () => {
    const request = {
      gamma: 0.1,
      k: 1.5,
      variancePts2PerHour: 4,
      fillsPerHour: 10,
      maxLots: 10,
      tauHours: 24,
    };
    const table = glftTableNear(request);
    expect(glftTableNear({ ...request, variancePts2PerHour: 4.01 })).toBe(table);
    expect(glftTableNear({ ...request, variancePts2PerHour: 4.2 })).not.toBe(table);
    for (let maxLots = 1; maxLots <= 2; maxLots += 1)
      for (let index = 0; index < 600; index += 1)
        glftTableNear({ ...request, maxLots, variancePts2PerHour: 1.03 ** index });
    expect(glftTableNear(request)).not.toBe(table);
    expect(glftTableNear(request)).toEqual(table);
  });
});
