/** The driver of a population for an exchange in memory: what the traders want becomes orders of their accounts, at once. */
import { notional, type Price, type Shares } from '../../domain/units.ts';
import {
  amountsFor,
  cancelOrder,
  type Exchange,
  type ExchangeEvent,
  type ExchangeMarket,
  marketBuyAmounts,
  placeOrder,
  usableBalance,
} from '../../exchange/index.ts';
import { type BookView, legOf, type TraderAction } from './actions.ts';
import { nextActions, orderDone, type Population } from './population.ts';

export interface TraderDesk {
  readonly exchange: Exchange;
  readonly market: ExchangeMarket;
  readonly population: Population;
  /** When to call `runTraders` next; null once the path has ended. */
  nextAtMs: number | null;
  /** Orders that may rest: whose they are, by id. */
  readonly owners: Map<string, { readonly trader: string; readonly ref: number }>;
}

/** The account of a trader of this market: populations of different markets never share one. */
export const accountOf = (desk: TraderDesk, trader: string): string => `${desk.population.name}/${trader}`;

export function createDesk(exchange: Exchange, market: ExchangeMarket, population: Population): TraderDesk {
  return { exchange, market, population, nextAtMs: population.terms.path.startMs, owners: new Map() };
}

/** Carries out everything that is due at `nowMs`; what happens is appended to `out`. */
export function runTraders(desk: TraderDesk, nowMs: number, out: ExchangeEvent[]): void {
  const { actions, nextAtMs } = nextActions(desk.population, nowMs, viewOf(desk.market));
  for (const action of actions) {
    if (action.kind === 'cancel') cancel(desk, action, nowMs, out);
    else place(desk, action, nowMs, out);
  }
  desk.nextAtMs = nextAtMs;
}

/** Tells the makers which of their orders are gone, from the events at index `from` on. */
export function noteEvents(desk: TraderDesk, events: readonly ExchangeEvent[], from = 0): void {
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined || (event.kind !== 'orderUpdated' && event.kind !== 'orderCancelled')) continue;
    if (event.status === 'LIVE' || event.status === 'DELAYED') continue;
    const owner = desk.owners.get(event.order.id);
    if (owner === undefined) continue;
    desk.owners.delete(event.order.id);
    orderDone(desk.population, owner.trader, owner.ref);
  }
}

function viewOf(market: ExchangeMarket): BookView {
  const { book } = market;
  return {
    tick: book.tick,
    minOrderSize: market.minOrderSize,
    bestBid: book.bestBidIndex < 0 ? null : ((book.bestBidIndex * book.tick) as Price),
    bestAsk: book.bestAskIndex >= book.asks.length ? null : ((book.bestAskIndex * book.tick) as Price),
  };
}

const orderIdOf = (desk: TraderDesk, action: TraderAction): string =>
  `${accountOf(desk, action.trader)}/${action.ref}`;

function cancel(desk: TraderDesk, action: TraderAction, nowMs: number, out: ExchangeEvent[]): void {
  const id = orderIdOf(desk, action);
  desk.owners.delete(id);
  cancelOrder(desk.exchange, accountOf(desk, action.trader), id, nowMs, out);
}

function place(
  desk: TraderDesk,
  action: Exclude<TraderAction, { kind: 'cancel' }>,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  const { exchange, market } = desk;
  const owner = accountOf(desk, action.trader);
  const leg = legOf(
    action.side,
    action.price,
    action.size,
    usableBalance(exchange, owner, market.yesTokenId) as Shares,
    usableBalance(exchange, owner, market.noTokenId) as Shares,
  );
  const isQuote = action.kind === 'quote';
  const id = orderIdOf(desk, action);
  const result = placeOrder(
    exchange,
    {
      id,
      owner,
      tokenId: leg.outcome === 'YES' ? market.yesTokenId : market.noTokenId,
      side: leg.side,
      ...(isQuote || leg.side === 'SELL'
        ? amountsFor(leg.side, leg.price, action.size)
        : marketBuyAmounts(notional(leg.price, action.size), leg.price)),
      orderType: isQuote ? 'GTC' : 'FAK',
      postOnly: isQuote,
      expirationSec: 0,
    },
    nowMs,
    out,
  );
  if (!isQuote) return;
  if (result.accepted && result.order.status === 'LIVE') {
    desk.owners.set(id, { trader: action.trader, ref: action.ref });
  } else orderDone(desk.population, action.trader, action.ref);
}
