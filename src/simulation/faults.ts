/** How often what can go wrong does go wrong. Shares are of all occasions; `PerHour` are mean counts in virtual time. */
export interface FaultRates {
  /** The venue accepted the orders, and its answer was lost. */
  readonly lostPlaceAnswer: number;
  /** The request was lost before the venue; the worker cannot tell this from a lost answer. */
  readonly lostPlaceRequest: number;
  readonly lostCancelAnswer: number;
  readonly lostCancelRequest: number;
  /** Somebody takes the order while its cancel is on its way. */
  readonly cancelRace: number;
  readonly failedSettlement: number;
  readonly duplicateFrame: number;
  /** A user frame that comes seconds late, so that later ones overtake it. */
  readonly lateFrame: number;
  /** A user frame that never comes, while the socket looks healthy. */
  readonly droppedFrame: number;
  readonly slowRead: number;
  readonly failedRead: number;
  /** The book's hash does not match, so that the feed asks for a whole book. */
  readonly bookGap: number;
  readonly lostTransactionAnswer: number;
  readonly revertedTransaction: number;
  readonly unsentTransaction: number;
  readonly marketFeedDropsPerHour: number;
  readonly userFeedDropsPerHour: number;
  readonly heartbeatLossesPerHour: number;
  /** The venue's matching lags: a bid rests above the best ask until somebody takes it, or it goes. */
  readonly crossedBooksPerHour: number;
  /** A frame gives the two tokens best prices that do not mirror each other, while the book is in order. */
  readonly staleTouchesPerHour: number;
  /** Deposits, withdrawals, rewards, rebates, and tokens that somebody sends in or out. No trouble, but nobody asks the worker first. */
  readonly walletTransfersPerHour: number;
}

const NONE: FaultRates = {
  lostPlaceAnswer: 0,
  lostPlaceRequest: 0,
  lostCancelAnswer: 0,
  lostCancelRequest: 0,
  cancelRace: 0,
  failedSettlement: 0,
  duplicateFrame: 0,
  lateFrame: 0,
  droppedFrame: 0,
  slowRead: 0,
  failedRead: 0,
  bookGap: 0,
  lostTransactionAnswer: 0,
  revertedTransaction: 0,
  unsentTransaction: 0,
  marketFeedDropsPerHour: 0,
  userFeedDropsPerHour: 0,
  heartbeatLossesPerHour: 0,
  crossedBooksPerHour: 0,
  staleTouchesPerHour: 0,
  walletTransfersPerHour: 0,
};

/** About as much trouble as a bad day brings. */
const SOME: FaultRates = {
  lostPlaceAnswer: 0.005,
  lostPlaceRequest: 0.002,
  lostCancelAnswer: 0.005,
  lostCancelRequest: 0.002,
  cancelRace: 0.01,
  failedSettlement: 0.01,
  duplicateFrame: 0.01,
  lateFrame: 0.01,
  droppedFrame: 0.002,
  slowRead: 0.01,
  failedRead: 0.01,
  bookGap: 0.0005,
  lostTransactionAnswer: 0.03,
  revertedTransaction: 0.02,
  unsentTransaction: 0.02,
  marketFeedDropsPerHour: 2,
  userFeedDropsPerHour: 2,
  heartbeatLossesPerHour: 1,
  // Nobody has seen these at the venue; a run that wants them asks for them.
  crossedBooksPerHour: 0,
  staleTouchesPerHour: 0,
  walletTransfersPerHour: 0,
};

/** Far more than any day brings: to find what rare trouble hides. */
const MANY: FaultRates = {
  lostPlaceAnswer: 0.06,
  lostPlaceRequest: 0.03,
  lostCancelAnswer: 0.06,
  lostCancelRequest: 0.03,
  cancelRace: 0.1,
  failedSettlement: 0.08,
  duplicateFrame: 0.15,
  lateFrame: 0.1,
  droppedFrame: 0.04,
  slowRead: 0.1,
  failedRead: 0.08,
  bookGap: 0.005,
  lostTransactionAnswer: 0.2,
  revertedTransaction: 0.1,
  unsentTransaction: 0.1,
  marketFeedDropsPerHour: 20,
  userFeedDropsPerHour: 20,
  heartbeatLossesPerHour: 12,
  // Nobody has seen these at the venue; a run that wants them asks for them.
  crossedBooksPerHour: 0,
  staleTouchesPerHour: 0,
  walletTransfersPerHour: 0,
};

export const FAULT_LEVELS = { none: NONE, some: SOME, many: MANY } as const;
export type FaultLevel = keyof typeof FAULT_LEVELS;

export const isFaultLevel = (text: string): text is FaultLevel => Object.hasOwn(FAULT_LEVELS, text);
