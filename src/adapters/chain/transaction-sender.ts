import type { PreparedTransaction, TransactionStatus } from '../../ports/chain.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SignedTransaction, SignerPort } from '../../ports/signer.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import type { ContractCall } from './contract-calls.ts';
import { type Rpc, refusalOf } from './rpc.ts';
import { minedOutcome, readFees, readGas, readNonce } from './transaction-reads.ts';

export interface SenderOptions {
  readonly rpc: Rpc;
  readonly signer: Pick<SignerPort, 'address' | 'signTransaction'>;
  readonly chainId: number;
  readonly timers: Timers;
  readonly log: Log;
  /** No transaction pays more for a unit of gas. */
  readonly maxFeePerGasWei: bigint;
  readonly receiptPollMs: number;
  /** A transaction no node knows, whose nonce is free for this long, has its nonce taken by an empty one, which proves it gone. */
  readonly missingAfterMs: number;
}

export interface Outcome {
  readonly status: TransactionStatus;
  readonly text: string;
}

export interface TransactionSender {
  prepare(txKey: string, call: ContractCall, signal: AbortSignal): Promise<PreparedTransaction>;
  send(prepared: PreparedTransaction, signal: AbortSignal): Promise<Outcome>;
  read(hash: string, nonce: number, signal: AbortSignal): Promise<Outcome>;
}

/** Priority fee where the node names none; Polygon's floor is 25 gwei. */
const FALLBACK_PRIORITY_WEI = 30_000_000_000n;
const PLAIN_TRANSFER_GAS = 21_000n;

