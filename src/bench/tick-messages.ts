import type { PostedOrder } from './check-tick-order.ts';

/**
 * Whose path a frame and an order take. `peer` does the same work as we do: it cancels the quote it replaces.
 * `peerNoCancel` leaves that out, as a lower bound of what its parts cost.
 */
export const TICK_CONTENDERS = ['ours', 'peer', 'peerNoCancel'] as const;
export type TickContender = (typeof TICK_CONTENDERS)[number];

/** An order that a round has brought, under the id that it is known by. */
export interface TakenOrder {
  readonly order: PostedOrder;
  readonly orderId: string;
}

/** From the benchmark to its server. */
export type ToTickServer =
  /** Where our worker's journal is, so that the server can look whether an order was in it before it came. */
  | { readonly kind: 'journal'; readonly directory: string }
  /** Send so many frames, one at a time, and time the order that each causes. */
  | { readonly kind: 'round'; readonly contender: TickContender; readonly frames: number }
  /** The order has been answered, and the contender has nothing left to do. */
  | { readonly kind: 'settled'; readonly contender: TickContender }
  | { readonly kind: 'close' };

/** From the server to the benchmark. */
export type FromTickServer =
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'round';
      readonly latenciesUs: readonly number[];
      readonly frameBytes: number;
      readonly taken: readonly TakenOrder[];
    }
  /** Something was not as it must be; the benchmark fails with this text. */
  | { readonly kind: 'wrong'; readonly text: string };

/** From a contender to the benchmark. */
export type FromTickContender =
  /** It has quoted every market once. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'wrong'; readonly text: string };
