import { notional } from '../../domain/units.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import { isOnGrid, mapLevels, type QuoteProposal, toOutcomeOrder } from '../proposal.ts';

/** Drops levels the venue would not take: under its smallest size, or under the smallest notional worth sending. */
export function dropBelowMinimum(proposal: QuoteProposal, context: StageContext): StageResult {
  const { minSize, minNotional } = context;
  let dropped = 0;
  const kept = mapLevels(proposal, (level, side) => {
    if (!isOnGrid(level))
      throw new RangeError('dropBelowMinimum needs grid prices: put quantizeToTick before it');
    const { price } = toOutcomeOrder(level, side);
    if (level.size > 0 && level.size >= minSize && notional(price, level.size) >= minNotional) return level;
    dropped += 1;
    return null;
  });
  if (dropped === 0) return { skip: 'every level is large enough' };
  return {
    proposal: kept,
    why: `${dropped} levels under ${minSize} micro-shares or ${minNotional} micro-USD dropped`,
  };
}
