import { dynamicGamma, optimalSpread, reservationPrice } from './avellaneda-stoikov.ts';
import { inventoryRatio, leanWithinReach, onlySideInReach } from './inventory-skew.ts';
import {
  type EngineInputs,
  type EngineQuote,
  type EngineSettings,
  type PricingEngine,
  quoteAround,
} from './pricing-engine.ts';

/** How long a lot is expected to be held. Over the life of the market the variance would swamp every quote. */
export const AS_HORIZON_HOURS = 1;
/** Stands in for the time to resolution of a market without an end date: the predecessor's 30 days. */
const OPEN_ENDED_HOURS = 720;
const SECONDS_PER_HOUR = 3_600;

/** The horizon is the holding time or what is left of the market, whichever ends first. */
export const asHorizonHours = (hoursToResolution: number | null): number =>
  Math.max(0, Math.min(AS_HORIZON_HOURS, hoursToResolution ?? OPEN_ENDED_HOURS));

/**
 * Variance in points squared that fair value is expected to run through over the horizon.
 * Measured: sigma^2 times the horizon's seconds. Unmeasured: the share (2/pi) asin(h/tau) of p(1 - p) that a Brownian threshold
 * event at the money spends in h of its last tau hours. Never above p(1 - p), which is all the variance a price that ends at
 * 0 or 1 has left.
 */
export function varianceOverHorizonPts2(
  inputs: Pick<EngineInputs, 'fairPts' | 'volatilityPtsPerSqrtS' | 'hoursToResolution'>,
): number {
  const budgetPts2 = Math.max(0, inputs.fairPts * (100 - inputs.fairPts));
  const horizonHours = asHorizonHours(inputs.hoursToResolution);
  const sigma = inputs.volatilityPtsPerSqrtS;
  if (sigma !== null) return Math.min(budgetPts2, sigma * sigma * horizonHours * SECONDS_PER_HOUR);
  const leftHours = Math.max(horizonHours, inputs.hoursToResolution ?? OPEN_ENDED_HOURS);
  const spent = leftHours > 0 ? (2 / Math.PI) * Math.asin(horizonHours / leftHours) : 1;
  return budgetPts2 * spent;
}

/**
 * Prices in points, inventory in lots of the quote size, horizon in hours: with the default gamma 0.1 /(pt lot) and kappa 1.5 /pt
 * the spread of a calm market is 1.3 to 2 points. The spread takes the base gamma and only the reservation price the one that
 * grows with inventory: the arrival term falls as gamma grows, so a larger one would pull a long position's bid up again.
 * The lean reaches as far as the widest spread: where the model wants more, only the side that reduces is quoted.
 * The floor is one tick: a wider one would hide what the model says, and the spread would no longer follow kappa or gamma.
 */
function quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote {
  const ratio = inventoryRatio(inputs.inventoryShares, inputs.fairPts, inputs.maxInventoryUsd);
  const inventoryLots = inputs.lotShares > 0 ? inputs.inventoryShares / inputs.lotShares : 0;
  const varianceOverHorizon = varianceOverHorizonPts2(inputs);
  const gamma = dynamicGamma(settings.asGammaBase, settings.asGammaAlpha, ratio);
  const k = inputs.kappaPerPt ?? settings.asKappaDefault;
  const modelSkewPts = reservationPrice(0, inventoryLots, { gamma, varianceOverHorizon });
  const modelSpreadPts = optimalSpread({ gamma: settings.asGammaBase, k, varianceOverHorizon });
  const spreadPts = Math.max(inputs.tickPts, Math.min(settings.maxSpreadPts, modelSpreadPts));
  const reachPts = Math.max(inputs.tickPts, settings.maxSpreadPts);
  const skewPts = leanWithinReach(modelSkewPts, ratio, inputs, reachPts);
  const both = quoteAround('as', inputs.fairPts, skewPts, spreadPts / 2, {
    inventoryLots,
    inventoryRatio: ratio,
    gammaPerPtLot: gamma,
    kappaPerPt: k,
    variancePts2: varianceOverHorizon,
    horizonHours: asHorizonHours(inputs.hoursToResolution),
    modelSkewPts,
    modelSpreadPts,
  });
  const onlySide = onlySideInReach(both, inputs.fairPts, reachPts);
  return onlySide === null ? both : { ...both, onlySide };
}

/** Avellaneda-Stoikov in points and lots. Measured volatility never narrows it; long inventory never raises its bid. */
export const asEngine: PricingEngine = { name: 'as', quote };
