import { PRICE_ONE, type Price, type Usd } from '../domain/units.ts';
import { netShares, type Position } from '../orders/position.ts';
import { ownQuotes } from '../orders/reserve.ts';
import { cashOwned, holdingsValue, markOf, othersBest } from './gate-view.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { KernelState } from './state.ts';

/**
 * What the account is worth to limits on losses: cash and everything held, provisional trades as if they stand, each market at a
 * mark that could nearly be sold at. Open rewards are not in it, since nobody owes them yet.
 */
export function accountWorth(state: KernelState): Usd {
  let worth: number = cashOwned(state);
  for (const position of state.books.positions.values())
    worth += holdingsValue(position, cautiousMark(state, position));
  return worth as Usd;
}

/**
 * The mark, and never further from the best price that somebody else would take the shares at than half the widest spread we quote:
 * in a book that is wide or empty on that side the mid is worth little. Within that spread it is the mid, so that a purchase moves
 * nothing but by its price against the mid. A book that is not live says nothing, and the last mid that was trusted stands.
 */
function cautiousMark(state: KernelState, { conditionId, yes, no }: Position): Price {
  const slot = state.markets.get(conditionId);
  const mark = markOf(slot);
  const excess = netShares(yes) - netShares(no);
  if (slot === undefined || slot.resolved !== undefined || !slot.bookLive || excess === 0) return mark;
  // Nobody can sell to himself.
  const own = ownQuotes(state.orders, conditionId);
  const reach = Math.round(limitsOf(state.settings).maxSpread / 2);
  if (excess > 0) return Math.min(mark, (othersBest(slot.book, 'BUY', own) ?? 0) + reach) as Price;
  return Math.max(mark, (othersBest(slot.book, 'SELL', own) ?? PRICE_ONE) - reach) as Price;
}
