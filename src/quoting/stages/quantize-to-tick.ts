import { ceilToTick, floorToSizeStep, floorToTick } from '../grid.ts';
import { mergeEqualPrices } from '../merge-equal-prices.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import { mapLevels, type QuoteProposal } from '../proposal.ts';

/**
 * The only way from float prices to integers: bids go down to the grid and asks up, so rounding never gives anything away.
 * A level whose grid price is not inside (0, 1) is dropped: moving it inside would be a quote the engine did not ask for.
 */
export function quantizeToTick(proposal: QuoteProposal, context: StageContext): StageResult {
  let outside = 0;
  const onGrid = mapLevels(proposal, (level, side) => {
    const price = (side === 'BUY' ? floorToTick : ceilToTick)(level.pricePts, context.tick);
    if (price === null) {
      outside += 1;
      return null;
    }
    return { ...level, price, size: floorToSizeStep(level.size) };
  });
  return {
    proposal: mergeEqualPrices(onGrid),
    why: `bids down and asks up to a tick of ${context.tick}/10000${outside > 0 ? `; ${outside} outside (0, 1) dropped` : ''}`,
  };
}
