import type { Side } from '../../domain/market.ts';
import { type Shares, sharesToFloat } from '../../domain/units.ts';
import { certifiedShares, type LossEpoch } from '../../pricing/loss-epoch.ts';
import { floorToSizeStep } from '../grid.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';

const PTS_PER_USD = 100;
const MICRO = 1_000_000;

/**
 * Cuts each level, tightest first, to the shares with which the engine's loss bound still holds after it and all before it have
 * filled. Whatever earlier stages and the spread limit made of the engine's prices, the bound is then certain; what follows only moves
 * bids down and asks up, which can only help it.
 */
export function applyLossBudget(proposal: QuoteProposal, context: StageContext): StageResult {
  const epoch = context.engineQuote.lossEpoch;
  if (epoch === undefined) return { skip: 'the engine certifies no loss bound' };
  const net = sharesToFloat((context.inventory.yes - context.inventory.no) as Shares);
  const bids = certified(proposal.bids, 'BUY', epoch, net);
  const asks = certified(proposal.asks, 'SELL', epoch, net);
  if (bids === proposal.bids && asks === proposal.asks)
    return { skip: `every level keeps the loss within ${epoch.budgetUsd} USD` };
  return {
    proposal: { ...proposal, bids, asks },
    why: `cut to what keeps the loss within ${epoch.budgetUsd} USD`,
  };
}

function certified(
  levels: readonly QuoteLevel[],
  side: Side,
  epoch: LossEpoch,
  net: number,
): readonly QuoteLevel[] {
  const sign = side === 'BUY' ? 1 : -1;
  let held = net;
  let same = true;
  const kept: QuoteLevel[] = [];
  for (const level of levels) {
    const wanted = sharesToFloat(level.size);
    const allowed = certifiedShares(epoch, held, side, level.pricePts / PTS_PER_USD, wanted);
    const size = allowed >= wanted ? level.size : floorToSizeStep(allowed * MICRO);
    if (size !== level.size) same = false;
    if (size <= 0) continue;
    held += sign * sharesToFloat(size);
    kept.push(size === level.size ? level : { ...level, size });
  }
  return same ? levels : kept;
}
