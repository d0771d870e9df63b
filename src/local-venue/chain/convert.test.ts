import fc from 'fast-check';
import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI, NEG_RISK_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import { callAdapter, clientOf, DOLLAR, questionNamed, sendAs } from './test-support/chain-test-support.ts';
import type { Address, Hex, LocalChain, PreparedMarket } from './types.ts';

const OUTCOMES = 4;
const ALL = 2 ** OUTCOMES - 1;
const NEG_RISK = { address: CONTRACTS.negRiskAdapter, abi: NEG_RISK_ABI } as const;

let chain: LocalChain;
let client: ChainClient;
beforeAll(async () => {
  chain = await startChain({ accounts: 2, seed: 'convert' });
  client = clientOf(chain);
});
afterAll(() => chain.stop());

const marketIdNamed = (name: string): Hex => `${questionNamed(name).slice(0, 64) as Hex}00`;
const questionOf = (marketId: Hex, index: number): Hex =>
  `${marketId.slice(0, 64) as Hex}${index.toString(16).padStart(2, '0')}`;

function eventOf(name: string, indexes = [0, 1, 2, 3]): Promise<PreparedMarket[]> {
  const negRiskMarketId = marketIdNamed(name);
  return chain.prepareMarkets(
    indexes.map((index) => ({
      questionId: questionOf(negRiskMarketId, index),
      negRisk: true,
      oracle: CONTRACTS.negRiskAdapter,
      negRiskMarketId,
    })),
  );
}

/** Dollars, then YES and NO of each question. */
async function balances(event: readonly PreparedMarket[], owner: Address) {
  const [[account], tokens] = await Promise.all([
    chain.balancesOf([owner]),
    chain.tokenBalancesOf(
      event.flatMap(({ yesTokenId, noTokenId }) => [
        { owner, tokenId: yesTokenId },
        { owner, tokenId: noTokenId },
      ]),
    ),
  ]);
  const pairs = event.map((_, index) => ({ yes: tokens[2 * index]!, no: tokens[2 * index + 1]! }));
  return { usd: account!.pUsd, usdcE: account!.usdcE, pairs };
}

const convert = (to: Address, owner: Address, marketId: Hex, indexSet: bigint, amount: bigint) =>
  sendAs(
    client,
    owner,
    to,
    encodeFunctionData({
      abi: NEG_RISK_ABI,
      functionName: 'convertPositions',
      args: [marketId, indexSet, amount],
    }),
  );

const giveEach = async (event: readonly PreparedMarket[], owner: Address, amount: bigint) => {
  for (const { conditionId } of event) await chain.splitFor(owner, conditionId, true, amount);
};

describe('questions of a neg-risk event', () => {
  it('have here the ids that they have at the venue, and the adapter knows them', async () => {
    const event = await eventOf('known');
    expect(
      await client.readContract({
        ...NEG_RISK,
        functionName: 'getQuestionCount',
        args: [marketIdNamed('known')],
      }),
    ).toBe(4n);
    for (const { questionId, conditionId, yesTokenId, noTokenId } of event) {
      expect(
        await client.readContract({ ...NEG_RISK, functionName: 'getConditionId', args: [questionId] }),
      ).toBe(conditionId);
      for (const [yes, tokenId] of [
        [true, yesTokenId],
        [false, noTokenId],
      ] as const)
        expect(
          String(
            await client.readContract({
              ...NEG_RISK,
              functionName: 'getPositionId',
              args: [conditionId, yes],
            }),
          ),
        ).toBe(tokenId);
    }
  });

  it('are counted up to the last one that is named, and named again they stay as they are', async () => {
    await eventOf('gaps', [2]);
    await eventOf('gaps', [2, 0]);
    const count = () =>
      client.readContract({ ...NEG_RISK, functionName: 'getQuestionCount', args: [marketIdNamed('gaps')] });
    expect(await count()).toBe(3n);
    await eventOf('gaps', [3]);
    expect(await count()).toBe(4n);
  });
});

