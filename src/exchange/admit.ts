/** From a checked order to its place: funds, fill conditions, matching, and what rests. */
import { formatPrice, formatUsd, type Shares, type Usd } from '../domain/units.ts';
import { assetOf, heldOf, reserveFor } from './accounts.ts';
import { pushLevel } from './end-order.ts';
import { executeMatch } from './execute-match.ts';
import { costOf, type MatchPlan } from './plan-match.ts';
import { enqueue } from './queues.ts';
import { regridMarket } from './regrid.ts';
import { type Rejection, rejections } from './rejections.ts';
import { addTimer } from './timers.ts';
import type { Exchange, ExchangeAccount, ExchangeEvent, ExchangeMarket, ExchangeOrder } from './types.ts';

/** The checks that need the book and the balances: null when the order may go ahead. */
export function checkPlan(
  exchange: Exchange,
  market: ExchangeMarket,
  account: ExchangeAccount,
  order: ExchangeOrder,
  plan: MatchPlan | null,
): Rejection | null {
  const { minMarketableBuy } = exchange.assumptions;
  if (plan !== null && order.side === 'BUY' && order.makerAmount < minMarketableBuy) {
    return rejections.minMarketableBuy(formatUsd(order.makerAmount as Usd), formatUsd(minMarketableBuy));
  }
  if (plan?.selfTrade === true) return rejections.selfTrade();
  const short = checkFunds(exchange, account, order, amountNeeded(order, plan));
  if (short !== null) return short;
  if (order.price % market.book.tick !== 0) {
    return rejections.tickSize(order.id, formatPrice(order.price), formatPrice(market.book.tick));
  }
  if (order.orderType === 'FOK' && plan?.complete !== true) return rejections.fokNotFilled();
  if (order.orderType === 'FAK' && (plan === null || plan.size === 0)) return rejections.fakNoMatch();
  return null;
}

/** Dollars or shares that the owner must have free: the signed amount, or what it really costs with the fee where that is more. */
export function amountNeeded(order: ExchangeOrder, plan: MatchPlan | null): number {
  if (order.side === 'SELL') return order.makerAmount;
  if (plan === null) return order.makerAmount;
  const rest = order.budget === 0 ? costOf(order.price, (order.remaining - plan.size) as Shares) : 0;
  return Math.max(order.makerAmount, plan.cost + plan.fee + rest);
}

function checkFunds(
  exchange: Exchange,
  account: ExchangeAccount,
  order: ExchangeOrder,
  needed: number,
): Rejection | null {
  const balance = assetOf(account, order.side === 'BUY' ? 'USD' : order.tokenId);
  const held = heldOf(exchange, balance);
  if (held - balance.reserved < needed) return rejections.balance(held, balance.reserved, needed);
  if (balance.allowance - balance.reserved < needed) {
    return rejections.allowance(balance.allowance, balance.reserved, needed);
  }
  return null;
}

/** Matches what the plan says and lets the rest stand or fall. */
export function settleIntoBook(
  exchange: Exchange,
  market: ExchangeMarket,
  account: ExchangeAccount,
  order: ExchangeOrder,
  plan: MatchPlan | null,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  if (plan !== null && plan.size > 0) executeMatch(exchange, market, order, plan, nowMs, out);
  const rests = order.orderType === 'GTC' || order.orderType === 'GTD';
  if (rests && order.remaining > 0) {
    account.openOrderIds.add(order.id);
    reserveFor(account, order, order.side === 'BUY' ? costOf(order.price, order.remaining) : order.remaining);
    enqueue(market, order);
    if (order.orderType === 'GTD') addTimer(exchange, order.expiresAtMs, order.id, 'expire');
    pushLevel(market, order, nowMs, out);
  } else {
    order.status = 'MATCHED';
  }
  if (order.sizeMatched > 0) {
    out.push({
      kind: 'orderUpdated',
      order,
      status: order.status,
      sizeMatched: order.sizeMatched,
      atMs: nowMs,
    });
    refineTick(exchange, market, nowMs, out);
  }
}

/** Moves a market to the finer grid once its last trade is near 0 or 1. */
function refineTick(exchange: Exchange, market: ExchangeMarket, nowMs: number, out: ExchangeEvent[]): void {
  const { enabled, from, to, above, below } = exchange.assumptions.fineTick;
  const last = market.lastTradePrice;
  if (!enabled || last === null || market.book.tick !== from || (last <= above && last >= below)) return;
  regridMarket(market, to);
  out.push({ kind: 'tickSizeChanged', conditionId: market.conditionId, from, to, atMs: nowMs });
}
