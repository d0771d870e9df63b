import type { Brand } from './brand.ts';
import type { ConditionId, MarketVersion, Outcome, Side, TokenId } from './market.ts';
import type { Price, Shares, Usd } from './units.ts';

/** Our own counter-made name of an order, known before anything is signed: `o-17` for a quote, `a-3-1` for a leg, `e-18` and `x-19` for an entry and an exit. */
export type ClientId = Brand<string, 'client order id'>;
/** The venue's name of an order: its EIP-712 hash, 0x and 64 hex digits. */
export type OrderId = Brand<string, 'order id'>;

export type TimeInForce = 'GTC' | 'GTD' | 'FOK' | 'FAK';

/** Whether an order of this kind takes what it finds and is over, instead of resting. */
export const isImmediate = (timeInForce: TimeInForce): boolean =>
  timeInForce === 'FOK' || timeInForce === 'FAK';

/**
 * The venue takes an order with an end of its own only where that is three minutes ahead, and ends it one minute before. Source: its
 * order documentation, state of November 2026.
 */
export const GTD_LEAST_AHEAD_S = 180;
export const GTD_EARLY_S = 60;

/** Until an order is read by the venue, whose clock may be a little ahead of ours. */
const ON_ITS_WAY_S = 5;

/** The earliest end, in unix seconds, that an order made now may be given. */
export const leastExpirationS = (nowMs: number): number =>
  Math.ceil(nowMs / 1_000) + GTD_LEAST_AHEAD_S + ON_ITS_WAY_S;

/**
 * What the worker asks the venue for. Everything that is signed is in here. Where an order with the same terms was signed ahead, its
 * salt and time are sent instead of these; the id that is journaled before it leaves is that of what is sent.
 */
export interface OrderRequest {
  readonly clientId: ClientId;
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly negRisk: boolean;
  /** Selects the signing domain; `v1` where absent. */
  readonly marketVersion?: MarketVersion;
  readonly outcome: Outcome;
  readonly side: Side;
  /** Price of `outcome`, on the tick grid. */
  readonly price: Price;
  /** A multiple of 0.01 share. */
  readonly size: Shares;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /**
   * Dollars of a FOK or FAK BUY, whole cents: the venue spends them to the last lot, so a better price brings more shares than
   * `size`. Left out, they follow from price and size.
   */
  readonly spend?: Usd;
  /** Unix seconds for GTD, else 0. Not signed. */
  readonly expirationS: number;
  /** Below 2^53, from the run's named random stream. */
  readonly salt: number;
  readonly timestampMs: number;
}

/** Where an order is in its life. `unknown` means that an answer was lost: only a read of the venue leads out of it. */
export type OrderState =
  | 'planned'
  | 'approved'
  | 'inFlight'
  | 'open'
  | 'partiallyFilled'
  | 'delayed'
  | 'cancelInFlight'
  | 'unknown'
  | 'filled'
  | 'canceled'
  | 'refused'
  | 'rejected'
  | 'expired';

export const isTerminal = (state: OrderState): boolean =>
  state === 'filled' ||
  state === 'canceled' ||
  state === 'refused' ||
  state === 'rejected' ||
  state === 'expired';

/** Whether the order may be on the venue's book now or soon. An unknown one counts as live. */
export const mayBeLive = (state: OrderState): boolean => !isTerminal(state) && state !== 'planned';

/** How the venue says a trade stands. It only advances; FAILED reverses the fill. */
export type TradeStatus = 'MATCHED' | 'MINED' | 'RETRYING' | 'CONFIRMED' | 'FAILED';

/** One of our own orders' part in one trade, whichever channel told us. Keyed by (tradeId, orderId). */
export interface FillReport {
  readonly tradeId: string;
  readonly orderId: OrderId;
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly role: 'MAKER' | 'TAKER';
  readonly status: TradeStatus;
  readonly matchedAtMs: number;
  readonly transactionHash: string | null;
}

/** An order as a read of the venue shows it. */
export interface VenueOrder {
  readonly orderId: OrderId;
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly side: Side;
  readonly price: Price;
  readonly originalSize: Shares;
  readonly matchedSize: Shares;
  readonly status: 'LIVE' | 'MATCHED' | 'DELAYED' | 'UNMATCHED' | 'CANCELED' | 'INVALID';
  readonly createdAtMs: number;
}

/** The code of a rejection by the signer of one order that is too large by itself: a smaller one may pass. */
export const SIGNER_TOO_LARGE = 'signerTooLarge';

/** What the venue answered to one order. */
export type OrderAnswer =
  | { readonly result: 'live' | 'matched' | 'delayed' | 'unmatched' }
  | { readonly result: 'rejected'; readonly code: string; readonly text: string }
  /** The answer was lost or cannot be read: the order may or may not exist. */
  | { readonly result: 'unknown'; readonly code: string; readonly text: string }
  /** The transmission gate closed after signing; nothing left the machine. */
  | { readonly result: 'notSent'; readonly text: string };
