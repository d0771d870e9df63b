import type { ConditionId, TokenId } from '../domain/market.ts';
import type { RandomStream } from '../domain/random.ts';
import type { Usd } from '../domain/units.ts';
import type { TransferKind } from '../domain/wallet-transfer.ts';
import { type Books, createBooks } from '../orders/books.ts';
import { createOrderTable, type OrderTable } from '../orders/order-table.ts';
import { createDirectionalDay, type DirectionalDay } from '../risk/directional.ts';
import type { OrderBudget } from '../risk/limits.ts';
import { createLossWatch, type LossWatch } from '../risk/loss-watch.ts';
import { createNotionalWindow, type NotionalWindow } from '../risk/notional-window.ts';
import { createTradingState, type TradingState } from '../risk/trading-state.ts';
import { type AccountRisk, createAccountRisk } from './account-risk.ts';
import type { ToldOfMarket } from './decision.ts';
import { createDirectional, type DirectionalState } from './directional.ts';
import type { LoopName } from './loop.ts';
import type { LoopRun } from './loop-schedule.ts';
import type { MarketSlot } from './market-slots.ts';
import type { AnalystInput, FeedName } from './messages.ts';
import { createReconciliation, type Reconciliation } from './reconciliation.ts';
import type { LastRefusal } from './refusals.ts';
import type { RejectionRests } from './rejection-rest.ts';
import { createSpotPrices, type SpotPrices } from './spot-prices.ts';
import type { StrategySettings } from './strategy-settings.ts';
import { createTokenWait, type TokenWait } from './token-wait.ts';
import { createTransactions, type TransactionTable } from './transactions.ts';
import { createWalletTransfers, type WalletTransfers } from './wallet-transfers.ts';

export interface RunFacts {
  readonly runId: string;
  readonly parentRunId: string | null;
  readonly wallet: string;
  readonly seed: string;
  readonly startedAtMs: number;
}

export interface FeedState {
  up: boolean;
  sinceMs: number;
  reason: string;
}

/** What a run has done so far, for the summary and for checks. */
export interface RunCounts {
  ordersPlaced: number;
  ordersCanceled: number;
  cancelRequests: number;
  fills: number;
  /** Refusals of our own gate, by code. */
  refused: Record<string, number>;
  /** The last refusal with each of these codes. */
  lastRefused: Record<string, LastRefusal>;
  /** The venue's noes, by code. */
  rejected: Record<string, number>;
  splitMicroUsd: number;
  mergedMicroUsd: number;
  /** What moved the wallet by itself, in millionths; what went out is negative. */
  transfers: Record<TransferKind, number>;
  settledTrades: number;
  failedTrades: number;
  faults: number;
}

/** Liquidity rewards of one UTC day by market. */
export interface Earnings {
  readonly date: string;
  readonly byMarket: readonly (readonly [ConditionId, Usd])[];
  readonly asOfMs: number;
}

/** The taking back of every order, from when the mode forbade them to rest until the venue shows that they are gone. */
export interface Withdrawal {
  readonly sinceMs: number;
  /** Cancels of everything sent so far, and when the newest was. */
  cancels: number;
  cancelledAtMs: number | null;
  /** Reads of what is left asked for so far, and when the newest was. */
  reads: number;
  readAtMs: number | null;
  /** How many live orders the venue listed last. */
  listed: number;
  /** When a list was empty that was asked for since, with no order of ours that may be live; null before. */
  goneAtMs: number | null;
}

/** The way out, once a stop was asked for. */
export interface Shutdown {
  readonly sinceMs: number;
  /** When a read showed that no order is left; null before. */
  ordersGoneAtMs: number | null;
  /** When the reads of the way out were last asked for. */
  askedAtMs: number;
  exited: boolean;
}

/**
 * Everything the core knows. Plain data throughout, so that a snapshot is complete and a replay starts from the same bits.
 */
