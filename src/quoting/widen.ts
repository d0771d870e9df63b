import { mapLevels, type QuoteProposal } from './proposal.ts';

/**
 * Every level's distance from the reservation price times `factor`, which is never below 1. Level 0 stops at a spread of
 * `maxSpreadPts`, because a wider quote is refused and a refused quote earns nothing; it never comes closer than it was. One side
 * alone stops at half of it, so that it does not jump when the other one leaves.
 */
export function widenAround(proposal: QuoteProposal, factor: number, maxSpreadPts: number): QuoteProposal {
  const bid = proposal.bids[0];
  const ask = proposal.asks[0];
  const centre = proposal.reservationPts;
  const spreadPts =
    bid !== undefined && ask !== undefined
      ? ask.pricePts - bid.pricePts
      : 2 * Math.abs(((bid ?? ask)?.pricePts ?? centre) - centre);
  const room = spreadPts > 0 ? Math.max(1, maxSpreadPts / spreadPts) : factor;
  const applied = Math.max(1, Math.min(factor, room));
  if (applied === 1) return proposal;
  return mapLevels(proposal, (level) => ({
    ...level,
    pricePts: centre + (level.pricePts - centre) * applied,
  }));
}
