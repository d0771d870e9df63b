/**
 * The venue's state and what comes out of it, as plain data. One market has one book in YES coordinates: buying NO at p stands
 * as a YES ask at 1 - p. Money is whole micro-dollars and micro-shares; every fill is a whole number of lots of 0.01 share, so
 * that price times size is always a whole micro-dollar. The functions that write this state are in the sibling files.
 */
import type { TickBook } from '../domain/book.ts';
import type { ConditionId, FeeSchedule, Outcome, Side, TokenId } from '../domain/market.ts';
import type { TimeInForce } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import type { Assumptions } from './assumptions.ts';
import type { CancelRefusal, Rejection } from './rejections.ts';

/** What the whole venue accepts now. `restarting` answers 425 to everything. */
export type ExchangeMode = 'normal' | 'postOnly' | 'cancelOnly' | 'disabled' | 'restarting';

/** `notReady` and `halted` accept cancels only; `resolved` is final. */
export type MarketState = 'notReady' | 'open' | 'halted' | 'resolved';

/** What an account may do. `closedOnly` may only sell shares it holds. */
export type AccountStatus = 'active' | 'closedOnly' | 'banned' | 'makerNotAllowed';

export interface MarketListing {
  readonly conditionId: ConditionId;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  readonly tickSize: Price;
  readonly minOrderSize: Shares;
  readonly fee: FeeSchedule;
  /** How long a marketable order waits before it matches, 0 for none. */
  readonly takerDelayMs: number;
  readonly state: MarketState;
}

/** First in, first out orders of one price level. Dead orders are skipped and swept out when they are the majority. */
export interface LevelQueue {
  orders: ExchangeOrder[];
  /** Index of the first entry that may be alive. */
  head: number;
  /** Dead entries at or after `head`. */
  dead: number;
}

export interface ExchangeMarket {
  readonly conditionId: ConditionId;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  readonly minOrderSize: Shares;
  readonly fee: FeeSchedule;
  takerDelayMs: number;
  state: MarketState;
  /** Totals a level and the touch, in YES coordinates. Read with the functions of `domain/book.ts`. */
  readonly book: TickBook;
  /** Queues by tick index, beside the book's totals. */
  bidQueues: (LevelQueue | null)[];
  askQueues: (LevelQueue | null)[];
  /** In YES coordinates; null before the first trade. */
  lastTradePrice: Price | null;
  /** The taker's side in YES coordinates. */
  lastTradeSide: Side | null;
  openOrderCount: number;
}

/** One asset of one account. Usable = min(settled - pendingOut [+ pendingIn], allowance) - reserved. */
export interface AssetBalance {
  /** What the chain says. */
  settled: number;
  /** What matched trades will take once they settle. */
  pendingOut: number;
  /** What matched trades will bring once they settle. */
  pendingIn: number;
  /** What open and delayed orders may still take. */
  reserved: number;
  /** What the exchange contract may pull. */
  allowance: number;
}

export interface ExchangeAccount {
  readonly owner: string;
  status: AccountStatus;
  readonly cash: AssetBalance;
  readonly tokens: Map<TokenId, AssetBalance>;
  /** Ids of live and delayed orders, in the order they came. */
  readonly openOrderIds: Set<string>;
}

/**
 * An order as signed: amounts in millionths. BUY gives `makerAmount` dollars for `takerAmount` shares, SELL gives `makerAmount`
 * shares for `takerAmount` dollars. The price follows from the amounts.
 */
export interface PlaceRequest {
  /** The order's EIP-712 hash on the venue; any unique text in a simulation. */
  readonly id: string;
  /** The account whose balances pay: the maker address. */
  readonly owner: string;
  readonly tokenId: TokenId;
  readonly side: Side;
  readonly makerAmount: number;
  readonly takerAmount: number;
  readonly orderType: TimeInForce;
  readonly postOnly: boolean;
  /** Unix seconds as sent; 0 unless GTD. */
  readonly expirationSec: number;
}

export type ExchangeOrderStatus =
  | 'DELAYED'
  | 'LIVE'
  | 'MATCHED'
  | 'CANCELED'
  | 'CANCELED_MARKET_RESOLVED'
  | 'INVALID';

/** An accepted order. Fields without `readonly` change; read them from an event when the moment matters. */
export interface ExchangeOrder {
  readonly id: string;
  readonly owner: string;
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly orderType: TimeInForce;
  readonly postOnly: boolean;
  readonly makerAmount: number;
  readonly takerAmount: number;
  /** Limit price in the order's own token. */
  readonly price: Price;
  /** The same limit in YES coordinates, and the side of the unified book. */
  readonly yesPrice: Price;
  readonly yesSide: Side;
  /** Shares. For a market BUY this is `takerAmount`; what it gets may be more, because it is sized in dollars. */
  readonly originalSize: Shares;
  /** Dollars of a market BUY (FOK, FAK); 0 for an order sized in shares. */
  readonly budget: Usd;
  readonly createdAtMs: number;
  readonly expirationSec: number;
  /** When it leaves the book: one minute before the stated second. Infinity unless GTD. */
  readonly expiresAtMs: number;
  status: ExchangeOrderStatus;
  sizeMatched: Shares;
  /** Shares not yet matched of an order sized in shares. */
  remaining: Shares;
  /** Units of `makerAmount` already used by fills, as the contract counts them. */
  makerFilled: number;
  /** What this order holds back from its owner's balance: dollars for BUY, shares for SELL. */
  reserved: number;
  readonly tradeIds: string[];
}

export type MatchType = 'COMPLEMENTARY' | 'MINT' | 'MERGE';

/** One maker's part in a trade, on the maker's own side and token, as the wire has it in `maker_orders`. */
export interface MakerFill {
  readonly orderId: string;
  readonly owner: string;
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly matchType: MatchType;
}

