/**
 * What the parts of the local venue share: the venue's state as the Gamma and Data routes and the background
 * traders see it. The CLOB (`clob/`) implements it; nobody else writes to it but through its methods.
 */
import type { FastifyInstance } from 'fastify';
import type { ConditionId, Market, Outcome, Side, TokenId } from '../domain/market.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import type { Address, FundedAccount, Hex, LocalChain } from './chain/types.ts';
import type { PriceUrls } from './spot/price-server.ts';

/** Wall clock and timers, injected so that tests move time by hand. */
export interface VenueClock {
  readonly nowMs: () => number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  readonly after: (delayMs: number, action: () => void) => () => void;
}

/** A market to open on the venue. Its condition is already prepared on the chain, so that its ids are final. */
export interface VenueListing {
  readonly market: Market;
  /** Who reports its outcome on chain. */
  readonly oracle: Address;
  /** Text of the wire's `outcome` fields; same as `market.outcomeNames`. Kept verbatim Gamma object when it was loaded from one. */
  readonly gamma?: Readonly<Record<string, unknown>>;
  /** Seconds a taker order waits before it matches (`itode` markets), in milliseconds. Default 0. */
  readonly takerDelayMs?: number;
}

export type ListingStatus = 'open' | 'resolved';

/** A listed market with what changes during its life. */
export interface VenueMarket {
  readonly listing: VenueListing;
  /** As listed, but for `tickSize`, `acceptingOrders`, `closed` and `active`, which follow the market's life. */
  readonly market: Market;
  readonly status: ListingStatus;
  readonly winner: Outcome | null;
  readonly listedAtMs: number;
  readonly resolvedAtMs: number | null;
  /** Per market, as the wire has it: both tokens show the same value. */
  readonly lastTradePrice: Price | null;
  readonly lastTradeSide: Side | null;
  /** Matched notional since listing, taker's dollars. */
  readonly volume: Usd;
}

export interface VenueLevel {
  readonly price: Price;
  readonly size: Shares;
}

/** One token's view of the market's book; both sides best first. */
export interface VenueBook {
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
  readonly changedAtMs: number;
}

export type VenueOrderType = 'GTC' | 'GTD' | 'FOK' | 'FAK';
export type VenueOrderStatus =
  | 'LIVE'
  | 'MATCHED'
  | 'DELAYED'
  | 'CANCELED'
  | 'CANCELED_MARKET_RESOLVED'
  | 'INVALID';

/** An order as the venue keeps it, live or done. */
export interface VenueOrder {
  /** EIP-712 hash under the market's exchange. */
  readonly id: Hex;
  /** Maker address: whose balance it uses. */
  readonly owner: Address;
  /** API key it came with; the empty text for orders of the fast path. */
  readonly apiKey: string;
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly originalSize: Shares;
  readonly matchedSize: Shares;
  readonly orderType: VenueOrderType;
  readonly postOnly: boolean;
  /** Seconds since 1970, 0 when it has no expiration. */
  readonly expirationSec: number;
  readonly status: VenueOrderStatus;
  readonly createdAtMs: number;
  readonly tradeIds: readonly string[];
}

export type VenueTradeStatus = 'MATCHED' | 'MINED' | 'CONFIRMED' | 'RETRYING' | 'FAILED';

export interface VenueMakerFill {
  readonly orderId: Hex;
  readonly owner: Address;
  readonly apiKey: string;
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  /** The maker's own price, in the maker's own token. */
  readonly price: Price;
  readonly size: Shares;
}

/** One settlement: a taker order against one or more maker orders, one `matchOrders` call. */
export interface VenueTrade {
  readonly id: string;
  readonly conditionId: ConditionId;
  readonly takerOrderId: Hex;
  readonly takerOwner: Address;
  readonly takerApiKey: string;
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly fee: Usd;
  readonly status: VenueTradeStatus;
  readonly matchedAtMs: number;
  readonly updatedAtMs: number;
  readonly txHash: Hex | null;
  readonly blockNumber: number | null;
  readonly bucketIndex: number;
  readonly makers: readonly VenueMakerFill[];
}

