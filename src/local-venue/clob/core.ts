import type { ConditionId, TokenId } from '../../domain/market.ts';
import type { Price } from '../../domain/units.ts';
import type { Exchange, ExchangeOrder } from '../../exchange/index.ts';
import type { Address, ChainOrder, Hex, LocalChain } from '../chain/types.ts';
import type {
  VenueClock,
  VenueEvent,
  VenueListing,
  VenueMakerFill,
  VenueMarket,
  VenueOrder,
  VenueTrade,
} from '../types.ts';
import type { BalanceCache } from './balances.ts';
import type { ChainWatch } from './chain-watch.ts';
import type { CredentialStore } from './credentials.ts';
import type { VenueFaults } from './faults.ts';
import type { SettlementQueue } from './settlement.ts';

/** What of the venue's behaviour can be set. Production's value is unknown where it says so. */
export interface ClobOptions {
  /** Everything derived (API keys, ids of fast-path accounts) comes from this text. */
  readonly seed: string;
  /** How far the timestamp of a signed request may be from the venue's clock. Production's value is unknown. */
  readonly authToleranceSec: number;
  /** Blocks, the one with the transaction included, until a mined trade is CONFIRMED. More than 1 needs interval mining. */
  readonly confirmations: number;
  /** How often the chain is asked for transfers and approvals that did not come from settlement. 0 never asks. */
  readonly chainPollMs: number;
  /** A taker delay up to this long is waited for inside the request; a longer one answers `delayed`. */
  readonly blockingDelayMs: number;
  /** Done orders and trades kept for reads; the oldest are forgotten. */
  readonly keptOrders: number;
  readonly keptTrades: number;
  /** A socket with more unsent bytes than this is dropped. */
  readonly maxSocketBacklogBytes: number;
  /** Pays rewards this often, however small, instead of after each UTC day: for a venue that lives for minutes. Null: by the day. */
  readonly rewardPayoutMs: number | null;
}

export const DEFAULT_CLOB_OPTIONS: ClobOptions = {
  seed: 'evenkeel',
  authToleranceSec: 300,
  confirmations: 1,
  chainPollMs: 1_000,
  blockingDelayMs: 1_000,
  keptOrders: 50_000,
  keptTrades: 50_000,
  maxSocketBacklogBytes: 4 * 1024 * 1024,
  rewardPayoutMs: null,
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface PricePoint {
  readonly atSec: number;
  readonly price: Price;
}

/** A listed market; `VenueMarket` with the fields that change during its life writable. */
export interface MarketRecord extends Mutable<VenueMarket> {
  /** Its place in the engine's maps is by condition id. */
  readonly listing: VenueListing;
  /** When book, tick or last trade last changed; the timestamp of the book's hash. */
  bookChangedAtMs: number;
  /** YES prices of trades, at most one a second. */
  readonly history: PricePoint[];
}

/** What the venue knows of an order beyond the engine's state. */
export interface OrderRecord {
  readonly apiKey: string;
  /** The account that may cancel and see it: the address of the API key. */
  readonly account: Address;
  /** As signed, for settlement. */
  readonly signed: ChainOrder;
}

export interface TradeRecord extends Mutable<VenueTrade> {
  readonly makers: readonly VenueMakerFill[];
  /** Why it failed: the contract's error name, or what the node said. */
  failureReason?: string;
}

/** The whole venue but for its sockets: plain data, written by the functions of this folder. */
export interface VenueCore {
  readonly options: ClobOptions;
  readonly clock: VenueClock;
  readonly chain: LocalChain;
  readonly watch: ChainWatch | null;
  readonly exchange: Exchange;
  readonly credentials: CredentialStore;
  readonly faults: VenueFaults;
  readonly markets: Map<ConditionId, MarketRecord>;
  readonly marketByToken: Map<TokenId, MarketRecord>;
  readonly balances: BalanceCache;
  readonly settlement: SettlementQueue;
  readonly orders: Map<string, OrderRecord>;
  /** Maker addresses that an account's orders used: its own, and its wallets. */
  readonly ownersOf: Map<Address, Set<Address>>;
  readonly trades: Map<string, TradeRecord>;
  readonly tradesByOwner: Map<Address, TradeRecord[]>;
  readonly listeners: Set<(event: VenueEvent) => void>;
  /** Counts up, so that no two orders of the fast path are equal. */
  nextSalt: bigint;
  /** Cancels the timer of the engine's next expiry or release. */
  cancelTimer: () => void;
  stopped: boolean;
}

export const isConditionId = (text: string): text is ConditionId => /^0x[0-9a-f]{64}$/.test(text);
export const isOrderId = (text: string): text is Hex => /^0x[0-9a-fA-F]{64}$/.test(text);

export const findMarket = (core: VenueCore, conditionId: string): MarketRecord | null =>
  isConditionId(conditionId) ? (core.markets.get(conditionId) ?? null) : null;

export const findMarketByToken = (core: VenueCore, tokenId: string): MarketRecord | null =>
  core.marketByToken.get(tokenId as TokenId) ?? null;

/** The order as everyone but the engine sees it: a copy that does not change. */
export const orderView = (record: OrderRecord, order: ExchangeOrder): VenueOrder => ({
  id: order.id as Hex,
  owner: order.owner as Address,
  apiKey: record.apiKey,
  conditionId: order.conditionId,
  tokenId: order.tokenId,
  outcome: order.outcome,
  side: order.side,
  price: order.price,
  originalSize: order.originalSize,
  matchedSize: order.sizeMatched,
  orderType: order.orderType,
  postOnly: order.postOnly,
  expirationSec: order.expirationSec,
  status: order.status,
  createdAtMs: order.createdAtMs,
  tradeIds: [...order.tradeIds],
});

/** The maker addresses whose orders an account sees and cancels. */
export const ownersOf = (core: VenueCore, account: Address): Iterable<Address> =>
  core.ownersOf.get(account) ?? [account];

export function emit(core: VenueCore, event: VenueEvent): void {
  for (const listener of core.listeners) listener(event);
}
