import type { Side } from '../../domain/market.ts';
import { floorToSizeStep } from '../grid.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';

/**
 * Leaves out the side that would add to the position once it is at the unwind threshold, or whenever the trading state allows
 * reducing only. What remains is cut, tightest level first, to the position itself, so that reducing cannot turn into adding.
 */
export function applyReduceOnly(proposal: QuoteProposal, context: StageContext): StageResult {
  const net = context.inventory.yes - context.inventory.no;
  const full = Math.abs(context.inventoryRatio) >= context.unwindThreshold;
  if (!context.reduceOnly && !full)
    return {
      skip: `inventory ratio ${context.inventoryRatio.toFixed(3)} is within ${context.unwindThreshold}`,
    };
  const reason = context.reduceOnly
    ? 'the trading state is reduce-only'
    : `inventory ratio ${context.inventoryRatio.toFixed(3)} is at or above ${context.unwindThreshold}`;
  const reducing: Side | null = net > 0 ? 'SELL' : net < 0 ? 'BUY' : null;
  return {
    proposal: {
      ...proposal,
      bids: reducing === 'BUY' ? cutTo(proposal.bids, -net) : [],
      asks: reducing === 'SELL' ? cutTo(proposal.asks, net) : [],
    },
    why: `${reason}: ${reducing === null ? 'nothing is held, so neither side' : `only ${reducing} of at most the net position`}`,
  };
}

function cutTo(levels: readonly QuoteLevel[], limit: number): QuoteLevel[] {
  let left = limit;
  const kept: QuoteLevel[] = [];
  for (const level of levels) {
    const size = floorToSizeStep(Math.min(level.size, left));
    if (size <= 0) break;
    left -= size;
    kept.push(size === level.size ? level : { ...level, size });
  }
  return kept;
}
