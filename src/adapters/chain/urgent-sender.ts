import type { Hex } from 'viem';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SignedTransaction, SignerPort, TransactionFields } from '../../ports/signer.ts';
import type { Timers } from '../../ports/timers.ts';
import type { ContractCall } from './contract-calls.ts';
import { type Rpc, refusalOf } from './rpc.ts';
import { minedOutcome, readFees, readGas, readNonce } from './transaction-reads.ts';

/** What one urgent call came to. `hash` is the transaction that was mined, or the newest that was sent. */
export interface UrgentOutcome {
  readonly status: 'confirmed' | 'reverted' | 'unknown' | 'notSent';
  readonly hash: Hex | null;
  readonly text: string;
  /** How many transactions were sent until one was mined: each pays more than the one before. */
  readonly sent: number;
}

export interface UrgentSenderOptions {
  readonly rpc: Rpc;
  readonly signer: Pick<SignerPort, 'address' | 'signTransaction'>;
  readonly chainId: number;
  readonly timers: Timers;
  /** No transaction pays more for a unit of gas. */
  readonly maxFeePerGasWei: bigint;
  readonly receiptPollMs: number;
  /** Told of everything that is sent, in words for a person. */
  readonly onStep: (text: string) => void;
}

const GWEI = 1_000_000_000n;
/** Polygon's floor is 25 gwei; what is urgent offers more from the start. */
const LEAST_PRIORITY_WEI = 50n * GWEI;
/** A node replaces a transaction only by one that offers at least a tenth more, and some ask for an eighth. */
const RAISE_PERCENT = 130n;
/** A transaction that is not mined within this is sent again for more. */
const RAISE_AFTER_MS = 8_000;
/** From the floor to the bound on the price takes fewer tries than this. */
const MOST_TRIES = 24;

interface Offer {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/**
 * Sends one call past everything that waits: with the first nonce that is not mined yet, in place of whatever transaction of this
 * account is stuck there, and for more each time it is not mined, up to the bound. Ends with the signal at the latest.
 */
export async function sendUrgently(
  options: UrgentSenderOptions,
  call: ContractCall,
  signal: AbortSignal,
): Promise<UrgentOutcome> {
  const { rpc, signer, onStep } = options;
  const sent: SignedTransaction[] = [];
  let offer = await firstOffer(options, signal);
  let nonce = await readNonce(rpc, signer.address, 'latest', signal);
  const gas = await readGas(rpc, signer.address, call, 'the call would fail', signal);
  let trouble = '';
  for (let tries = 0; tries < MOST_TRIES && !signal.aborted; tries += 1) {
    const signed = await signOrNull(
      options,
      { chainId: options.chainId, nonce, ...call, gas, ...offer },
      sent,
    );
    if (signed === null) {
      trouble = 'the signer signs nothing that pays more';
      break;
    }
    const refusal = await broadcast(rpc, signed, signal);
    const isTaken = refusal === null || /already known|known transaction/i.test(refusal);
    if (isTaken) {
      sent.push(signed);
      onStep(
        `sent ${signed.hash} with nonce ${nonce}, at most ${gwei(offer.maxFeePerGas)} gwei a unit of gas`,
      );
    } else {
      trouble = `the chain node says: ${refusal}`;
      if (/insufficient funds/i.test(refusal)) break;
      if (/nonce too low|already used/i.test(refusal)) {
        const mined = await receiptOfAny(rpc, sent, signal);
        if (mined !== null) return mined;
        nonce = await readNonce(rpc, signer.address, 'latest', signal);
        onStep(`another transaction of this account was mined first; going on with nonce ${nonce}`);
        continue;
      }
      onStep(`a transaction of this account waits at nonce ${nonce}; replacing it for more (${refusal})`);
    }
    if (isTaken) {
      const mined = await awaitAny(options, sent, signal);
      if (mined !== null) return mined;
    }
    const raised = raise(offer, options.maxFeePerGasWei);
    if (raised === null) {
      trouble = `gas would cost more than ${gwei(options.maxFeePerGasWei)} gwei`;
      break;
    }
    offer = raised;
  }
  const hash = sent.at(-1)?.hash ?? null;
  if (hash === null) return { status: 'notSent', hash, sent: 0, text: trouble || 'the time was over first' };
  const text = `not mined yet${trouble === '' ? '' : `; ${trouble}`}`;
  return { status: 'unknown', hash, sent: sent.length, text };
}

/** The signer's no to a first transaction is an error; its no to a dearer one is the bound. */
async function signOrNull(
  { signer }: UrgentSenderOptions,
  fields: TransactionFields,
  sent: readonly SignedTransaction[],
): Promise<SignedTransaction | null> {
  try {
    return await signer.signTransaction(fields);
  } catch (error) {
    if (sent.length > 0 && error instanceof ForeignError && error.code === 'signerRefused') return null;
    throw error;
  }
}

const gwei = (wei: bigint): string => (Number(wei) / 1e9).toFixed(1);

async function firstOffer(
  { rpc, maxFeePerGasWei }: UrgentSenderOptions,
  signal: AbortSignal,
): Promise<Offer> {
  const { base, asked } = await readFees(rpc, 0n, signal);
  const priority = asked * 2n > LEAST_PRIORITY_WEI ? asked * 2n : LEAST_PRIORITY_WEI;
  const wanted = base * 2n + priority;
  const maxFeePerGas = wanted > maxFeePerGasWei ? maxFeePerGasWei : wanted;
  return { maxFeePerGas, maxPriorityFeePerGas: priority > maxFeePerGas ? maxFeePerGas : priority };
}

/** A third more of both, as a replacement has to offer; null where that passes the bound. */
export function raise({ maxFeePerGas, maxPriorityFeePerGas }: Offer, maxFeePerGasWei: bigint): Offer | null {
  const fee = (maxFeePerGas * RAISE_PERCENT) / 100n + 1n;
  if (fee > maxFeePerGasWei) return null;
  return { maxFeePerGas: fee, maxPriorityFeePerGas: (maxPriorityFeePerGas * RAISE_PERCENT) / 100n + 1n };
}

/** The node's own words of refusal; null where it took the transaction, or did not answer and may have taken it. */
async function broadcast(rpc: Rpc, { raw }: SignedTransaction, signal: AbortSignal): Promise<string | null> {
  try {
    await rpc.call('eth_sendRawTransaction', [raw], signal);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

async function awaitAny(
  { rpc, timers, receiptPollMs }: UrgentSenderOptions,
  sent: readonly SignedTransaction[],
  signal: AbortSignal,
): Promise<UrgentOutcome | null> {
  const untilMs = timers.nowMs() + RAISE_AFTER_MS;
  while (!signal.aborted && timers.nowMs() < untilMs) {
    const mined = await receiptOfAny(rpc, sent, signal);
    if (mined !== null) return mined;
    await new Promise<void>((resolve) => {
      timers.after(receiptPollMs, resolve);
    });
  }
  return null;
}

/** The receipt of whichever of them was mined: all have one nonce, so only one can be. */
async function receiptOfAny(
  rpc: Rpc,
  sent: readonly SignedTransaction[],
  signal: AbortSignal,
): Promise<UrgentOutcome | null> {
  for (const { hash } of [...sent].reverse()) {
    const receipt = await rpc.call('eth_getTransactionReceipt', [hash], signal).catch(() => null);
    const mined = minedOutcome(receipt);
    if (mined !== null) return { ...mined, hash, sent: sent.length };
  }
  return null;
}
