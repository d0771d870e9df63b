import type { TransactionReceipt } from 'viem';
import type { ChainClient } from './client.ts';
import type { Hex } from './types.ts';

export interface ReceiptWatcher {
  /** Settles with the receipt; rejects after the bound, or when the watcher is closed. */
  readonly wait: (hash: Hex) => Promise<TransactionReceipt>;
  readonly close: () => void;
}

interface Waiting {
  readonly resolve: (receipt: TransactionReceipt) => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
}

const POLL_MS = 20;
const FIRST_POLL_MS = 2;
const DEFAULT_TIMEOUT_MS = 60_000;

/** One poll for all receipts that are waited for, in one batched request each time. */
export function createReceiptWatcher(
  client: ChainClient,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): ReceiptWatcher {
  const waiting = new Map<Hex, Waiting>();
  let timer: NodeJS.Timeout | null = null;
  let polling = false;
  let closed = false;

  const poll = async () => {
    timer = null;
    polling = true;
    await Promise.all([...waiting.keys()].map(check));
    polling = false;
    schedule(POLL_MS);
  };
  const check = async (hash: Hex) => {
    const entry = waiting.get(hash);
    if (entry === undefined) return;
    const receipt = await readReceipt(client, hash).catch((error: Error) => error);
    if (receipt instanceof Error) settle(hash, () => entry.reject(receipt));
    else if (receipt !== null) settle(hash, () => entry.resolve(receipt));
    else if (performance.now() > entry.deadlineMs) {
      settle(hash, () => entry.reject(new Error(`no receipt for ${hash} within ${timeoutMs} ms`)));
    }
  };
  const settle = (hash: Hex, act: () => void) => {
    if (waiting.delete(hash)) act();
  };
  const schedule = (delayMs: number) => {
    if (closed || polling || timer !== null || waiting.size === 0) return;
    timer = setTimeout(() => void poll(), delayMs);
  };

  return {
    wait: (hash) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the chain is stopped'));
        waiting.set(hash, { resolve, reject, deadlineMs: performance.now() + timeoutMs });
        schedule(FIRST_POLL_MS);
      }),
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const hash of [...waiting.keys()]) {
        const entry = waiting.get(hash);
        settle(hash, () => entry?.reject(new Error('the chain is stopped')));
      }
    },
  };
}

/** The receipt, or null while there is none. */
async function readReceipt(client: ChainClient, hash: Hex): Promise<TransactionReceipt | null> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof Error && error.name === 'TransactionReceiptNotFoundError') return null;
    throw error;
  }
}
