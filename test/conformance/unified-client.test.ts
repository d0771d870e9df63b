import { AssetType } from '@polymarket/bindings/clob';
import { OrderSide, type SecureClient } from '@polymarket/client';
import { fetchBalanceAllowance, updateBalanceAllowance } from '@polymarket/client/actions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Market } from '../../src/domain/market.ts';
import type { LocalVenue } from '../../src/local-venue/start-local-venue.ts';
import { collect, eventually, startQuietVenue, unifiedClient } from './support.ts';

/**
 * `@polymarket/client` 0.2.0, unchanged, does on the local venue what it does on the real one. The tests go on from
 * each other, as a session does: credentials, approvals, orders, sockets, positions, resolution.
 */
describe('@polymarket/client against the local venue', () => {
  let venue: LocalVenue;
  let maker: SecureClient;
  let taker: SecureClient;
  let market: Market;
  let other: Market;

  beforeAll(async () => {
    venue = await startQuietVenue('unified client', 1);
    const [first, second, third] = venue.markets;
    const [makerAccount, takerAccount] = venue.accounts;
    if (!first || !second || !third || !makerAccount || !takerAccount)
      throw new Error('the venue lacks markets');
    market = first.listing.market;
    other = second.listing.market;
    maker = await unifiedClient(venue, makerAccount);
    taker = await unifiedClient(venue, takerAccount);
  });
  afterAll(async () => {
    await maker?.closeSubscriptions();
    await taker?.closeSubscriptions();
    await venue?.stop();
  });

  it('has credentials and sets all approvals', async () => {
    expect(taker.credentials.key).toMatch(/^[0-9a-f-]{36}$/);
    await taker.setupTradingApprovals();
    await updateBalanceAllowance(taker, { assetType: AssetType.COLLATERAL });
    const { balance, allowances } = await fetchBalanceAllowance(taker, { assetType: AssetType.COLLATERAL });
    expect(String(balance)).toBe('100000000000');
    expect(Object.values(allowances ?? {}).every((amount) => BigInt(String(amount)) > 0n)).toBe(true);
  });

  it('reads markets and events', async () => {
    const page = await maker.listMarkets({}).firstPage();
    expect(page.items.length).toBeGreaterThan(11);
    const found = await maker.fetchMarket({ slug: market.slug });
    expect(found.conditionId).toBe(market.conditionId);
    const events = await maker.listEvents({}).firstPage();
    expect(events.items.some(({ trading }) => trading.negRisk === true)).toBe(true);
  });

  it('rests limit orders, reads them back, and cancels them in every form', async () => {
    const place = async (tokenId: string, price: number): Promise<string> => {
      const placed = await maker.placeLimitOrder({
        tokenId,
        side: OrderSide.BUY,
        price,
        size: 10,
        postOnly: true,
      });
      if (!placed.ok) throw new Error(placed.message);
      expect(placed.status).toBe('live');
      return placed.orderId;
    };
    const open = async (): Promise<string[]> => {
      const page = await maker.listOpenOrders({}).firstPage();
      return page.items.map(({ id }) => id);
    };
    const one = await place(market.yesTokenId, 0.3);
    expect(await open()).toEqual([one]);
    expect(await maker.fetchOrder({ orderId: one })).toMatchObject({
      price: '0.3',
      originalSize: '10',
      sizeMatched: '0',
    });
    const book = await maker.fetchOrderBook({ tokenId: market.yesTokenId });
    expect(book.bids).toEqual([{ price: '0.3', size: '10' }]);
    expect((await maker.fetchOrderBook({ tokenId: market.noTokenId })).asks).toEqual([
      { price: '0.7', size: '10' },
    ]);
    expect((await maker.cancelOrder({ orderId: one })).canceled).toEqual([one]);
    const pair = [await place(market.yesTokenId, 0.31), await place(market.yesTokenId, 0.32)];
    expect((await maker.cancelOrders({ orderIds: pair })).canceled.toSorted()).toEqual(pair.toSorted());
    const here = await place(market.yesTokenId, 0.33);
    const there = await place(other.yesTokenId, 0.2);
    expect((await maker.cancelMarketOrders({ market: market.conditionId })).canceled).toEqual([here]);
    const last = await place(market.noTokenId, 0.2);
    expect((await maker.cancelAll()).canceled.toSorted()).toEqual([there, last].toSorted());
    expect(await open()).toEqual([]);
  });

  it('posts a batch, each order with its own answer', async () => {
    const drafts = await Promise.all(
      [0.25, 0.26, 0.27].map((price) =>
        maker.createLimitOrder({ tokenId: market.yesTokenId, side: OrderSide.BUY, price, size: 6 }),
      ),
    );
    const answers = await maker.postOrders(drafts);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true]);
    await maker.cancelAll();
  });

  it('says why an order is refused', async () => {
    const poor = await maker
      .placeLimitOrder({
        tokenId: market.yesTokenId,
        side: OrderSide.SELL,
        price: 0.9,
        size: 10,
      })
      .catch((error: unknown) => error);
    expect(String(poor instanceof Error ? poor.message : JSON.stringify(poor))).toContain(
      'not enough balance',
    );
  });

  it('sees both sockets tell of orders and a trade that settles on chain', async () => {
    const marketFeed = await maker.subscribe([
      { topic: 'market', tokenIds: [market.yesTokenId, market.noTokenId], customFeatureEnabled: true },
    ]);
    const userFeed = await maker.subscribe([{ topic: 'user' }]);
    const marketEvents = collect(marketFeed);
    const userEvents = collect(userFeed);
    await eventually('the first book', () => marketEvents.seen.find(({ type }) => type === 'book') ?? null);

    const resting = await maker.placeLimitOrder({
      tokenId: market.yesTokenId,
      side: OrderSide.BUY,
      price: 0.6,
      size: 40,
    });
    expect(resting.ok && resting.status).toBe('live');
    const bought = await taker.placeMarketOrder({
      tokenId: market.noTokenId,
      side: OrderSide.BUY,
      amount: 10,
    });
    if (!bought.ok) throw new Error(bought.message);
    expect(bought.status).toBe('matched');
    expect(bought.tradeIds).toHaveLength(1);
    const hashes = await taker.waitForOrderFillSettlement(bought);
    expect(hashes[0]).toMatch(/^0x[0-9a-f]{64}$/);

    await eventually(
      'a price change',
      () => marketEvents.seen.find(({ type }) => type === 'price_change') ?? null,
    );
    await eventually(
      'the last trade',
      () => marketEvents.seen.find(({ type }) => type === 'last_trade_price') ?? null,
    );
    await eventually('the placement', () => userEvents.seen.find(({ type }) => type === 'order') ?? null);
    await eventually(
      'a confirmed trade',
      () =>
        userEvents.seen.find(
          ({ type, payload }) => type === 'trade' && JSON.stringify(payload).includes('CONFIRMED'),
        ) ?? null,
    );
    await marketFeed.close();
    await userFeed.close();
    await Promise.all([marketEvents.ended, userEvents.ended]);

    const trades = (await taker.listAccountTrades({}).firstPage()).items;
    expect(trades[0]).toMatchObject({
      traderSide: 'TAKER',
      tokenId: market.noTokenId,
      price: '0.4',
      size: '25',
    });
    const made = (await maker.listAccountTrades({}).firstPage()).items;
    expect(made[0]?.makerOrders[0]).toMatchObject({
      tokenId: market.yesTokenId,
      price: '0.6',
      matchedAmount: '25',
    });
  });

  it('splits, merges and, after the market has resolved, redeems', async () => {
    const { conditionId } = market;
    await (await taker.splitPosition({ conditionId, amount: 50_000_000n })).wait();
    await (await taker.mergePositions({ conditionId, amount: 20_000_000n })).wait();
    await updateBalanceAllowance(taker, { assetType: AssetType.CONDITIONAL, tokenId: market.yesTokenId });
    const held = await fetchBalanceAllowance(taker, {
      assetType: AssetType.CONDITIONAL,
      tokenId: market.yesTokenId,
    });
    expect(String(held.balance)).toBe('30000000');
    await maker.cancelAll();

    const dollarsBefore = (await venue.chain.balancesOf([taker.account.wallet]))[0]?.pUsd ?? 0n;
    await venue.state.settled();
    await venue.state.resolveMarket(conditionId, 'NO');
    await (await taker.redeemPositions({ conditionId })).wait();
    const dollarsAfter = (await venue.chain.balancesOf([taker.account.wallet]))[0]?.pUsd ?? 0n;
    // 25 NO from the trade and 30 from what was left of the split.
    expect(dollarsAfter - dollarsBefore).toBe(55_000_000n);
    const closed = await taker.fetchMarket({ slug: market.slug });
    expect(closed.state.closed).toBe(true);
  });

  it('finds its positions, trades and activity in the Data service', async () => {
    const user = taker.account.wallet;
    const types = await eventually('the redemption', async () => {
      const page = await taker.listActivity({ user }).firstPage();
      const found = page.items.map(({ type }) => type);
      return found.includes('REDEEM' as (typeof found)[number]) ? found : null;
    });
    expect([...types].sort()).toEqual(['MERGE', 'REDEEM', 'SPLIT', 'TRADE']);
    const made = await maker.listPositions({ user: maker.account.wallet }).firstPage();
    expect(made.items[0]).toMatchObject({ tokenId: market.yesTokenId, redeemable: true });
    const [value] = await maker.fetchPortfolioValue({ user: maker.account.wallet });
    expect(Number(value?.value)).toBe(0);
  });

  it('splits and merges in a neg-risk market', async () => {
    const listed = venue.markets.find(({ listing }) => listing.market.negRisk)?.listing.market;
    if (listed === undefined) throw new Error('no neg-risk market is listed');
    const { conditionId } = listed;
    await (await taker.splitPosition({ conditionId, amount: 8_000_000n })).wait();
    const owner = taker.account.wallet;
    expect(await venue.chain.tokenBalancesOf([{ owner, tokenId: listed.yesTokenId }])).toEqual([8_000_000n]);
    await (await taker.mergePositions({ conditionId, amount: 'max' })).wait();
    expect(await venue.chain.tokenBalancesOf([{ owner, tokenId: listed.yesTokenId }])).toEqual([0n]);
    const market = [conditionId];
    const activity = await eventually('the merge', async () => {
      const { items } = await taker.listActivity({ user: owner, market }).firstPage();
      return items.length === 2 ? items : null;
    });
    expect(activity.map(({ type, amount }) => `${type} ${amount}`)).toEqual(['MERGE 8', 'SPLIT 8']);
  });
});
