/** Who takes the feed. */
export const FEED_CONTENDERS = ['ours', 'peer'] as const;
export type FeedContender = (typeof FEED_CONTENDERS)[number];

/** From the benchmark to a process that takes the feed. */
export type ToListener =
  | { readonly kind: 'watch' }
  /** So many frames were sent since the start; report once they are all taken in. */
  | { readonly kind: 'report'; readonly frames: number };

/** From the process to the benchmark: how long a moment of the event loop's time had to wait, in milliseconds. */
export interface ListenerReport {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** A sum over the touches of all books, which shows that every frame was taken in and understood. */
  readonly touchSum: number;
}
