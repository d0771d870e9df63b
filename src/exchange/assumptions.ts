/**
 * What the production venue does not reveal, with the value assumed here next to it. Each is a field, so that recorded
 * production traffic can correct one without touching the engine. `ASSUMPTION_NOTES` says, for each, what is unknown and why
 * this value was taken.
 */
import type { Price, Usd } from '../domain/units.ts';

export interface Assumptions {
  /** An order that would trade with an order of its own account. */
  readonly selfTrade: 'rejectTaker';
  /** Most maker orders in one `matchOrders` call; a level with more gives several trades. */
  readonly maxMakersPerTrade: number;
  /** Whether what a matched trade will bring may be spent before it is confirmed. */
  readonly pendingInUsable: boolean;
  /** What becomes of the orders of a trade whose settlement failed. */
  readonly failedTradeOrders: 'stayMatched';
  /** The finer grid near 0 and 1, and where it begins: last trade strictly above or below. */
  readonly fineTick: {
    readonly enabled: boolean;
    readonly from: Price;
    readonly to: Price;
    readonly above: Price;
    readonly below: Price;
  };
  /** Resting orders that are off the grid after a tick change. */
  readonly offGridOrders: 'cancel';
  /** Smallest BUY, in dollars, that may take from the book. */
  readonly minMarketableBuy: Usd;
  /** Whether the minimum order size also holds for FOK and FAK. */
  readonly minSizeForMarketOrders: boolean;
  /** A GTD order leaves this long before its stated second, and must be stated at least `gtdMinAheadMs` ahead. */
  readonly gtdEarlyMs: number;
  readonly gtdMinAheadMs: number;
  /** Orders that a taker delay holds back. */
  readonly delayedOrders: 'marketableOnly';
  /** Whether a delayed order may be cancelled before its release. */
  readonly delayedCancellable: boolean;
}

export const defaultAssumptions: Assumptions = {
  selfTrade: 'rejectTaker',
  maxMakersPerTrade: 20,
  pendingInUsable: false,
  failedTradeOrders: 'stayMatched',
  fineTick: {
    enabled: true,
    from: 100 as Price,
    to: 10 as Price,
    above: 9_600 as Price,
    below: 400 as Price,
  },
  offGridOrders: 'cancel',
  minMarketableBuy: 1_000_000 as Usd,
  minSizeForMarketOrders: false,
  gtdEarlyMs: 60_000,
  gtdMinAheadMs: 180_000,
  delayedOrders: 'marketableOnly',
  delayedCancellable: false,
};

/** The table for people: assumption, what is unknown, what is assumed. Printed by documentation, checked for completeness by a test. */
export const ASSUMPTION_NOTES: readonly {
  readonly name: string;
  readonly unknown: string;
  readonly assumed: string;
}[] = [
  {
    name: 'selfTrade',
    unknown: 'What happens when an order would match an order of the same account.',
    assumed:
      'The incoming order is refused whole (500 "could not run the execution"); the resting one stays.',
  },
  {
    name: 'maxMakersPerTrade',
    unknown: 'How the operator groups makers into one settlement.',
    assumed: 'One trade a price level, at most 20 makers each; a sweep of three levels is three trades.',
  },
  {
    name: 'pendingInUsable',
    unknown: 'Whether shares or dollars of a matched, unconfirmed trade may back a new order.',
    assumed: 'No. What a trade takes is gone at the match, what it brings counts from CONFIRMED.',
  },
  {
    name: 'failedTradeOrders',
    unknown: 'Whether the orders of a failed trade return to the book.',
    assumed: 'No. They keep their matched size; only balances are reversed.',
  },
  {
    name: 'fineTick',
    unknown: 'Which price is compared with 0.96 and 0.04, and whether the coarse tick ever returns.',
    assumed: 'The last trade in YES coordinates; 0.01 becomes 0.001 once and never returns by itself.',
  },
  {
    name: 'offGridOrders',
    unknown: 'Whether resting orders survive a change to a grid they are not on.',
    assumed: 'They are cancelled. A change to a finer grid that contains the old one cancels nothing.',
  },
  {
    name: 'minMarketableBuy',
    unknown: 'The exact scope of the one-dollar minimum that users report for marketable buys.',
    assumed: 'Every BUY that would match at once, by its stated amount at its limit price.',
  },
  {
    name: 'minSizeForMarketOrders',
    unknown: 'Whether the minimum order size holds for orders that never rest.',
    assumed: 'No, only for GTC and GTD.',
  },
  {
    name: 'gtdEarlyMs',
    unknown: 'Documented: one minute before the stated second.',
    assumed: 'Exactly 60 s, to the millisecond.',
  },
  {
    name: 'gtdMinAheadMs',
    unknown: 'Documented: at least three minutes ahead.',
    assumed: 'Exactly 180 s after the time of arrival.',
  },
  {
    name: 'delayedOrders',
    unknown: 'Which orders a taker delay holds back.',
    assumed: 'Only orders that would match on arrival; resting and post-only orders go straight in.',
  },
  {
    name: 'delayedCancellable',
    unknown: 'Reported: not cancellable during the delay.',
    assumed: 'No; its funds stay reserved.',
  },
];
