/** Leaving the venue: the one place where a live or delayed order ends without being filled. */
import { sizeAt } from '../domain/book.ts';
import { openAccount, releaseAll } from './accounts.ts';
import { dequeue } from './queues.ts';
import type {
  CancelCause,
  Exchange,
  ExchangeEvent,
  ExchangeMarket,
  ExchangeOrder,
  ExchangeOrderStatus,
} from './types.ts';

/** Takes a live or delayed order out of the venue for good and says so. */
export function endOrder(
  exchange: Exchange,
  order: ExchangeOrder,
  status: ExchangeOrderStatus,
  cause: CancelCause,
  reason: string,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  const market = exchange.markets.get(order.conditionId);
  const account = openAccount(exchange, order.owner);
  const wasOnBook = order.status === 'LIVE';
  order.status = status;
  releaseAll(account, order);
  account.openOrderIds.delete(order.id);
  if (market !== undefined && wasOnBook) {
    dequeue(market, order);
    pushLevel(market, order, nowMs, out);
  }
  pushCancelled(order, cause, reason, nowMs, out);
}

export function pushLevel(
  market: ExchangeMarket,
  order: ExchangeOrder,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  out.push({
    kind: 'bookLevelChanged',
    conditionId: market.conditionId,
    side: order.yesSide,
    price: order.yesPrice,
    size: sizeAt(market.book, order.yesSide, order.yesPrice),
    atMs: nowMs,
  });
}

export function pushCancelled(
  order: ExchangeOrder,
  cause: CancelCause,
  reason: string,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  const { status, sizeMatched } = order;
  out.push({ kind: 'orderCancelled', order, status, sizeMatched, cause, reason, atMs: nowMs });
}
