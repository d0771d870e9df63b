import type { AnalystQuestion } from '../domain/analyst-question.ts';
import type { DirectionalNote } from '../domain/directional.ts';
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
import type { MarketResolution, ResolvableMarket } from '../domain/resolution.ts';
import type {
  CandleStep,
  CoinSymbol,
  DailyClose,
  SpotCandle,
  SpotPublisher,
  SpotSource,
} from '../domain/spot-price.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Shares, Usd } from '../domain/units.ts';
import type { WalletTransfer } from '../domain/wallet-transfer.ts';
import type { Approved } from '../risk/approved.ts';
import type { QuoteDecision, SelectionDecision } from './decision.ts';
import type { StrategySettings } from './strategy-settings.ts';

/**
 * Everything the core ever learns, one value at a time. The driver stamps each with `atMs` and writes it to the journal
 * before the kernel sees it, so a run is its list of inputs.
 */
export type Input =
  | RunStarted
  | { readonly kind: 'wake' }
  | SettingsChanged
  | { readonly kind: 'operator'; readonly order: OperatorOrder; readonly by: string; readonly reason: string }
  | { readonly kind: 'feed'; readonly feed: FeedName; readonly up: boolean; readonly reason: string }
  | MarketEvent
  | OrderInput
  | ReadInput
  | TransactionInput
  | AnalystInput
  | SpotInput;

export interface RunStarted {
  readonly kind: 'runStarted';
  readonly runId: string;
  readonly parentRunId: string | null;
  readonly seed: string;
  /** The address that holds cash and tokens. */
  readonly wallet: string;
  readonly settings: StrategySettings;
}

/** The settings from now on, as a whole, and which one an operator has changed; none is named where they come from elsewhere. */
export interface SettingsChanged {
  readonly kind: 'settingsChanged';
  readonly settings: StrategySettings;
  readonly by: string;
  readonly change?: {
    /** The environment name. */
    readonly name: string;
    readonly from: string | number | boolean | null;
    readonly to: string | number | boolean | null;
    readonly reason: string;
  };
}

/** `heartbeat` is up from the first confirmed beat until 10 s pass without one. */
export type FeedName = 'market' | 'user' | 'heartbeat';

/** `pause`: no new risk, quotes pulled. `halt`: cancel everything, send nothing else. `stop`: halt, confirm, exit. */
export type OperatorOrder = 'pause' | 'resume' | 'reduce' | 'halt' | 'stop';

export type OrderInput =
  /** Signed, so its hash is known; journaled before transmission. */
  | { readonly kind: 'ordersPrepared'; readonly orders: readonly (readonly [ClientId, OrderId])[] }
  | { readonly kind: 'ordersAnswered'; readonly answers: readonly (readonly [ClientId, OrderAnswer])[] }
  | {
      /** An order frame of the user socket. */
      readonly kind: 'orderSeen';
      readonly orderId: OrderId;
      readonly status: VenueOrder['status'];
      readonly matchedSize: Shares | null;
    }
  | { readonly kind: 'fill'; readonly fill: FillReport }
  | {
      readonly kind: 'cancelAnswered';
      readonly requested: readonly OrderId[];
      readonly canceled: readonly OrderId[];
      readonly notCanceled: readonly (readonly [OrderId, string])[];
    }
  | {
      /** The cancel's answer was lost, or the venue could not take it now. */
      readonly kind: 'cancelFailed';
      readonly requested: readonly OrderId[];
      readonly code: string;
      readonly text: string;
    };

export type ReadName =
  | 'markets'
  | 'book'
  | 'outcomeBooks'
  | 'openOrders'
  | 'order'
  | 'trades'
  | 'balances'
  | 'transaction'
  | 'priceHistory'
  | 'earnings'
  | 'resolutions'
  | 'dailyCloses'
  | 'candles';

export type ReadInput =
  /** The complete list of live orders; `askedAtMs` is when the read was sent, so younger orders are not missing. */
  | { readonly kind: 'openOrdersRead'; readonly orders: readonly VenueOrder[]; readonly askedAtMs: number }
  /** `null`: the venue proves that it never had this order. */
  | {
      readonly kind: 'orderRead';
      readonly orderId: OrderId;
      readonly order: VenueOrder | null;
      readonly askedAtMs: number;
    }
  | {
      readonly kind: 'tradesRead';
      readonly fills: readonly FillReport[];
      readonly sinceMs: number;
      readonly askedAtMs: number;
    }
  | {
      readonly kind: 'balancesRead';
      readonly cash: Usd;
      readonly tokens: readonly (readonly [TokenId, Shares])[];
      readonly blockNumber: number;
      readonly askedAtMs: number;
    }
  /**
   * What moved the wallet after one block, up to and with another, settlements of trades left out and our own transactions not.
   * Transfers up to `finalBlock` can not be taken back by the chain any more.
   */
  | {
      readonly kind: 'transfersRead';
      readonly afterBlock: number;
      readonly toBlock: number;
      readonly finalBlock: number;
      readonly transfers: readonly WalletTransfer[];
      readonly askedAtMs: number;
    }
  /** What a market's price has done before we watched it: points of YES, oldest first. */
  | {
      readonly kind: 'priceHistoryRead';
      readonly conditionId: ConditionId;
      readonly points: readonly PriceHistoryPoint[];
      readonly askedAtMs: number;
    }
  /** Liquidity rewards of one UTC day (2026-11-22) by market, as the venue has them now. */
  | {
      readonly kind: 'earningsRead';
      readonly date: string;
      readonly byMarket: readonly (readonly [ConditionId, Usd])[];
      readonly askedAtMs: number;
    }
  /** How far the oracles of markets have come. */
  | {
      readonly kind: 'resolutionsRead';
      readonly resolutions: readonly MarketResolution[];
      readonly askedAtMs: number;
    }
  | {
      readonly kind: 'readFailed';
      readonly read: ReadName;
      readonly key: string;
      readonly code: string;
      readonly text: string;
    };

