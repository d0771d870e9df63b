import type { OrderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import type { EncodedOrder } from '../adapters/polymarket/signing/order-encoder.ts';
import { createTurnQueue, type Taken } from '../adapters/polymarket/signing/turn-queue.ts';
import type { OrderRequest } from '../domain/order.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignedOrder, SigningAnswers, SigningRefused } from '../ports/signer.ts';
import type { OrderClaim } from './order-claim.ts';
import type { OrderReply } from './protocol.ts';

export interface OrderQueueOptions {
  /** Throws a RangeError for an order whose amounts cannot be signed exactly. */
  readonly claimOf: (order: OrderRequest) => OrderClaim;
  /** The order's own hash, so that an answer can be held against it. */
  readonly encode: (order: OrderRequest, amounts: OrderAmounts) => EncodedOrder;
  /** Sends one question; exactly one of the two is called, once. */
  readonly send: (
    claims: readonly OrderClaim[],
    answered: (replies: readonly OrderReply[]) => void,
    failed: (error: Error) => void,
  ) => void;
  readonly turnMs: () => number;
}

/** Hands orders to the signer in the turn in which they are given, as far as they fit into it. */
export interface OrderQueue {
  /** One answer for each order, in their order. Rejects with a RangeError when one of them cannot be encoded. */
  sign(orders: readonly OrderRequest[]): Promise<SigningAnswers>;
}

/** Orders in one question: so many that the signer is not woken for each, so few that the first answers come early. */
const QUESTION_ORDERS = 12;
/** What our own hashes may take of one turn, once all questions are out. */
const HASH_SLICE_MS = 0.3;

interface Claimed {
  readonly order: OrderRequest;
  readonly claim: OrderClaim;
}
type Answer = SignedOrder | SigningRefused;

export function createOrderQueue(options: OrderQueueOptions): OrderQueue {
  const turns = createTurnQueue<OrderRequest, Claimed, Answer>({
    prepare: (order) => ({ order, claim: options.claimOf(order) }),
    step: ask,
    nowMs: options.turnMs,
  });
  type TakenHere = Taken<OrderRequest, Claimed, Answer>;
  /** Hashes of questions that are out, still to be made. */
  const owed: (() => void)[] = [];

  /** One question. It is on its way before our own hashes of its orders are made: the signer works meanwhile. */
  function ask(): void {
    const chunk = turns.takeUpTo(QUESTION_ORDERS);
    if (chunk.length === 0) return;
    const encoded: EncodedOrder[] = [];
    const encode = (taken: TakenHere, at: number): EncodedOrder | null => {
      try {
        encoded[at] ??= options.encode(taken.item.order, taken.item.claim);
        return encoded[at];
      } catch (error) {
        turns.fail(taken, error);
        return null;
      }
    };
    options.send(
      chunk.map(({ item }) => item.claim),
      (replies) => {
        for (const [at, taken] of chunk.entries())
          answer(taken, encode(taken, at), replies[at] as OrderReply);
      },
      (error) => {
        for (const taken of chunk) turns.fail(taken, error);
      },
    );
    if (owed.length === 0) setImmediate(hashOwed);
    owed.push(() => {
      for (const [at, taken] of chunk.entries()) encode(taken, at);
    });
  }

  /** All questions go first, so that the signer never waits for one while hashes are made here. */
  function hashOwed(): void {
    const untilMs = options.turnMs() + HASH_SLICE_MS;
    while (owed.length > 0 && turns.waiting() === 0 && options.turnMs() < untilMs) owed.shift()?.();
    if (owed.length > 0) setImmediate(hashOwed);
  }

  function answer(taken: TakenHere, encoded: EncodedOrder | null, reply: OrderReply): void {
    if (encoded === null) return;
    const { digest, orderId, withSignature } = encoded;
    if ('refused' in reply) turns.answer(taken, { orderId: orderId(), refused: reply.refused });
    else if (Buffer.compare(reply.digest, digest) === 0) turns.answer(taken, withSignature(reply.signature));
    else
      turns.fail(
        taken,
        new ForeignError('signerGone', 'the signer signed another order than it was asked for', 'never'),
      );
  }

  return { sign: turns.add };
}
