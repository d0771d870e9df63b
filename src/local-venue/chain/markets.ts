import { encodeFunctionData } from 'viem';
import { CONDITIONAL_TOKENS_ABI } from './abis.ts';
import { CONTRACTS, KNOWN_ORACLES } from './addresses.ts';
import type { ChainClient, UnsignedCall } from './client.ts';
import { conditionIdOf, knownOracleOf, tokenIdsOf } from './conditions.ts';
import type { Address, Hex, MarketToPrepare, PayoutReport, PreparedMarket } from './types.ts';

const sameAddress = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase();

/** Finds the oracle and works out every id of the market; touches nothing. */
export function planMarket(market: MarketToPrepare, localOracle: Address): PreparedMarket {
  const negRisk = market.negRisk ?? false;
  const { name, address } = oracleOf(market, localOracle);
  const conditionId = conditionIdOf(address, market.questionId);
  const expected = market.expectedConditionId?.toLowerCase();
  return {
    conditionId,
    questionId: market.questionId,
    oracle: address,
    oracleName: name,
    negRisk,
    ...tokenIdsOf(conditionId, negRisk),
    matchesExpected: expected === undefined || expected === conditionId,
  };
}

function oracleOf(market: MarketToPrepare, localOracle: Address): { name: string; address: Address } {
  const { oracle, expectedConditionId, questionId } = market;
  if (oracle !== undefined) {
    const known = KNOWN_ORACLES.find(({ address }) => sameAddress(address, oracle));
    const name = known?.name ?? (sameAddress(oracle, localOracle) ? 'local' : 'given');
    return { name, address: oracle };
  }
  const known = expectedConditionId === undefined ? null : knownOracleOf(questionId, expectedConditionId);
  return known ?? { name: 'local', address: localOracle };
}

/** Calls that prepare those of the conditions that are not there yet, each once. */
export async function preparationCalls(
  client: ChainClient,
  from: Address,
  markets: readonly PreparedMarket[],
): Promise<UnsignedCall[]> {
  const byCondition = [...new Map(markets.map((market) => [market.conditionId, market])).values()];
  const counts = await Promise.all(
    byCondition.map(({ conditionId }) => readOutcomeCount(client, conditionId)),
  );
  return byCondition
    .filter((_, index) => counts[index] === 0n)
    .map(({ oracle, questionId }) => ({
      from,
      to: CONTRACTS.conditionalTokens,
      data: encodeFunctionData({
        abi: CONDITIONAL_TOKENS_ABI,
        functionName: 'prepareCondition',
        args: [oracle, questionId, 2n],
      }),
    }));
}

/** The oracle's report, sent in the oracle's own name. */
export function reportCall(report: PayoutReport): UnsignedCall {
  return {
    from: report.oracle,
    to: CONTRACTS.conditionalTokens,
    data: encodeFunctionData({
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'reportPayouts',
      args: [report.questionId, report.payouts],
    }),
  };
}

function readOutcomeCount(client: ChainClient, conditionId: Hex): Promise<bigint> {
  return client.readContract({
    address: CONTRACTS.conditionalTokens,
    abi: CONDITIONAL_TOKENS_ABI,
    functionName: 'getOutcomeSlotCount',
    args: [conditionId],
  });
}
