import type { ConditionId } from '../domain/market.ts';
import { POINT } from '../domain/units.ts';
import { markOf, payoutOf } from '../kernel/gate-view.ts';
import type { KernelState } from '../kernel/state.ts';
import { ownQuotes } from '../orders/reserve.ts';
import { fairValue } from '../pricing/fair-value.ts';
import type { MicroMid } from '../pricing/profit-identity.ts';

/** What YES is worth at a moment. */
export interface Mid {
  /** Micro-dollars a share. */
  readonly micro: MicroMid;
  /** Whether others quote both sides of a live book, or the market has paid out. Otherwise it is the last mark, and measures nothing. */
  readonly isLive: boolean;
}

const MICRO_PER_PRICE = 100;
const MICRO_PER_PT = MICRO_PER_PRICE * POINT;

/** The mid as the books stand now, without our own orders and dust: a maker's own quote says nothing about how good its fill was. */
export function midOf(facts: KernelState, conditionId: ConditionId): Mid {
  const slot = facts.markets.get(conditionId);
  if (slot?.resolved !== undefined) return { micro: payoutOf(slot.resolved) * MICRO_PER_PRICE, isLive: true };
  if (slot?.bookLive === true) {
    const { book, market } = slot;
    const fair = fairValue(book, ownQuotes(facts.orders, conditionId), market.minOrderSize, 'mid');
    if (!('none' in fair)) return { micro: Math.round(fair.fairPts * MICRO_PER_PT), isLive: true };
  }
  return { micro: markOf(slot) * MICRO_PER_PRICE, isLive: false };
}

export const ptsOf = (micro: MicroMid): number => micro / MICRO_PER_PT;
