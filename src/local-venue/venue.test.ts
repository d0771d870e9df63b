import { AssetType, ClobClient, Side } from '@polymarket/clob-client-v2';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConditionId, Market, TokenId } from '../domain/market.ts';
import { price, shares } from '../domain/units.ts';
import type { Hex } from './chain/types.ts';
import { wallClock } from './clob/clock.ts';
import { armFault } from './clob/faults.ts';
import { createTrader, type TestTrader, testMarket } from './clob/test-support/venue.ts';
import type { VenueTradeStatus } from './types.ts';
import { type RunningVenue, startVenue } from './venue.ts';

const FEE = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };
const WHOLE = 10_000_000n;

/** The whole venue on a real node: what the venue believes is compared with what the contracts hold. */
describe('the venue on a real chain', () => {
  let venue: RunningVenue;
  let market: Market;
  let alice: TestTrader;
  let bob: TestTrader;
  const statuses: VenueTradeStatus[] = [];

  beforeAll(async () => {
    venue = await startVenue({
      chain: { accounts: 3 },
      clob: { chainPollMs: 50 },
      listings: async (chain) => {
        const questionId: Hex = `0x${'cd'.repeat(32)}`;
        const prepared = await chain.prepareMarket({ questionId, oracle: chain.localOracle });
        market = testMarket({
          questionId,
          conditionId: prepared.conditionId as string as ConditionId,
          yesTokenId: prepared.yesTokenId as TokenId,
          noTokenId: prepared.noTokenId as TokenId,
          fee: FEE,
        });
        return [{ market, oracle: chain.localOracle }];
      },
      gamma: () => undefined,
      data: () => undefined,
    });
    venue.state.onEvent((event) => {
      if (event.kind === 'trade') statuses.push(event.trade.status);
    });
    alice = await createTrader(venue, 0, wallClock);
    bob = await createTrader(venue, 1, wallClock);
  });
  afterAll(() => venue.stop());

  /** Asserts that the venue's cached balances are those of the contracts, to the micro-dollar. */
  async function expectInStep(trader: TestTrader): Promise<void> {
    const owner = trader.account.address;
    const tokenIds = [market.yesTokenId, market.noTokenId];
    const believed = await venue.state.balances(owner, tokenIds);
    const [held] = await venue.chain.balancesOf([owner]);
    const tokens = await venue.chain.tokenBalancesOf(tokenIds.map((tokenId) => ({ owner, tokenId })));
    expect(BigInt(believed.pUsd)).toBe(held?.pUsd);
    expect(believed.tokens.map(BigInt)).toEqual(tokens);
  }

  it('settles a mint, a sale with a fee, and a merge, and stays in step with the contracts', async () => {
    const { yesTokenId, noTokenId } = market;
    await alice.place({ tokenId: yesTokenId, side: 'BUY', price: 0.48, size: 10 });
    const mint = await bob.place({ tokenId: noTokenId, side: 'BUY', price: 0.52, size: 10 });
    expect(mint.json()).toMatchObject({ success: true, status: 'matched' });
    expect(await venue.state.settled()).toBe(true);
    expect(statuses).toEqual(['MATCHED', 'MINED', 'CONFIRMED']);

    await bob.place({ tokenId: yesTokenId, side: 'BUY', price: 0.47, size: 5 });
    const sale = await alice.place({
      tokenId: yesTokenId,
      side: 'SELL',
      price: 0.47,
      size: 5,
      orderType: 'FAK',
    });
    expect(sale.json()).toMatchObject({ status: 'matched', makingAmount: '5', takingAmount: '2.35' });

    await alice.place({ tokenId: yesTokenId, side: 'SELL', price: 0.45, size: 5 });
    expect(await venue.state.settled()).toBe(true);
    const merge = await bob.place({ tokenId: noTokenId, side: 'SELL', price: 0.55, size: 5 });
    expect(merge.json()).toMatchObject({ status: 'matched' });
    expect(await venue.state.settled()).toBe(true);

    await expectInStep(alice);
    await expectInStep(bob);
    const [fees] = await venue.chain.balancesOf([venue.chain.feeReceiver]);
    const expected = venue.state.trades().reduce((sum, trade) => sum + trade.fee, 0);
    expect(expected).toBeGreaterThan(0);
    expect(fees?.pUsd).toBe(BigInt(expected));
  });

  it('fails a trade that the contract refuses, and stays in step', async () => {
    statuses.length = 0;
    armFault(venue.faults, 'settlementFailure', { times: 1 });
    await alice.place({ tokenId: market.yesTokenId, side: 'BUY', price: 0.3, size: 10 });
    await bob.place({ tokenId: market.noTokenId, side: 'BUY', price: 0.7, size: 10 });
    expect(await venue.state.settled()).toBe(true);
    expect(statuses).toEqual(['MATCHED', 'FAILED']);
    await expectInStep(alice);
    await expectInStep(bob);
  });

  it('notices a split that happened on chain, without being told', async () => {
    const owner = bob.account.address;
    const tokens = [market.yesTokenId, market.noTokenId];
    const before = await venue.state.balances(owner, tokens);
    await venue.chain.splitFor(owner, market.conditionId as string as Hex, false, WHOLE);
    await expect
      .poll(async () => (await venue.state.balances(owner, tokens)).tokens[0], { timeout: 10_000 })
      .toBe(before.tokens[0]! + Number(WHOLE));
    await expectInStep(bob);
  });

  it('stays in step while both trade and split at once', async () => {
    const third = venue.chain.accounts[2]!;
    for (let round = 0; round < 12; round += 1) {
      const taken = await venue.state.submitOrder(third, {
        tokenId: market.noTokenId,
        side: 'BUY',
        price: price(7_500),
        size: shares(5_000_000),
        orderType: 'GTC',
      });
      expect(taken.accepted).toBe(true);
      const made = alice.place({ tokenId: market.yesTokenId, side: 'BUY', price: 0.25, size: 5 });
      const split = venue.chain.splitFor(
        alice.account.address,
        market.conditionId as string as Hex,
        false,
        1_000_000n,
      );
      await alice.call('GET', '/balance-allowance/update?asset_type=COLLATERAL&signature_type=0');
      expect((await made).json()).toMatchObject({ status: 'matched' });
      await split;
    }
    expect(await venue.state.settled()).toBe(true);
    const path = '/balance-allowance/update?signature_type=0&asset_type';
    await alice.call('GET', `${path}=COLLATERAL`);
    for (const tokenId of [market.yesTokenId, market.noTokenId]) {
      await alice.call('GET', `${path}=CONDITIONAL&token_id=${tokenId}`);
    }
    await expectInStep(alice);
  });

  it('takes orders of a deposit wallet from the official client, and settles them', async () => {
    const owner = venue.chain.accounts[2]!;
    const wallet = await venue.chain.placeDepositWallet(owner.address);
    await venue.chain.fund(wallet, 100n * 1_000_000n);
    await venue.chain.approveAll(wallet);
    const signer = createWalletClient({
      account: privateKeyToAccount(owner.privateKey),
      chain: polygon,
      transport: http(venue.urls.rpc),
    });
    const terms = { host: venue.urls.clob, chain: 137, signer, throwOnError: true } as const;
    const creds = await new ClobClient(terms).createOrDeriveApiKey();
    const client = new ClobClient({ ...terms, creds, signatureType: 3, funderAddress: wallet });
    const { balance } = await client.getBalanceAllowance({ asset_type: AssetType.COLLATERAL });
    expect(balance).toBe('100000000');
    const placed = await client.createAndPostOrder({
      tokenID: market.yesTokenId,
      price: 0.6,
      size: 10,
      side: Side.BUY,
    });
    expect(placed).toMatchObject({ success: true, status: 'live' });
    const open = await client.getOpenOrders();
    expect(open).toEqual([expect.objectContaining({ id: placed.orderID, maker_address: wallet })]);
    const taken = await bob.place({ tokenId: market.noTokenId, side: 'BUY', price: 0.4, size: 10 });
    expect(taken.json()).toMatchObject({ status: 'matched' });
    expect(await venue.state.settled()).toBe(true);
    const [shares] = await venue.chain.tokenBalancesOf([{ owner: wallet, tokenId: market.yesTokenId }]);
    expect(shares).toBe(WHOLE);
    expect(venue.state.trades(wallet).at(-1)?.status).toBe('CONFIRMED');
  });

  it('pays out what it resolves', async () => {
    await venue.state.resolveMarket(market.conditionId, 'YES');
    expect(await venue.chain.payoutsOf(market.conditionId as string as Hex)).toEqual([1n, 0n]);
    const after = await alice.place({ tokenId: market.yesTokenId, side: 'BUY', price: 0.4, size: 5 });
    expect(after.status).toBe(400);
  });
});
