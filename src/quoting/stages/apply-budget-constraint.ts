import type { Side } from '../../domain/market.ts';
import type { Shares, Usd } from '../../domain/units.ts';
import { affordableShares, costOf, floorToSizeStep } from '../grid.ts';
import type { StageContext, StageResult } from '../pipeline.ts';
import { levelsOnSide, type QuoteLevel, type QuoteProposal } from '../proposal.ts';

interface Funded {
  readonly levels: readonly QuoteLevel[];
  readonly spent: Usd;
}

/** More than any budget: what a side would cost if nothing held it back. */
const UNLIMITED = Number.MAX_SAFE_INTEGER as Usd;

/**
 * Says who pays for each level, and cuts each side to what can be paid. Shares we hold go first: an ask sells YES, a bid sells NO,
 * and neither costs cash. The rest is bought: a bid costs size * price, an ask, as a purchase of NO, size * (1 - price).
 * The two sides share the budget: each is sure of half of it and may use what the other leaves; where it pays for one order only,
 * the side that reduces the position gets it. Within a side the first level that does not fit is cut and deeper ones are dropped.
 * Later stages only move prices to where a level costs less.
 */
export function applyBudgetConstraint(proposal: QuoteProposal, context: StageContext): StageResult {
  const { budget } = context;
  const adding: Side = context.inventoryRatio >= 0 ? 'BUY' : 'SELL';
  const reducing: Side = adding === 'BUY' ? 'SELL' : 'BUY';
  const wanted = { BUY: fund('BUY', UNLIMITED), SELL: fund('SELL', UNLIMITED) };
  const sure = fund(adding, Math.max(Math.floor(budget / 2), budget - wanted[reducing].spent));
  const reduces = fund(reducing, budget - sure.spent);
  const adds = fund(adding, budget - reduces.spent);
  const bids = adding === 'BUY' ? adds : reduces;
  const asks = adding === 'BUY' ? reduces : adds;
  return {
    proposal: { ...proposal, bids: bids.levels, asks: asks.levels },
    why: `bids cost ${bids.spent} of ${wanted.BUY.spent} micro-USD wanted, asks ${asks.spent} of ${wanted.SELL.spent}, budget ${budget}`,
  };

  function fund(side: Side, cash: number): Funded {
    const available = side === 'BUY' ? context.inventory.noAvailable : context.inventory.yesAvailable;
    return fundSide(levelsOnSide(proposal, side), side, available, Math.max(0, cash) as Usd, context.minSize);
  }
}

function fundSide(
  levels: readonly QuoteLevel[],
  side: Side,
  available: Shares,
  cash: Usd,
  minSize: Shares,
): Funded {
  const funded: QuoteLevel[] = [];
  let sharesLeft: number = floorToSizeStep(available);
  let spent = 0;
  for (const level of levels) {
    const held = Math.min(level.size, sharesLeft);
    const sold = held >= minSize ? floorToSizeStep(held) : 0;
    if (sold > 0) {
      funded.push({ ...level, size: sold as Shares, funding: 'inventory' });
      sharesLeft -= sold;
    }
    // What a level lacks after selling from inventory is an order of its own, so it has to be worth one.
    const rest = level.size - sold;
    if (rest === 0 || (sold > 0 && rest < minSize)) continue;
    const perSharePts = side === 'BUY' ? level.pricePts : 100 - level.pricePts;
    const bought = Math.min(rest, affordableShares((cash - spent) as Usd, perSharePts)) as Shares;
    if (bought > 0 && bought >= minSize) {
      funded.push({ ...level, size: bought, funding: 'cash' });
      spent += costOf(bought, perSharePts);
    }
    if (bought < rest) break;
  }
  return { levels: funded, spent: spent as Usd };
}
