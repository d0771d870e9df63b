import type { ConditionId, Outcome, Side } from '../../domain/market.ts';
import type { ClientId } from '../../domain/order.ts';
import type { Shares, Usd } from '../../domain/units.ts';

/** A market whose book seems to offer a set, from the moment it was seen until that is settled. */
export interface Sighting {
  readonly sinceMs: number;
  /** When both books were asked for to confirm it; null before. */
  readonly askedAtMs: number | null;
}

/** What is remembered of a market that has shown something. */
export interface WatchedSet {
  sighting: Sighting | null;
  /** Until when nothing is asked or traded here: after a stale sighting, a refusal, or a failed leg. */
  restUntilMs: number;
  staleInARow: number;
  failuresInARow: number;
}

export interface AttemptLeg {
  readonly clientId: ClientId;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly size: Shares;
  /** What was filled and has not failed, its dollars (received positive, paid negative) and its fee. */
  filled: Shares;
  cashUsd: Usd;
  feeUsd: Usd;
}

/**
 * One try at one set. `splitting`: pairs are being made to sell. `legs`: orders are out. `merging`: pairs that were bought are
 * turned into dollars.
 */
export interface Attempt {
  readonly reference: string;
  readonly conditionId: ConditionId;
  readonly strategy: 'buyMerge' | 'splitSell';
  readonly startedAtMs: number;
  readonly size: Shares;
  /** Profit if every leg fills, net of fees and gas. */
  readonly expectedUsd: Usd;
  readonly gasUsd: Usd;
  phase: 'splitting' | 'legs' | 'merging';
  legs: AttemptLeg[];
  /** Whether the orders have been seen in the books: before that, the gate may have refused them. */
  isSent: boolean;
  transactionAskedAtMs: number | null;
  transactionsAsked: number;
}

/** How an attempt ended, kept for a person who asks. */
export interface AttemptReport {
  readonly reference: string;
  readonly conditionId: ConditionId;
  readonly strategy: Attempt['strategy'];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: 'completed' | 'legFailed' | 'nothingFilled' | 'refused' | 'split' | 'notSplit';
  readonly size: Shares;
  readonly pairs: Shares;
  /** Shares of one outcome that no other was bought or sold for; they are ordinary inventory. */
  readonly unpaired: Shares;
  readonly expectedUsd: Usd;
  readonly realisedUsd: Usd;
}

export interface EventLeg extends AttemptLeg {
  readonly conditionId: ConditionId;
}

/** One try at a set across all markets of an event. `legs`: orders are out. `converting`: NO of every market is turned into dollars. */
export interface EventAttempt {
  readonly reference: string;
  /** The neg-risk adapter's id of the event. */
  readonly eventId: string;
  readonly strategy: 'buyConvert' | 'buyAllYes';
  readonly startedAtMs: number;
  readonly size: Shares;
  readonly expectedUsd: Usd;
  readonly gasUsd: Usd;
  phase: 'legs' | 'converting';
  /** In the order of the event's questions, one of each. */
  readonly legs: readonly EventLeg[];
  isSent: boolean;
  transactionAskedAtMs: number | null;
  transactionsAsked: number;
}

/** How an attempt across an event ended. `pairs` are whole sets, `unpaired` the most that one market has beyond them. */
export interface EventReport extends Omit<AttemptReport, 'conditionId' | 'strategy' | 'outcome'> {
  readonly eventId: string;
  readonly strategy: EventAttempt['strategy'];
  readonly outcome: 'completed' | 'legFailed' | 'nothingFilled' | 'refused' | 'notConverted';
}

/** Counts since the state began. Dollars in millionths. */
export interface ArbitrageTotals {
  /** Times a book seemed to offer a set after taker fees. */
  seen: number;
  /** Gone again before it was worth a read. */
  passed: number;
  /** A read of both books did not show it: our view, or the venue's frames, were stale. */
  stale: number;
  /** The read showed it, but not with enough profit for its fees, gas, least sizes and risk. */
  unprofitable: number;
  /** The read showed it, and an order of our own stood in the way. */
  ownInTheWay: number;
  refused: number;
  attempted: number;
  /** Attempts of which the venue confirmed both legs, at least in part. */
  real: number;
  completed: number;
  legsSent: number;
  failedLegs: number;
  expectedUsd: number;
  realisedUsd: number;
  /** Times an event's books seemed to offer a set across its markets, and the best profit of one. */
  eventsSeen: number;
  bestEventUsd: number;
  /** Of the attempts above, those across events, and of them those of which every leg filled. */
  eventsAttempted: number;
  eventsCompleted: number;
}

/** The arbitrage loop's memory: plain data inside the kernel state. */
export interface ArbitrageMemory {
  nextReference: number;
  markets: Map<ConditionId, WatchedSet>;
  /** At most one a market. */
  attempts: Map<ConditionId, Attempt>;
  /** The last ones, oldest first. */
  ended: AttemptReport[];
  totals: ArbitrageTotals;
  /** Events that offer a set now, with its profit. */
  events: Map<string, number>;
  /** Events that have shown a set that can be traded, by id. */
  watchedEvents: Map<string, WatchedSet>;
  /** At most one an event, and none in an event of which a market has one of its own. */
  eventAttempts: Map<string, EventAttempt>;
  /** The last ones, oldest first. */
  endedEvents: EventReport[];
}

export const createArbitrageMemory = (): ArbitrageMemory => ({
  nextReference: 1,
  markets: new Map(),
  attempts: new Map(),
  ended: [],
  totals: {
    seen: 0,
    passed: 0,
    stale: 0,
    unprofitable: 0,
    ownInTheWay: 0,
    refused: 0,
    attempted: 0,
    real: 0,
    completed: 0,
    legsSent: 0,
    failedLegs: 0,
    expectedUsd: 0,
    realisedUsd: 0,
    eventsSeen: 0,
    bestEventUsd: 0,
    eventsAttempted: 0,
    eventsCompleted: 0,
  },
  events: new Map(),
  watchedEvents: new Map(),
  eventAttempts: new Map(),
  endedEvents: [],
});
