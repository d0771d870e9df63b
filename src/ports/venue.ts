import type { ConditionId, TokenId, WatchedMarket } from '../domain/market.ts';
import type { MarketEvent, PriceHistoryPoint } from '../domain/market-event.ts';
import type {
  ClientId,
  FillReport,
  OrderAnswer,
  OrderId,
  OrderRequest,
  VenueOrder,
} from '../domain/order.ts';
import type { Shares, Usd } from '../domain/units.ts';

/** A signed order ready to send. Its id is the order's EIP-712 hash, so a lost answer can be found again. */
export interface PreparedOrder {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  /** The wire JSON of one order, exactly as it will be sent. */
  readonly body: string;
  /** Why the signer did not sign it. Such an order is never sent: `place` answers it by itself. */
  readonly refused?: string;
}

export interface CancelAnswer {
  readonly canceled: readonly OrderId[];
  readonly notCanceled: readonly (readonly [OrderId, string])[];
}

/** When a failed call may be made again. */
export type Retry = 'never' | 'later' | 'reconcileFirst';

/** The trading side of the venue. Every call takes a signal; a call that fails throws a `ForeignError`. */
export interface VenuePort {
  /** Encodes, hashes and signs; nothing leaves the machine. What needs nobody else, since it was signed ahead, is there at once. */
  prepare(orders: readonly OrderRequest[]): PreparedOrder[] | Promise<PreparedOrder[]>;
  /**
   * Sends at most 15 orders in one request. Never throws for a lost answer: that is `unknown` for every order of the batch.
   * `mayLeave` is asked right before a request leaves, however long it had to wait for a connection; no makes its orders `notSent`.
   */
  place(
    orders: readonly PreparedOrder[],
    signal: AbortSignal,
    mayLeave?: () => boolean,
  ): Promise<(readonly [ClientId, OrderAnswer])[]>;
  cancel(orderIds: readonly OrderId[], signal: AbortSignal): Promise<CancelAnswer>;
  cancelAll(signal: AbortSignal): Promise<CancelAnswer>;
  openOrders(signal: AbortSignal): Promise<VenueOrder[]>;
  /** `null` when the venue proves that it has no such order. */
  order(orderId: OrderId, signal: AbortSignal): Promise<VenueOrder | null>;
  /** Own trades since, one report for each own order in each trade. */
  trades(sinceMs: number, signal: AbortSignal): Promise<FillReport[]>;
  /** A market's price from the venue's memory: the last of each step since then, of the token asked for. */
  priceHistory(
    tokenId: TokenId,
    sinceMs: number,
    stepMs: number,
    signal: AbortSignal,
  ): Promise<PriceHistoryPoint[]>;
  /** Liquidity rewards of one UTC day (2026-11-22) by market. */
  earnings(date: string, signal: AbortSignal): Promise<(readonly [ConditionId, Usd])[]>;
  /** Sends one heartbeat with the last id of the chain (empty to start) and returns the next id. */
  beat(heartbeatId: string, signal: AbortSignal): Promise<string>;
  /** New connections and credentials after many failures. */
  rebuild(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface MarketListPort {
  /** Every active market of the venue, paged and concurrent. */
  markets(signal: AbortSignal): Promise<MarketEvent & { kind: 'marketsListed' }>;
}

export interface FeedSink<Event> {
  readonly onEvent: (event: Event) => void;
  readonly onUp: (reason: string) => void;
  readonly onDown: (reason: string) => void;
}

export interface MarketFeedPort {
  start(sink: FeedSink<MarketEvent>): void;
  watch(markets: readonly WatchedMarket[]): void;
  unwatch(conditionIds: readonly string[]): void;
  /** Reads the book over REST and returns it as a `book` event; the feed's own mirror takes it too, the sink does not get it a second time. */
  readBook(market: WatchedMarket, signal: AbortSignal): Promise<MarketEvent & { kind: 'book' }>;
  /** Reads both tokens' books in one request. The mirror takes neither. */
  readOutcomeBooks(
    market: WatchedMarket,
    signal: AbortSignal,
  ): Promise<MarketEvent & { kind: 'outcomeBooks' }>;
  /** Opens every connection anew: the feed goes down, and comes back with every book. */
  reconnect(reason: string): void;
  close(): Promise<void>;
}

export type UserEvent =
  | {
      readonly kind: 'orderSeen';
      readonly orderId: OrderId;
      readonly status: VenueOrder['status'];
      readonly matchedSize: Shares | null;
    }
  | { readonly kind: 'fill'; readonly fill: FillReport };

export interface UserFeedPort {
  start(sink: FeedSink<UserEvent>): void;
  /** Opens the connection anew: the feed goes down and comes back. */
  reconnect(reason: string): void;
  close(): Promise<void>;
}

export interface ChainBalances {
  readonly cash: Usd;
  readonly tokens: readonly (readonly [TokenId, Shares])[];
  readonly blockNumber: number;
}
