import { floorToSizeStep } from '../grid.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';

/** Adds deeper levels: level k is level 0's distance from the reservation price times spreadMult^k, with its size times sizeMult^k. */
export function applyMultiLevel(proposal: QuoteProposal, context: StageContext): StageResult {
  const { multiLevelCount, levelSpreadMult, levelSizeMult } = context;
  if (multiLevelCount <= 1) return { skip: 'one level is configured' };
  const ladder = (base: QuoteLevel | undefined): QuoteLevel[] => {
    if (base === undefined) return [];
    const distancePts = base.pricePts - proposal.reservationPts;
    const levels: QuoteLevel[] = [base];
    for (let level = 1; level < multiLevelCount; level += 1) {
      levels.push({
        ...base,
        level,
        pricePts: proposal.reservationPts + distancePts * levelSpreadMult ** level,
        size: floorToSizeStep(base.size * levelSizeMult ** level),
      });
    }
    return levels;
  };
  return {
    proposal: { ...proposal, bids: ladder(proposal.bids[0]), asks: ladder(proposal.asks[0]) },
    why: `${multiLevelCount} levels: distance x${levelSpreadMult}, size x${levelSizeMult} each`,
  };
}
