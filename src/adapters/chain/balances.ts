import type { Hex } from 'viem';
import type { TokenId } from '../../domain/market.ts';
import { shares, usd } from '../../domain/units.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { ChainBalances } from '../../ports/venue.ts';
import {
  balanceOfBatchCall,
  balanceOfCall,
  type ChainContracts,
  decodeBalance,
  decodeBalances,
} from './contract-calls.ts';
import { quantity, type Rpc } from './rpc.ts';

/** Tokens in one `balanceOfBatch`, so that a call stays inside every provider's gas bound for reads. */
const TOKENS_PER_CALL = 250;

/** Cash and tokens of any wallet, all at the newest block. Reading needs no key. */
export async function readBalances(
  rpc: Pick<Rpc, 'call' | 'batch'>,
  contracts: Pick<ChainContracts, 'pUsd' | 'conditionalTokens'>,
  wallet: Hex,
  tokens: readonly TokenId[],
  signal: AbortSignal,
): Promise<ChainBalances> {
  const block = await rpc.call('eth_blockNumber', [], signal);
  const at = `0x${quantity(block, 'the block number').toString(16)}`;
  const view = (to: Hex, data: Hex) => ({ method: 'eth_call', params: [{ to, data }, at] });
  const groups: TokenId[][] = [];
  for (let from = 0; from < tokens.length; from += TOKENS_PER_CALL)
    groups.push(tokens.slice(from, from + TOKENS_PER_CALL));
  const [cash, ...batches] = (await rpc.batch(
    [
      view(contracts.pUsd, balanceOfCall(wallet)),
      ...groups.map((group) => view(contracts.conditionalTokens, balanceOfBatchCall(wallet, group))),
    ],
    signal,
  )) as Hex[];
  return decoded('balances', () => ({
    cash: usd(Number(decodeBalance(cash as Hex))),
    tokens: groups.flatMap((group, index) => {
      const held = decodeBalances(batches[index] as Hex);
      return group.map((token, place) => [token, shares(Number(held[place]))] as const);
    }),
    blockNumber: Number(quantity(block, 'the block number')),
  }));
}

/** Runs a decoder of contract results; what does not decode is the node's fault, or no contract is there. */
function decoded<Value>(what: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    throw new ForeignError(
      'rpcGarbage',
      `${what}: the contracts' answer cannot be read; is this the right chain? (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
      'later',
      {},
      error,
    );
  }
}
