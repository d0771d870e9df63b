/** Carries a planned match out: orders, levels, balances, the trade and its settlement instruction. */
import { sizeAt } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import type { Shares } from '../domain/units.ts';
import { assetOf, openAccount } from './accounts.ts';
import { costOf, type MatchPlan, ownPrice, type PlannedTrade } from './plan-match.ts';
import { consume } from './queues.ts';
import type {
  Exchange,
  ExchangeEvent,
  ExchangeMarket,
  ExchangeOrder,
  ExchangeTrade,
  MakerFill,
  MatchType,
} from './types.ts';

/** Applies every trade of the plan. The taker must hold no reservation for what it takes. */
export function executeMatch(
  exchange: Exchange,
  market: ExchangeMarket,
  taker: ExchangeOrder,
  plan: MatchPlan,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  const levelSide: Side = taker.yesSide === 'BUY' ? 'SELL' : 'BUY';
  for (let index = 0; index < plan.trades.length; index += 1) {
    const planned = plan.trades[index] as PlannedTrade;
    const trade = makeTrade(exchange, market, taker, planned, index, nowMs);
    exchange.unsettledTrades.set(trade.id, trade);
    out.push({ kind: 'trade', trade, atMs: nowMs });
    takeFromMakers(exchange, market, planned, trade, levelSide, nowMs, out);
    takeFromTaker(exchange, taker, trade);
    market.lastTradePrice = planned.yesPrice;
    market.lastTradeSide = taker.yesSide;
    const next = plan.trades[index + 1];
    if (next === undefined || next.yesPrice !== planned.yesPrice) {
      out.push({
        kind: 'bookLevelChanged',
        conditionId: market.conditionId,
        side: levelSide,
        price: planned.yesPrice,
        size: sizeAt(market.book, levelSide, planned.yesPrice),
        atMs: nowMs,
      });
    }
    out.push({
      kind: 'lastTradePrice',
      conditionId: market.conditionId,
      tokenId: taker.tokenId,
      side: taker.side,
      price: trade.price,
      size: trade.size,
      fee: trade.fee,
      tradeId: trade.id,
      atMs: nowMs,
    });
  }
}

function makeTrade(
  exchange: Exchange,
  market: ExchangeMarket,
  taker: ExchangeOrder,
  planned: PlannedTrade,
  bucketIndex: number,
  nowMs: number,
): ExchangeTrade {
  const makerOrders: MakerFill[] = [];
  const makerOrderHashes: string[] = [];
  const makerFillAmounts: number[] = [];
  const makerFeeAmounts: number[] = [];
  for (let index = 0; index < planned.makers.length; index += 1) {
    const maker = planned.makers[index] as ExchangeOrder;
    const size = planned.sizes[index] as Shares;
    const price = ownPrice(maker, planned.yesPrice);
    const { id, owner, tokenId, outcome, side } = maker;
    makerOrders.push({
      orderId: id,
      owner,
      tokenId,
      outcome,
      side,
      price,
      size,
      matchType: matchType(taker, maker),
    });
    makerOrderHashes.push(id);
    makerFillAmounts.push(side === 'BUY' ? costOf(price, size) : size);
    makerFeeAmounts.push(0);
  }
  return {
    id: nextTradeId(exchange),
    conditionId: market.conditionId,
    takerOrderId: taker.id,
    takerOwner: taker.owner,
    tokenId: taker.tokenId,
    outcome: taker.outcome,
    side: taker.side,
    price: planned.price,
    size: planned.size,
    fee: planned.fee,
    matchedAtMs: nowMs,
    bucketIndex,
    makerOrders,
    settlement: {
      conditionId: market.conditionId,
      takerOrderHash: taker.id,
      makerOrderHashes,
      takerFillAmount: taker.side === 'BUY' ? planned.cost : planned.size,
      makerFillAmounts,
      takerFeeAmount: planned.fee,
      makerFeeAmounts,
    },
    status: 'MATCHED',
  };
}

/** Same token: one sells to the other. Two buyers mint a complete set, two sellers merge one. */
function matchType(taker: ExchangeOrder, maker: ExchangeOrder): MatchType {
  if (taker.tokenId === maker.tokenId) return 'COMPLEMENTARY';
  return taker.side === 'BUY' ? 'MINT' : 'MERGE';
}

function takeFromMakers(
  exchange: Exchange,
  market: ExchangeMarket,
  planned: PlannedTrade,
  trade: ExchangeTrade,
  levelSide: Side,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  let done = 0;
  for (let index = 0; index < planned.makers.length; index += 1) {
    const maker = planned.makers[index] as ExchangeOrder;
    const size = planned.sizes[index] as Shares;
    const account = openAccount(exchange, maker.owner);
    const cost = costOf(maker.price, size);
    const gives = maker.side === 'BUY' ? cost : size;
    const givesFrom = assetOf(account, maker.side === 'BUY' ? 'USD' : maker.tokenId);
    const getsIn = assetOf(account, maker.side === 'BUY' ? maker.tokenId : 'USD');
    givesFrom.reserved -= gives;
    maker.reserved -= gives;
    givesFrom.pendingOut += gives;
    getsIn.pendingIn += maker.side === 'BUY' ? size : cost;
    recordFill(maker, size, gives, trade.id);
    if (maker.remaining === 0) {
      maker.status = 'MATCHED';
      account.openOrderIds.delete(maker.id);
      done += 1;
    }
    out.push({
      kind: 'orderUpdated',
      order: maker,
      status: maker.status,
      sizeMatched: maker.sizeMatched,
      atMs: nowMs,
    });
  }
  consume(market, levelSide, planned.yesPrice, planned.size, done);
}

function takeFromTaker(exchange: Exchange, taker: ExchangeOrder, trade: ExchangeTrade): void {
  const account = openAccount(exchange, taker.owner);
  const cost = costOf(trade.price, trade.size);
  const shares = assetOf(account, taker.tokenId);
  if (taker.side === 'BUY') {
    account.cash.pendingOut += cost + trade.fee;
    shares.pendingIn += trade.size;
  } else {
    shares.pendingOut += trade.size;
    account.cash.pendingIn += cost - trade.fee;
  }
  recordFill(taker, trade.size, trade.settlement.takerFillAmount, trade.id);
}

function recordFill(order: ExchangeOrder, size: Shares, making: number, tradeId: string): void {
  order.sizeMatched = (order.sizeMatched + size) as Shares;
  order.makerFilled += making;
  if (order.budget === 0) order.remaining = (order.remaining - size) as Shares;
  order.tradeIds.push(tradeId);
}

/** A counter in the shape of a UUID, because that is what the wire carries. */
function nextTradeId(exchange: Exchange): string {
  const seq = exchange.nextTradeSeq;
  exchange.nextTradeSeq += 1;
  return `${exchange.tradeIdPrefix}-0000-4000-8000-${seq.toString(16).padStart(12, '0')}`;
}