export type TransactionInput =
  /** Signed, so its hash is known; journaled before broadcast. */
  | {
      readonly kind: 'transactionPrepared';
      readonly txKey: string;
      readonly hash: string;
      readonly nonce: number;
    }
  | {
      readonly kind: 'transactionEnded';
      readonly txKey: string;
      /** `notSent`: proven never broadcast. `unknown`: ask again by hash. */
      readonly status: 'confirmed' | 'reverted' | 'notSent' | 'unknown';
      readonly text: string;
    };

/** What came of a question to a model. It is recorded, so a replay asks nobody. `key` is the one the question was asked with. */
export type AnalystInput =
  | {
      readonly kind: 'answered';
      readonly key: string;
      readonly text: string;
      readonly answeredBy: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
    }
  | {
      readonly kind: 'askFailed';
      readonly key: string;
      readonly code: string;
      readonly text: string;
      /** Whether the same question may have an answer another time. */
      readonly mayRetry: boolean;
      /** What the other side asked for; null where it said nothing. */
      readonly retryAfterMs: number | null;
    };

/** What coins cost. Dollars of a coin are no money of ours, so they are floats. */
export type SpotInput =
  /** Of each coin and source at most the newest price of the last seconds. */
  | { readonly kind: 'spotTicks'; readonly ticks: readonly SpotRow[] }
  | {
      readonly kind: 'spotSource';
      readonly source: SpotPublisher;
      readonly up: boolean;
      readonly reason: string;
    }
  /** Oldest first, the day under way last. */
  | {
      readonly kind: 'dailyClosesRead';
      readonly coin: CoinSymbol;
      readonly closes: readonly DailyClose[];
      readonly askedAtMs: number;
    }
  /** From `fromMs` on, oldest first, the one under way last. */
  | {
      readonly kind: 'candlesRead';
      readonly coin: CoinSymbol;
      readonly step: CandleStep;
      readonly fromMs: number;
      readonly candles: readonly SpotCandle[];
      readonly askedAtMs: number;
    };

/** A price in dollars, and when its source says that it was this. In rows, because this comes all day. */
export type SpotRow = readonly [SpotSource, CoinSymbol, priceUsd: number, atMs: number];

/** Everything the core ever asks for. Only what the gate approved can change something at the venue or on the chain. */
export type Command =
  | { readonly kind: 'place'; readonly orders: readonly Approved<OrderRequest>[] }
  | { readonly kind: 'cancel'; readonly orderIds: readonly OrderId[]; readonly reason: string }
  | { readonly kind: 'cancelAll'; readonly reason: string }
  | { readonly kind: 'transact'; readonly transaction: Approved<TransactionRequest> }
  | { readonly kind: 'watch'; readonly markets: readonly WatchedMarket[] }
  | { readonly kind: 'unwatch'; readonly conditionIds: readonly ConditionId[] }
  | { readonly kind: 'readMarkets' }
  | { readonly kind: 'readBook'; readonly market: WatchedMarket }
  | { readonly kind: 'readOutcomeBooks'; readonly market: WatchedMarket }
  | { readonly kind: 'readOpenOrders' }
  | {
      readonly kind: 'readPriceHistory';
      readonly conditionId: ConditionId;
      readonly yesTokenId: TokenId;
      readonly sinceMs: number;
      readonly stepMs: number;
    }
  | { readonly kind: 'readEarnings'; readonly date: string }
  | { readonly kind: 'readResolutions'; readonly markets: readonly ResolvableMarket[] }
  | { readonly kind: 'readOrder'; readonly orderId: OrderId }
  | { readonly kind: 'readTrades'; readonly sinceMs: number }
  | {
      /** Also reads the transfers after a block, up to that of the balances, and hands them in first; null reads none. */
      readonly kind: 'readBalances';
      readonly tokens: readonly TokenId[];
      readonly transfersAfterBlock: number | null;
    }
  | {
      readonly kind: 'readTransaction';
      readonly txKey: string;
      readonly hash: string;
      readonly nonce: number;
    }
  /** The coins whose prices are wanted from now on, all others not; an empty list lets every source go. */
  | { readonly kind: 'watchSpot'; readonly coins: readonly CoinSymbol[] }
  | { readonly kind: 'readDailyCloses'; readonly coin: CoinSymbol; readonly days: number }
  | {
      readonly kind: 'readCandles';
      readonly coin: CoinSymbol;
      readonly step: CandleStep;
      readonly fromMs: number;
    }
  /** A question to a model. What is answered changes nothing at the venue by itself. */
  | ({ readonly kind: 'ask'; readonly key: string } & AnalystQuestion)
  /** Why quotes are what they are: journaled beside the orders it led to, for a person to ask about. */
  | { readonly kind: 'decision'; readonly conditionId: ConditionId; readonly why: QuoteDecision }
  | { readonly kind: 'decision'; readonly conditionId: null; readonly why: SelectionDecision }
  /** What directional trading saw and did: journaled, for tables and for a person to ask about. */
  | { readonly kind: 'directional'; readonly note: DirectionalNote }
  /** A change of a setting that a loop wants; it comes back as `settingsChanged`, or not at all. */
  | { readonly kind: 'changeSetting'; readonly name: string; readonly to: number; readonly reason: string }
  | { readonly kind: 'notify'; readonly level: 'note' | 'warning' | 'alarm'; readonly text: string }
  /** The last command of a run: orders are confirmed gone and the books are closed. */
  | { readonly kind: 'exit'; readonly reason: string };
