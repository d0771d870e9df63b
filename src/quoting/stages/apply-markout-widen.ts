import type { StageContext, StageResult } from '../pipeline.ts';
import { mapLevels, type QuoteProposal } from '../proposal.ts';

/** How much nearer a market without adverse selection may be quoted, as a part of the distance. */
const MOST_TIGHTENING = 0.05;
const LEAST_MID_PTS = 0.01;
const BPS = 10_000;

/**
 * Moves quotes by what fills have measurably cost. Above the threshold every level goes outwards by the mean mark-out: when fills
 * come at A e^(-k depth), the best depth is 1/k plus that cost, so the cost itself is the right widening (pricing notes 5.6). Below
 * it, quotes come up to 5 % nearer, the more the better fills did, never nearer than the engine's own minimum. Risk aversion is left
 * alone: raising it narrows the spread of the Avellaneda-Stoikov engine (W4).
 *
 * The threshold is in basis points of the cheaper outcome's price, so that mirroring YES and NO mirrors the quotes.
 */
export function applyMarkoutWiden(proposal: QuoteProposal, context: StageContext): StageResult {
  const { markoutPts, markoutThresholdBps, markoutFeedback } = context;
  if (!markoutFeedback) return { skip: 'mark-out feedback is off' };
  if (markoutPts === null) return { skip: 'no mark-out is measured yet' };
  const cheaperPts = Math.max(LEAST_MID_PTS, Math.min(proposal.fairPts, 100 - proposal.fairPts));
  const bps = (markoutPts / cheaperPts) * BPS;
  const found = `mark-out ${markoutPts.toFixed(3)} pts, ${bps.toFixed(1)} bps`;
  if (markoutPts > 0 && bps > markoutThresholdBps) {
    return {
      proposal: widenBy(proposal, markoutPts, context.maxSpreadPts),
      why: `${found} is above ${markoutThresholdBps}: ${markoutPts.toFixed(3)} pts outwards, to a spread of at most ${context.maxSpreadPts.toFixed(3)}`,
    };
  }
  const calm = markoutThresholdBps > 0 ? Math.min(1, 1 - bps / markoutThresholdBps) : 1;
  const factor = 1 - MOST_TIGHTENING * Math.max(0, calm);
  const tightened = tighten(proposal, factor, context.minHalfSpreadPts);
  if (tightened === proposal) return { skip: `${found} is within ${markoutThresholdBps}, at the minimum` };
  return {
    proposal: tightened,
    why: `${found} is within ${markoutThresholdBps}: distances x${factor.toFixed(3)}, not under ${context.minHalfSpreadPts.toFixed(3)} pts`,
  };
}

/**
 * Level 0 of both sides goes outwards in proportion to its distance, so that the spread grows by twice `shiftPts` and no side can be
 * pulled in by the other at the widest spread; the deeper levels follow by the same points. One side alone has half that spread,
 * so that it does not jump when the other one leaves.
 */
function widenBy(proposal: QuoteProposal, shiftPts: number, maxSpreadPts: number): QuoteProposal {
  const centre = proposal.reservationPts;
  const bidPts = Math.max(0, centre - (proposal.bids[0]?.pricePts ?? centre));
  const askPts = Math.max(0, (proposal.asks[0]?.pricePts ?? centre) - centre);
  const spreadPts = bidPts + askPts;
  if (!(spreadPts > 0)) return proposal;
  const isTwoSided = proposal.bids.length > 0 && proposal.asks.length > 0;
  const wanted = isTwoSided ? 2 * shiftPts : shiftPts;
  const room = isTwoSided ? maxSpreadPts - spreadPts : maxSpreadPts / 2 - spreadPts;
  const added = Math.min(wanted, Math.max(0, room));
  if (added === 0) return proposal;
  const onBid = (added * bidPts) / spreadPts;
  const onAsk = (added * askPts) / spreadPts;
  return mapLevels(proposal, (level, side) => ({
    ...level,
    pricePts: side === 'BUY' ? level.pricePts - onBid : level.pricePts + onAsk,
  }));
}

/** A level already nearer than `leastPts` stays where it is. */
function tighten(proposal: QuoteProposal, factor: number, leastPts: number): QuoteProposal {
  const centre = proposal.reservationPts;
  return mapLevels(proposal, (level, side) => {
    const out = side === 'BUY' ? -1 : 1;
    const distancePts = out * (level.pricePts - centre);
    if (distancePts <= leastPts) return level;
    const nearer = Math.max(leastPts, distancePts * factor);
    return nearer < distancePts ? { ...level, pricePts: centre + out * nearer } : level;
  });
}
