/** What no working engine does: an order that rests although it could trade. */
import { openAccount, reserveFor } from './accounts.ts';
import { isRejection, readTerms } from './amounts.ts';
import { pushLevel } from './end-order.ts';
import { newOrder } from './place.ts';
import { costOf } from './plan-match.ts';
import { enqueue } from './queues.ts';
import type { Exchange, ExchangeEvent, ExchangeOrder, PlaceRequest } from './types.ts';

/**
 * Rests a GTC order without matching it, so that the book stands crossed until somebody takes what it offers. Only faults ask for
 * this. Null where the venue would not take such an order at all.
 */
export function plantOrder(
  exchange: Exchange,
  request: PlaceRequest,
  nowMs: number,
  out: ExchangeEvent[],
): ExchangeOrder | null {
  const market = exchange.marketByToken.get(request.tokenId);
  if (market === undefined || market.state !== 'open' || request.orderType !== 'GTC') return null;
  const terms = readTerms(market, request);
  if (isRejection(terms)) return null;
  const account = openAccount(exchange, request.owner);
  const order = newOrder(exchange, market, request, terms, nowMs);
  exchange.orders.set(order.id, order);
  account.openOrderIds.add(order.id);
  reserveFor(account, order, order.side === 'BUY' ? costOf(order.price, order.remaining) : order.remaining);
  enqueue(market, order);
  out.push({ kind: 'orderPlaced', order, status: 'LIVE', atMs: nowMs });
  pushLevel(market, order, nowMs, out);
  return order;
}
