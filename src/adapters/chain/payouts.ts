import { decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from 'viem';
import type { ConditionId } from '../../domain/market.ts';
import type { Payouts } from '../../domain/resolution.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { Rpc, RpcCall } from './rpc.ts';

const CONDITIONS = parseAbi([
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function payoutNumerators(bytes32 conditionId, uint256 index) view returns (uint256)',
]);
/** Calls in one request, so that it stays inside every provider's bound for batches. */
const CALLS_AT_ONCE = 100;

/**
 * What each condition pays, as its oracle reported it to the Conditional Tokens contract: that is what a redemption is paid by.
 * Null while nothing was reported, and for a condition that was never prepared. Neg-risk markets are conditions of the same contract.
 */
export async function readPayouts(
  rpc: Pick<Rpc, 'batch'>,
  conditionalTokens: Hex,
  conditionIds: readonly ConditionId[],
  signal: AbortSignal,
): Promise<(Payouts | null)[]> {
  const view = (data: Hex): RpcCall => ({
    method: 'eth_call',
    params: [{ to: conditionalTokens, data }, 'latest'],
  });
  const denominators = await inBatches(
    rpc,
    conditionIds.map((id) =>
      view(
        encodeFunctionData({
          abi: CONDITIONS,
          functionName: 'payoutDenominator',
          args: [id as string as Hex],
        }),
      ),
    ),
    signal,
  );
  const reported = conditionIds.filter((_, index) => numberOf('payoutDenominator', denominators[index]) > 0n);
  const numerators = await inBatches(
    rpc,
    reported.flatMap((id) =>
      [0n, 1n].map((outcome) =>
        view(
          encodeFunctionData({
            abi: CONDITIONS,
            functionName: 'payoutNumerators',
            args: [id as string as Hex, outcome],
          }),
        ),
      ),
    ),
    signal,
  );
  const paid = new Map(
    reported.map((id, index) => [
      id,
      inLowestTerms(
        numberOf('payoutNumerators', numerators[2 * index]),
        numberOf('payoutNumerators', numerators[2 * index + 1]),
      ),
    ]),
  );
  return conditionIds.map((id) => paid.get(id) ?? null);
}

async function inBatches(
  rpc: Pick<Rpc, 'batch'>,
  calls: readonly RpcCall[],
  signal: AbortSignal,
): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let from = 0; from < calls.length; from += CALLS_AT_ONCE)
    results.push(...(await rpc.batch(calls.slice(from, from + CALLS_AT_ONCE), signal)));
  return results;
}

function numberOf(functionName: 'payoutDenominator' | 'payoutNumerators', result: unknown): bigint {
  try {
    return decodeFunctionResult({ abi: CONDITIONS, functionName, data: result as Hex });
  } catch (error) {
    throw new ForeignError(
      'rpcGarbage',
      `${functionName}: expected a number of the Conditional Tokens contract, found ${JSON.stringify(result)}; is this the right chain?`,
      'later',
      {},
      error,
    );
  }
}

function inLowestTerms(yes: bigint, no: bigint): Payouts {
  let [larger, smaller] = [yes, no];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  const common = larger === 0n ? 1n : larger;
  return [Number(yes / common), Number(no / common)];
}
