/**
 * Carries a population's actions out on an exchange in memory: for the simulation, and for tests of the population. The live venue
 * has its own driver, because there the traders are accounts that sign.
 */
import { bestAsk, bestBid } from '../../domain/book.ts';
import { complement, notional, type Price, type Shares, type Usd } from '../../domain/units.ts';
import {
  amountsFor,
  cancelOrder,
  type Exchange,
  type ExchangeEvent,
  type ExchangeMarket,
  marketBuyAmounts,
  placeOrder,
  type SignedAmounts,
  usableBalance,
} from '../../exchange/index.ts';
import { type BookView, type Leg, legOf, type TraderAction } from './actions.ts';
import { nextActions, orderDone, type Population } from './population.ts';

export interface TraderDesk {
  readonly exchange: Exchange;
  readonly market: ExchangeMarket;
  readonly population: Population;
  /** Before every account and order name of this desk, so that several desks share an exchange. */
  readonly prefix: string;
  /** When the traders want to act next; null after the end. */
  nextAtMs: number | null;
}

/** Smallest dollars of a market BUY. */
const MIN_TAKE: Usd = 1_000_000 as Usd;

export function createDesk(exchange: Exchange, market: ExchangeMarket, population: Population): TraderDesk {
  const prefix = `${population.name}/`;
  return { exchange, market, population, prefix, nextAtMs: population.terms.path.startMs };
}

/** The exchange account of a trader; the caller funds it. */
export const accountOf = (desk: TraderDesk, trader: string): string => `${desk.prefix}${trader}`;

/** What the traders see now. */
export const viewOf = (market: ExchangeMarket): BookView => ({
  tick: market.book.tick,
  minOrderSize: market.minOrderSize,
  bestBid: bestBid(market.book),
  bestAsk: bestAsk(market.book),
});

/** Lets the traders act at `nowMs`. Events are appended to `out`, which the caller then gives to `noteEvents` with all others. */
export function runTraders(desk: TraderDesk, nowMs: number, out: ExchangeEvent[]): void {
  const next = nextActions(desk.population, nowMs, viewOf(desk.market));
  desk.nextAtMs = next.nextAtMs;
  for (const action of next.actions) carryOut(desk, action, nowMs, out);
}

/** Tells the makers which of their orders ended, from `from` on. Safe to call with the events of everybody. */
export function noteEvents(desk: TraderDesk, events: readonly ExchangeEvent[], from = 0): void {
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined) continue;
    const isOver =
      event.kind === 'orderCancelled' || (event.kind === 'orderUpdated' && event.status === 'MATCHED');
    if (!isOver || !event.order.id.startsWith(desk.prefix)) continue;
    const { id } = event.order;
    const cut = id.lastIndexOf('/');
    orderDone(desk.population, id.slice(desk.prefix.length, cut), Number(id.slice(cut + 1)));
  }
}

function carryOut(desk: TraderDesk, action: TraderAction, nowMs: number, out: ExchangeEvent[]): void {
  const { exchange, market } = desk;
  const owner = accountOf(desk, action.trader);
  const id = `${owner}/${action.ref}`;
  if (action.kind === 'cancel') {
    cancelOrder(exchange, owner, id, nowMs, out);
    return;
  }
  const freeYes = usableBalance(exchange, owner, market.yesTokenId) as Shares;
  const freeNo = usableBalance(exchange, owner, market.noTokenId) as Shares;
  const leg = legOf(action.side, action.price, action.size, freeYes, freeNo);
  const isTake = action.kind === 'take';
  const result = placeOrder(
    exchange,
    {
      id,
      owner,
      tokenId: leg.outcome === 'YES' ? market.yesTokenId : market.noTokenId,
      side: leg.side,
      ...(isTake && leg.side === 'BUY'
        ? takeAmounts(leg, action.touch, action.size)
        : amountsFor(leg.side, leg.price, action.size)),
      orderType: isTake ? 'FAK' : 'GTC',
      postOnly: !isTake,
      expirationSec: 0,
    },
    nowMs,
    out,
  );
  if (!result.accepted) orderDone(desk.population, action.trader, action.ref);
}

function takeAmounts(leg: Leg, touch: Price, size: Shares): SignedAmounts {
  const expected = leg.outcome === 'YES' ? touch : complement(touch);
  const dollars = Math.max(MIN_TAKE, notional(expected, size)) as Usd;
  return marketBuyAmounts(dollars, leg.price);
}
