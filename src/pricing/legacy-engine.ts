import { inventoryRatio, leanAtLeastTick } from './inventory-skew.ts';
import {
  type EngineInputs,
  type EngineQuote,
  type EngineSettings,
  type PricingEngine,
  quoteAround,
} from './pricing-engine.ts';
import { volatilityOver } from './volatility.ts';

/** The formula's volatility is the move over one beat of the predecessor's loop, whatever our own beat is. */
export const LEGACY_VOLATILITY_WINDOW_S = 10;

const VOLATILITY_WEIGHT = 0.3;
const IMBALANCE_WEIGHT = 0.2;
const IMBALANCE_SCALE_PTS = 10;
const STALE_WEIGHT = 0.3;
const STALE_SCALE_PTS = 5;
const BASE_PTS = 0.2;
const QUADRATIC_SKEW_PTS = 0.3;
const URGENCY_SKEW_PTS = 0.3;
const LEAST_PROXY_PTS = 1;
const UNWIND_FULL_URGENCY_HOURS = 24;

/**
 * Half-spread in points: 0.3 vol + 0.2 |imbalance| 10 + 0.3 stale 5 + 0.2, within [min, max].
 * Until volatility is measured (null or 0) half the market's spread stands in for it, at least one point.
 */
export function legacyHalfSpreadPts(
  inputs: Pick<EngineInputs, 'volatilityPtsPerSqrtS' | 'marketSpreadPts' | 'imbalance' | 'staleFactor'>,
  minPts: number,
  maxPts: number,
): number {
  const raw =
    VOLATILITY_WEIGHT * legacyVolatilityPts(inputs) +
    IMBALANCE_WEIGHT * Math.abs(inputs.imbalance) * IMBALANCE_SCALE_PTS +
    STALE_WEIGHT * inputs.staleFactor * STALE_SCALE_PTS +
    BASE_PTS;
  return Math.max(minPts, Math.min(maxPts, raw));
}

/** Measured move over ten seconds, or the proxy max(half the market's spread, 1 pt) while there is none. */
export function legacyVolatilityPts(
  inputs: Pick<EngineInputs, 'volatilityPtsPerSqrtS' | 'marketSpreadPts'>,
): number {
  const measured = inputs.volatilityPtsPerSqrtS;
  return measured !== null && measured > 0
    ? volatilityOver(measured, LEGACY_VOLATILITY_WINDOW_S)
    : Math.max(0.5 * inputs.marketSpreadPts, LEAST_PROXY_PTS);
}

/** Skew in points for inventory `ratio` in [-1, 1]: -(ratio f + sign(ratio) 0.3 ratio^2), f = factor + 0.3 urgency. */
export function legacySkewPts(ratio: number, skewFactorPts: number, unwindUrgency: number): number {
  const factor = skewFactorPts + URGENCY_SKEW_PTS * unwindUrgency;
  // Subtracting from 0 keeps a flat position at 0 and not at -0, which a journal would not give back.
  return 0 - (ratio * factor + Math.sign(ratio) * ratio * ratio * QUADRATIC_SKEW_PTS);
}

/** 0 when the mid just changed, rising to 1 at `thresholdS` seconds without a change. */
export const staleFactor = (secondsSinceChange: number, thresholdS: number): number =>
  thresholdS <= 0 ? 1 : Math.max(0, Math.min(1, secondsSinceChange / thresholdS));

/** How much a position's age asks to be rid of it: 0 when new, 1 from 24 hours on. */
export const unwindUrgency = (positionAgeHours: number): number =>
  Math.max(0, Math.min(1, positionAgeHours / UNWIND_FULL_URGENCY_HOURS));

function quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote {
  const ratio = inventoryRatio(inputs.inventoryShares, inputs.fairPts, inputs.maxInventoryUsd);
  const modelSkewPts = legacySkewPts(ratio, settings.inventorySkewFactor, inputs.unwindUrgency);
  const deltaPts = legacyHalfSpreadPts(inputs, settings.deltaMinPts, settings.deltaMaxPts);
  const halfSpreadPts = Math.min(deltaPts, settings.maxSpreadPts / 2);
  return quoteAround('legacy', inputs.fairPts, leanAtLeastTick(modelSkewPts, ratio, inputs), halfSpreadPts, {
    volatilityPts: legacyVolatilityPts(inputs),
    imbalance: inputs.imbalance,
    staleFactor: inputs.staleFactor,
    unwindUrgency: inputs.unwindUrgency,
    inventoryRatio: ratio,
    modelSkewPts,
    deltaPts,
  });
}

/** Spread from volatility, imbalance and staleness; quadratic skew against inventory. Measured volatility never narrows it. */
export const legacyEngine: PricingEngine = { name: 'legacy', quote };
