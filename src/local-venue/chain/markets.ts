import { encodeFunctionData } from 'viem';
import { CONDITIONAL_TOKENS_ABI, NEG_RISK_ABI } from './abis.ts';
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

/**
 * Calls that make the neg-risk adapter know the questions of each event up to the last one named, so that NO positions across
 * them can be converted. Only questions whose id is their event's with an index in its last byte are the adapter's own.
 */
export async function registrationCalls(
  client: ChainClient,
  from: Address,
  markets: readonly MarketToPrepare[],
): Promise<UnsignedCall[]> {
  const counts = new Map<Hex, bigint>();
  for (const { negRiskMarketId: marketId, questionId } of markets) {
    if (marketId === undefined || !isQuestionOf(questionId, marketId)) continue;
    const count = BigInt(`0x${questionId.slice(-2)}`) + 1n;
    if (count > (counts.get(marketId) ?? 0n)) counts.set(marketId, count);
  }
  const wanted = [...counts];
  const known = await Promise.all(wanted.map(([marketId]) => readQuestionCount(client, marketId)));
  return wanted
    .filter(([, count], index) => count > (known[index] ?? 0n))
    .map((args) => ({
      from,
      to: CONTRACTS.negRiskAdapter,
      data: encodeFunctionData({ abi: NEG_RISK_ABI, functionName: 'prepareQuestions', args }),
    }));
}

function isQuestionOf(questionId: Hex, marketId: Hex): boolean {
  const [question, market] = [questionId.toLowerCase(), marketId.toLowerCase()];
  return market.length === 66 && market.endsWith('00') && question.slice(0, 64) === market.slice(0, 64);
}

const readQuestionCount = (client: ChainClient, marketId: Hex): Promise<bigint> =>
  client.readContract({
    address: CONTRACTS.negRiskAdapter,
    abi: NEG_RISK_ABI,
    functionName: 'getQuestionCount',
    args: [marketId],
  });

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
