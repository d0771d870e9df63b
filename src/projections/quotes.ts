import type { ConditionId } from '../domain/market.ts';
import {
  type ClientId,
  isTerminal,
  type OrderId,
  type OrderRequest,
  type OrderState,
} from '../domain/order.ts';
import { PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import type { KernelState } from '../kernel/state.ts';
import type { OrderTable } from '../orders/order-table.ts';
import { midOf, ptsOf } from './mids.ts';
import { type Emit, inShares, rowOf } from './rows.ts';

/** One side of a quote: the orders that make it up share a price in YES coordinates. */
export interface QuoteSide {
  /** Sells from inventory and purchases of the other outcome can stand together on one side. */
  readonly orders: ClientId[];
  readonly price: Price;
  size: Shares;
  /** The venue's name of the first order, once it has one. */
  orderId: OrderId | null;
  /** Whether the orders were placed for an earlier quote, to which their fills belong. */
  readonly isCarried: boolean;
}

/**
 * What was decided at once for one level of one market. A side that was kept is carried over, so that the quote shows what stood;
 * its fills belong to the quote for which it was placed.
 */
export interface Quote {
  readonly id: string;
  readonly conditionId: ConditionId;
  readonly level: number;
  readonly inputSeq: number;
  readonly startedAtMs: number;
  readonly midPts: number | null;
  bid: QuoteSide | null;
  ask: QuoteSide | null;
  isReplaced: boolean;
  /** Shares that were filled for it. */
  filled: Shares;
}

export interface Quotes {
  readonly byId: Map<string, Quote>;
  /** The quote for which an order was placed. */
  readonly ofOrder: Map<ClientId, string>;
  /** The newest quote of each market and level. */
  readonly standing: Map<string, string>;
  /** Quotes with an order of their own that may still be filled. */
  readonly open: Set<string>;
}

export const createQuotes = (): Quotes => ({
  byId: new Map(),
  ofOrder: new Map(),
  standing: new Map(),
  open: new Set(),
});

const placeOf = (conditionId: ConditionId, level: number): string => `${conditionId} ${level}`;

/** Enters an order that was placed for a level; returns whether a new quote begins with it. */
export function enterQuoteOrder(
  quotes: Quotes,
  facts: KernelState,
  request: OrderRequest,
  level: number,
  runId: string,
  inputSeq: number,
  emit: Emit,
): boolean {
  const { conditionId, clientId } = request;
  const before = quotes.byId.get(quotes.standing.get(placeOf(conditionId, level)) ?? '');
  const isNew = before === undefined || before.inputSeq !== inputSeq || !before.id.startsWith(`${runId}/`);
  const quote = isNew
    ? beginQuote(quotes, facts, before ?? null, request, level, `${runId}/${clientId}`, inputSeq, emit)
    : before;
  addOrder(quote, request);
  quotes.ofOrder.set(clientId, quote.id);
  quotes.open.add(quote.id);
  emit(quoteRow(quote, facts));
  return isNew;
}

function beginQuote(
  quotes: Quotes,
  facts: KernelState,
  before: Quote | null,
  { conditionId }: OrderRequest,
  level: number,
  id: string,
  inputSeq: number,
  emit: Emit,
): Quote {
  const mid = midOf(facts, conditionId);
  const quote: Quote = {
    id,
    conditionId,
    level,
    inputSeq,
    startedAtMs: facts.nowMs,
    midPts: mid.isLive ? ptsOf(mid.micro) : null,
    bid: carried(before?.bid ?? null, facts),
    ask: carried(before?.ask ?? null, facts),
    isReplaced: false,
    filled: 0 as Shares,
  };
  // One that is over has ended in another way already.
  if (before !== null && quotes.open.has(before.id)) {
    before.isReplaced = true;
    emit(quoteRow(before, facts));
  }
  quotes.byId.set(id, quote);
  quotes.standing.set(placeOf(conditionId, level), id);
  return quote;
}

/** The side as it still stands; null where it is gone or has just been told to go. */
function carried(side: QuoteSide | null, { orders }: KernelState): QuoteSide | null {
  if (side === null) return null;
  const stays = side.orders.filter((clientId) => {
    const state = orders.byClientId.get(clientId)?.state;
    return state !== undefined && !isTerminal(state) && state !== 'cancelInFlight';
  });
  return stays.length === 0 ? null : { ...side, orders: stays, isCarried: true };
}

function addOrder(quote: Quote, request: OrderRequest): void {
  const key = yesSideOf(request) === 'BUY' ? 'bid' : 'ask';
  const side = quote[key];
  if (side === null || side.isCarried)
    quote[key] = {
      orders: [request.clientId],
      price: yesPriceOf(request),
      size: request.size,
      orderId: null,
      isCarried: false,
    };
  else {
    side.orders.push(request.clientId);
    side.size = (side.size + request.size) as Shares;
  }
}

/** Looks at the quotes of these orders again, after news of them. */
export function followOrders(
  quotes: Quotes,
  facts: KernelState,
  orders: Iterable<ClientId>,
  emit: Emit,
): void {
  const ids = new Set<string>();
  for (const clientId of orders) {
    const id = quotes.ofOrder.get(clientId);
    if (id !== undefined) ids.add(id);
  }
  followQuotes(quotes, facts, ids, emit);
}

export function followQuotes(quotes: Quotes, facts: KernelState, ids: Iterable<string>, emit: Emit): void {
  for (const id of ids) {
    const quote = quotes.byId.get(id);
    if (quote === undefined) continue;
    noteOrders(quote, facts.orders);
    emit(quoteRow(quote, facts));
    if (isOver(quote, facts.orders)) quotes.open.delete(id);
  }
}

/** Keeps what is known of the orders now: the facts forget orders that have ended. */
function noteOrders(quote: Quote, orders: OrderTable): void {
  for (const side of [quote.bid, quote.ask])
    if (side !== null) side.orderId ??= orders.byClientId.get(side.orders[0] as ClientId)?.orderId ?? null;
  let filled = 0;
  for (const clientId of ownOrders(quote)) filled += orders.byClientId.get(clientId)?.matched ?? 0;
  quote.filled = Math.max(quote.filled, filled) as Shares;
}

const ownOrders = ({ bid, ask }: Quote): ClientId[] =>
  [bid, ask].flatMap((side) => (side === null || side.isCarried ? [] : side.orders));

const stateOf = (orders: OrderTable, clientId: ClientId): OrderState | null =>
  orders.byClientId.get(clientId)?.state ?? null;

const isOver = (quote: Quote, orders: OrderTable): boolean =>
  ownOrders(quote).every((clientId) => {
    const state = stateOf(orders, clientId);
    return state === null || isTerminal(state);
  });

/** Lets go of orders that the facts have forgotten, and of quotes that nothing refers to any more. */
export function tidyQuotes(quotes: Quotes, facts: KernelState): void {
  for (const [clientId] of quotes.ofOrder)
    if (!facts.orders.byClientId.has(clientId)) quotes.ofOrder.delete(clientId);
  for (const [id] of quotes.byId) if (!quotes.open.has(id)) forgetQuote(quotes, id, facts);
}

function forgetQuote(quotes: Quotes, id: string, { orders }: KernelState): void {
  const quote = quotes.byId.get(id);
  if (quote === undefined) return;
  // A fill may be told after the order has ended, as long as the order is remembered.
  if (ownOrders(quote).some((clientId) => orders.byClientId.has(clientId))) return;
  quotes.byId.delete(id);
  const place = placeOf(quote.conditionId, quote.level);
  if (quotes.standing.get(place) === id) quotes.standing.delete(place);
}

/** Distance between bid and ask in points; null for a one-sided quote. */
export const quotedSpreadPts = ({ bid, ask }: Quote): number | null =>
  bid === null || ask === null ? null : (ask.price - bid.price) / 100;

const priceOf = (side: QuoteSide | null): number | null => (side === null ? null : side.price / PRICE_ONE);

function quoteRow(quote: Quote, facts: KernelState) {
  const { bid, ask } = quote;
  const slot = facts.markets.get(quote.conditionId);
  return rowOf('mm_quotes', {
    id: quote.id,
    market_id: quote.conditionId,
    token_id: slot?.market.yesTokenId ?? null,
    level: quote.level,
    bid_order_id: bid?.orderId ?? null,
    ask_order_id: ask?.orderId ?? null,
    bid_price: priceOf(bid),
    ask_price: priceOf(ask),
    bid_size: bid === null ? null : inShares(bid.size),
    ask_size: ask === null ? null : inShares(ask.size),
    mid_price: quote.midPts === null ? null : quote.midPts / 100,
    size: inShares(Math.max(bid?.size ?? 0, ask?.size ?? 0) as Shares),
    filled_size: inShares(quote.filled),
    status: statusOf(quote, facts.orders),
    created_at_ms: quote.startedAtMs,
    updated_at_ms: facts.nowMs,
  });
}

export type QuoteStatus = 'active' | 'replaced' | 'cancelled' | 'filled' | 'rejected' | 'expired';

/** How a quote stands: active while an order of its own may be filled; then how those ended. */
function statusOf(quote: Quote, orders: OrderTable): QuoteStatus {
  if (!isOver(quote, orders)) return 'active';
  const states = ownOrders(quote).map((clientId) => stateOf(orders, clientId));
  if (states.every((state) => state === 'filled')) return 'filled';
  if (states.every((state) => state === 'rejected' || state === 'refused')) return 'rejected';
  if (quote.isReplaced) return 'replaced';
  return states.includes('expired') ? 'expired' : 'cancelled';
}
