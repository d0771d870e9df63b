import { decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from 'viem';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { ContractCall } from './contract-calls.ts';
import { quantity, type Rpc } from './rpc.ts';

/** What the exchanges' contracts offer a user to stop its own orders. Source: CTFExchangeV2, UserPausable, state of November 2026. */
const USER_PAUSE = parseAbi([
  'function pauseUser()',
  'function unpauseUser()',
  'function userPausedBlockAt(address user) view returns (uint256)',
  'function userPauseBlockInterval() view returns (uint256)',
]);

/** One exchange, and whether it settles the wallet's orders. */
export interface UserPause {
  readonly exchange: 'exchange' | 'neg-risk exchange';
  readonly address: Hex;
  /** `active`: every match with an order of the wallet reverts. `pending`: from `fromBlock` on. */
  readonly state: 'none' | 'pending' | 'active';
  /** The block from which the pause is in effect; null without one. */
  readonly fromBlock: number | null;
  /** The newest block when this was read. */
  readonly atBlock: number;
  /** How many blocks a pause that is asked for now takes to be in effect. */
  readonly delayBlocks: number;
}

export interface ExchangeContracts {
  readonly exchange: Hex;
  readonly negRiskExchange: Hex;
}

const exchangesOf = (contracts: ExchangeContracts) =>
  [
    ['exchange', contracts.exchange],
    ['neg-risk exchange', contracts.negRiskExchange],
  ] as const;

/** The call that pauses or unpauses whoever sends it. */
export const userPauseCall = (exchange: Hex, functionName: 'pauseUser' | 'unpauseUser'): ContractCall => ({
  to: exchange,
  data: encodeFunctionData({ abi: USER_PAUSE, functionName }),
});

/** Reads the wallet's pause on both exchanges at one block. A pause counts for the account that makes the orders. */
export async function readUserPauses(
  rpc: Rpc,
  contracts: ExchangeContracts,
  wallet: Hex,
  signal: AbortSignal,
): Promise<UserPause[]> {
  const block = await rpc.call('eth_blockNumber', [], signal);
  const atBlock = Number(quantity(block, 'the block number'));
  const at = `0x${atBlock.toString(16)}`;
  const view = (to: Hex, data: Hex) => ({ method: 'eth_call', params: [{ to, data }, at] });
  const exchanges = exchangesOf(contracts);
  const results = await rpc.batch(
    exchanges.flatMap(([, address]) => [
      view(
        address,
        encodeFunctionData({ abi: USER_PAUSE, functionName: 'userPausedBlockAt', args: [wallet] }),
      ),
      view(address, encodeFunctionData({ abi: USER_PAUSE, functionName: 'userPauseBlockInterval' })),
    ]),
    signal,
  );
  return exchanges.map(([exchange, address], index) => {
    const from = decodeBlock(results[2 * index], 'userPausedBlockAt', exchange);
    const delayBlocks = decodeBlock(results[2 * index + 1], 'userPauseBlockInterval', exchange);
    const state = from === 0 ? 'none' : from <= atBlock ? 'active' : 'pending';
    return { exchange, address, state, fromBlock: from === 0 ? null : from, atBlock, delayBlocks };
  });
}

function decodeBlock(
  result: unknown,
  functionName: 'userPausedBlockAt' | 'userPauseBlockInterval',
  exchange: string,
): number {
  try {
    return Number(decodeFunctionResult({ abi: USER_PAUSE, functionName, data: result as Hex }));
  } catch (error) {
    throw new ForeignError(
      'rpcGarbage',
      `${functionName} of the ${exchange}: the contract's answer cannot be read; is this the right chain? (${JSON.stringify(result)})`,
      'later',
      {},
      error,
    );
  }
}
