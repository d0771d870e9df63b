/** Making an empty venue and opening books on it. */
import { createBook } from '../domain/book.ts';
import { type Assumptions, defaultAssumptions } from './assumptions.ts';
import type { Exchange, ExchangeMarket, ExchangeOrder, LevelQueue, MarketListing } from './types.ts';

export interface ExchangeOptions {
  /** Eight hex digits; default zeros. Trade ids are unique within one prefix. */
  readonly tradeIdPrefix?: string;
  readonly assumptions?: Partial<Assumptions>;
}

export function createExchange(options: ExchangeOptions = {}): Exchange {
  const tradeIdPrefix = options.tradeIdPrefix ?? '00000000';
  if (!/^[0-9a-f]{8}$/.test(tradeIdPrefix)) {
    throw new RangeError(`tradeIdPrefix must be eight lower-case hex digits, found "${tradeIdPrefix}"`);
  }
  return {
    assumptions: { ...defaultAssumptions, ...options.assumptions },
    tradeIdPrefix,
    mode: 'normal',
    markets: new Map(),
    marketByToken: new Map(),
    accounts: new Map(),
    orders: new Map(),
    unsettledTrades: new Map(),
    timers: [],
    feesCollected: 0 as Exchange['feesCollected'],
    nextTradeSeq: 1,
    nextTimerSeq: 1,
  };
}

/** Opens a book. Throws when the condition or one of the tokens is already listed. */
export function listMarket(exchange: Exchange, listing: MarketListing): ExchangeMarket {
  const { conditionId, yesTokenId, noTokenId } = listing;
  if (exchange.markets.has(conditionId)) throw new RangeError(`condition ${conditionId} is already listed`);
  if (exchange.marketByToken.has(yesTokenId) || exchange.marketByToken.has(noTokenId)) {
    throw new RangeError(`a token of condition ${conditionId} is already listed`);
  }
  const book = createBook(listing.tickSize);
  const market: ExchangeMarket = {
    conditionId,
    yesTokenId,
    noTokenId,
    minOrderSize: listing.minOrderSize,
    fee: listing.fee,
    takerDelayMs: listing.takerDelayMs,
    state: listing.state,
    book,
    bidQueues: emptyQueues(book.bids.length),
    askQueues: emptyQueues(book.asks.length),
    lastTradePrice: null,
    lastTradeSide: null,
    openOrderCount: 0,
  };
  exchange.markets.set(conditionId, market);
  exchange.marketByToken.set(yesTokenId, market);
  exchange.marketByToken.set(noTokenId, market);
  return market;
}

export const emptyQueues = (slots: number): (LevelQueue | null)[] =>
  new Array<LevelQueue | null>(slots).fill(null);

/** An order by id, live or done; undefined when it was never accepted or is forgotten. */
export const orderOf = (exchange: Exchange, id: string): ExchangeOrder | undefined => exchange.orders.get(id);

/** Forgets orders that are done and older than `beforeMs`, so that long runs keep a bounded memory. Returns how many. */
export function forgetDoneOrders(exchange: Exchange, beforeMs: number): number {
  let forgotten = 0;
  for (const order of exchange.orders.values()) {
    if (order.createdAtMs >= beforeMs || order.status === 'LIVE' || order.status === 'DELAYED') continue;
    exchange.orders.delete(order.id);
    forgotten += 1;
  }
  return forgotten;
}
