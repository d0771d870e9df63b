import type { AnalystQuestion } from '../domain/analyst-question.ts';
import type { DirectionalExit, DirectionalReview, DirectionalSignal } from '../domain/directional.ts';
import type { ConditionId, Outcome, Side, TokenId } from '../domain/market.ts';
import type { ClientId, OrderId } from '../domain/order.ts';
import type { CandleStep, CoinSymbol } from '../domain/spot-price.ts';
import type { Conversion, TransactionAction } from '../domain/transaction.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import type { FillRecord } from '../orders/fills.ts';
import type { DesiredQuote, OrderRecord } from '../orders/types.ts';
import type { TradingMode } from '../risk/trading-state.ts';
import type { SelectionDecision } from './decision.ts';
import type { KernelState } from './state.ts';

export type LoopName =
  | 'market-making'
  | 'arbitrage'
  | 'maintenance'
  | 'crypto-directional'
  | 'cd-exit'
  | 'cd-analysis';

/** What can wake a loop between its beats. */
export type WakeReason =
  | 'book'
  | 'ownFill'
  | 'settings'
  | 'start'
  | 'reconnect'
  | 'transaction'
  | 'markets'
  | 'outcomeBooks'
  | 'answer'
  | 'spot';

/** One order of a set that takes what it finds and is over. Price and size in the outcome's own terms. */
export interface TakingLeg {
  readonly clientId: ClientId;
  readonly conditionId: ConditionId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  /** Dollars of a purchase, whole cents; null for a sale. */
  readonly spend: Usd | null;
}

/** What a loop wants. Never a venue call: the kernel plans, nets and passes each through the gate. */
export type Intent =
  | {
      /** The whole set of quotes wanted in one market, in YES coordinates. An empty list withdraws. */
      readonly kind: 'quote';
      readonly conditionId: ConditionId;
      readonly quotes: readonly DesiredQuote[];
      /** YES prices beyond which a resting quote is dangerous and goes at once, whatever its age. Null: no such limit. */
      readonly safe: { readonly maxBid: Price | null; readonly minAsk: Price | null };
      /** How fast fills grow rare with depth, in 1/pt, to weigh a better price against a place in the queue. Absent: not weighed. */
      readonly kPerPt?: number | null;
      /** Why no quotes are wanted, a phrase without figures; null where some are. Journaled when it changes. */
      readonly why: string | null;
      /** How the quotes came about, made only when something is done: most looks at a market change nothing, and an explanation costs more than they do. */
      readonly explain?: () => unknown;
    }
  /** Which markets are quoted and which are not, as far as that has changed. Journaled. */
  | ({ readonly kind: 'select' } & SelectionDecision)
  | {
      readonly kind: 'transact';
      readonly action: TransactionAction;
      readonly conditionId: ConditionId;
      readonly amount: Shares;
      /** Which questions of an event give NO and get YES, where the action is `convert`. */
      readonly conversion?: Conversion;
      readonly why: string;
    }
  | {
      /**
       * Orders that are only worth sending together: the gate approves all or none, and they leave in one request. The loop
       * names them, so that it finds them again; a name is never used twice.
       */
      readonly kind: 'take';
      readonly legs: readonly TakingLeg[];
      readonly why: unknown;
    }
  /** Keeps quotes of any loop out of markets for a moment: own orders at the touch would stand in the way of a set that is taken. */
  | { readonly kind: 'holdQuotes'; readonly conditionIds: readonly ConditionId[]; readonly untilMs: number }
  /** What the directional model says of a market: kept in the state for whoever wants to know, and journaled. */
  | { readonly kind: 'signal'; readonly signal: DirectionalSignal }
  | {
      /**
       * Buys what the signal is about, at its price. The gate's answer completes the signal, which is journaled either way. One entry at
       * a time in one market, and only where no other loop holds anything or has orders.
       */
      readonly kind: 'enter';
      readonly signal: DirectionalSignal;
      /** When the market ends, by its listing. */
      readonly endAtMs: number | null;
      readonly size: Shares;
      /** Dollars to spend at once, whole cents; null for an order that rests, post-only. */
      readonly spend: Usd | null;
      /** Unix seconds at which an order that rests ends by itself; 0 for one that does not rest. */
      readonly expirationS: number;
    }
  | {
      /** Sells of a directional position at once what `price` or better gets, in the outcome's own coordinates. */
      readonly kind: 'leave';
      readonly conditionId: ConditionId;
      readonly size: Shares;
      readonly price: Price;
      readonly exit: DirectionalExit;
      /** Whether a person is told of it, once it is approved. */
      readonly isNews: boolean;
    }
  | { readonly kind: 'review'; readonly review: DirectionalReview }
  /** Changes a setting for good, as an operator would by command. The table of settings has the last word on it. */
  | {
      readonly kind: 'changeSetting';
      /** The environment name. */
      readonly name: string;
      readonly to: number;
      readonly reason: string;
    }
  | { readonly kind: 'cancel'; readonly orderIds: readonly OrderId[]; readonly why: string }
  | { readonly kind: 'watch'; readonly conditionIds: readonly ConditionId[] }
  | { readonly kind: 'unwatch'; readonly conditionIds: readonly ConditionId[] }
  | { readonly kind: 'readMarkets' }
  | { readonly kind: 'readBook'; readonly conditionId: ConditionId }
  | { readonly kind: 'readOutcomeBooks'; readonly conditionId: ConditionId }
  | { readonly kind: 'readOpenOrders' }
  | {
      readonly kind: 'readPriceHistory';
      readonly conditionId: ConditionId;
      readonly sinceMs: number;
      readonly stepMs: number;
    }
  | { readonly kind: 'readEarnings'; readonly date: string }
  | { readonly kind: 'readResolutions'; readonly conditionIds: readonly ConditionId[] }
  /** Reads every order and transaction whose outcome is in doubt, at most `limit` orders at once. */
  | { readonly kind: 'lookUpDoubtful'; readonly everyMs: number; readonly limit: number }
  /** Forgets ended orders and final fills that are older than this, so that memory stays bounded. */
  | { readonly kind: 'forgetEnded'; readonly ordersAfterMs: number; readonly fillsAfterMs: number }
  /** Asks a model. Its answer, or why there is none, stands in `state.answers` under this key. */
  | ({ readonly kind: 'ask'; readonly key: string } & AnalystQuestion)
  /** Asks for the history of a coin that is watched; it stands in `state.spot` once it is there, or why it is not. */
  | { readonly kind: 'readDailyCloses'; readonly coin: CoinSymbol; readonly days: number }
  | {
      readonly kind: 'readCandles';
      readonly coin: CoinSymbol;
      readonly step: CandleStep;
      readonly fromMs: number;
    }
  | { readonly kind: 'readTrades'; readonly sinceMs: number }
  | { readonly kind: 'readBalances'; readonly tokens: readonly TokenId[] }
  | { readonly kind: 'notify'; readonly level: 'note' | 'warning' | 'alarm'; readonly text: string };

