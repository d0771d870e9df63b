import { complement, type Price, type Usd, usd } from '../../domain/units.ts';
import {
  advanceTime,
  type ExchangeEvent,
  type ExchangeOrder,
  type ExchangeTrade,
  forgetDoneOrders,
  nextTimerMs,
} from '../../exchange/index.ts';
import type { Address, Hex, Match } from '../chain/types.ts';
import type { VenueEvent, VenueMakerFill } from '../types.ts';
import { emit, type MarketRecord, orderView, type TradeRecord, type VenueCore } from './core.ts';

/** How much of the oldest is forgotten at once when the bound on done orders is passed. */
const FORGET_SHARE = 0.2;
const PRICE_HISTORY_POINTS = 20_000;

/**
 * Runs one change of the engine and brings everything else in line with it: records, listeners, the settlement
 * queue and the engine's timer. The only way the venue changes the engine's orders and trades.
 */
export function change<T>(core: VenueCore, action: (out: ExchangeEvent[], nowMs: number) => T): T {
  const out: ExchangeEvent[] = [];
  const result = action(out, core.clock.nowMs());
  applyEvents(core, out);
  armTimer(core);
  return result;
}

function armTimer(core: VenueCore): void {
  core.cancelTimer();
  const dueMs = nextTimerMs(core.exchange);
  if (dueMs === null || core.stopped) return;
  const delayMs = Math.max(0, dueMs - core.clock.nowMs());
  core.cancelTimer = core.clock.after(delayMs, () => {
    change(core, (out, nowMs) => advanceTime(core.exchange, nowMs, out));
  });
}

type LevelChange = Extract<VenueEvent, { kind: 'book' }>['levels'][number];

interface TouchedBook {
  readonly atMs: number;
  /** Last total of each level, by side and price. */
  readonly levels: Map<string, LevelChange>;
}

function applyEvents(core: VenueCore, events: readonly ExchangeEvent[]): void {
  const books = new Map<MarketRecord, TouchedBook>();
  const news: VenueEvent[] = [];
  const matched: ExchangeTrade[] = [];
  for (const event of events) {
    switch (event.kind) {
      case 'orderPlaced':
        pushOrder(core, news, event.order, 'PLACEMENT', false, event.atMs);
        break;
      case 'orderUpdated':
        pushOrder(core, news, event.order, 'UPDATE', false, event.atMs);
        break;
      case 'orderCancelled':
        pushOrder(core, news, event.order, 'CANCELLATION', event.cause === 'killed', event.atMs);
        break;
      case 'trade':
        matched.push(event.trade);
        news.push({ kind: 'trade', trade: { ...recordTrade(core, event.trade) }, atMs: event.atMs });
        break;
      case 'bookLevelChanged': {
        const { side, price, size, atMs } = event;
        const touched = touch(core, books, event.conditionId, atMs);
        touched?.levels.set(`${side}${price}`, { side, price, size });
        break;
      }
      case 'lastTradePrice': {
        const { conditionId, tokenId, side, price, size, atMs } = event;
        touch(core, books, conditionId, atMs);
        recordLastTrade(core, event);
        news.push({ kind: 'lastTrade', conditionId, tokenId, side, price, size, atMs });
        break;
      }
      case 'tickSizeChanged': {
        const { conditionId, from, to, atMs } = event;
        touch(core, books, conditionId, atMs);
        const record = core.markets.get(conditionId);
        if (record !== undefined) record.market = { ...record.market, tickSize: to };
        news.push({ kind: 'tickSize', conditionId, from, to, atMs });
        break;
      }
      case 'tradeSettled':
      case 'marketStateChanged':
        // The caller that settles a trade or resolves a market announces it with what only it knows.
        break;
    }
  }
  for (const [record, touched] of books) {
    record.bookChangedAtMs = touched.atMs;
    const levels = [...touched.levels.values()];
    news.push({ kind: 'book', conditionId: record.market.conditionId, levels, atMs: touched.atMs });
  }
  for (const event of news) emit(core, event);
  for (const trade of matched) core.settlement.enqueue(trade.id, matchOf(core, trade));
}

function touch(
  core: VenueCore,
  books: Map<MarketRecord, TouchedBook>,
  conditionId: MarketRecord['market']['conditionId'],
  atMs: number,
): TouchedBook | null {
  const record = core.markets.get(conditionId);
  if (record === undefined) return null;
  const known = books.get(record);
  if (known !== undefined) return known;
  const touched: TouchedBook = { atMs, levels: new Map() };
  books.set(record, touched);
  return touched;
}

function pushOrder(
  core: VenueCore,
  news: VenueEvent[],
  order: ExchangeOrder,
  kind: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION',
  killed: boolean,
  atMs: number,
): void {
  const record = core.orders.get(order.id);
  if (record === undefined) return;
  news.push({ kind: 'order', change: kind, order: orderView(record, order), killed, atMs });
}

