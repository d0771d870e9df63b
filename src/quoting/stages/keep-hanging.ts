import type { Side } from '../../domain/market.ts';
import { POINT, type Shares } from '../../domain/units.ts';
import { floorToSizeStep } from '../grid.ts';
import type { HangingLevel, StageContext, StageResult } from '../pipeline.ts';
import { levelsOnSide, type QuoteLevel, type QuoteProposal } from '../proposal.ts';

/**
 * Keeps orders whose partner has filled beside the new quotes of their side. Such an order only closes what is held, so it counts up
 * to the net position and no further; and it stays only where it stands no nearer than the new quote, since nearer it would give
 * more away than today's price does. What it may cost was taken out of the budget before the other levels were funded. While only
 * reducing is allowed, it comes out of what the new quotes of its side may sell.
 */
export function keepHanging(proposal: QuoteProposal, context: StageContext): StageResult {
  if (context.hanging.length === 0) return { skip: 'no order hangs' };
  const net = context.inventory.yes - context.inventory.no;
  const reducing: Side | null = net > 0 ? 'SELL' : net < 0 ? 'BUY' : null;
  const levels = reducing === null ? [] : levelsOnSide(proposal, reducing);
  const first = levels[0];
  if (reducing === null || first === undefined) return { skip: 'none of them would reduce the position' };
  let left = Math.abs(net);
  const kept: QuoteLevel[] = [];
  for (const order of byDistance(context.hanging, reducing)) {
    const pricePts = order.price / POINT;
    const isNearer = reducing === 'SELL' ? pricePts < first.pricePts : pricePts > first.pricePts;
    if (isNearer || order.size > left) continue;
    left -= order.size;
    const { level, size, funding, clientId } = order;
    kept.push({ level, pricePts, price: null, size, funding, hangs: clientId });
  }
  if (kept.length === 0) return { skip: 'none of them is good any more' };
  const isFull = Math.abs(context.inventoryRatio) >= context.unwindThreshold;
  const fresh = context.reduceOnly || isFull ? cutTo(levels, left) : levels;
  const merged = [...fresh, ...kept].sort((a, b) =>
    reducing === 'SELL' ? a.pricePts - b.pricePts : b.pricePts - a.pricePts,
  );
  const side = reducing === 'SELL' ? { asks: merged } : { bids: merged };
  return { proposal: { ...proposal, ...side }, why: `${kept.length} of ${context.hanging.length} kept` };
}

/** The nearest first: it is the most likely to close the position. */
const byDistance = (orders: readonly HangingLevel[], side: Side): HangingLevel[] =>
  orders
    .filter((order) => order.side === side)
    .sort((a, b) => (side === 'SELL' ? a.price - b.price : b.price - a.price));

function cutTo(levels: readonly QuoteLevel[], limit: number): QuoteLevel[] {
  let left = limit;
  return levels.flatMap((level) => {
    const size = floorToSizeStep(Math.min(level.size, left));
    left -= size;
    return size <= 0 ? [] : [{ ...level, size: size as Shares }];
  });
}