/** What a loop sees: the state as it stands, the time of this input, and what woke it. Reading is all it may do with `state`. */
export interface LoopView {
  readonly nowMs: number;
  readonly state: KernelState;
  /** `beat` on schedule; otherwise only the markets that changed since the last run need a look. */
  readonly cause: 'beat' | 'woken';
  readonly subjects: ReadonlySet<ConditionId>;
}

/** A fill of ours in the moment it is first booked, or taken back because its trade failed. */
export interface OwnFill {
  readonly kind: 'booked' | 'failed';
  readonly record: FillRecord;
  /** Null where the table does not hold the order any more. */
  readonly order: OrderRecord | null;
}

/**
 * One of the worker's loops, as a value. `decide` is a pure function of the view and of the loop's own memory, which is plain
 * data inside the state, so that it is in every snapshot and replay.
 */
export interface Loop {
  readonly name: LoopName;
  everyMs(state: KernelState): number;
  minGapMs(state: KernelState): number;
  readonly wakesOn: readonly WakeReason[];
  readonly allowedIn: readonly TradingMode[];
  createMemory(): object;
  /**
   * The intents may be made one at a time. Each is taken before the next is asked for, so that what the look at one market needed
   * is gone before the next; what several of them share is therefore read before the first.
   */
  decide(view: LoopView, memory: object): Iterable<Intent>;
  /**
   * What a loop measures, it measures when it happens: in every trading mode and without waiting for its gap. `observeFill` is
   * told each own fill once, whichever channel brought it. At `nextWakeAtMs` the kernel calls `observe`, which names the markets
   * that a decision has to look at again.
   */
  observeFill?(state: KernelState, fill: OwnFill, memory: object): void;
  nextWakeAtMs?(memory: object): number | null;
  observe?(state: KernelState, memory: object): readonly ConditionId[];
}

/** A loop whose functions know the type of its memory. */
type TypedLoop<Memory extends object> = Omit<
  Loop,
  'createMemory' | 'decide' | 'observeFill' | 'nextWakeAtMs' | 'observe'
> & {
  createMemory(): Memory;
  decide(view: LoopView, memory: Memory): Iterable<Intent>;
  observeFill?(state: KernelState, fill: OwnFill, memory: Memory): void;
  nextWakeAtMs?(memory: Memory): number | null;
  observe?(state: KernelState, memory: Memory): readonly ConditionId[];
};

/** Ties a loop's memory type to its functions, so that the kernel can hold loops of different memories in one list. */
export function defineLoop<Memory extends object>(loop: TypedLoop<Memory>): Loop {
  // The kernel only ever hands a loop the memory that this same loop created, and methods take it as the wider type.
  return loop as Loop;
}