function recordLastTrade(core: VenueCore, event: Extract<ExchangeEvent, { kind: 'lastTradePrice' }>): void {
  const record = core.markets.get(event.conditionId);
  if (record === undefined) return;
  record.lastTradePrice = event.price;
  record.lastTradeSide = event.side;
  record.volume = usd(record.volume + Math.floor((event.price * event.size) / 10_000)) as Usd;
  const isYes = event.tokenId === record.market.yesTokenId;
  const yesPrice: Price = isYes ? event.price : complement(event.price);
  const atSec = Math.floor(event.atMs / 1000);
  if (record.history.at(-1)?.atSec === atSec) record.history.pop();
  record.history.push({ atSec, price: yesPrice });
  if (record.history.length > PRICE_HISTORY_POINTS) record.history.shift();
}

function recordTrade(core: VenueCore, trade: ExchangeTrade): TradeRecord {
  const apiKeyOf = (orderId: string): string => core.orders.get(orderId)?.apiKey ?? '';
  const makers = trade.makerOrders.map(
    (maker): VenueMakerFill => ({
      orderId: maker.orderId as Hex,
      owner: maker.owner as Address,
      apiKey: apiKeyOf(maker.orderId),
      tokenId: maker.tokenId,
      outcome: maker.outcome,
      side: maker.side,
      price: maker.price,
      size: maker.size,
    }),
  );
  const record: TradeRecord = {
    id: trade.id,
    conditionId: trade.conditionId,
    takerOrderId: trade.takerOrderId as Hex,
    takerOwner: trade.takerOwner as Address,
    takerApiKey: apiKeyOf(trade.takerOrderId),
    tokenId: trade.tokenId,
    outcome: trade.outcome,
    side: trade.side,
    price: trade.price,
    size: trade.size,
    fee: trade.fee,
    status: 'MATCHED',
    matchedAtMs: trade.matchedAtMs,
    updatedAtMs: trade.matchedAtMs,
    txHash: null,
    blockNumber: null,
    bucketIndex: trade.bucketIndex,
    makers,
  };
  core.trades.set(record.id, record);
  for (const owner of new Set([record.takerOwner, ...makers.map((maker) => maker.owner)])) {
    const known = core.tradesByOwner.get(owner);
    if (known === undefined) core.tradesByOwner.set(owner, [record]);
    else known.push(record);
  }
  return record;
}

/** The contract call that settles a trade, with the orders as signed. Throws when an order was forgotten too early. */
function matchOf(core: VenueCore, trade: ExchangeTrade): Match {
  const signed = (orderId: string) => {
    const record = core.orders.get(orderId);
    if (record === undefined)
      throw new Error(`trade ${trade.id} names order ${orderId}, which is not on record`);
    return record.signed;
  };
  const { settlement } = trade;
  return {
    conditionId: trade.conditionId as string as Hex,
    negRisk: core.markets.get(trade.conditionId)?.market.negRisk ?? false,
    taker: signed(settlement.takerOrderHash),
    takerFillAmount: BigInt(settlement.takerFillAmount),
    takerFeeAmount: BigInt(settlement.takerFeeAmount),
    makers: settlement.makerOrderHashes.map((hash, index) => ({
      order: signed(hash),
      fillAmount: BigInt(settlement.makerFillAmounts[index] ?? 0),
      feeAmount: BigInt(settlement.makerFeeAmounts[index] ?? 0),
    })),
  };
}

/** Forgets the oldest done orders and ended trades once there are more than the venue keeps. */
export function forgetOld(core: VenueCore): void {
  const { keptOrders, keptTrades } = core.options;
  if (core.orders.size > keptOrders) forgetOrders(core, Math.ceil(keptOrders * FORGET_SHARE));
  if (core.trades.size > keptTrades) forgetTrades(core, Math.ceil(keptTrades * FORGET_SHARE));
}

function forgetOrders(core: VenueCore, count: number): void {
  let seen = 0;
  for (const order of core.exchange.orders.values()) {
    seen += 1;
    if (seen < count) continue;
    forgetDoneOrders(core.exchange, order.createdAtMs);
    break;
  }
  for (const id of core.orders.keys()) if (!core.exchange.orders.has(id)) core.orders.delete(id);
}

function forgetTrades(core: VenueCore, count: number): void {
  const forgotten = new Set<TradeRecord>();
  for (const trade of core.trades.values()) {
    if (forgotten.size >= count) break;
    if (trade.status !== 'CONFIRMED' && trade.status !== 'FAILED') continue;
    forgotten.add(trade);
    core.trades.delete(trade.id);
  }
  for (const [owner, trades] of core.tradesByOwner) {
    core.tradesByOwner.set(
      owner,
      trades.filter((trade) => !forgotten.has(trade)),
    );
  }
}
