/** Taking an order in: every check the venue makes, in its order, then matching, resting, delaying or refusing. */
import { oppositeSide } from '../domain/market.ts';
import { complement, formatShares, type Shares } from '../domain/units.ts';
import { openAccount, reserveFor } from './accounts.ts';
import { amountNeeded, checkPlan, settleIntoBook } from './admit.ts';
import { advanceTime } from './advance-time.ts';
import { isRejection, type OrderTerms, readTerms } from './amounts.ts';
import { pushCancelled } from './end-order.ts';
import { crosses, type MatchPlan, planMatch } from './plan-match.ts';
import { type Rejection, rejections } from './rejections.ts';
import { addTimer } from './timers.ts';
import type {
  Exchange,
  ExchangeAccount,
  ExchangeEvent,
  ExchangeMarket,
  ExchangeOrder,
  PlaceRequest,
  PlaceResult,
} from './types.ts';

/** Places one order at `nowMs`. Amounts in the result are millionths in the units of the two signed amounts. */
export function placeOrder(
  exchange: Exchange,
  request: PlaceRequest,
  nowMs: number,
  out: ExchangeEvent[],
): PlaceResult {
  advanceTime(exchange, nowMs, out);
  const account = openAccount(exchange, request.owner);
  const market = exchange.marketByToken.get(request.tokenId);
  const refusal =
    checkDoors(exchange, account, request) ??
    (market === undefined || market.state === 'resolved'
      ? rejections.noOrderbook(request.tokenId)
      : market.state !== 'open'
        ? rejections.marketNotReady()
        : null);
  if (refusal !== null || market === undefined) {
    return { accepted: false, rejection: refusal ?? rejections.noOrderbook(request.tokenId) };
  }
  if (exchange.orders.has(request.id))
    return { accepted: false, rejection: rejections.duplicated(request.id) };
  const terms = readTerms(market, request);
  if (isRejection(terms)) return { accepted: false, rejection: terms };
  const rejection = checkTerms(exchange, market, request, terms, nowMs);
  if (rejection !== null) return { accepted: false, rejection };
  return admit(exchange, market, account, newOrder(exchange, market, request, terms, nowMs), nowMs, out);
}

function checkDoors(exchange: Exchange, account: ExchangeAccount, request: PlaceRequest): Rejection | null {
  if (exchange.mode === 'restarting') return rejections.restarting();
  if (exchange.mode === 'disabled') return rejections.tradingDisabled();
  if (exchange.mode === 'cancelOnly') return rejections.cancelOnlyMode();
  if (exchange.mode === 'postOnly' && !request.postOnly) return rejections.postOnlyMode();
  if (account.status === 'banned') return rejections.banned(account.owner);
  if (account.status === 'makerNotAllowed') return rejections.makerNotAllowed();
  if (account.status === 'closedOnly' && request.side === 'BUY') return rejections.closedOnly(account.owner);
  return null;
}

function checkTerms(
  exchange: Exchange,
  market: ExchangeMarket,
  request: PlaceRequest,
  terms: OrderTerms,
  nowMs: number,
): Rejection | null {
  const { orderType, postOnly, expirationSec } = request;
  const rests = orderType === 'GTC' || orderType === 'GTD';
  if (postOnly && !rests) return rejections.invalidPayload();
  if ((rests || exchange.assumptions.minSizeForMarketOrders) && terms.size < market.minOrderSize) {
    return rejections.minSize(request.id, formatShares(terms.size), formatShares(market.minOrderSize));
  }
  if (!Number.isSafeInteger(expirationSec) || expirationSec < 0) return rejections.expiration();
  if (orderType !== 'GTD') return expirationSec === 0 ? null : rejections.expiration();
  const aheadMs = expirationSec * 1_000 - nowMs;
  return aheadMs < exchange.assumptions.gtdMinAheadMs ? rejections.expiration() : null;
}

export function newOrder(
  exchange: Exchange,
  market: ExchangeMarket,
  request: PlaceRequest,
  terms: OrderTerms,
  nowMs: number,
): ExchangeOrder {
  const isYes = request.tokenId === market.yesTokenId;
  return {
    id: request.id,
    owner: request.owner,
    conditionId: market.conditionId,
    tokenId: request.tokenId,
    outcome: isYes ? 'YES' : 'NO',
    side: request.side,
    orderType: request.orderType,
    postOnly: request.postOnly,
    makerAmount: request.makerAmount,
    takerAmount: request.takerAmount,
    price: terms.price,
    yesPrice: isYes ? terms.price : complement(terms.price),
    yesSide: isYes ? request.side : oppositeSide(request.side),
    originalSize: terms.size,
    budget: terms.budget,
    createdAtMs: nowMs,
    expirationSec: request.expirationSec,
    expiresAtMs:
      request.orderType === 'GTD'
        ? request.expirationSec * 1_000 - exchange.assumptions.gtdEarlyMs
        : Number.POSITIVE_INFINITY,
    status: 'LIVE',
    sizeMatched: 0 as Shares,
    remaining: terms.size,
    makerFilled: 0,
    reserved: 0,
    tradeIds: [],
  };
}

/** The checks that need the book and the balances, then the order's first moment of life. */
function admit(
  exchange: Exchange,
  market: ExchangeMarket,
  account: ExchangeAccount,
  order: ExchangeOrder,
  nowMs: number,
  out: ExchangeEvent[],
): PlaceResult {
  const isMarketable = crosses(market, order);
  if (isMarketable && order.postOnly) return { accepted: false, rejection: rejections.postOnlyCrosses() };
  const plan = isMarketable ? planMatch(exchange, market, order) : null;
  const rejection = checkPlan(exchange, market, account, order, plan);
  if (rejection !== null) {
    if (rejection.code === 'FOK_NOT_FILLED' || rejection.code === 'FAK_NO_MATCH') {
      kill(exchange, order, rejection.message, nowMs, out);
    }
    return { accepted: false, rejection };
  }
  exchange.orders.set(order.id, order);
  if (plan !== null && market.takerDelayMs > 0) {
    holdBack(exchange, market, account, order, plan, nowMs, out);
    return {
      accepted: true,
      status: 'delayed',
      order,
      makingAmount: 0,
      takingAmount: 0,
      tradeIds: order.tradeIds,
    };
  }
  out.push({ kind: 'orderPlaced', order, status: 'LIVE', atMs: nowMs });
  settleIntoBook(exchange, market, account, order, plan, nowMs, out);
  return {
    accepted: true,
    status: order.sizeMatched > 0 ? 'matched' : 'live',
    order,
    makingAmount: order.makerFilled,
    takingAmount: plan === null ? 0 : order.side === 'BUY' ? order.sizeMatched : plan.cost,
    tradeIds: order.tradeIds,
  };
}

/** A refused FOK or FAK is seen on the user channel as a cancellation, though it never was on the book. */
function kill(
  exchange: Exchange,
  order: ExchangeOrder,
  reason: string,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  order.status = 'CANCELED';
  exchange.orders.set(order.id, order);
  pushCancelled(order, 'killed', reason, nowMs, out);
}

function holdBack(
  exchange: Exchange,
  market: ExchangeMarket,
  account: ExchangeAccount,
  order: ExchangeOrder,
  plan: MatchPlan,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  order.status = 'DELAYED';
  account.openOrderIds.add(order.id);
  reserveFor(account, order, amountNeeded(order, plan));
  addTimer(exchange, nowMs + market.takerDelayMs, order.id, 'release');
  out.push({ kind: 'orderPlaced', order, status: 'DELAYED', atMs: nowMs });
}