/** The arguments of the contract's `matchOrders`. Fill amounts are in units of each order's own `makerAmount`, fees in micro-dollars. */
export interface SettlementInstruction {
  readonly conditionId: ConditionId;
  readonly takerOrderHash: string;
  readonly makerOrderHashes: readonly string[];
  readonly takerFillAmount: number;
  readonly makerFillAmounts: readonly number[];
  readonly takerFeeAmount: number;
  readonly makerFeeAmounts: readonly number[];
}

/** MATCHED until `applySettlement` makes it CONFIRMED or FAILED; the steps between are the operator's, not the engine's. */
export type ExchangeTradeStatus = 'MATCHED' | 'CONFIRMED' | 'FAILED';

/** One taker order against the makers of one price level: one `matchOrders` call, one price. */
export interface ExchangeTrade {
  readonly id: string;
  readonly conditionId: ConditionId;
  readonly takerOrderId: string;
  readonly takerOwner: string;
  /** The taker's token and side, and the price in the taker's token. */
  readonly tokenId: TokenId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  /** Taker fee in micro-dollars: on top of a BUY, out of a SELL's proceeds. */
  readonly fee: Usd;
  readonly matchedAtMs: number;
  /** 0 for the first trade of the taker order, 1 for its second, ... */
  readonly bucketIndex: number;
  readonly makerOrders: readonly MakerFill[];
  readonly settlement: SettlementInstruction;
  status: ExchangeTradeStatus;
}

export type CancelCause =
  | 'user'
  | 'expired'
  | 'killed'
  | 'marketResolved'
  | 'marketHalted'
  | 'tickSize'
  | 'venue'
  | 'balance';

/** What happened, in order. `order` is the live object: its readonly fields are safe to keep, the others are repeated in the event. */
export type ExchangeEvent =
  | {
      readonly kind: 'orderPlaced';
      readonly order: ExchangeOrder;
      readonly status: ExchangeOrderStatus;
      readonly atMs: number;
    }
  | {
      readonly kind: 'orderUpdated';
      readonly order: ExchangeOrder;
      readonly status: ExchangeOrderStatus;
      readonly sizeMatched: Shares;
      readonly atMs: number;
    }
  | {
      readonly kind: 'orderCancelled';
      readonly order: ExchangeOrder;
      readonly status: ExchangeOrderStatus;
      readonly sizeMatched: Shares;
      readonly cause: CancelCause;
      /** Text for the wire; for a killed FOK or FAK it is the rejection's. */
      readonly reason: string;
      readonly atMs: number;
    }
  | { readonly kind: 'trade'; readonly trade: ExchangeTrade; readonly atMs: number }
  | { readonly kind: 'tradeSettled'; readonly trade: ExchangeTrade; readonly status: 'CONFIRMED' | 'FAILED' }
  | {
      readonly kind: 'bookLevelChanged';
      readonly conditionId: ConditionId;
      /** YES coordinates. */
      readonly side: Side;
      readonly price: Price;
      /** New total at the level; 0 means that it is gone. */
      readonly size: Shares;
      readonly atMs: number;
    }
  | {
      readonly kind: 'lastTradePrice';
      readonly conditionId: ConditionId;
      /** The taker's own token, price and side, as on the wire. */
      readonly tokenId: TokenId;
      readonly side: Side;
      readonly price: Price;
      readonly size: Shares;
      readonly fee: Usd;
      readonly tradeId: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'tickSizeChanged';
      readonly conditionId: ConditionId;
      readonly from: Price;
      readonly to: Price;
      readonly atMs: number;
    }
  | {
      readonly kind: 'marketStateChanged';
      readonly conditionId: ConditionId;
      readonly state: MarketState;
      readonly atMs: number;
    };

/** Something that falls due: a GTD order's end, or a delayed order's release. */
export interface ExchangeTimer {
  readonly atMs: number;
  readonly seq: number;
  readonly orderId: string;
  readonly what: 'expire' | 'release';
}

export interface Exchange {
  readonly assumptions: Assumptions;
  /** Eight hex digits that begin every trade id of this run. */
  readonly tradeIdPrefix: string;
  mode: ExchangeMode;
  readonly markets: Map<ConditionId, ExchangeMarket>;
  readonly marketByToken: Map<TokenId, ExchangeMarket>;
  readonly accounts: Map<string, ExchangeAccount>;
  /** All orders that were accepted, done ones too until `forgetDoneOrders`. */
  readonly orders: Map<string, ExchangeOrder>;
  /** Trades that wait for their settlement. */
  readonly unsettledTrades: Map<string, ExchangeTrade>;
  /** Binary heap by (atMs, seq). */
  readonly timers: ExchangeTimer[];
  /** Fees of confirmed trades: what the fee receiver holds. */
  feesCollected: Usd;
  nextTradeSeq: number;
  nextTimerSeq: number;
}

/**
 * `matched`: something matched at once, whether or not a rest stays on the book. `delayed`: it matches when its timer falls due;
 * what became of it then is in the events and in `order.status`. Amounts are what was exchanged so far.
 */
export type PlaceResult =
  | {
      readonly accepted: true;
      readonly status: 'live' | 'matched' | 'delayed';
      readonly order: ExchangeOrder;
      /** In units of `makerAmount` (gave) and `takerAmount` (got), before fees. */
      readonly makingAmount: number;
      readonly takingAmount: number;
      readonly tradeIds: readonly string[];
    }
  | { readonly accepted: false; readonly rejection: Rejection };

export interface CancelResult {
  readonly canceled: string[];
  readonly notCanceled: { readonly id: string; readonly reason: CancelRefusal }[];
}
