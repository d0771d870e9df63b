import { randomBytes } from 'node:crypto';
import { orderJson } from '../adapters/polymarket/wire/order-body.ts';
import type { OrderRequest } from '../domain/order.ts';
import { isSigned, type SignedOrder, type SigningAnswers } from '../ports/signer.ts';
import type { OrderQueue } from './order-queue.ts';
import { createSignedAhead } from './signed-ahead.ts';

/** Answers from what was signed ahead where it can, and has the next quotes signed while nothing else is to be done. */
export interface SigningAhead {
  /** As that of the queue, but at once where all of them were signed ahead. */
  sign(orders: readonly OrderRequest[]): SigningAnswers | Promise<SigningAnswers>;
  forget(): void;
  close(): void;
}

/** Orders go out first; the signatures for the next ones are made while the venue thinks about them. */
const IDLE_AFTER_MS = 1;
/** After the signer has refused to sign ahead, it is not asked for this long. */
const REST_MS = 10_000;
/** Orders whose neighbours are still to be signed; the newest count. */
const MAX_WAITING = 512;

/** Below 2^53, as the venue's wire format has it. */
const nextSalt = (): number => {
  const bytes = randomBytes(8);
  return (bytes.readUInt32LE(0) & 0x1f_ffff) * 2 ** 32 + bytes.readUInt32LE(4);
};

export function createSigningAhead(queue: OrderQueue, aheadQueue: OrderQueue): SigningAhead {
  const kept = createSignedAhead(nextSalt);
  let waiting: OrderRequest[] = [];
  let timer: NodeJS.Timeout | null = null;
  let soon: NodeJS.Immediate | null = null;
  let restsUntilMs = 0;
  /** Questions about orders that are to go now; while there are any, nothing is signed for later. */
  let underWay = 0;

  function signNext(): void {
    timer = null;
    if (underWay > 0) return;
    const nowMs = Date.now();
    const placed = waiting;
    waiting = [];
    if (nowMs < restsUntilMs) return;
    const wanted = placed.flatMap((order) => kept.wantedAfter(order, nowMs));
    aheadQueue.sign(wanted).then(
      (answers) => {
        for (const [index, order] of wanted.entries()) {
          const answer = answers[index];
          const isRefused = answer === undefined || !isSigned(answer);
          if (isRefused) restsUntilMs = nowMs + REST_MS;
          kept.keep(order, isRefused ? null : { ...answer, json: inOnePiece(orderJson(order, answer)) });
        }
      },
      // Whoever asks for orders hears of it, too.
      () => kept.forget(),
    );
  }

  function noteForLater(orders: readonly OrderRequest[]): void {
    for (const order of orders) waiting.push(order);
    if (waiting.length > MAX_WAITING) waiting = waiting.slice(-MAX_WAITING);
    // A timer costs more than this, and the order is still on its way out.
    soon ??= setImmediate(() => {
      soon = null;
      planNext();
    });
  }

  function planNext(): void {
    if (underWay === 0 && waiting.length > 0) timer ??= setTimeout(signNext, IDLE_AFTER_MS).unref();
  }

  async function signNow(orders: readonly OrderRequest[]): Promise<SigningAnswers> {
    underWay += 1;
    try {
      return await queue.sign(orders);
    } finally {
      underWay -= 1;
      planNext();
    }
  }

  function sign(orders: readonly OrderRequest[]): SigningAnswers | Promise<SigningAnswers> {
    const nowMs = Date.now();
    const found: (SignedOrder | null)[] = [];
    const ready: SignedOrder[] = [];
    for (const order of orders) {
      const signed = kept.take(order, nowMs);
      found.push(signed);
      if (signed !== null) ready.push(signed);
    }
    noteForLater(orders);
    if (ready.length === orders.length) return ready;
    if (ready.length === 0) return signNow(orders);
    return signNow(orders.filter((_, index) => found[index] === null)).then((signed) => {
      let next = 0;
      return found.map((each) => each ?? (signed[next++] as SigningAnswers[number]));
    });
  }

  function forget(): void {
    waiting = [];
    kept.forget();
  }

  return {
    sign,
    forget,
    close: () => {
      if (soon !== null) clearImmediate(soon);
      if (timer !== null) clearTimeout(timer);
      forget();
    },
  };
}

/** A text put together from many pieces is otherwise joined where it is used first, which is when the order has to go. */
const inOnePiece = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
