import { createTestClient, defineChain, http, publicActions } from 'viem';
import type { Address, Hex } from './types.ts';

const REQUEST_TIMEOUT_MS = 20_000;
/** Requests made in the same tick travel as one JSON-RPC batch, up to this many. */
const BATCH_SIZE = 400;
/** Enough for every set-up call; stated so that the node need not estimate each one. */
export const SETUP_GAS = 8_000_000n;
const MAX_FEE_PER_GAS = 100_000_000_000n;

/** Gas price fields of every transaction made here: well above the node's base fee. */
export const GAS_PRICE = { maxFeePerGas: MAX_FEE_PER_GAS, maxPriorityFeePerGas: 1_000_000_000n } as const;

/** A viem client with the node's own methods (set code, impersonate, mine) and the public ones. */
export function createChainClient(rpcUrl: string, chainId: number) {
  const chain = defineChain({
    id: chainId,
    name: 'local chain',
    nativeCurrency: { name: 'POL', symbol: 'POL', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, {
    batch: { batchSize: BATCH_SIZE, wait: 0 },
    timeout: REQUEST_TIMEOUT_MS,
    retryCount: 0,
  });
  return createTestClient({ chain, mode: 'anvil', transport, cacheTime: 0 }).extend(publicActions);
}

export type ChainClient = ReturnType<typeof createChainClient>;

/** A call to send in the name of any address, without its key. */
export interface UnsignedCall {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
}

/**
 * Sends calls in the name of their senders, all in one batch, and returns their hashes in order. Nonces are set
 * here, because the node works on a batch concurrently.
 */
export async function sendUnsigned(client: ChainClient, calls: readonly UnsignedCall[]): Promise<Hex[]> {
  const senders = [...new Set(calls.map((call) => call.from))];
  const counts = await Promise.all(
    senders.map((address) => client.getTransactionCount({ address, blockTag: 'pending' })),
  );
  const nonces = new Map(senders.map((address, index) => [address, counts[index] ?? 0]));
  return Promise.all(
    calls.map(({ from, to, data }) => {
      const nonce = nonces.get(from) ?? 0;
      nonces.set(from, nonce + 1);
      return client.sendUnsignedTransaction({ from, to, data, nonce, gas: SETUP_GAS, ...GAS_PRICE });
    }),
  );
}
