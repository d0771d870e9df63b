import type { StageContext, StageResult } from '../pipeline.ts';
import { mapLevels, type QuoteProposal } from '../proposal.ts';

/**
 * Leans both sides towards what the crypto-directional model thinks YES is worth more than the market says: by the weight times
 * the signal, at most by the smallest half-spread. Both sides go by the same, so the spread stays, and a bid that stood at least
 * that far below the reservation price never gets above it.
 */
export function applyCdSynergy(proposal: QuoteProposal, context: StageContext): StageResult {
  const { cdSignalPts, cdSynergyWeight, minHalfSpreadPts } = context;
  if (cdSynergyWeight === null) return { skip: 'leaning towards the directional signal is off' };
  if (cdSignalPts === null) return { skip: 'there is no directional signal' };
  const wanted = cdSynergyWeight * cdSignalPts;
  const lean = Math.max(-minHalfSpreadPts, Math.min(minHalfSpreadPts, wanted));
  if (lean === 0) return { skip: 'the directional signal is neutral' };
  const moved = mapLevels(proposal, (level) => ({ ...level, pricePts: level.pricePts + lean }));
  return {
    proposal: { ...moved, reservationPts: proposal.reservationPts + lean },
    why: `signal ${cdSignalPts.toFixed(3)} pts x ${cdSynergyWeight}: both sides ${lean.toFixed(3)} pts`,
  };
}