describe('converting NO positions', () => {
  it('gives a dollar for each NO beyond the first, and YES of every other question', async () => {
    const event = await eventOf('formula');
    const owner = chain.accounts[0]!.address;
    await giveEach(event, owner, 1_000n * DOLLAR);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: ALL }),
        fc.integer({ min: 1, max: 5_000_000 }),
        async (set, size) => {
          const amount = BigInt(size);
          const before = await balances(event, owner);
          expect(
            await convert(
              CONTRACTS.negRiskCollateralAdapter,
              owner,
              marketIdNamed('formula'),
              BigInt(set),
              amount,
            ),
          ).toBe('success');
          const given = event.map((_, index) => ((set >> index) & 1) === 1);
          const bought = BigInt(given.filter(Boolean).length);
          expect(await balances(event, owner)).toEqual({
            usd: before.usd + (bought - 1n) * amount,
            usdcE: before.usdcE,
            pairs: before.pairs.map(({ yes, no }, index) =>
              given[index] === true ? { yes, no: no - amount } : { yes: yes + amount, no },
            ),
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  it('leaves nothing behind in adapters', async () => {
    const event = await eventOf('formula');
    for (const adapter of [CONTRACTS.negRiskCollateralAdapter, CONTRACTS.negRiskAdapter]) {
      const { usd, usdcE, pairs } = await balances(event, adapter);
      expect([usd, usdcE]).toEqual([0n, 0n]);
      expect(pairs).toEqual(event.map(() => ({ yes: 0n, no: 0n })));
      const wrapped = { address: CONTRACTS.wrappedCollateral, abi: ERC20_ABI } as const;
      expect(await client.readContract({ ...wrapped, functionName: 'balanceOf', args: [adapter] })).toBe(0n);
    }
  });

  it('keeps every YES and NO that somebody holds redeemable, whichever outcome wins', async () => {
    for (const winner of [0, 2]) {
      const name = `redeemed ${winner}`;
      const event = await eventOf(name);
      const [one, other] = [chain.accounts[0]!.address, chain.accounts[1]!.address];
      await giveEach(event, one, 10n * DOLLAR);
      await giveEach(event, other, 10n * DOLLAR);
      expect(
        await convert(CONTRACTS.negRiskCollateralAdapter, one, marketIdNamed(name), 0b0011n, 10n * DOLLAR),
      ).toBe('success');
      expect(
        await convert(CONTRACTS.negRiskCollateralAdapter, other, marketIdNamed(name), 0b1111n, 10n * DOLLAR),
      ).toBe('success');
      const before = [await balances(event, one), await balances(event, other)];
      for (const [index, market] of event.entries()) {
        await chain.reportPayouts({ ...market, payouts: index === winner ? [1n, 0n] : [0n, 1n] });
        for (const owner of [one, other])
          expect(await callAdapter(client, market, owner, 'redeemPositions')).toBe('success');
      }
      for (const [index, owner] of [one, other].entries()) {
        const held = before[index]!;
        const worth = held.pairs.reduce((sum, { yes, no }, at) => sum + (at === winner ? yes : no), 0n);
        expect((await balances(event, owner)).usd).toBe(held.usd + worth);
      }
    }
  });

  it('pays USDC.e when the neg-risk adapter itself is asked', async () => {
    const event = await eventOf('direct');
    const owner = chain.accounts[0]!.address;
    await giveEach(event, owner, 5n * DOLLAR);
    const approve = encodeFunctionData({
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'setApprovalForAll',
      args: [CONTRACTS.negRiskAdapter, true],
    });
    expect(
      await convert(CONTRACTS.negRiskAdapter, owner, marketIdNamed('direct'), 0b0111n, 5n * DOLLAR),
    ).toBe('reverted');
    expect(await sendAs(client, owner, CONTRACTS.conditionalTokens, approve)).toBe('success');
    const before = await balances(event, owner);
    expect(
      await convert(CONTRACTS.negRiskAdapter, owner, marketIdNamed('direct'), 0b0111n, 5n * DOLLAR),
    ).toBe('success');
    const after = await balances(event, owner);
    expect([after.usd - before.usd, after.usdcE - before.usdcE]).toEqual([0n, 10n * DOLLAR]);
    expect(after.pairs.map(({ yes, no }) => [yes, no])).toEqual([
      ...Array.from({ length: 3 }, () => [5n * DOLLAR, 0n]),
      [10n * DOLLAR, 5n * DOLLAR],
    ]);
  });

  it('is refused for questions that there are not, more than is held, an empty set, and an unknown event', async () => {
    const event = await eventOf('refused');
    const owner = chain.accounts[0]!.address;
    await giveEach(event, owner, DOLLAR);
    const marketId = marketIdNamed('refused');
    const asks: [Hex, bigint, bigint][] = [
      [marketId, 0b10001n, DOLLAR],
      [marketId, 0b0011n, DOLLAR + 1n],
      [marketId, 0n, DOLLAR],
      [marketIdNamed('nobody knows it'), 0b0011n, DOLLAR],
      [questionOf(marketId, 1), 0b0011n, DOLLAR],
    ];
    const before = await balances(event, owner);
    for (const ask of asks)
      expect(await convert(CONTRACTS.negRiskCollateralAdapter, owner, ...ask)).toBe('reverted');
    expect(await balances(event, owner)).toEqual(before);
  });
});
