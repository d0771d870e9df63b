import fc from 'fast-check';
import { decodeFunctionData, parseAbi, toFunctionSelector } from 'viem';
import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../../domain/market.ts';
import type { ConversionMember, TransactionAction, TransactionRequest } from '../../domain/transaction.ts';
import { shares } from '../../domain/units.ts';
import { CONTRACTS } from '../polymarket/index.ts';
import { inventoryCall } from './contract-calls.ts';

const CONDITION = `0x${'c'.repeat(64)}` as ConditionId;
const request = (action: TransactionAction, negRisk = false): TransactionRequest => ({
  txKey: 't-1',
  action,
  conditionId: CONDITION,
  negRisk,
  amount: shares(5_000_000),
});

/** The published signatures, spelled out here so that the calls are not checked against themselves. */
const SIGNATURES = {
  split: 'splitPosition(address,bytes32,bytes32,uint256[],uint256)',
  merge: 'mergePositions(address,bytes32,bytes32,uint256[],uint256)',
  redeem: 'redeemPositions(address,bytes32,bytes32,uint256[])',
} as const;

describe('W18: split, merge and redeem', () => {
  it.each([
    ['split', '0x72ce4275'],
    ['merge', '0x9e7212ad'],
    ['redeem', '0x01b7037c'],
  ] as const)('W18: %s calls the function with selector %s', (action, selector) => {
    expect(inventoryCall(CONTRACTS, request(action)).data.slice(0, 10)).toBe(selector);
    expect(toFunctionSelector(SIGNATURES[action])).toBe(selector);
  });

  it.each(['split', 'merge', 'redeem'] as const)(
    'W18: %s goes to the collateral adapter of the kind of market, with pUSD and both outcomes',
    (action) => {
      expect(inventoryCall(CONTRACTS, request(action)).to).toBe(CONTRACTS.collateralAdapter);
      expect(inventoryCall(CONTRACTS, request(action, true)).to).toBe(CONTRACTS.negRiskCollateralAdapter);
      expect(CONTRACTS.collateralAdapter).not.toBe(CONTRACTS.negRiskCollateralAdapter);
      const { args } = decodeFunctionData({
        abi: parseAbi([`function ${SIGNATURES[action]}`]),
        data: inventoryCall(CONTRACTS, request(action)).data,
      });
      const amount = action === 'redeem' ? [] : [5_000_000n];
      expect(args).toEqual([CONTRACTS.pUsd, `0x${'0'.repeat(64)}`, CONDITION, [1n, 2n], ...amount]);
    },
  );
});

describe('convert', () => {
  const SIGNATURE = 'convertPositions(bytes32,uint256,uint256)';
  const MARKET = `0x${'b'.repeat(62)}00`;
  const convert = (members: readonly ConversionMember[], amount: number): TransactionRequest => ({
    ...request('convert', true),
    amount: shares(amount),
    conversion: { marketId: MARKET, members },
  });

  it('goes to the neg-risk collateral adapter, which takes the shares and pays pUSD', () => {
    const call = inventoryCall(CONTRACTS, convert([{ conditionId: CONDITION, index: 0, givesNo: true }], 1));
    expect(call.to).toBe(CONTRACTS.negRiskCollateralAdapter);
    expect(call.data.slice(0, 10)).toBe(toFunctionSelector(SIGNATURE));
  });

  it('names the event, the questions that give as bits, and the amount, as viem reads it back', () => {
    const member = fc.record({ index: fc.integer({ min: 0, max: 254 }), givesNo: fc.boolean() });
    const members = fc.uniqueArray(member, { selector: ({ index }) => index, minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 2 ** 50 }), (all, amount) => {
        const { data } = inventoryCall(
          CONTRACTS,
          convert(
            all.map((one) => ({ ...one, conditionId: CONDITION })),
            amount,
          ),
        );
        const { args } = decodeFunctionData({ abi: parseAbi([`function ${SIGNATURE}`]), data });
        const [marketId, indexSet, size] = args as [string, bigint, bigint];
        expect([marketId, size]).toEqual([MARKET, BigInt(amount)]);
        const bits = [...indexSet.toString(2)]
          .reverse()
          .flatMap((bit, index) => (bit === '1' ? [index] : []));
        const given = all.filter(({ givesNo }) => givesNo).map(({ index }) => index);
        expect(bits).toEqual(given.sort((a, b) => a - b));
      }),
    );
  });
});
