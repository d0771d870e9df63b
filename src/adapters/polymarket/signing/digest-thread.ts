import { Worker } from 'node:worker_threads';
import type { Log } from '../../../ports/timers.ts';
import type { Secret } from '../../../settings/secret.ts';
import { privateKeyBytes, type SigningAccount } from './account.ts';
import { DIGEST_BYTES, SIGNATURE_BYTES } from './sign-digest.ts';

/** A second core that signs. It has the key and nothing else: what it signs is encoded, hashed and kept here. */
export interface DigestThread {
  /** False from any failure on. */
  isOpen(): boolean;
  /**
   * 65 bytes for each 32 of `digests`, in their order. Rejects when the thread fails or does not answer in time: then sign them
   * here, which gives the same bytes, since the nonce of a signature follows from key and digest.
   */
  sign(digests: Uint8Array): Promise<Uint8Array>;
  /** Rejects what the thread still owes and has it end after it, since stopping it in the middle is not safe. */
  close(): Promise<void>;
}

export interface DigestThreadOptions {
  readonly privateKey: Secret;
  readonly account: Pick<SigningAccount, 'signDigest'>;
  readonly log: Log;
  /** Another thread for tests of its failures. */
  readonly script?: URL;
  readonly answerBoundMs?: number;
}

interface Owed {
  readonly bytes: number;
  readonly resolve: (signatures: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** A thousand times what a thread with its core to itself needs: a busy machine alone must not end it. */
const ANSWER_BOUND_MS = 500;
/** A start takes a tenth of a second; on a busy machine loading the modules takes its time. */
const START_BOUND_MS = 5_000;
/** A thread that does not end in this time is left behind; it keeps nothing alive. */
const END_BOUND_MS = 1_000;
const PROBE = new Uint8Array(DIGEST_BYTES).fill(0x5a);

/**
 * Starts the thread and hands it the key, once and in a message of its own, so that the key stands in no environment, argument or
 * start data of it. Nothing the thread says goes into a log. It never keeps the process alive. Resolves once its first signature
 * was found to be ours, or with null, and a warning, when it cannot be had.
 */
export async function openDigestThread(options: DigestThreadOptions): Promise<DigestThread | null> {
  const { account, log } = options;
  const script = options.script ?? new URL('./signing-thread.ts', import.meta.url);
  const worker = new Worker(script, { env: {} });
  const owed: Owed[] = [];
  let isOver = false;
  let hasExited = false;

  function end(): void {
    isOver = true;
    for (const { reject } of owed.splice(0)) reject(new Error('the signing thread has ended'));
  }

  function fail(what: string): void {
    if (isOver) return;
    end();
    log.warning(`the signing thread ${what}; all orders are signed on the main thread from here on`);
    askToEnd();
  }

  /** Never `terminate`: the native binding takes the whole process with it when it is stopped within a signature. */
  function askToEnd(): void {
    worker.postMessage(null);
  }

  function answered(signatures: unknown): void {
    const next = owed.shift();
    if (next !== undefined && signatures instanceof Uint8Array && signatures.length === next.bytes)
      next.resolve(signatures);
    else {
      if (next !== undefined) owed.unshift(next);
      fail('answered with something that is no list of signatures');
    }
  }

  function ask(digests: Uint8Array, boundMs: number): Promise<Uint8Array> {
    if (isOver) return Promise.reject(new Error('the signing thread has ended'));
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const entry: Owed = { bytes: (digests.length / DIGEST_BYTES) * SIGNATURE_BYTES, resolve, reject };
    owed.push(entry);
    worker.postMessage(digests);
    // When it was this thread that stood still, the answer is waiting already: it is taken in before the immediate.
    const timer = setTimeout(
      () => setImmediate(() => owed.includes(entry) && fail(`did not answer within ${boundMs} ms`)),
      boundMs,
    );
    return promise.finally(() => clearTimeout(timer));
  }

  worker.on('message', answered);
  worker.on('messageerror', () => fail('answered with something that cannot be read'));
  worker.on('error', () => fail('broke'));
  worker.on('exit', () => {
    hasExited = true;
    fail('ended by itself');
  });
  worker.unref();
  const key = privateKeyBytes(options.privateKey);
  worker.postMessage(key, [key.buffer]);

  const expected = Buffer.from(account.signDigest(PROBE));
  // A failure has told why by itself.
  const found = await ask(PROBE, START_BOUND_MS).catch(() => null);
  if (found === null) return null;
  if (!expected.equals(found)) {
    fail('signs otherwise than the main thread');
    return null;
  }
  return {
    isOpen: () => !isOver,
    sign: (digests) => ask(digests, options.answerBoundMs ?? ANSWER_BOUND_MS),
    close: async () => {
      end();
      if (hasExited) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.once('exit', () => resolve());
      const timer = setTimeout(resolve, END_BOUND_MS);
      askToEnd();
      await promise;
      clearTimeout(timer);
    },
  };
}
