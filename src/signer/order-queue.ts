import type { OrderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import type { EncodedOrder } from '../adapters/polymarket/signing/order-encoder.ts';
import type { OrderRequest } from '../domain/order.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignedOrder, SigningRefused } from '../ports/signer.ts';
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
  sign(orders: readonly OrderRequest[]): Promise<(SignedOrder | SigningRefused)[]>;
}

/** What handing over may take of one turn. What follows from a signed batch (journal, headers, request) takes its part of the same turn. */
const SLICE_MS = 0.4;
/** Orders in one question: so many that the signer is not woken for each, so few that the first answers come early. */
const QUESTION_ORDERS = 12;

interface Batch {
  readonly orders: readonly OrderRequest[];
  readonly answers: (SignedOrder | SigningRefused)[];
  next: number;
  missing: number;
  readonly resolve: (answers: (SignedOrder | SigningRefused)[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Taken {
  readonly batch: Batch;
  readonly index: number;
  readonly order: OrderRequest;
  readonly claim: OrderClaim;
}

export function createOrderQueue(options: OrderQueueOptions): OrderQueue {
  const { turnMs } = options;
  const queue: Batch[] = [];
  let waiting = 0;
  let usedMs = 0;
  let isTurnNoted = false;

  /** Takes this turn's share of what waits. */
  function work(): void {
    const startMs = turnMs();
    while (waiting > 0 && usedMs + turnMs() - startMs < SLICE_MS) ask();
    usedMs += turnMs() - startMs;
    if (isTurnNoted) return;
    isTurnNoted = true;
    setImmediate(() => {
      isTurnNoted = false;
      usedMs = 0;
      if (waiting > 0) work();
    });
  }

  /** One question. It is on its way before our own hashes of its orders are made: the signer works meanwhile. */
  function ask(): void {
    const chunk: Taken[] = [];
    while (chunk.length < QUESTION_ORDERS && waiting > 0) {
      const taken = take();
      if (taken !== null) chunk.push(taken);
    }
    if (chunk.length === 0) return;
    const encoded: EncodedOrder[] = [];
    const encode = (at: number): EncodedOrder => {
      const { order, claim } = chunk[at] as Taken;
      encoded[at] ??= options.encode(order, claim);
      return encoded[at];
    };
    options.send(
      chunk.map(({ claim }) => claim),
      (replies) => {
        for (const [at, taken] of chunk.entries()) answer(taken, encode(at), replies[at] as OrderReply);
      },
      (error) => {
        for (const { batch } of chunk) batch.reject(error);
      },
    );
    for (const at of chunk.keys()) encode(at);
  }

  /** The next order with its claim, or null when it is one that cannot be encoded, and its batch is answered with that. */
  function take(): Taken | null {
    const batch = queue[0];
    if (batch === undefined) return null;
    const index = batch.next;
    batch.next += 1;
    waiting -= 1;
    if (batch.next === batch.orders.length) queue.shift();
    const order = batch.orders[index] as OrderRequest;
    try {
      return { batch, index, order, claim: options.claimOf(order) };
    } catch (error) {
      waiting -= batch.orders.length - batch.next;
      if (queue[0] === batch) queue.shift();
      batch.reject(error);
      return null;
    }
  }

  function answer({ batch, index }: Taken, encoded: EncodedOrder, reply: OrderReply): void {
    const { digest, orderId, withSignature } = encoded;
    if ('refused' in reply) batch.answers[index] = { orderId: orderId(), refused: reply.refused };
    else if (Buffer.compare(reply.digest, digest) === 0)
      batch.answers[index] = withSignature(reply.signature);
    else {
      batch.reject(
        new ForeignError('signerGone', 'the signer signed another order than it was asked for', 'never'),
      );
      return;
    }
    batch.missing -= 1;
    if (batch.missing === 0) batch.resolve(batch.answers);
  }

  return {
    sign: (orders) => {
      if (orders.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<(SignedOrder | SigningRefused)[]>();
      const answers = new Array<SignedOrder | SigningRefused>(orders.length);
      queue.push({ orders, answers, next: 0, missing: orders.length, resolve, reject });
      waiting += orders.length;
      work();
      return promise;
    },
  };
}
