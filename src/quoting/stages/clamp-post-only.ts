import { PRICE_ONE, type Price } from '../../domain/units.ts';
import { mergeEqualPrices } from '../merge-equal-prices.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import { mapLevels, type QuoteProposal } from '../proposal.ts';

/**
 * Keeps every level from taking liquidity: bids at least a tick under the best ask of others, asks at least a tick over their
 * best bid. It only moves prices outwards; a level that would leave (0, 1) is dropped.
 */
export function clampPostOnly(proposal: QuoteProposal, context: StageContext): StageResult {
  if (!context.postOnly) return { skip: 'post-only is off' };
  const { othersBestBid, othersBestAsk, tick } = context;
  // Others may rest between the grid's points, left over from a finer tick.
  const highestBid = othersBestAsk === null ? PRICE_ONE - tick : (Math.ceil(othersBestAsk / tick) - 1) * tick;
  const lowestAsk = othersBestBid === null ? tick : (Math.floor(othersBestBid / tick) + 1) * tick;
  let moved = 0;
  const clamped = mapLevels(proposal, (level, side) => {
    if (level.price === null)
      throw new RangeError('clampPostOnly needs grid prices: put quantizeToTick before it');
    const price = side === 'BUY' ? Math.min(level.price, highestBid) : Math.max(level.price, lowestAsk);
    if (price === level.price) return level;
    moved += 1;
    return price > 0 && price < PRICE_ONE ? { ...level, price: price as Price } : null;
  });
  if (moved === 0) return { skip: 'no level reaches the other side' };
  return {
    proposal: mergeEqualPrices(clamped),
    why: `${moved} levels moved out of reach of best bid ${othersBestBid ?? 'none'} and best ask ${othersBestAsk ?? 'none'} (1/10000 USD)`,
  };
}
