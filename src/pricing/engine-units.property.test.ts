import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asEngine } from './as-engine.ts';
import { boundedEngine } from './bounded-engine.ts';
import { glftEngine } from './glft-engine.ts';
import { legacyEngine, legacyHalfSpreadPts } from './legacy-engine.ts';
import type { EngineInputs, EngineSettings } from './pricing-engine.ts';
import { CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A market of small volatility and a wide limit, held long: away from the walls of 0 and 100, which are in points whatever the unit. */
const market = fc.record({
  fairPts: float(20, 90),
  inventoryShares: float(0, 150),
  volatilityPtsPerSqrtS: float(1e-4, 0.05),
  kappaPerPt: fc.option(float(0.2, 5)),
  hoursToResolution: fc.option(float(1, 500)),
});

type Market = Pick<
  EngineInputs,
  'fairPts' | 'inventoryShares' | 'volatilityPtsPerSqrtS' | 'kappaPerPt' | 'hoursToResolution'
>;

function inUnit(given: Market, c: number): readonly [EngineInputs, EngineSettings] {
  const inputs: EngineInputs = {
    ...CALM_INPUTS,
    ...given,
    fairPts: given.fairPts * c,
    tickPts: 0.1 * c,
    maxInventoryUsd: 5_000 * c,
    volatilityPtsPerSqrtS: (given.volatilityPtsPerSqrtS ?? 0) * c,
    kappaPerPt: given.kappaPerPt === null ? null : given.kappaPerPt / c,
  };
  const settings: EngineSettings = {
    ...DEFAULT_SETTINGS,
    maxSpreadPts: 12 * c,
    asGammaBase: 0.1 / c,
    asKappaDefault: 1.5 / c,
  };
  return [inputs, settings];
}

describe('the unit of price', () => {
  it.each([asEngine, glftEngine])(
    'does not matter: gamma and kappa over c, volatility times c, and so is the quote ($name)',
    (engine) => {
      fc.assert(
        fc.property(market, fc.constantFrom(0.125, 0.25, 0.5), (given, c) => {
          const here = engine.quote(...inUnit(given, 1));
          const there = engine.quote(...inUnit(given, c));
          expect(there.bidPts / c).toBeCloseTo(here.bidPts, 8);
          expect(there.askPts / c).toBeCloseTo(here.askPts, 8);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('matters to the legacy formula, whose constants are points: only its volatility part scales', () => {
    fc.assert(
      fc.property(float(0.01, 2), float(0.1, 10), (volatilityPtsPerSqrtS, c) => {
        const half = (vol: number) =>
          legacyHalfSpreadPts(
            { ...CALM_INPUTS, imbalance: 0, staleFactor: 0, volatilityPtsPerSqrtS: vol },
            0,
            1_000,
          );
        expect(half(volatilityPtsPerSqrtS * c) - 0.2).toBeCloseTo(c * (half(volatilityPtsPerSqrtS) - 0.2), 9);
      }),
    );
  });
});

describe('the unit of money and the side looked from', () => {
  const any = fc.record({
    fairPts: float(5, 95),
    inventoryShares: float(-90, 90),
    volatilityPtsPerSqrtS: fc.option(float(1e-4, 0.5)),
    kappaPerPt: fc.option(float(0.2, 5)),
    hoursToResolution: fc.option(float(0, 500)),
  });

  it.each([legacyEngine, asEngine, boundedEngine, glftEngine])(
    'ten times the money is the same quote, and NO sees the mirror of YES ($name)',
    (engine) => {
      fc.assert(
        fc.property(any, float(1, 20), (given, c) => {
          const inputs: EngineInputs = { ...CALM_INPUTS, ...given };
          const one = engine.quote(inputs, DEFAULT_SETTINGS);
          const rich = engine.quote(
            {
              ...inputs,
              inventoryShares: inputs.inventoryShares * c,
              lotShares: inputs.lotShares * c,
              maxInventoryUsd: inputs.maxInventoryUsd * c,
            },
            DEFAULT_SETTINGS,
          );
          expect(rich.bidPts).toBeCloseTo(one.bidPts, 8);
          expect(rich.askPts).toBeCloseTo(one.askPts, 8);
          const no = engine.quote(
            { ...inputs, fairPts: 100 - inputs.fairPts, inventoryShares: -inputs.inventoryShares },
            DEFAULT_SETTINGS,
          );
          expect(no.bidPts).toBeCloseTo(100 - one.askPts, 8);
          expect(no.askPts).toBeCloseTo(100 - one.bidPts, 8);
        }),
        { numRuns: 300 },
      );
    },
  );
});
