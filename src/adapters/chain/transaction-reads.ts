import type { Hex } from 'viem';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { ContractCall } from './contract-calls.ts';
import { quantity, type Rpc, refusalOf } from './rpc.ts';

/** Room over the estimate, in percent: state moves between the estimate and the block. */
const GAS_PERCENT = 130n;

/** How many transactions of an account are mined, or wait as well: the first nonce that is free by that count. */
export async function readNonce(
  rpc: Rpc,
  address: Hex,
  tag: 'latest' | 'pending',
  signal: AbortSignal,
): Promise<number> {
  return Number(quantity(await rpc.call('eth_getTransactionCount', [address, tag], signal), 'the nonce'));
}

/** The newest block's base fee, and the priority fee that the node asks for, or `fallbackWei` where it names none. In wei. */
export async function readFees(
  rpc: Rpc,
  fallbackWei: bigint,
  signal: AbortSignal,
): Promise<{ readonly base: bigint; readonly asked: bigint }> {
  const block = await rpc.call('eth_getBlockByNumber', ['latest', false], signal);
  const base = quantity(
    (block as { baseFeePerGas?: unknown } | null)?.baseFeePerGas ?? '0x0',
    'the base fee',
  );
  const asked = await rpc.call('eth_maxPriorityFeePerGas', [], signal).then(
    (value) => quantity(value, 'the priority fee'),
    (error: unknown) => {
      if (refusalOf(error) !== null) return fallbackWei;
      throw error;
    },
  );
  return { base, asked };
}

/** The gas that a call is given. Throws a ForeignError `wouldRevert`, which begins with `trouble`, where the node says that it would fail. */
export async function readGas(
  rpc: Rpc,
  from: Hex,
  { to, data }: ContractCall,
  trouble: string,
  signal: AbortSignal,
): Promise<bigint> {
  try {
    const estimate = await rpc.call('eth_estimateGas', [{ from, to, data }], signal);
    return (quantity(estimate, 'the gas estimate') * GAS_PERCENT) / 100n;
  } catch (error) {
    if (!(error instanceof ForeignError) || error.code !== 'rpcRefused') throw error;
    throw new ForeignError('wouldRevert', `${trouble}: ${error.message}`, 'never', error.context, error);
  }
}

/** What a receipt says of its transaction; null where there is none yet. */
export function minedOutcome(
  receipt: unknown,
): { readonly status: 'confirmed' | 'reverted'; readonly text: string } | null {
  if (receipt === null || typeof receipt !== 'object') return null;
  const { status, blockNumber } = receipt as { status?: unknown; blockNumber?: unknown };
  if (blockNumber === null || blockNumber === undefined) return null;
  const block = quantity(blockNumber, 'the block number');
  return quantity(status, 'the receipt status') === 1n
    ? { status: 'confirmed', text: `mined in block ${block}` }
    : { status: 'reverted', text: `reverted in block ${block}` };
}
