/** Taking orders back: by id, by many ids, by market or token, all of an owner. */
import type { ConditionId, TokenId } from '../domain/market.ts';
import { openAccount } from './accounts.ts';
import { advanceTime } from './advance-time.ts';
import { endOrder } from './end-order.ts';
import type { CancelRefusal } from './rejections.ts';
import type { CancelResult, Exchange, ExchangeEvent } from './types.ts';

/** Cancels one order of `owner`. An order of somebody else is answered as if it did not exist. */
export function cancelOrder(
  exchange: Exchange,
  owner: string,
  id: string,
  nowMs: number,
  out: ExchangeEvent[],
): CancelResult {
  return cancelOrders(exchange, owner, [id], nowMs, out);
}

/** Cancels each id on its own; the answer names the ones that were not cancelled and why. */
export function cancelOrders(
  exchange: Exchange,
  owner: string,
  ids: Iterable<string>,
  nowMs: number,
  out: ExchangeEvent[],
): CancelResult {
  advanceTime(exchange, nowMs, out);
  const result: CancelResult = { canceled: [], notCanceled: [] };
  for (const id of ids) {
    const reason = tryCancel(exchange, owner, id, nowMs, out);
    if (reason === null) result.canceled.push(id);
    else result.notCanceled.push({ id, reason });
  }
  return result;
}

/** Cancels what `owner` has open in a market, on one token, or both conditions together when both are given. */
export function cancelMarketOrders(
  exchange: Exchange,
  owner: string,
  filter: { readonly conditionId?: ConditionId; readonly tokenId?: TokenId },
  nowMs: number,
  out: ExchangeEvent[],
): CancelResult {
  const ids: string[] = [];
  for (const id of openAccount(exchange, owner).openOrderIds) {
    const order = exchange.orders.get(id);
    if (order === undefined) continue;
    if (filter.conditionId !== undefined && order.conditionId !== filter.conditionId) continue;
    if (filter.tokenId !== undefined && order.tokenId !== filter.tokenId) continue;
    ids.push(id);
  }
  return cancelOrders(exchange, owner, ids, nowMs, out);
}

export function cancelAllOrders(
  exchange: Exchange,
  owner: string,
  nowMs: number,
  out: ExchangeEvent[],
): CancelResult {
  return cancelOrders(exchange, owner, [...openAccount(exchange, owner).openOrderIds], nowMs, out);
}

function tryCancel(
  exchange: Exchange,
  owner: string,
  id: string,
  nowMs: number,
  out: ExchangeEvent[],
): CancelRefusal | null {
  if (exchange.mode === 'disabled') return 'Trading is currently disabled. Check polymarket.com for updates';
  if (exchange.mode === 'restarting') return 'service not ready';
  const order = exchange.orders.get(id);
  if (order === undefined || order.owner !== owner) return 'Order not found or already canceled';
  if (order.status === 'MATCHED') return 'Order already matched';
  if (order.status === 'DELAYED' && !exchange.assumptions.delayedCancellable) {
    return 'order is delayed and cannot be canceled';
  }
  if (order.status !== 'LIVE' && order.status !== 'DELAYED') return 'already canceled or matched';
  endOrder(exchange, order, 'CANCELED', 'user', 'canceled by user', nowMs, out);
  return null;
}
