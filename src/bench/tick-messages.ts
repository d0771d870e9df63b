/**
 * Whose path a frame and an order take. `peer` does the same work as we do: it cancels the quote it replaces.
 * `peerNoCancel` leaves that out, as a lower bound of what its parts cost.
 */
export const TICK_CONTENDERS = ['ours', 'peer', 'peerNoCancel'] as const;
export type TickContender = (typeof TICK_CONTENDERS)[number];

/** From the benchmark to its server. */
export type ToTickServer =
  /** Where our worker's journal is, so that the server can look whether an order was in it before it came. */
  | { readonly kind: 'journal'; readonly directory: string }
  /**
   * Send so many frames, one at a time, and time the order that each causes. Signatures of a round that counts are all proven afterwards,
   * in others one in twenty: proving takes longer than the round.
   */
  | {
      readonly kind: 'round';
      readonly contender: TickContender;
      readonly frames: number;
      readonly counts: boolean;
    }
  /** The order has been answered, and the contender has nothing left to do. */
  | { readonly kind: 'settled'; readonly contender: TickContender }
  | { readonly kind: 'close' };

/** From the server to the benchmark. */
export type FromTickServer =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'round'; readonly latenciesUs: readonly number[]; readonly frameBytes: number }
  /** Something was not as it must be; the benchmark fails with this text. */
  | { readonly kind: 'wrong'; readonly text: string };

/** From a contender to the benchmark. */
export type FromTickContender =
  /** It has quoted every market once. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'wrong'; readonly text: string };
