/** What an incoming order would take from the book now, without taking it. */
import { takerFee } from '../domain/fee.ts';
import { complement, type Price, type Shares, type Usd } from '../domain/units.ts';
import { LOT } from './amounts.ts';
import { queuesOf } from './queues.ts';
import type { Exchange, ExchangeMarket, ExchangeOrder } from './types.ts';

/** The makers of one future trade, all at one price. */
export interface PlannedTrade {
  /** Level in YES coordinates. */
  readonly yesPrice: Price;
  /** The same in the taker's token. */
  readonly price: Price;
  readonly makers: ExchangeOrder[];
  readonly sizes: Shares[];
  size: Shares;
  /** Taker's dollars at `price`, before the fee. */
  cost: Usd;
  fee: Usd;
}

export interface MatchPlan {
  readonly trades: PlannedTrade[];
  size: Shares;
  cost: Usd;
  fee: Usd;
  /** Nothing is left of the order but, for a market BUY, dollars that buy no lot. */
  complete: boolean;
  /** It would trade with an order of its own account, and the venue refuses that. */
  selfTrade: boolean;
}

/** Whether `order` would match at least one lot at the touch. */
export function crosses(market: ExchangeMarket, order: ExchangeOrder): boolean {
  const { book } = market;
  return order.yesSide === 'BUY'
    ? book.bestAskIndex < book.asks.length && book.bestAskIndex * book.tick <= order.yesPrice
    : book.bestBidIndex >= 0 && book.bestBidIndex * book.tick >= order.yesPrice;
}

/** Price of the order's own token at a level in YES coordinates. */
export const ownPrice = (order: ExchangeOrder, yesPrice: Price): Price =>
  order.outcome === 'YES' ? yesPrice : complement(yesPrice);

/** Dollars for `size` at `at`, exact because sizes are lots. */
export const costOf = (at: Price, size: Shares): Usd => (at * (size / LOT)) as Usd;

/** Walks the opposite side from the touch to the order's limit, first come first served at each level. */
export function planMatch(exchange: Exchange, market: ExchangeMarket, taker: ExchangeOrder): MatchPlan {
  const plan: MatchPlan = {
    trades: [],
    size: 0 as Shares,
    cost: 0 as Usd,
    fee: 0 as Usd,
    complete: false,
    selfTrade: false,
  };
  const { book } = market;
  const isBid = taker.yesSide === 'BUY';
  const totals = isBid ? book.asks : book.bids;
  const step = isBid ? 1 : -1;
  const last = taker.yesPrice / book.tick;
  let index = isBid ? book.bestAskIndex : book.bestBidIndex;
  let lotCost = taker.price as number;
  while (index >= 0 && index < totals.length && (last - index) * step >= 0) {
    if ((totals[index] as number) > 0) {
      const yesPrice = (index * book.tick) as Price;
      lotCost = ownPrice(taker, yesPrice);
      if (wantedAt(taker, plan, lotCost) === 0) break;
      takeLevel(exchange, market, taker, plan, yesPrice);
      if (plan.selfTrade) return plan;
    }
    index += step;
  }
  plan.complete = wantedAt(taker, plan, lotCost) === 0;
  return plan;
}

/** How many more shares the order wants at its own price `at`. */
function wantedAt(taker: ExchangeOrder, plan: MatchPlan, at: number): number {
  if (taker.budget === 0) return taker.remaining - plan.size;
  const dollarsLeft = taker.budget - taker.makerFilled - plan.cost;
  return Math.floor(dollarsLeft / at) * LOT;
}

function takeLevel(
  exchange: Exchange,
  market: ExchangeMarket,
  taker: ExchangeOrder,
  plan: MatchPlan,
  yesPrice: Price,
): void {
  const queue = queuesOf(market, taker.yesSide === 'BUY' ? 'SELL' : 'BUY')[yesPrice / market.book.tick];
  if (queue === undefined || queue === null) return;
  const { maxMakersPerTrade } = exchange.assumptions;
  const price = ownPrice(taker, yesPrice);
  let trade: PlannedTrade | null = null;
  let wanted = wantedAt(taker, plan, price);
  for (let at = queue.head; at < queue.orders.length && wanted > 0; at += 1) {
    const maker = queue.orders[at] as ExchangeOrder;
    if (maker.status !== 'LIVE') continue;
    if (maker.owner === taker.owner) {
      // The whole order is refused (assumption selfTrade), so what was planned so far does not matter.
      plan.selfTrade = true;
      return;
    }
    if (trade === null || trade.makers.length === maxMakersPerTrade) {
      if (trade !== null) close(market, taker, plan, trade);
      trade = {
        yesPrice,
        price,
        makers: [],
        sizes: [],
        size: 0 as Shares,
        cost: 0 as Usd,
        fee: 0 as Usd,
      };
    }
    const size = Math.min(wanted, maker.remaining) as Shares;
    trade.makers.push(maker);
    trade.sizes.push(size);
    trade.size = (trade.size + size) as Shares;
    wanted -= size;
  }
  if (trade !== null) close(market, taker, plan, trade);
}

function close(market: ExchangeMarket, taker: ExchangeOrder, plan: MatchPlan, trade: PlannedTrade): void {
  trade.cost = costOf(trade.price, trade.size);
  trade.fee = takerFee(market.fee, trade.price, trade.size);
  // A seller's fee comes out of the proceeds, so it can never be more than they are.
  if (taker.side === 'SELL' && trade.fee > trade.cost) trade.fee = trade.cost;
  plan.trades.push(trade);
  plan.size = (plan.size + trade.size) as Shares;
  plan.cost = (plan.cost + trade.cost) as Usd;
  plan.fee = (plan.fee + trade.fee) as Usd;
}
