import type { Zone } from './civil-time.ts';

/**
 * What a market pays on. `close`: the price at one named moment is above or below a strike. `range`: it is between two. `one-touch`: it
 * reaches a strike at any moment of a window. `up-or-down`: it is higher at the end of a window than at its start. `first-to-hit`: it
 * reaches one strike before the other. `other` is everything else, and is not traded.
 */
export type PayoffKind = 'close' | 'range' | 'one-touch' | 'up-or-down' | 'first-to-hit' | 'other';
export const CLASSIFIED_KINDS = ['close', 'range', 'one-touch', 'up-or-down', 'first-to-hit'] as const;
export type ClassifiedKind = (typeof CLASSIFIED_KINDS)[number];

/** Which way the price has to go for YES: above or below the strike, or up over the window. */
export type Direction = 'above' | 'below' | 'up';

export const PRICE_SOURCES = [
  'binance',
  'chainlink',
  'coingecko',
  'coinbase',
  'coinmarketcap',
  'kraken',
  'pyth',
  'bybit',
  'okx',
  'deribit',
  'hyperliquid',
] as const;
/** Who publishes the price that decides. `unnamed`: the text names somebody else. */
export type PriceSource = (typeof PRICE_SOURCES)[number] | 'unnamed';

/** Which number of the source decides. `one-minute-high` and `one-minute-low` are those of any candle of the window. */
export type SettlementRule =
  | 'one-minute-close'
  | 'one-minute-high'
  | 'one-minute-low'
  | 'one-minute-high-or-low'
  | 'one-hour-close-against-open'
  | 'spot-at-end-against-start'
  | 'twap'
  | 'close';

/** Where something was read: the field of the listing, and its words. `model`: a model said so, and the text does not contradict it. */
export interface Origin {
  readonly field: QuestionField | 'habit' | 'model';
  readonly text: string;
}

export type QuestionField =
  | 'question'
  | 'eventTitle'
  | 'slug'
  | 'description'
  | 'endDate'
  | 'groupItemTitle'
  | 'resolutionSource'
  | 'eventStartTime'
  | 'cryptoMarketConfig';

export interface PayoffWindow {
  /** Null where the text names no start: "by December 31" has run since the listing. A `close` and a `range` have none. */
  readonly startAtMs: number | null;
  /** The moment that decides, or the end of the time in which it may happen. Null where the text leaves it open. */
  readonly endAtMs: number | null;
  readonly zone: Zone;
}

/** A market about the price of a coin, in facts. */
export interface ClassifiedPayoff {
  readonly kind: ClassifiedKind;
  readonly coin: string;
  /** For a `one-touch` null means that the text names no side ("touch $45,000"): from where the price stands. Null for `range` and `first-to-hit`. */
  readonly direction: Direction | null;
  /** Dollars. One for `close` and `one-touch`; lower and upper for `range`; for `first-to-hit` first the one that pays YES; none for `up-or-down`. */
  readonly strikesUsd: readonly number[];
  readonly window: PayoffWindow;
  readonly source: PriceSource;
  readonly settlement: SettlementRule;
  /** Seconds over which a TWAP is taken; null for every other rule, and where a TWAP's is not named. */
  readonly twapLookbackSeconds: number | null;
  /** What each field was read from. `habit`: nothing says so, and the venue has always done it like that. */
  readonly from: Readonly<Partial<Record<PayoffFact, Origin>>>;
  /** What would have to be known before it can be priced; empty for a market that may be traded. */
  readonly missing: readonly string[];
}

export type PayoffFact =
  | 'kind'
  | 'coin'
  | 'direction'
  | 'strikes'
  | 'window'
  | 'year'
  | 'time'
  | 'source'
  | 'settlement';

/**
 * Why a market is not traded. `no-coin`: no coin is named. `not-a-price`: it is about something else than a coin's price.
 * `unread-words`: it says something that the grammar does not know. `ambiguous`: it can be read in two ways. `disagreement`: two parts
 * of the listing contradict each other. Only `unread-words` and `ambiguous` may be put to a model.
 */
export type OtherCause = 'no-coin' | 'not-a-price' | 'unread-words' | 'ambiguous' | 'disagreement';

export interface OtherPayoff {
  readonly kind: 'other';
  readonly cause: OtherCause;
  /** A sentence for people. */
  readonly reason: string;
}

export type Payoff = ClassifiedPayoff | OtherPayoff;

export const other = (cause: OtherCause, reason: string): OtherPayoff => ({ kind: 'other', cause, reason });

/** Whether everything is known that a price needs. */
export const isTradable = (payoff: Payoff): payoff is ClassifiedPayoff =>
  payoff.kind !== 'other' && payoff.missing.length === 0;

/** What a listing says of a market. All but the question may be absent. Instants are ISO 8601 text. */
export interface QuestionText {
  readonly question: string;
  /** What the outcomes are called, the first token's first. */
  readonly outcomeNames?: readonly string[] | undefined;
  readonly eventTitle?: string | undefined;
  readonly slug?: string | undefined;
  readonly description?: string | undefined;
  readonly endDate?: string | undefined;
  /** A ladder's label of this market, such as `↑ 150,000`. */
  readonly groupItemTitle?: string | undefined;
  /** The address of what decides. */
  readonly resolutionSource?: string | undefined;
  /** When the window of an up-or-down market begins. */
  readonly eventStartTime?: string | undefined;
  /** Seconds of the TWAP that settles it; null where the listing says that it is settled on spot. */
  readonly twapLookbackSeconds?: number | null | undefined;
}
