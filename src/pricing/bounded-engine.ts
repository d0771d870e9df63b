import { arrivalSpread } from './avellaneda-stoikov.ts';
import { boundedAsk, boundedBid, boundedReservation, gammaForBudget } from './bounded.ts';
import { inventoryRatio } from './inventory-skew.ts';
import type { EngineInputs, EngineQuote, EngineSettings, PricingEngine } from './pricing-engine.ts';

/** A probability nearer to 0 or 1 than the finest tick is no estimate. */
const LEAST_PROBABILITY = 0.0001;
const PTS_PER_USD = 100;

/**
 * Hold-to-resolution quotes: what one lot more, and one lot fewer, is worth to a maker whose risk aversion makes the market's
 * dollar limit its worst case, plus on each side half of what waiting for a fill is worth, at least half a tick.
 */
function quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote {
  const p = Math.max(LEAST_PROBABILITY, Math.min(1 - LEAST_PROBABILITY, inputs.fairPts / PTS_PER_USD));
  const gamma = gammaForBudget(p, inputs.maxInventoryUsd);
  const q = inputs.inventoryShares;
  const lot = Math.max(inputs.lotShares, 1);
  const k = inputs.kappaPerPt ?? settings.asKappaDefault;
  const arrivalPts = PTS_PER_USD * (arrivalSpread(gamma, k * PTS_PER_USD) / 2);
  const marginPts = Math.max(inputs.tickPts / 2, arrivalPts);
  const reservationPts = PTS_PER_USD * boundedReservation(p, q, gamma);
  const modelBidPts = PTS_PER_USD * boundedBid(p, q, gamma, lot) - marginPts;
  const modelAskPts = PTS_PER_USD * boundedAsk(p, q, gamma, lot) + marginPts;
  const shrink = Math.min(1, settings.maxSpreadPts / (modelAskPts - modelBidPts));
  const bidPts = reservationPts - (reservationPts - modelBidPts) * shrink;
  const askPts = reservationPts + (modelAskPts - reservationPts) * shrink;
  return {
    engine: 'bounded',
    bidPts,
    askPts,
    reservationPts,
    halfSpreadPts: (askPts - bidPts) / 2,
    skewPts: reservationPts - inputs.fairPts,
    because: {
      gammaPerUsd: gamma,
      kappaPerPt: k,
      inventoryRatio: inventoryRatio(q, inputs.fairPts, inputs.maxInventoryUsd),
      marginPts,
      worstCaseUsd: inputs.maxInventoryUsd,
    },
  };
}

/** Log-odds quotes with a dollar budget as their worst case; inside (0, 100) before the waiting margin. */
export const boundedEngine: PricingEngine = { name: 'bounded', quote };
