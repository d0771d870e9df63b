/** The question that is on its way. */
interface PendingReview {
  /** Counted on over all runs. */
  readonly id: number;
  readonly key: string;
  readonly askedAtMs: number;
  /** How much it shows. */
  readonly signals: number;
  readonly positions: number;
}

/** The review's memory: plain data inside the kernel state. */
export interface ReviewMemory {
  /** At most one at a time. */
  pending: PendingReview | null;
  nextReview: number;
  /** When a model was last asked, whatever came of it; null before. */
  askedAtMs: number | null;
  /** Up to when everything has been looked at. */
  reviewedToMs: number;
  /** Reviews that failed in a row, so that a person is told once. */
  failures: number;
}

export const createReviewMemory = (): ReviewMemory => ({
  pending: null,
  nextReview: 1,
  askedAtMs: null,
  reviewedToMs: 0,
  failures: 0,
});
