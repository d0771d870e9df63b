import type { SigningAccount } from './account.ts';
import type { DigestThread } from './digest-thread.ts';
import { DIGEST_BYTES, SIGNATURE_BYTES } from './sign-digest.ts';
import { createTurnQueue, type Taken } from './turn-queue.ts';

/** What is to be signed, of which nothing is left to do but the key's own part. */
export interface Encoded<Signed> {
  /** The 32 bytes to sign. */
  readonly digest: Uint8Array;
  /** The result with the key's 65 bytes (r, s, v) over the digest. */
  readonly withSignature: (signature: Uint8Array) => Signed;
}

/** Signs orders as soon as it can without holding up the event loop. */
export interface SigningDesk<Request, Signed> {
  /**
   * The orders signed, in their order. What fits into this turn of the event loop is signed before the call returns, which is all
   * of a few orders; the rest in the turns that follow, and on the thread. Rejects with a RangeError when one cannot be signed.
   */
  sign(requests: readonly Request[]): Promise<Signed[]>;
  /** Ends the thread. What is under way is finished here. */
  close(): Promise<void>;
}

export interface SigningDeskOptions<Request, Signed> {
  /** Throws a RangeError for what cannot be encoded. */
  readonly encode: (request: Request) => Encoded<Signed>;
  readonly account: Pick<SigningAccount, 'signDigest'>;
  /** Null where there is no core to spare. */
  readonly thread: DigestThread | null;
  /** For tests: the clock that measures how much of a turn is used. */
  readonly nowMs?: () => number;
}

/** Messages the thread has at a time, so that it never waits for a turn of ours to end. */
const CHUNKS_AT_THREAD = 3;
/** Orders in one message to the thread: a part of what waits, so that it is told rarely and both are done at about the same time. */
const PART = 6;
const FEWEST = 4;
const MOST = 24;
const chunkOf = (waiting: number): number => Math.max(FEWEST, Math.min(MOST, Math.floor(waiting / PART)));

export function createSigningDesk<Request, Signed>(
  options: SigningDeskOptions<Request, Signed>,
): SigningDesk<Request, Signed> {
  const { account, thread } = options;
  const turns = createTurnQueue<Request, Encoded<Signed>, Signed>({
    prepare: options.encode,
    begin: feedThread,
    step: () => {
      const taken = turns.take();
      if (taken !== null) signHere(taken);
    },
    nowMs: options.nowMs ?? (() => performance.now()),
  });
  let chunksAtThread = 0;

  type TakenHere = Taken<Request, Encoded<Signed>, Signed>;
  const finish = (taken: TakenHere, signature: Uint8Array): void =>
    turns.answer(taken, taken.item.withSignature(signature));
  const signHere = (taken: TakenHere): void => finish(taken, account.signDigest(taken.item.digest));

  /** Keeps the thread busy while there is more than this thread signs soon by itself. */
  function feedThread(): void {
    while (thread?.isOpen() === true && chunksAtThread < CHUNKS_AT_THREAD && turns.waiting() > FEWEST)
      signThere(thread);
  }

  function signThere(at: DigestThread): void {
    const chunk = turns.takeUpTo(chunkOf(turns.waiting()));
    if (chunk.length === 0) return;
    const digests = new Uint8Array(chunk.length * DIGEST_BYTES);
    for (const [index, { item }] of chunk.entries()) digests.set(item.digest, index * DIGEST_BYTES);
    chunksAtThread += 1;
    at.sign(digests).then(
      (signatures) => {
        chunksAtThread -= 1;
        for (const [index, taken] of chunk.entries())
          finish(taken, signatures.subarray(index * SIGNATURE_BYTES, (index + 1) * SIGNATURE_BYTES));
        feedThread();
      },
      () => {
        chunksAtThread -= 1;
        for (const taken of chunk) signHere(taken);
      },
    );
  }

  return {
    sign: turns.add,
    close: async () => {
      await thread?.close();
    },
  };
}
