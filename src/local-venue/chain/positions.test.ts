import { encodeFunctionData, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI, RAMP_ABI } from './abis.ts';
import { CONTRACTS, KNOWN_ORACLES } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import { collectionIdOf, conditionIdOf, positionIdOf } from './conditions.ts';
import {
  callAdapter,
  clientOf,
  DOLLAR,
  holdings,
  questionNamed,
  sendAs,
} from './test-support/chain-test-support.ts';
import type { Address, LocalChain } from './types.ts';

let chain: LocalChain;
let client: ChainClient;
beforeAll(async () => {
  chain = await startChain({ accounts: 2, seed: 'positions' });
  client = clientOf(chain);
});
afterAll(() => chain.stop());

describe('ids computed here', () => {
  it('equal those of the Conditional Tokens contract', async () => {
    const ctf = { address: CONTRACTS.conditionalTokens, abi: CONDITIONAL_TOKENS_ABI } as const;
    for (let index = 0; index < 25; index += 1) {
      const questionId = questionNamed(`ids ${index}`);
      const conditionId = conditionIdOf(chain.localOracle, questionId);
      expect(
        await client.readContract({
          ...ctf,
          functionName: 'getConditionId',
          args: [chain.localOracle, questionId, 2n],
        }),
      ).toBe(conditionId);
      for (const indexSet of [1n, 2n]) {
        const collectionId = collectionIdOf(conditionId, indexSet);
        const args = [zeroHash, conditionId, indexSet] as const;
        expect(await client.readContract({ ...ctf, functionName: 'getCollectionId', args })).toBe(
          collectionId,
        );
        const id = await client.readContract({
          ...ctf,
          functionName: 'getPositionId',
          args: [CONTRACTS.usdcE, collectionId],
        });
        expect(id.toString()).toBe(positionIdOf(CONTRACTS.usdcE, collectionId));
      }
    }
  });

  it('lead back to the known oracle of a recorded condition', async () => {
    for (const { name, address } of KNOWN_ORACLES) {
      const questionId = questionNamed(`oracle ${name}`);
      const expectedConditionId = conditionIdOf(address, questionId);
      const market = await chain.prepareMarket({ questionId, expectedConditionId });
      expect(market).toMatchObject({ oracle: address, oracleName: name, matchesExpected: true });
    }
    const unknown = await chain.prepareMarket({
      questionId: questionNamed('unknown'),
      expectedConditionId: questionNamed('not a condition'),
    });
    expect(unknown).toMatchObject({ oracle: chain.localOracle, oracleName: 'local', matchesExpected: false });
  });

  it('prepare a market twice without harm, alone or among others', async () => {
    const questions = ['twice a', 'twice b', 'twice a'].map((name) => ({ questionId: questionNamed(name) }));
    const first = await chain.prepareMarkets(questions);
    expect(first[0]).toEqual(first[2]);
    expect(await chain.prepareMarkets(questions)).toEqual(first);
  });
});

describe.each([
  ['USDC.e', false],
  ['wrapped collateral', true],
] as const)('positions on %s', (_, negRisk) => {
  const owner = (): Address => chain.accounts[0]!.address;
  const prepare = (name: string) =>
    chain.prepareMarket({
      questionId: questionNamed(`${name} ${negRisk}`),
      negRisk,
      ...(negRisk ? { oracle: CONTRACTS.negRiskAdapter } : {}),
    });

  it('are split and merged through the adapter, dollar for dollar', async () => {
    const market = await prepare('split');
    const { usd } = await holdings(chain, market, owner());
    expect(await callAdapter(client, market, owner(), 'splitPosition', 7n * DOLLAR + 3n)).toBe('success');
    expect(await holdings(chain, market, owner())).toEqual({
      usd: usd - 7n * DOLLAR - 3n,
      yes: 7n * DOLLAR + 3n,
      no: 7n * DOLLAR + 3n,
    });
    expect(await callAdapter(client, market, owner(), 'mergePositions', 2n * DOLLAR + 1n)).toBe('success');
    expect(await holdings(chain, market, owner())).toEqual({
      usd: usd - 5n * DOLLAR - 2n,
      yes: 5n * DOLLAR + 2n,
      no: 5n * DOLLAR + 2n,
    });
    expect(await callAdapter(client, market, owner(), 'mergePositions', 6n * DOLLAR)).toBe('reverted');
  });

  it('are redeemed in full, both sides at once, after the oracle reported', async () => {
    const market = await prepare('redeem');
    const other = chain.accounts[1]!.address;
    const before = await holdings(chain, market, owner());
    await chain.splitFor(owner(), market.conditionId, negRisk, 10n * DOLLAR);
    const gift = encodeFunctionData({
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'safeTransferFrom',
      args: [owner(), other, BigInt(market.yesTokenId), 4n * DOLLAR, '0x'],
    });
    expect(await sendAs(client, owner(), CONTRACTS.conditionalTokens, gift)).toBe('success');
    expect(await callAdapter(client, market, owner(), 'redeemPositions')).toBe('reverted');
    expect(await chain.payoutsOf(market.conditionId)).toBeNull();

    await chain.reportPayouts({ ...market, payouts: [1n, 0n] });
    expect(await chain.payoutsOf(market.conditionId)).toEqual([1n, 0n]);
    expect(await callAdapter(client, market, owner(), 'redeemPositions')).toBe('success');
    expect(await holdings(chain, market, owner())).toEqual({
      usd: before.usd - 4n * DOLLAR,
      yes: 0n,
      no: 0n,
    });
    await expect(chain.reportPayouts({ ...market, payouts: [0n, 1n] })).rejects.toThrow(/already set/);
  });

  it('leave no collateral behind in adapters', async () => {
    const adapters = [
      CONTRACTS.collateralAdapter,
      CONTRACTS.negRiskCollateralAdapter,
      CONTRACTS.negRiskAdapter,
    ];
    const balances = await chain.balancesOf(adapters);
    expect(balances.map(({ pUsd, usdcE }) => [pUsd, usdcE])).toEqual([
      [0n, 0n],
      [0n, 0n],
      [0n, 0n],
    ]);
  });
});

describe('the ramps', () => {
  it('take pUSD out to USDC.e and back, one to one', async () => {
    const owner = chain.accounts[1]!.address;
    const approve = (spender: Address) =>
      encodeFunctionData({ abi: ERC20_ABI, functionName: 'approve', args: [spender, 5n * DOLLAR] });
    const ramp = (functionName: 'wrap' | 'unwrap') =>
      encodeFunctionData({ abi: RAMP_ABI, functionName, args: [CONTRACTS.usdcE, owner, 5n * DOLLAR] });
    const [before] = await chain.balancesOf([owner]);
    await sendAs(client, owner, CONTRACTS.pUsd, approve(CONTRACTS.offramp));
    expect(await sendAs(client, owner, CONTRACTS.offramp, ramp('unwrap'))).toBe('success');
    const [out] = await chain.balancesOf([owner]);
    expect([out!.pUsd, out!.usdcE]).toEqual([before!.pUsd - 5n * DOLLAR, 5n * DOLLAR]);
    expect(await sendAs(client, owner, CONTRACTS.onramp, ramp('wrap'))).toBe('reverted');
    await sendAs(client, owner, CONTRACTS.usdcE, approve(CONTRACTS.onramp));
    expect(await sendAs(client, owner, CONTRACTS.onramp, ramp('wrap'))).toBe('success');
    const [back] = await chain.balancesOf([owner]);
    expect([back!.pUsd, back!.usdcE]).toEqual([before!.pUsd, 0n]);
  });
});
