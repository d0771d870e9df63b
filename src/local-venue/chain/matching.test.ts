import { encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERC20_ABI, EXCHANGE_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import {
  clientOf,
  DOLLAR,
  holdings,
  limitOrder,
  matchOf,
  questionNamed,
  sendAs,
} from './test-support/chain-test-support.ts';
import type { FundedAccount, LocalChain, PreparedMarket } from './types.ts';

let chain: LocalChain;
let client: ChainClient;
beforeAll(async () => {
  chain = await startChain({ accounts: 4, seed: 'matching' });
  client = clientOf(chain);
});
afterAll(() => chain.stop());

describe.each([
  ['standard', false],
  ['neg-risk', true],
] as const)('matches on the %s exchange', (_, negRisk) => {
  let alice: FundedAccount;
  let bob: FundedAccount;
  let carol: FundedAccount;
  let market: PreparedMarket;
  let round = 0;
  beforeEach(async () => {
    [alice, bob, carol] = chain.accounts as [FundedAccount, FundedAccount, FundedAccount];
    round += 1;
    market = await chain.prepareMarket({
      questionId: questionNamed(`match ${negRisk} ${round}`),
      negRisk,
      ...(negRisk ? { oracle: CONTRACTS.negRiskAdapter } : {}),
    });
  });
  const of = (account: FundedAccount) => holdings(chain, market, account.address);
  const fees = async () => (await chain.balancesOf([chain.feeReceiver]))[0]!.pUsd;
  const split = (account: FundedAccount, amount: bigint) =>
    chain.splitFor(account.address, market.conditionId, negRisk, amount);
  const exchangeIsEmpty = async () => {
    const exchange = negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange;
    expect(await holdings(chain, market, exchange)).toEqual({ usd: 0n, yes: 0n, no: 0n });
  };

  it('complementary: a buyer takes from a seller at the seller’s price, and keeps the difference', async () => {
    await split(bob, 10n * DOLLAR);
    const [a, b] = [await of(alice), await of(bob)];
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 5500n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const settlement = await chain.settle(matchOf(market, taker, [maker]));
    expect(settlement.status).toBe('confirmed');
    expect(await of(alice)).toEqual({ usd: a.usd - 5n * DOLLAR, yes: a.yes + 10n * DOLLAR, no: a.no });
    expect(await of(bob)).toEqual({ usd: b.usd + 5n * DOLLAR, yes: b.yes - 10n * DOLLAR, no: b.no });
    expect(settlement.fills).toEqual([
      {
        orderHash: chain.orderHash(maker, negRisk),
        maker: bob.address,
        taker: alice.address,
        side: 'SELL',
        tokenId: market.yesTokenId,
        makerAmountFilled: 10n * DOLLAR,
        takerAmountFilled: 5n * DOLLAR,
        fee: 0n,
      },
      {
        orderHash: chain.orderHash(taker, negRisk),
        maker: alice.address,
        taker: negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange,
        side: 'BUY',
        tokenId: market.yesTokenId,
        makerAmountFilled: 5n * DOLLAR,
        takerAmountFilled: 10n * DOLLAR,
        fee: 0n,
      },
    ]);
    await exchangeIsEmpty();
  });

  it('complementary: a seller takes from a buyer and gets the buyer’s better price', async () => {
    await split(alice, 10n * DOLLAR);
    const [a, b] = [await of(alice), await of(bob)];
    const taker = await limitOrder(alice, market, 'NO', 'SELL', 4000n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'NO', 'BUY', 4200n, 10n * DOLLAR);
    expect((await chain.settle(matchOf(market, taker, [maker]))).status).toBe('confirmed');
    expect(await of(alice)).toEqual({ usd: a.usd + 4_200_000n, yes: a.yes, no: a.no - 10n * DOLLAR });
    expect(await of(bob)).toEqual({ usd: b.usd - 4_200_000n, yes: b.yes, no: b.no + 10n * DOLLAR });
    await exchangeIsEmpty();
  });

  it('mint: two buyers of opposite outcomes pay for new sets', async () => {
    const [a, b] = [await of(alice), await of(bob)];
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 6200n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'NO', 'BUY', 4000n, 10n * DOLLAR);
    const settlement = await chain.settle(matchOf(market, taker, [maker]));
    expect(settlement.status).toBe('confirmed');
    expect(await of(alice)).toEqual({ usd: a.usd - 6n * DOLLAR, yes: a.yes + 10n * DOLLAR, no: a.no });
    expect(await of(bob)).toEqual({ usd: b.usd - 4n * DOLLAR, yes: b.yes, no: b.no + 10n * DOLLAR });
    await exchangeIsEmpty();
  });

  it('merge: two sellers of opposite outcomes share what the sets give back', async () => {
    await split(alice, 10n * DOLLAR);
    await split(bob, 10n * DOLLAR);
    const [a, b] = [await of(alice), await of(bob)];
    const taker = await limitOrder(alice, market, 'YES', 'SELL', 5500n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'NO', 'SELL', 4000n, 10n * DOLLAR);
    const settlement = await chain.settle(matchOf(market, taker, [maker]));
    expect(settlement.status).toBe('confirmed');
    expect(await of(alice)).toEqual({ usd: a.usd + 6n * DOLLAR, yes: a.yes - 10n * DOLLAR, no: a.no });
    expect(await of(bob)).toEqual({ usd: b.usd + 4n * DOLLAR, yes: b.yes, no: b.no - 10n * DOLLAR });
    await exchangeIsEmpty();
  });

  it('all kinds at once: a taker sweeps a seller and two opposite buyers, each in part or full', async () => {
    await split(bob, 4n * DOLLAR);
    const [a, b, c] = [await of(alice), await of(bob), await of(carol)];
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 6000n, 12n * DOLLAR);
    const seller = await limitOrder(bob, market, 'YES', 'SELL', 5800n, 4n * DOLLAR);
    const buyer = await limitOrder(carol, market, 'NO', 'BUY', 4100n, 5n * DOLLAR);
    const big = await limitOrder(carol, market, 'NO', 'BUY', 4000n, 30n * DOLLAR);
    const cost = 2_320_000n + 2_950_000n + 1_800_000n;
    const settlement = await chain.settle(
      matchOf(market, taker, [], {
        takerFillAmount: cost,
        makers: [
          { order: seller, fillAmount: 4n * DOLLAR, feeAmount: 0n },
          { order: buyer, fillAmount: 2_050_000n, feeAmount: 0n },
          { order: big, fillAmount: 1_200_000n, feeAmount: 0n },
        ],
      }),
    );
    expect(settlement.status).toBe('confirmed');
    expect(await of(alice)).toEqual({ usd: a.usd - cost, yes: a.yes + 12n * DOLLAR, no: a.no });
    expect(await of(bob)).toEqual({ usd: b.usd + 2_320_000n, yes: b.yes - 4n * DOLLAR, no: b.no });
    expect(await of(carol)).toEqual({ usd: c.usd - 3_250_000n, yes: c.yes, no: c.no + 8n * DOLLAR });
    expect(await chain.orderStatus(chain.orderHash(big, negRisk), negRisk)).toEqual({
      filled: false,
      remaining: 10_800_000n,
    });
    expect(await chain.orderStatus(chain.orderHash(seller, negRisk), negRisk)).toEqual({
      filled: true,
      remaining: 0n,
    });
    await exchangeIsEmpty();
  });

  it('charges a buying taker on top and a selling taker out of the proceeds', async () => {
    await split(bob, 10n * DOLLAR);
    const [a, b, f] = [await of(alice), await of(bob), await fees()];
    const buy = await limitOrder(alice, market, 'YES', 'BUY', 5000n, 10n * DOLLAR);
    const ask = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const bought = await chain.settle(matchOf(market, buy, [ask], { takerFeeAmount: 175_000n }));
    expect(bought.fills.map(({ fee }) => fee)).toEqual([0n, 175_000n]);
    expect((await of(alice)).usd).toBe(a.usd - 5_175_000n);

    const sell = await limitOrder(alice, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const bid = await limitOrder(bob, market, 'YES', 'BUY', 5000n, 10n * DOLLAR);
    await chain.settle(matchOf(market, sell, [bid], { takerFeeAmount: 175_000n }));
    expect((await of(alice)).usd).toBe(a.usd - 350_000n);
    expect(await of(bob)).toEqual(b);
    expect(await fees()).toBe(f + 350_000n);
    await exchangeIsEmpty();
  });

  it('refuses a fee above the maximum rate', async () => {
    await split(bob, 10n * DOLLAR);
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 5000n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const settlement = await chain.settle(matchOf(market, taker, [maker], { takerFeeAmount: 500_001n }));
    expect(settlement).toMatchObject({ status: 'reverted', revertReason: 'FeeTooHigh' });
  });

  it('refuses more than what is left of an order', async () => {
    await split(bob, 20n * DOLLAR);
    const maker = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const buy = () => limitOrder(alice, market, 'YES', 'BUY', 5000n, 8n * DOLLAR);
    const half = async (fillAmount: bigint) =>
      chain.settle(
        matchOf(market, await buy(), [], {
          takerFillAmount: fillAmount / 2n,
          makers: [{ order: maker, fillAmount, feeAmount: 0n }],
        }),
      );
    expect((await half(6n * DOLLAR)).status).toBe('confirmed');
    expect(await half(6n * DOLLAR)).toMatchObject({
      status: 'reverted',
      revertReason: 'FillExceedsRemaining',
    });
    expect((await half(4n * DOLLAR)).status).toBe('confirmed');
    expect(await half(1n * DOLLAR)).toMatchObject({ status: 'reverted', revertReason: 'OrderAlreadyFilled' });
    expect(await chain.validateOrder(maker, negRisk)).toEqual({ ok: false, reason: 'OrderAlreadyFilled' });
  });

  it('refuses prices that do not cross, the same side twice, and tokens of another condition', async () => {
    await split(bob, 10n * DOLLAR);
    const other = await chain.prepareMarket({ questionId: questionNamed(`other ${round}`), negRisk });
    const buy = await limitOrder(alice, market, 'YES', 'BUY', 4900n, 10n * DOLLAR);
    const sell = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const buyNo = await limitOrder(bob, market, 'NO', 'BUY', 5000n, 10n * DOLLAR);
    const buyToo = await limitOrder(bob, market, 'YES', 'BUY', 6000n, 10n * DOLLAR);
    const foreign = await limitOrder(bob, other, 'YES', 'SELL', 4000n, 10n * DOLLAR);
    const reason = async (maker: typeof sell) =>
      (await chain.settle(matchOf(market, buy, [maker]))).revertReason;
    expect(await reason(sell)).toBe('NotCrossing');
    expect(await reason(buyNo)).toBe('NotCrossing');
    expect(await reason(buyToo)).toBe('OrdersOnSameSideOfToken');
    expect(await reason(foreign)).toBe('TokenNotOfCondition');
  });

  it('leaves no trace of a match whose maker has moved its money away', async () => {
    await split(bob, 10n * DOLLAR);
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 6000n, 20n * DOLLAR);
    const good = await limitOrder(bob, market, 'YES', 'SELL', 6000n, 10n * DOLLAR);
    const ghost = await limitOrder(carol, market, 'NO', 'BUY', 4000n, 10n * DOLLAR);
    const { usd } = await of(carol);
    const move = (from: FundedAccount, to: FundedAccount, amount: bigint) =>
      sendAs(
        client,
        from.address,
        CONTRACTS.pUsd,
        encodeFunctionData({ abi: ERC20_ABI, functionName: 'transfer', args: [to.address, amount] }),
      );
    await move(carol, bob, usd - DOLLAR);
    const before = await Promise.all([alice, bob, carol].map(of));
    const settlement = await chain.settle(matchOf(market, taker, [good, ghost]));
    expect(settlement).toMatchObject({ status: 'reverted', fills: [], revertReason: 'InsufficientBalance' });
    expect(await Promise.all([alice, bob, carol].map(of))).toEqual(before);
    for (const order of [taker, good, ghost]) {
      expect(await chain.orderStatus(chain.orderHash(order, negRisk), negRisk)).toEqual({
        filled: false,
        remaining: 0n,
      });
    }
    await move(bob, carol, usd - DOLLAR);
    expect((await chain.settle(matchOf(market, taker, [good, ghost]))).status).toBe('confirmed');
  });

  it('leaves no trace when a seller lacks tokens or a buyer its allowance', async () => {
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 5000n, 10n * DOLLAR);
    const naked = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const before = await of(alice);
    expect((await chain.settle(matchOf(market, taker, [naked]))).status).toBe('reverted');
    expect(await of(alice)).toEqual(before);

    await split(bob, 10n * DOLLAR);
    const exchange = negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange;
    const approve = (amount: bigint) =>
      sendAs(
        client,
        alice.address,
        CONTRACTS.pUsd,
        encodeFunctionData({ abi: ERC20_ABI, functionName: 'approve', args: [exchange, amount] }),
      );
    await approve(1n);
    expect(await chain.settle(matchOf(market, taker, [naked]))).toMatchObject({
      status: 'reverted',
      revertReason: 'InsufficientAllowance',
    });
    await chain.approveAll(alice.address);
    expect((await chain.settle(matchOf(market, taker, [naked]))).status).toBe('confirmed');
  });

  it('checks the hash as the venue computes it', async () => {
    const order = await limitOrder(alice, market, 'NO', 'SELL', 1n, 3n * DOLLAR);
    const hash = await client.readContract({
      address: negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange,
      abi: EXCHANGE_ABI,
      functionName: 'hashOrder',
      args: [{ ...order, tokenId: BigInt(order.tokenId), side: 1 }],
    });
    expect(chain.orderHash(order, negRisk)).toBe(hash);
  });

  it('refuses a signature that is forged, cut, changed or made for the other exchange', async () => {
    await split(bob, 10n * DOLLAR);
    const taker = await limitOrder(alice, market, 'YES', 'BUY', 5000n, 10n * DOLLAR);
    const maker = await limitOrder(bob, market, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const swapped: PreparedMarket = { ...market, negRisk: !negRisk };
    const otherDomain = await limitOrder(bob, swapped, 'YES', 'SELL', 5000n, 10n * DOLLAR);
    const bad = [
      { ...maker, signature: taker.signature },
      { ...maker, signature: maker.signature.slice(0, -2) as Hex },
      { ...maker, signature: '0x' as Hex },
      { ...maker, takerAmount: maker.takerAmount - 1n },
      { ...maker, maker: carol.address },
      { ...maker, signatureType: 1 as const },
      { ...maker, signatureType: 3 as const },
      otherDomain,
    ];
    for (const order of bad) {
      expect(await chain.validateOrder(order, negRisk)).toEqual({ ok: false, reason: 'InvalidSignature' });
      expect((await chain.settle(matchOf(market, taker, [order]))).revertReason).toBe('InvalidSignature');
    }
    expect(await chain.validateOrder(maker, negRisk)).toEqual({ ok: true });
  });
});
