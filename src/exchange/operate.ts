/** What the operator of the venue does to a market or to everything. */
import type { ConditionId } from '../domain/market.ts';
import type { Price } from '../domain/units.ts';
import { marketOf } from './accounts.ts';
import { advanceTime } from './advance-time.ts';
import { endOrder } from './end-order.ts';
import { regridMarket } from './regrid.ts';
import type {
  CancelCause,
  Exchange,
  ExchangeEvent,
  ExchangeMarket,
  ExchangeMode,
  ExchangeOrder,
  ExchangeOrderStatus,
  MarketState,
} from './types.ts';

export function setMode(exchange: Exchange, mode: ExchangeMode): void {
  exchange.mode = mode;
}

/** Changes the tick. Resting orders that are off the new grid are cancelled first, then the book moves. */
export function setTickSize(
  exchange: Exchange,
  conditionId: ConditionId,
  to: Price,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  advanceTime(exchange, nowMs, out);
  const market = marketOf(exchange, conditionId);
  const from = market.book.tick;
  if (from === to) return;
  const isOff = (order: ExchangeOrder): boolean =>
    order.yesPrice % to !== 0 || order.yesPrice < to || order.yesPrice > 10_000 - to;
  endOrders(exchange, market, isOff, 'CANCELED', 'tickSize', 'tick size changed', nowMs, out);
  regridMarket(market, to);
  out.push({ kind: 'tickSizeChanged', conditionId, from, to, atMs: nowMs });
}

/** Opens, halts or readies a market. Halting keeps resting orders, which may still be cancelled. Use `resolveMarket` to end it. */
export function setMarketState(
  exchange: Exchange,
  conditionId: ConditionId,
  state: Exclude<MarketState, 'resolved'>,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  advanceTime(exchange, nowMs, out);
  const market = marketOf(exchange, conditionId);
  if (market.state === 'resolved')
    throw new RangeError(`market ${conditionId} is resolved and cannot become ${state}`);
  if (market.state === state) return;
  market.state = state;
  out.push({ kind: 'marketStateChanged', conditionId, state, atMs: nowMs });
}

/** Cancels every order of a market but leaves it open, as before the start of a game. */
export function clearMarketBook(
  exchange: Exchange,
  conditionId: ConditionId,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  advanceTime(exchange, nowMs, out);
  const market = marketOf(exchange, conditionId);
  endOrders(exchange, market, () => true, 'CANCELED', 'venue', 'book cleared', nowMs, out);
}

/** Ends a market: its open and delayed orders become CANCELED_MARKET_RESOLVED. Payouts are the chain's. */
export function resolveMarket(
  exchange: Exchange,
  conditionId: ConditionId,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  advanceTime(exchange, nowMs, out);
  const market = marketOf(exchange, conditionId);
  if (market.state === 'resolved') return;
  market.state = 'resolved';
  endOrders(
    exchange,
    market,
    () => true,
    'CANCELED_MARKET_RESOLVED',
    'marketResolved',
    'market resolved',
    nowMs,
    out,
  );
  out.push({ kind: 'marketStateChanged', conditionId, state: 'resolved', atMs: nowMs });
}

function endOrders(
  exchange: Exchange,
  market: ExchangeMarket,
  applies: (order: ExchangeOrder) => boolean,
  status: ExchangeOrderStatus,
  cause: CancelCause,
  reason: string,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  for (const account of exchange.accounts.values()) {
    for (const id of [...account.openOrderIds]) {
      const order = exchange.orders.get(id);
      if (order === undefined || order.conditionId !== market.conditionId || !applies(order)) continue;
      endOrder(exchange, order, status, cause, reason, nowMs, out);
    }
  }
}