/** Sends transactions of one account: nonces in a queue that starts from the node's pending count and is read again after any doubt. */
export function createTransactionSender(options: SenderOptions): TransactionSender {
  const { rpc, signer, timers } = options;
  let nextNonce: number | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const missingSinceMs = new Map<string, number>();
  const outrunSinceMs = new Map<string, number>();

  const countOf = (tag: 'latest' | 'pending', signal: AbortSignal): Promise<number> =>
    readNonce(rpc, signer.address, tag, signal);

  async function fees(signal: AbortSignal): Promise<{ maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }> {
    const { base, asked } = await readFees(rpc, FALLBACK_PRIORITY_WEI, signal);
    if (base + asked > options.maxFeePerGasWei)
      throw new ForeignError(
        'gasTooDear',
        `gas costs ${base + asked} wei now, the bound is ${options.maxFeePerGasWei} wei: the transaction waits until it is cheaper`,
        'later',
        {},
      );
    const wanted = base * 2n + asked;
    return {
      maxFeePerGas: wanted > options.maxFeePerGasWei ? options.maxFeePerGasWei : wanted,
      maxPriorityFeePerGas: asked,
    };
  }

  const gasOf = (call: ContractCall, signal: AbortSignal): Promise<bigint> =>
    readGas(rpc, signer.address, call, 'the transaction would fail on the chain', signal);

  /** One preparation at a time, so that no two take one nonce. */
  function prepare(txKey: string, call: ContractCall, signal: AbortSignal): Promise<PreparedTransaction> {
    const mine = turn.then(async () => {
      const [gas, fee] = await Promise.all([gasOf(call, signal), fees(signal)]);
      nextNonce ??= await countOf('pending', signal);
      const nonce = nextNonce;
      const signed = await sign(nonce, call, gas, fee);
      nextNonce = nonce + 1;
      return { txKey, nonce, ...signed };
    });
    turn = mine.catch(() => undefined);
    return mine;
  }

  const sign = (
    nonce: number,
    call: ContractCall,
    gas: bigint,
    fee: { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint },
  ): Promise<SignedTransaction> =>
    signer.signTransaction({ chainId: options.chainId, nonce, to: call.to, data: call.data, gas, ...fee });

  async function send(prepared: PreparedTransaction, signal: AbortSignal): Promise<Outcome> {
    try {
      await rpc.call('eth_sendRawTransaction', [prepared.raw], signal);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== null && !/already known|already imported|known transaction/i.test(refusal)) {
        // Whatever the queue thought the next nonce was, the node knows better.
        nextNonce = null;
        const mined = await receiptOf(prepared.hash, signal).catch(() => null);
        return mined ?? { status: 'notSent', text: `the chain node refused the transaction: ${refusal}` };
      }
      // No answer: it may be on its way. The receipt tells, or the bound ends the wait.
      if (refusal === null)
        options.log.note(`broadcasting ${prepared.hash} had no answer; waiting for its receipt`, {
          error: String(error),
        });
    }
    return awaitReceipt(prepared.hash, signal);
  }

  async function awaitReceipt(hash: string, signal: AbortSignal): Promise<Outcome> {
    while (!signal.aborted) {
      const found = await receiptOf(hash, signal).catch((error: unknown) => {
        options.log.debug(`the receipt of ${hash} could not be read`, { error: String(error) });
        return null;
      });
      if (found !== null) return found;
      await pause(options.receiptPollMs, signal);
    }
    nextNonce = null;
    return { status: 'unknown', text: 'the wait for the receipt ended without one' };
  }

  const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = timers.after(delayMs, done);
      signal.addEventListener('abort', done, { once: true });
    });

  const receiptOf = async (hash: string, signal: AbortSignal): Promise<Outcome | null> =>
    minedOutcome(await rpc.call('eth_getTransactionReceipt', [hash], signal));

  async function read(hash: string, nonce: number, signal: AbortSignal): Promise<Outcome> {
    const mined = await receiptOf(hash, signal);
    if (mined !== null) return settled(hash, mined);
    const used = await countOf('latest', signal);
    if (used > nonce) {
      // It may have been mined between the two reads.
      const late = await receiptOf(hash, signal);
      if (late !== null) return settled(hash, late);
      // Behind one address stand several nodes, and the one asked for the receipt may be behind the one that told the nonce.
      if (waitedMs(outrunSinceMs, hash) < options.missingAfterMs / 4)
        return { status: 'unknown', text: `nonce ${nonce} is used, but no node shows a receipt yet` };
      return settled(hash, { status: 'notSent', text: `nonce ${nonce} was used by another transaction` });
    }
    const pooled = await rpc.call('eth_getTransactionByHash', [hash], signal);
    const next = await countOf('pending', signal);
    if (pooled !== null && next > nonce) {
      missingSinceMs.delete(hash);
      return { status: 'unknown', text: 'in the pool, not mined yet' };
    }
    // Lost, or stuck behind a nonce that was taken and never sent: the first free one opens the way.
    if (waitedMs(missingSinceMs, hash) >= options.missingAfterMs && next === used)
      await takeNonce(used, signal);
    const text = pooled === null ? 'no node knows it' : 'in the pool, behind a nonce that nobody has used';
    return { status: 'unknown', text: `${text}, and nonce ${used} is still free` };
  }

  function waitedMs(since: Map<string, number>, hash: string): number {
    const firstMs = since.get(hash) ?? timers.nowMs();
    since.set(hash, firstMs);
    return timers.nowMs() - firstMs;
  }

  function settled(hash: string, outcome: Outcome): Outcome {
    missingSinceMs.delete(hash);
    outrunSinceMs.delete(hash);
    return outcome;
  }

  /** Sends an empty transaction to ourselves with a nonce nobody uses, so that the one lost can never be mined. */
  async function takeNonce(nonce: number, signal: AbortSignal): Promise<void> {
    const fee = await fees(signal);
    const { raw } = await sign(nonce, { to: signer.address, data: '0x' }, PLAIN_TRANSFER_GAS, fee);
    options.log.warning(`taking nonce ${nonce} with an empty transaction, to prove a lost one gone`);
    nextNonce = null;
    await rpc.call('eth_sendRawTransaction', [raw], signal);
  }

  return { prepare, send, read };
}
