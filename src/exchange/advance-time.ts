/** What falls due by itself: ends of GTD orders and releases of delayed ones. */
import { openAccount, releaseAll } from './accounts.ts';
import { checkPlan, settleIntoBook } from './admit.ts';
import { endOrder } from './end-order.ts';
import { crosses, planMatch } from './plan-match.ts';
import { takeDueTimer } from './timers.ts';
import type { CancelCause, Exchange, ExchangeEvent, ExchangeOrder } from './types.ts';

/** Lets everything happen that falls due by `nowMs`, in order. Every other call does this first. */
export function advanceTime(exchange: Exchange, nowMs: number, out: ExchangeEvent[]): void {
  for (;;) {
    const timer = takeDueTimer(exchange, nowMs);
    if (timer === undefined) return;
    const order = exchange.orders.get(timer.orderId);
    if (order === undefined) continue;
    if (timer.what === 'release') {
      if (order.status === 'DELAYED') release(exchange, order, timer.atMs, out);
    } else if (order.status === 'LIVE') {
      endOrder(exchange, order, 'CANCELED', 'expired', 'order expired', timer.atMs, out);
    }
  }
}

/** When the next expiry or release falls due, or null. Timers of orders that are already done count too: they do nothing. */
export const nextTimerMs = (exchange: Exchange): number | null => exchange.timers[0]?.atMs ?? null;

function release(exchange: Exchange, order: ExchangeOrder, atMs: number, out: ExchangeEvent[]): void {
  const market = exchange.markets.get(order.conditionId);
  const account = openAccount(exchange, order.owner);
  if (market === undefined) return;
  releaseAll(account, order);
  account.openOrderIds.delete(order.id);
  const isOpen = market.state === 'open' && (exchange.mode === 'normal' || exchange.mode === 'postOnly');
  if (!isOpen) {
    endOrder(exchange, order, 'CANCELED', 'venue', 'the venue stopped matching', atMs, out);
    return;
  }
  const plan = crosses(market, order) ? planMatch(exchange, market, order) : null;
  const rejection = checkPlan(exchange, market, account, order, plan);
  if (rejection === null) {
    order.status = 'LIVE';
    settleIntoBook(exchange, market, account, order, plan, atMs, out);
    if (order.sizeMatched === 0) {
      out.push({
        kind: 'orderUpdated',
        order,
        status: order.status,
        sizeMatched: order.sizeMatched,
        atMs,
      });
    }
    return;
  }
  const isKill = rejection.code === 'FOK_NOT_FILLED' || rejection.code === 'FAK_NO_MATCH';
  const cause: CancelCause = isKill ? 'killed' : rejection.code === 'BALANCE' ? 'balance' : 'venue';
  endOrder(exchange, order, isKill ? 'CANCELED' : 'INVALID', cause, rejection.message, atMs, out);
}
