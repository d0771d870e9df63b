import type { Side } from '../domain/market.ts';
import { arrivalSpread } from './avellaneda-stoikov.ts';
import { boundedAsk, boundedBid, boundedReservation, gammaForBudget, logit, sigmoid } from './bounded.ts';
import { inventoryRatio, onlySideInReach } from './inventory-skew.ts';
import type { LossEpoch } from './loss-epoch.ts';
import type { EngineInputs, EngineQuote, EngineSettings, PricingEngine } from './pricing-engine.ts';

/** A probability nearer to 0 or 1 than the finest tick is no estimate. */
const LEAST_PROBABILITY = 0.0001;
const PTS_PER_USD = 100;

const probabilityOf = (fair: number): number =>
  Math.max(LEAST_PROBABILITY, Math.min(1 - LEAST_PROBABILITY, fair));

/**
 * Hold-to-resolution quotes: what one lot more, and one lot fewer, is worth to a maker whose risk aversion makes the market's
 * dollar limit its worst case, plus on each side half of what waiting for a fill is worth, at least half a tick.
 *
 * With a loss epoch the limit is certain as long as orders keep to `certifiedShares`: no side is better for a taker than what it is
 * worth at the epoch's probability and gamma. Nor is it better than at the fair value of now, which may have moved on since the
 * epoch began. Without an epoch gamma is that of a market entered now, and the limit is what the first entry could lose.
 * What is held of other outcomes of its event leans both probabilities: a share here pays where those do not.
 * The whole risk to resolution is priced: a share of it for a shorter holding time would divide the certificate by that share.
 */
function quote(inputs: EngineInputs, settings: EngineSettings): EngineQuote {
  const epoch = inputs.lossEpoch ?? null;
  const p = leaned(probabilityOf(inputs.fairPts / PTS_PER_USD), epoch?.leanLogOdds ?? 0);
  const budgetUsd = epoch?.budgetUsd ?? inputs.maxInventoryUsd;
  const gamma = epoch?.gammaPerUsd ?? gammaForBudget(p, budgetUsd);
  const q = inputs.inventoryShares;
  const lot = Math.max(inputs.lotShares, 1);
  const k = inputs.kappaPerPt ?? settings.asKappaDefault;
  // Gamma of a lot: risk aversion is in 1/USD, and a fill moves wealth by the lot times the distance.
  const arrivalPts = PTS_PER_USD * (arrivalSpread(gamma * lot, k * PTS_PER_USD) / 2);
  const marginPts = Math.max(inputs.tickPts / 2, arrivalPts);
  const reservationPts = PTS_PER_USD * boundedReservation(p, q, gamma);
  const certifiedAt = epoch === null ? p : probabilityOf(epoch.p0);
  const worthAtMost = (at: number) => boundedBid(at, q, gamma, lot);
  const worthAtLeast = (at: number) => boundedAsk(at, q, gamma, lot);
  const modelBidPts = PTS_PER_USD * Math.min(worthAtMost(p), worthAtMost(certifiedAt)) - marginPts;
  const modelAskPts = PTS_PER_USD * Math.max(worthAtLeast(p), worthAtLeast(certifiedAt)) + marginPts;
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
    ...inReach({ bidPts, askPts }, inputs.fairPts, settings.maxSpreadPts),
    ...certificate(epoch, q),
    because: {
      gammaPerUsd: gamma,
      kappaPerPt: k,
      inventoryRatio: inventoryRatio(q, inputs.fairPts, inputs.maxInventoryUsd),
      marginPts,
      probability: p,
      worstCaseUsd: budgetUsd,
    },
  };
}

const leaned = (p: number, logOdds: number): number =>
  logOdds === 0 ? p : probabilityOf(sigmoid(logit(p) + logOdds));

/** With much inventory, or a fair value far from the epoch's, one side is too far out to be sent. */
function inReach(
  quote: Pick<EngineQuote, 'bidPts' | 'askPts'>,
  fairPts: number,
  reachPts: number,
): Pick<EngineQuote, 'onlySide'> {
  const onlySide = onlySideInReach(quote, fairPts, reachPts);
  return onlySide === null ? {} : { onlySide };
}

/** A spent budget leaves only the side that reduces, and flat none at all. */
function certificate(epoch: LossEpoch | null, q: number): Pick<EngineQuote, 'lossEpoch' | 'onlySide'> {
  if (epoch === null) return {};
  if (epoch.gammaPerUsd !== null) return { lossEpoch: epoch };
  const reducing: Side | 'neither' = q === 0 ? 'neither' : q > 0 ? 'SELL' : 'BUY';
  return { lossEpoch: epoch, onlySide: reducing };
}

/** Log-odds quotes with a dollar budget as their worst case; inside (0, 100) before the waiting margin. */
export const boundedEngine: PricingEngine = { name: 'bounded', quote };
