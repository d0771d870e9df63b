import { BaseError, encodeFunctionData } from 'viem';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI, EXCHANGE_ABI } from './abis.ts';
import { POSITION_OPERATORS, PUSD_SPENDERS } from './accounts.ts';
import { CONTRACTS } from './addresses.ts';
import type { ChainClient } from './client.ts';
import { toContractOrder } from './order-hash.ts';
import { revertOutputOf, revertReasonOf } from './reverts.ts';
import type {
  AccountAllowances,
  AccountBalances,
  Address,
  ChainOrder,
  Hex,
  OrderStatus,
  OrderValidity,
  TokenQuery,
} from './types.ts';

/** Balances read by one call; a call of this size stays far below the node's gas cap. */
const TOKENS_PER_CALL = 250;
const MAX_UINT256 = 2n ** 256n - 1n;

const exchangeOf = (negRisk: boolean): Address => (negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange);

export async function readBalances(
  client: ChainClient,
  addresses: readonly Address[],
): Promise<AccountBalances[]> {
  const erc20 = (address: Address, owner: Address) =>
    client.readContract({ address, abi: ERC20_ABI, functionName: 'balanceOf', args: [owner] });
  return Promise.all(
    addresses.map(async (address) => {
      const [polWei, pUsd, usdcE] = await Promise.all([
        client.getBalance({ address }),
        erc20(CONTRACTS.pUsd, address),
        erc20(CONTRACTS.usdcE, address),
      ]);
      return { address, polWei, pUsd, usdcE };
    }),
  );
}

export async function readTokenBalances(
  client: ChainClient,
  queries: readonly TokenQuery[],
): Promise<bigint[]> {
  const chunks: TokenQuery[][] = [];
  for (let at = 0; at < queries.length; at += TOKENS_PER_CALL)
    chunks.push(queries.slice(at, at + TOKENS_PER_CALL));
  const answers = await Promise.all(
    chunks.map((chunk) =>
      client.readContract({
        address: CONTRACTS.conditionalTokens,
        abi: CONDITIONAL_TOKENS_ABI,
        functionName: 'balanceOfBatch',
        args: [chunk.map(({ owner }) => owner), chunk.map(({ tokenId }) => BigInt(tokenId))],
      }),
    ),
  );
  return answers.flat();
}

export async function readAllowances(client: ChainClient, owner: Address): Promise<AccountAllowances> {
  const spent = PUSD_SPENDERS.map(async (spender) => {
    const args = [owner, spender] as const;
    return [
      spender,
      await client.readContract({ address: CONTRACTS.pUsd, abi: ERC20_ABI, functionName: 'allowance', args }),
    ];
  });
  const operated = POSITION_OPERATORS.map(async (operator) => {
    const approved = await client.readContract({
      address: CONTRACTS.conditionalTokens,
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'isApprovedForAll',
      args: [owner, operator],
    });
    return [operator, approved ? MAX_UINT256 : 0n];
  });
  const [pUsd, positions] = await Promise.all([Promise.all(spent), Promise.all(operated)]);
  return { pUsd: Object.fromEntries(pUsd), positions: Object.fromEntries(positions) };
}

export function readOrderStatus(client: ChainClient, orderHash: Hex, negRisk: boolean): Promise<OrderStatus> {
  return client.readContract({
    address: exchangeOf(negRisk),
    abi: EXCHANGE_ABI,
    functionName: 'getOrderStatus',
    args: [orderHash],
  });
}

export function readIsUserPaused(client: ChainClient, user: Address, negRisk: boolean): Promise<boolean> {
  return client.readContract({
    address: exchangeOf(negRisk),
    abi: EXCHANGE_ABI,
    functionName: 'isUserPaused',
    args: [user],
  });
}

/** Lets the exchange check signature, pause and fill; a refusal is an answer, anything else an error. */
export async function readOrderValidity(
  client: ChainClient,
  order: ChainOrder,
  negRisk: boolean,
): Promise<OrderValidity> {
  const data = encodeFunctionData({
    abi: EXCHANGE_ABI,
    functionName: 'validateOrder',
    args: [toContractOrder(order)],
  });
  try {
    await client.call({ to: exchangeOf(negRisk), data });
    return { ok: true };
  } catch (error) {
    const output = error instanceof BaseError ? revertOutputOf(error) : null;
    if (output === null) throw error;
    return { ok: false, reason: revertReasonOf(output) };
  }
}

/** Numerators of a reported two-outcome condition, or null. */
export async function readPayouts(
  client: ChainClient,
  conditionId: Hex,
): Promise<readonly [bigint, bigint] | null> {
  const address = CONTRACTS.conditionalTokens;
  const abi = CONDITIONAL_TOKENS_ABI;
  const denominator = await client.readContract({
    address,
    abi,
    functionName: 'payoutDenominator',
    args: [conditionId],
  });
  if (denominator === 0n) return null;
  const numerator = (index: bigint) =>
    client.readContract({ address, abi, functionName: 'payoutNumerators', args: [conditionId, index] });
  return Promise.all([numerator(0n), numerator(1n)]);
}