export interface KernelState {
  nowMs: number;
  steps: number;
  run: RunFacts;
  settings: StrategySettings;
  salts: RandomStream;
  nextOrder: number;
  nextTransaction: number;
  trading: TradingState;
  /** The account's value against its high-water mark and the start of the day. */
  losses: LossWatch;
  markets: Map<ConditionId, MarketSlot>;
  listedAtMs: number | null;
  /** Markets of the parts of a list that is still coming in. */
  listedSoFar: Set<ConditionId>;
  /** When reading the list last failed; null before. */
  listingFailedAtMs: number | null;
  orders: OrderTable;
  /** Fills, positions and the ledger. */
  books: Books;
  transactions: TransactionTable;
  /** Sums over all markets. */
  accountRisk: AccountRisk;
  /** Money and tokens that came or went without an order or a transaction of ours. */
  transfers: WalletTransfers;
  /** Tokens whose balance on chain has been taken into the books; a market is not quoted before both of its are. */
  knownTokens: Set<TokenId>;
  /** What the venue has just refused, and until when it is not asked for again. */
  rejectionRests: RejectionRests;
  /** Until when a market is not quoted, because a complete set is about to be taken in it. */
  heldQuotes: Map<ConditionId, number>;
  /** What was journaled last about the quotes of each market. */
  told: Map<ConditionId, ToldOfMarket>;
  /** Rewards of one day as the venue last told them; null before it was asked. */
  earnings: Earnings | null;
  /** The latest answers of models by the key of their question, oldest first. */
  answers: Map<string, AnalystInput>;
  /** Prices of coins, as far as they are followed. */
  spot: SpotPrices;
  /** Order tokens of the rate limit. */
  orderBudget: OrderBudget;
  /** Dollars of orders approved within the last minute. It outlives a restart, or a restart would be a way around its limit. */
  notional: NotionalWindow;
  /** Directional entries of the running UTC day; they outlive a restart for the same reason. */
  directionalDay: DirectionalDay;
  /** Signals and positions of directional trading. */
  directional: DirectionalState;
  tokenWait: TokenWait;
  /** When a decision last wanted the quotes of a market, oldest first. */
  confirmedAtMs: Map<ConditionId, number>;
  reconciliation: Reconciliation;
  feeds: Record<FeedName, FeedState>;
  loops: Map<LoopName, LoopRun>;
  /** The taking back of every order while the mode forbids them to rest; null while they may. */
  withdrawal: Withdrawal | null;
  shutdown: Shutdown | null;
  /** Whether the parent run ended with nothing in flight: only then is a difference at start a deposit or withdrawal. */
  endedClean: boolean;
  counts: RunCounts;
}

export const createCounts = (): RunCounts => ({
  ordersPlaced: 0,
  ordersCanceled: 0,
  cancelRequests: 0,
  fills: 0,
  refused: {},
  lastRefused: {},
  rejected: {},
  splitMicroUsd: 0,
  mergedMicroUsd: 0,
  transfers: { reward: 0, rebate: 0, deposit: 0, withdrawal: 0, tokensIn: 0, tokensOut: 0 },
  settledTrades: 0,
  failedTrades: 0,
  faults: 0,
});

const feedDown = (nowMs: number): FeedState => ({ up: false, sinceMs: nowMs, reason: 'not connected yet' });

export const createFeeds = (nowMs: number): Record<FeedName, FeedState> => ({
  market: feedDown(nowMs),
  user: feedDown(nowMs),
  heartbeat: feedDown(nowMs),
});

/** The state of a first run, before anything is known. */
export function createState(run: RunFacts, settings: StrategySettings, salts: RandomStream): KernelState {
  const nowMs = run.startedAtMs;
  return {
    nowMs,
    steps: 0,
    run,
    settings,
    salts,
    nextOrder: 1,
    nextTransaction: 1,
    trading: createTradingState(nowMs),
    losses: createLossWatch(),
    markets: new Map(),
    listedAtMs: null,
    listedSoFar: new Set(),
    listingFailedAtMs: null,
    orders: createOrderTable(),
    books: createBooks(),
    transactions: createTransactions(),
    accountRisk: createAccountRisk(),
    transfers: createWalletTransfers(nowMs),
    knownTokens: new Set(),
    rejectionRests: new Map(),
    heldQuotes: new Map(),
    told: new Map(),
    earnings: null,
    answers: new Map(),
    spot: createSpotPrices(),
    orderBudget: { tokens: 0, atMs: nowMs },
    notional: createNotionalWindow(),
    directionalDay: createDirectionalDay(nowMs),
    directional: createDirectional(),
    tokenWait: createTokenWait(),
    confirmedAtMs: new Map(),
    reconciliation: createReconciliation(nowMs),
    feeds: createFeeds(nowMs),
    loops: new Map(),
    withdrawal: null,
    shutdown: null,
    endedClean: false,
    counts: createCounts(),
  };
}
