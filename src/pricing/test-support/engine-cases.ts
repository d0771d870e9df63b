import fc from 'fast-check';
import type { EngineInputs, EngineSettings } from '../pricing-engine.ts';

/** The settings table's defaults. */
export const DEFAULT_SETTINGS: EngineSettings = {
  deltaMinPts: 1.5,
  deltaMaxPts: 8,
  maxSpreadPts: 12,
  inventorySkewFactor: 0.5,
  asGammaBase: 0.1,
  asGammaAlpha: 0.5,
  asKappaDefault: 1.5,
  glftFillsPerHour: 10,
};

/** A calm, balanced market at 50 cents that ends in 30 days, flat, with volatility measured at 1 point an hour. */
export const CALM_INPUTS: EngineInputs = {
  fairPts: 50,
  marketSpreadPts: 4,
  imbalance: 0,
  tickPts: 1,
  inventoryShares: 0,
  maxInventoryUsd: 50,
  lotShares: 10,
  volatilityPtsPerSqrtS: 1 / 60,
  staleFactor: 0,
  unwindUrgency: 0,
  hoursToResolution: 720,
  kappaPerPt: null,
};

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });

export const anyInputs: fc.Arbitrary<EngineInputs> = fc.record({
  fairPts: float(2, 98),
  marketSpreadPts: float(0.01, 40),
  imbalance: float(-1, 1),
  tickPts: fc.constantFrom(10, 1, 0.5, 0.25, 0.1, 0.01, 0.01),
  inventoryShares: fc.oneof(float(-50, 50), float(-500, 500)),
  maxInventoryUsd: float(1, 500),
  lotShares: float(1, 200),
  volatilityPtsPerSqrtS: fc.option(fc.oneof(fc.constant(0), float(0, 0.02), float(0, 2))),
  staleFactor: float(0, 1),
  unwindUrgency: float(0, 1),
  hoursToResolution: fc.option(float(0, 2_000)),
  kappaPerPt: fc.option(fc.oneof(float(0.05, 3), float(0.05, 20))),
});

export const anySettings: fc.Arbitrary<EngineSettings> = fc
  .record({
    deltaMinPts: float(0.1, 5),
    deltaSpanPts: float(0, 10),
    maxSpreadPts: float(1, 30),
    inventorySkewFactor: float(0, 5),
    asGammaBase: float(0.001, 2),
    asGammaAlpha: float(0, 10),
    asKappaDefault: float(0.05, 20),
    glftFillsPerHour: float(0.1, 500),
  })
  .map(({ deltaSpanPts, ...rest }) => ({ ...rest, deltaMaxPts: rest.deltaMinPts + deltaSpanPts }));
