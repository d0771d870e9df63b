import type { Hex } from 'viem';
import { ForeignError } from '../../ports/foreign-error.ts';
import {
  allowanceCall,
  approveCall,
  approveForAllCall,
  type ChainContracts,
  type ContractCall,
  decodeAllowance,
  decodeIsApproved,
  isApprovedCall,
} from './contract-calls.ts';
import type { Rpc } from './rpc.ts';
import type { TransactionSender } from './transaction-sender.ts';

/** One permission trading needs. */
export interface Allowance {
  readonly token: 'pUSD' | 'outcome tokens';
  readonly tokenAddress: Hex;
  readonly spender: 'exchange' | 'neg-risk exchange' | 'collateral adapter' | 'neg-risk collateral adapter';
  readonly spenderAddress: Hex;
  readonly wallet: Hex;
  /** Millionths for pUSD; for outcome tokens the largest uint256 or zero. */
  readonly amount: bigint;
  readonly isEnough: boolean;
}

const UNLIMITED = 2n ** 256n - 1n;
/** An allowance below this many millionths would run out in a session: a million dollars. */
const ENOUGH_MICRO_USD = 1_000_000_000_000n;

const spendersOf = (contracts: ChainContracts): readonly (readonly [Allowance['spender'], Hex])[] => [
  ['exchange', contracts.exchange],
  ['neg-risk exchange', contracts.negRiskExchange],
  ['collateral adapter', contracts.collateralAdapter],
  ['neg-risk collateral adapter', contracts.negRiskCollateralAdapter],
];

/** Reads every allowance trading, splitting and merging need, in one request. */
export async function readAllowances(
  rpc: Rpc,
  contracts: ChainContracts,
  wallet: Hex,
  signal: AbortSignal,
): Promise<Allowance[]> {
  const spenders = spendersOf(contracts);
  const view = (to: Hex, data: Hex) => ({ method: 'eth_call', params: [{ to, data }, 'latest'] });
  const results = (await rpc.batch(
    spenders.flatMap(([, address]) => [
      view(contracts.pUsd, allowanceCall(wallet, address)),
      view(contracts.conditionalTokens, isApprovedCall(wallet, address)),
    ]),
    signal,
  )) as Hex[];
  return spenders.flatMap(([spender, spenderAddress], index) => {
    const cash = decodeAllowance(results[2 * index] as Hex);
    const positions = decodeIsApproved(results[2 * index + 1] as Hex);
    const shared = { spender, spenderAddress, wallet };
    return [
      {
        token: 'pUSD',
        tokenAddress: contracts.pUsd,
        amount: cash,
        isEnough: cash >= ENOUGH_MICRO_USD,
        ...shared,
      },
      {
        token: 'outcome tokens',
        tokenAddress: contracts.conditionalTokens,
        amount: positions ? UNLIMITED : 0n,
        isEnough: positions,
        ...shared,
      },
    ] as const;
  });
}

/** Grants what is missing, one transaction each, and stops at the first that does not go through. */
export async function grantAllowances(
  rpc: Rpc,
  sender: TransactionSender,
  contracts: ChainContracts,
  wallet: Hex,
  signal: AbortSignal,
): Promise<Allowance[]> {
  const missing = (await readAllowances(rpc, contracts, wallet, signal)).filter((row) => !row.isEnough);
  for (const row of missing) {
    const data =
      row.token === 'pUSD' ? approveCall(row.spenderAddress) : approveForAllCall(row.spenderAddress);
    const call: ContractCall = { to: row.tokenAddress, data };
    const prepared = await sender.prepare(`approve ${row.token} for ${row.spender}`, call, signal);
    const outcome = await sender.send(prepared, signal);
    if (outcome.status !== 'confirmed')
      throw new ForeignError(
        'approvalFailed',
        `approving ${row.token} for the ${row.spender} ${row.spenderAddress} ended as ${outcome.status}: ${outcome.text}`,
        outcome.status === 'unknown' ? 'reconcileFirst' : 'later',
        { hash: prepared.hash },
      );
  }
  return missing;
}
