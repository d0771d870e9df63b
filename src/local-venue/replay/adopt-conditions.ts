import { createTestClient, encodeAbiParameters, http, keccak256, numberToHex, publicActions } from 'viem';
import { CONTRACTS } from '../chain/addresses.ts';
import { conditionIdOf, tokenIdsOf } from '../chain/conditions.ts';
import type { Hex, LocalChain, MarketToPrepare, PreparedMarket } from '../chain/types.ts';

/** Question ids of conditions that exist only by their recorded id. */
export type AdoptedConditions = ReadonlyMap<Hex, Hex>;

const OUTCOME_COUNT_ABI = [
  {
    type: 'function',
    name: 'getOutcomeSlotCount',
    stateMutability: 'view',
    inputs: [{ name: 'conditionId', type: 'bytes32' }],
    outputs: [{ type: 'uint256' }],
  },
] as const;
/** The contract's state begins with what it inherits; its own two mappings lie within the first few slots. */
const MAX_SLOT = 12n;

/**
 * A capture of an order book knows the condition id of its market, not the question id or oracle that it was made
 * from. Such a condition is put into the Conditional Tokens contract's storage by its id, so that the token ids are
 * the recorded ones. Beside it stands a condition of the local oracle, prepared in the ordinary way, which the
 * oracle reports; the pay-outs are then written to the adopted one as well.
 */
export function withAdoptedConditions(chain: LocalChain, adopted: AdoptedConditions): LocalChain {
  if (adopted.size === 0) return chain;
  const client = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) }).extend(publicActions);
  let mappingSlot: bigint | null = null;

  const write = (index: Hex, value: bigint): Promise<void> =>
    client.setStorageAt({
      address: CONTRACTS.conditionalTokens,
      index,
      value: numberToHex(value, { size: 32 }),
    });
  const outcomeCount = (conditionId: Hex): Promise<bigint> =>
    client.readContract({
      address: CONTRACTS.conditionalTokens,
      abi: OUTCOME_COUNT_ABI,
      functionName: 'getOutcomeSlotCount',
      args: [conditionId],
    });

  /** Finds the slot of `payoutNumerators` by writing a length and asking the contract whether it sees it. */
  async function slotOf(conditionId: Hex): Promise<bigint> {
    if (mappingSlot !== null) return mappingSlot;
    for (let slot = 0n; slot < MAX_SLOT; slot += 1n) {
      await write(entryOf(conditionId, slot), 2n);
      if ((await outcomeCount(conditionId)) === 2n) {
        mappingSlot = slot;
        return slot;
      }
      await write(entryOf(conditionId, slot), 0n);
    }
    throw new Error('the Conditional Tokens contract keeps its conditions where this does not look');
  }

  async function adopt(conditionId: Hex): Promise<void> {
    await write(entryOf(conditionId, await slotOf(conditionId)), 2n);
  }

  async function writePayouts(conditionId: Hex, payouts: readonly [bigint, bigint]): Promise<void> {
    const slot = await slotOf(conditionId);
    const firstElement = BigInt(keccak256(entryOf(conditionId, slot)));
    for (const [index, payout] of payouts.entries()) {
      await write(numberToHex(firstElement + BigInt(index), { size: 32 }), payout);
    }
    await write(entryOf(conditionId, slot + 1n), payouts[0] + payouts[1]);
  }

  async function prepareMarkets(markets: readonly MarketToPrepare[]): Promise<PreparedMarket[]> {
    const prepared = await chain.prepareMarkets(markets);
    return Promise.all(
      prepared.map(async (market): Promise<PreparedMarket> => {
        const conditionId = adopted.get(market.questionId);
        if (conditionId === undefined || conditionId === market.conditionId) return market;
        await adopt(conditionId);
        return {
          ...market,
          ...tokenIdsOf(conditionId, market.negRisk),
          conditionId,
          oracleName: 'local, condition adopted by its id',
          matchesExpected: true,
        };
      }),
    );
  }

  return {
    ...chain,
    prepareMarkets,
    prepareMarket: async (market) => {
      const [prepared] = await prepareMarkets([market]);
      if (prepared === undefined) throw new Error('the chain prepared nothing');
      return prepared;
    },
    reportPayouts: async (report) => {
      const receipt = await chain.reportPayouts(report);
      const conditionId = adopted.get(report.questionId);
      if (conditionId !== undefined && conditionId !== conditionIdOf(report.oracle, report.questionId)) {
        await writePayouts(conditionId, report.payouts);
      }
      return receipt;
    },
  };
}

/** Where a mapping keeps the value of a key. */
function entryOf(key: Hex, slot: bigint): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [key, slot]));
}