/** What happens on the venue, in order. Handlers must not throw and must not call back into the venue synchronously. */
export type VenueEvent =
  | {
      readonly kind: 'order';
      readonly change: 'PLACEMENT' | 'UPDATE' | 'CANCELLATION';
      readonly order: VenueOrder;
      /** A FOK or FAK that found too little; the venue reports it in an odd form on its socket. */
      readonly killed: boolean;
      readonly atMs: number;
    }
  /** At the match, and again at each change of status. */
  | { readonly kind: 'trade'; readonly trade: VenueTrade; readonly atMs: number }
  /** After the `trade` of the match, in the taker's token. */
  | {
      readonly kind: 'lastTrade';
      readonly conditionId: ConditionId;
      readonly tokenId: TokenId;
      readonly side: Side;
      readonly price: Price;
      readonly size: Shares;
      readonly atMs: number;
    }
  /** Once for all that one request or timer did to a market's book, after it is done. */
  | {
      readonly kind: 'book';
      readonly conditionId: ConditionId;
      /** Levels that changed, in YES coordinates, with their new totals. */
      readonly levels: readonly { readonly side: Side; readonly price: Price; readonly size: Shares }[];
      readonly atMs: number;
    }
  | {
      readonly kind: 'tickSize';
      readonly conditionId: ConditionId;
      readonly from: Price;
      readonly to: Price;
      readonly atMs: number;
    }
  | { readonly kind: 'marketListed'; readonly conditionId: ConditionId; readonly atMs: number }
  | {
      readonly kind: 'marketResolved';
      readonly conditionId: ConditionId;
      readonly winner: Outcome;
      readonly atMs: number;
    };

/** An order of the fast path: the venue signs it with the account's key, then treats it as any other. */
export interface TraderOrder {
  readonly tokenId: TokenId;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  /** FOK and FAK included: `size` is always in shares here, `price` the worst acceptable. */
  readonly orderType: VenueOrderType;
  readonly postOnly?: boolean;
  readonly expirationSec?: number;
}

export type SubmitOutcome =
  | {
      readonly accepted: true;
      readonly orderId: Hex;
      readonly status: 'live' | 'matched' | 'delayed' | 'unmatched';
      readonly matchedSize: Shares;
      readonly tradeIds: readonly string[];
    }
  | { readonly accepted: false; readonly error: string; readonly orderId: Hex | null };

export interface VenueState {
  readonly clock: VenueClock;
  readonly chain: LocalChain;
  /** In listing order, resolved ones included. */
  readonly markets: () => readonly VenueMarket[];
  readonly marketByCondition: (conditionId: string) => VenueMarket | null;
  readonly marketByToken: (tokenId: string) => VenueMarket | null;
  readonly book: (tokenId: string) => VenueBook | null;
  /** Opens a market; announces `new_market`. Refuses a condition that is listed already. */
  readonly listMarket: (listing: VenueListing) => void;
  /** Reports on chain, cancels what rests there, announces `market_resolved`. */
  readonly resolveMarket: (conditionId: string, winner: Outcome) => Promise<void>;
  /** Off-grid resting orders are dropped when the tick grows. */
  readonly setTickSize: (conditionId: string, tickSize: Price) => void;

  /** Reads the account's chain balances of the market's tokens, so that its first order need not wait. */
  readonly warm: (owner: Address, tokenIds: readonly string[]) => Promise<void>;
  /** Signs, validates, matches and queues the settlement; same rules and texts as `POST /order`. */
  readonly submitOrder: (account: FundedAccount, order: TraderOrder) => Promise<SubmitOutcome>;
  /** Ids canceled; those that were not live are left out. */
  readonly cancelOrders: (owner: Address, orderIds: readonly Hex[]) => readonly Hex[];
  readonly cancelAll: (owner: Address, conditionId?: string) => readonly Hex[];
  readonly openOrders: (owner: Address, conditionId?: string) => readonly VenueOrder[];
  readonly order: (orderId: string) => VenueOrder | null;
  /** Trades of the address as taker or maker, oldest first; every trade when no address is given. Bounded, see venue options. */
  readonly trades: (owner?: Address) => readonly VenueTrade[];
  /** Cached chain balances: what the address owns, in millionths. Loads them when they are not cached. */
  readonly balances: (
    owner: Address,
    tokenIds: readonly string[],
  ) => Promise<{ readonly pUsd: Usd; readonly tokens: readonly Shares[] }>;
  /** Last prices of the token, oldest first, at most one a second. */
  readonly priceHistory: (tokenId: string) => readonly { readonly atSec: number; readonly price: Price }[];
  /** Returns the function that ends the subscription. */
  readonly onEvent: (handler: (event: VenueEvent) => void) => () => void;
  /** Settles every queued match and waits for its receipt; bounded by `timeoutMs`. False when the bound was hit. */
  readonly settled: (timeoutMs?: number) => Promise<boolean>;
}

/** Adds one service's routes (Gamma, Data) to a server of its own. `catalogue/` exports one for each. */
export type VenueRoutes = (app: FastifyInstance, state: VenueState) => void | Promise<void>;

/** Background flow. Started after the markets are listed; `stop` cancels its orders. */
export type VenueTraders = (state: VenueState) => Promise<{ readonly stop: () => Promise<void> }>;

export interface VenueUrls {
  readonly clob: string;
  readonly wsMarket: string;
  readonly wsUser: string;
  readonly gamma: string;
  readonly data: string;
  readonly rpc: string;
  /** Only where the venue publishes prices of coins. */
  readonly prices?: PriceUrls;
}
