import type { SigningAccount } from './account.ts';
import type { DigestThread } from './digest-thread.ts';
import { DIGEST_BYTES, SIGNATURE_BYTES } from './sign-digest.ts';

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

/** What signing may take of one turn. What follows from a signed batch (journal, headers, request) takes its part of the same turn. */
const SLICE_MS = 0.4;
/** Orders in one message to the thread, and messages it has at a time, so that it never waits for a turn of ours to end. */
const CHUNK = 8;
const CHUNKS_AT_THREAD = 3;

/** One call of `sign`. Calls wait in the order they came; their number is bounded by the orders that may be open. */
interface Batch<Request, Signed> {
  readonly requests: readonly Request[];
  readonly signed: Signed[];
  /** Index of the next order nobody has taken. */
  next: number;
  missing: number;
  readonly resolve: (signed: Signed[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Taken<Request, Signed> {
  readonly batch: Batch<Request, Signed>;
  readonly index: number;
  readonly encoded: Encoded<Signed>;
}

export function createSigningDesk<Request, Signed>(
  options: SigningDeskOptions<Request, Signed>,
): SigningDesk<Request, Signed> {
  const { encode, account, thread } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const queue: Batch<Request, Signed>[] = [];
  let waiting = 0;
  let chunksAtThread = 0;
  let usedMs = 0;
  let isTurnNoted = false;

  /** Takes this turn's share of what waits. */
  function work(): void {
    const startMs = nowMs();
    feedThread();
    while (waiting > 0 && usedMs + nowMs() - startMs < SLICE_MS) {
      const taken = take();
      if (taken !== null) signHere(taken);
    }
    usedMs += nowMs() - startMs;
    if (isTurnNoted) return;
    isTurnNoted = true;
    setImmediate(() => {
      isTurnNoted = false;
      usedMs = 0;
      if (waiting > 0) work();
    });
  }

  /** The next order, encoded, or null when it is one that cannot be signed, and its batch is answered with that. */
  function take(): Taken<Request, Signed> | null {
    const batch = queue[0];
    if (batch === undefined) return null;
    const index = batch.next;
    batch.next += 1;
    waiting -= 1;
    if (batch.next === batch.requests.length) queue.shift();
    try {
      return { batch, index, encoded: encode(batch.requests[index] as Request) };
    } catch (error) {
      waiting -= batch.requests.length - batch.next;
      if (queue[0] === batch) queue.shift();
      batch.reject(error);
      return null;
    }
  }

  function finish({ batch, index, encoded }: Taken<Request, Signed>, signature: Uint8Array): void {
    batch.signed[index] = encoded.withSignature(signature);
    batch.missing -= 1;
    if (batch.missing === 0) batch.resolve(batch.signed);
  }

  const signHere = (taken: Taken<Request, Signed>): void =>
    finish(taken, account.signDigest(taken.encoded.digest));

  /** Keeps the thread busy while there is more than this thread signs soon by itself. */
  function feedThread(): void {
    while (thread?.isOpen() === true && chunksAtThread < CHUNKS_AT_THREAD && waiting > CHUNK)
      signThere(thread);
  }

  function signThere(at: DigestThread): void {
    const chunk: Taken<Request, Signed>[] = [];
    while (chunk.length < CHUNK && waiting > 0) {
      const taken = take();
      if (taken !== null) chunk.push(taken);
    }
    if (chunk.length === 0) return;
    const digests = new Uint8Array(chunk.length * DIGEST_BYTES);
    for (const [index, { encoded }] of chunk.entries()) digests.set(encoded.digest, index * DIGEST_BYTES);
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
    sign: (requests) => {
      if (requests.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<Signed[]>();
      const signed = new Array<Signed>(requests.length);
      queue.push({ requests, signed, next: 0, missing: requests.length, resolve, reject });
      waiting += requests.length;
      work();
      return promise;
    },
    close: async () => {
      await thread?.close();
    },
  };
}
