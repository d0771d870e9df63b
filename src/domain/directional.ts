import type { ConditionId, Outcome } from './market.ts';
import type { ClientId } from './order.ts';
import type { CoinSymbol } from './spot-price.ts';
import { mulDiv, type Price, type Shares, type Usd } from './units.ts';

/** What a market about the price of a coin pays on, as far as a person has to be told. Prices of coins are floats in dollars. */
export interface CoinBet {
  readonly conditionId: ConditionId;
  readonly coin: CoinSymbol;
  /** `close`, `range`, `one-touch`, `up-or-down` or `first-to-hit`. */
  readonly kind: string;
  readonly strikesUsd: readonly number[];
  /** `above`, `below` or `up`; null where the kind has none. */
  readonly direction: string | null;
  /** When what decides has happened; null where the text leaves it open. */
  readonly endAtMs: number | null;
}

/**
 * What came of looking at a market. `notPriced`: the model cannot say, or the price of the coin is not to be believed. `noEdge`: it says
 * too little. `confirming`: not often enough in a row. `asking`: a model is asked for leave. `aiRejected`: it said no, or nothing that
 * counts. `tooSmall`: the stake buys less than the market takes. `refused`: the gate said no. `entered`: an order was sent.
 */
export type SignalAction =
  | 'notPriced'
  | 'noEdge'
  | 'confirming'
  | 'asking'
  | 'aiRejected'
  | 'tooSmall'
  | 'refused'
  | 'entered';

/** What the model itself said, before resolved markets have corrected it. */
export interface ModelWord {
  /** Probability of YES, with drift. */
  readonly yesProbability: number;
  /** What the probabilities of the signal were corrected by; null where by nothing. */
  readonly recalibratedOn: RecalibratedOn | null;
}

/** Markets that had resolved, and the UTC days on which they ended. */
export interface RecalibratedOn {
  readonly markets: number;
  readonly days: number;
}

/** What the model itself said of a market on one UTC day, in days since 1970. */
export interface DailyForecast {
  readonly day: number;
  readonly yesProbability: number;
}

/** A market of which the model had said something, and how the chain has paid it. */
export interface JudgedMarket {
  readonly conditionId: ConditionId;
  readonly coin: CoinSymbol;
  readonly endAtMs: number;
  /**
   * From when on it may teach: once the chain has paid it and its end has passed. A touch that happens is paid early and one that does not
   * happen is paid at the end, so counted when they were paid, nearly all would be YES.
   */
  readonly knownAtMs: number;
  readonly isYes: boolean;
  /** One a day at most, oldest first. */
  readonly forecasts: readonly DailyForecast[];
}

/** What the model said of one market in one cycle, and what was done about it. One with a known id replaces what was told before. */
export interface DirectionalSignal extends CoinBet {
  /** Counted on over all runs. */
  readonly id: number;
  readonly atMs: number;
  readonly action: SignalAction;
  /** The same for a person, with figures. */
  readonly why: string;
  readonly spotUsd: number | null;
  /** Standard deviation of the log return of a day. */
  readonly dailyVolatility: number | null;
  /** Probability of YES without drift and with it, the lower first; null where it is not priced. */
  readonly yesProbability: { readonly low: number; readonly high: number } | null;
  /** Left out where it is not priced, and in journals of before. */
  readonly model?: ModelWord;
  /** Middle of the market's live book, in YES coordinates; null where there is none. */
  readonly yesMid: Price | null;
  /** The outcome that is the better one to buy; null, and all that follows with it, where nothing can be bought. */
  readonly outcome: Outcome | null;
  readonly probability: number | null;
  /** Price of the order, in the outcome's own coordinates. */
  readonly price: Price | null;
  /** Net of costs. */
  readonly edgePts: number | null;
  readonly confirmations: number;
  readonly stake: Usd;
  /** The order that was sent. */
  readonly clientId: ClientId | null;
  /** What a model answered, in its own words and cut to a bounded length, or why it did not; null where none was asked. */
  readonly aiValidation: string | null;
}

