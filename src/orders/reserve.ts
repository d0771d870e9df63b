import type { ConditionId, Side } from '../domain/market.ts';
import type { ClientId } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { restingSize } from './order-size.ts';
import { type OrderTable, workingOrders } from './order-table.ts';
import type { OwnQuote } from './types.ts';

/** Dollars that all orders of ours may still cost; unknown ones count in full. */
export const reservedCash = (table: OrderTable): Usd => table.reserved.cash as Usd;

/** Tokens of one market that sells of ours may still take. */
export function reservedTokens(table: OrderTable, conditionId: ConditionId): { yes: Shares; no: Shares } {
  const reserved = table.reserved.byCondition.get(conditionId);
  return { yes: (reserved?.yesSells ?? 0) as Shares, no: (reserved?.noSells ?? 0) as Shares };
}

/** Our orders of one market that may rest on the book, in YES coordinates. */
export function ownQuotes(table: OrderTable, conditionId: ConditionId): OwnQuote[] {
  const quotes: OwnQuote[] = [];
  for (const record of workingOrders(table, conditionId)) {
    const size = restingSize(record);
    if (size > 0)
      quotes.push({
        clientId: record.request.clientId,
        side: yesSideOf(record.request),
        price: yesPriceOf(record.request),
        size,
      });
  }
  return quotes;
}

/**
 * The own quote that a new one at `price` could trade with, or null. In YES coordinates own bids must stay below own asks;
 * for two bids, one for YES and one for NO, that is the rule that their prices sum to less than 1.
 */
export function selfCross(
  quotes: readonly Pick<OwnQuote, 'clientId' | 'side' | 'price'>[],
  side: Side,
  price: Price,
): ClientId | null {
  for (const own of quotes) {
    if (own.side === side) continue;
    if (side === 'BUY' ? price >= own.price : price <= own.price) return own.clientId;
  }
  return null;
}