/** Why a directional position is sold. */
export type ExitCause = 'stopped' | 'tookProfit' | 'expiry' | 'edgeReversed';

export interface DirectionalExit {
  readonly cause: ExitCause;
  readonly why: string;
  readonly aiValidation: string | null;
}

/**
 * Shares of one outcome that were bought on the model's word. It exists from its first fill on, and counts against the limits from the
 * moment its entry is approved. Sizes and dollars are those of our fills, failed trades taken back.
 */
export interface DirectionalPosition extends CoinBet {
  /** Counted on over all runs. */
  readonly id: number;
  readonly outcome: Outcome;
  readonly signalId: number;
  /** Probability that the outcome pays, as the model had it at the entry. */
  readonly probability: number;
  readonly edgePts: number;
  /** When its first entry was approved. */
  readonly approvedAtMs: number;
  /** Dollars that this entry counts for in the limit of its day. */
  readonly cost: Usd;
  /** Its orders, entries and exits, oldest first. */
  readonly clientIds: ClientId[];
  openedAtMs: number | null;
  bought: Shares;
  /** Dollars paid for shares, fees apart. */
  paid: Usd;
  sold: Shares;
  /** Dollars got for shares, fees apart. */
  got: Usd;
  fees: Usd;
  /** Why it is being sold, or was last tried to be; null while nobody has. */
  exit: (DirectionalExit & { readonly clientId: ClientId; readonly atMs: number }) | null;
  closedAtMs: number | null;
  /** `resolved`: the market ended while it was held. */
  closedBecause: ExitCause | 'resolved' | null;
  /** Dollars that what was left paid when the market was resolved. */
  payout: Usd;
}

export const heldShares = ({ bought, sold }: Pick<DirectionalPosition, 'bought' | 'sold'>): Shares =>
  Math.max(0, bought - sold) as Shares;

/**
 * What a position has gained so far: dollars got and paid out, less the average cost of the shares that are gone, less every fee. Shares
 * that are left because they are too few to sell still cost what they cost; what they pay is not counted here.
 */
export function realisedUsd({
  bought,
  sold,
  paid,
  got,
  payout,
  fees,
  closedBecause,
}: Pick<DirectionalPosition, 'bought' | 'sold' | 'paid' | 'got' | 'payout' | 'fees' | 'closedBecause'>): Usd {
  const isAllGone = closedBecause === 'resolved' || sold >= bought;
  const cost = isAllGone ? paid : mulDiv(paid, sold, bought, 'up');
  return (got + payout - cost - fees) as Usd;
}

/** What a review of trades came to. */
export interface DirectionalReview {
  readonly id: number;
  readonly atMs: number;
  readonly signals: number;
  readonly positions: number;
  /** From 1 to 10; null where the answer gave none. */
  readonly scores: Readonly<
    Record<'accuracy' | 'entry' | 'exit' | 'modelFitness' | 'overall', number | null>
  >;
  /** Each with what was done about it. */
  readonly suggestions: readonly {
    readonly name: string;
    readonly value: number;
    readonly reason: string;
    readonly done: string;
  }[];
  readonly insights: readonly string[];
  readonly patterns: readonly string[];
  readonly summary: string;
  /** The answer itself, cut to a bounded length. */
  readonly raw: string;
}

/** News of directional trading, as journaled: with the fills they are all that its tables are made of. */
export type DirectionalNote =
  | { readonly of: 'signal'; readonly signal: DirectionalSignal }
  /** An entry was approved: its signal says what it bets on. */
  | {
      readonly of: 'entry';
      readonly clientId: ClientId;
      readonly signal: DirectionalSignal;
      /** Dollars that the day's limit counts for it. */
      readonly cost: Usd;
    }
  | {
      readonly of: 'exit';
      readonly clientId: ClientId;
      readonly conditionId: ConditionId;
      readonly exit: DirectionalExit;
    }
  | { readonly of: 'review'; readonly review: DirectionalReview };
