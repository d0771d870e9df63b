import { AssetType, Chain, ClobClient, OrderType, Side } from '@polymarket/clob-client-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Market } from '../../src/domain/market.ts';
import type { FundedAccount } from '../../src/local-venue/chain/types.ts';
import type { LocalVenue } from '../../src/local-venue/start-local-venue.ts';
import { eventually, startQuietVenue, walletOf } from './support.ts';

/** `@polymarket/clob-client-v2` 1.1.0, unchanged; its addresses are hard-coded for chain id 137. */
describe('@polymarket/clob-client-v2 against the local venue', () => {
  let venue: LocalVenue;
  let maker: ClobClient;
  let taker: ClobClient;
  let market: Market;
  let negRiskMarket: Market;

  async function connect(account: FundedAccount): Promise<ClobClient> {
    const options = {
      host: venue.urls.clob,
      chain: Chain.POLYGON,
      signer: walletOf(venue, account),
      throwOnError: true,
    };
    const creds = await new ClobClient(options).createOrDeriveApiKey();
    return new ClobClient({ ...options, creds, useServerTime: true });
  }

  beforeAll(async () => {
    venue = await startQuietVenue('clob client', 3);
    const listed = venue.markets.map(({ listing }) => listing.market);
    const [first] = listed;
    const negRisk = listed.find((each) => each.negRisk);
    const [makerAccount, takerAccount] = venue.accounts;
    if (!first || !negRisk || !makerAccount || !takerAccount) throw new Error('the venue lacks markets');
    market = first;
    negRiskMarket = negRisk;
    maker = await connect(makerAccount);
    taker = await connect(takerAccount);
  });
  afterAll(() => venue?.stop());

  const rest = async (client: ClobClient, tokenID: string, price: number, size = 10): Promise<string> => {
    const placed = await client.createAndPostOrder(
      { tokenID, price, size, side: Side.BUY },
      undefined,
      OrderType.GTC,
    );
    expect(placed).toMatchObject({ success: true, status: 'live' });
    return placed.orderID;
  };

  it('reads what is public', async () => {
    expect(await maker.getOk()).toBe('OK');
    expect(await maker.getVersion()).toBe(2);
    expect(Math.abs((await maker.getServerTime()) - Date.now() / 1000)).toBeLessThan(60);
    expect(await maker.getTickSize(market.yesTokenId)).toBe('0.01');
    expect(await maker.getNegRisk(negRiskMarket.yesTokenId)).toBe(true);
    const info = await maker.getClobMarketInfo(market.conditionId);
    expect(info.t.map((token) => token?.t)).toEqual([market.yesTokenId, market.noTokenId]);
  });

  it('derives the same key again', async () => {
    const again = await maker.deriveApiKey();
    expect(again.key).toBe(maker.creds?.key);
    expect((await maker.getApiKeys()).apiKeys).toContain(again.key);
  });

  it('places, reads and cancels in every form', async () => {
    const one = await rest(maker, market.yesTokenId, 0.3);
    expect((await maker.getOpenOrders()).map(({ id }) => id)).toEqual([one]);
    expect(await maker.getOrder(one)).toMatchObject({ id: one, price: '0.3', size_matched: '0' });
    const book = await maker.getOrderBook(market.yesTokenId);
    expect(book.bids).toEqual([{ price: '0.3', size: '10' }]);
    expect((await maker.cancelOrder({ orderID: one })).canceled).toEqual([one]);
    const pair = [await rest(maker, market.yesTokenId, 0.31), await rest(maker, market.yesTokenId, 0.32)];
    expect((await maker.cancelOrders(pair)).canceled.toSorted()).toEqual(pair.toSorted());
    const here = await rest(maker, market.yesTokenId, 0.33);
    const there = await rest(maker, negRiskMarket.yesTokenId, 0.2);
    expect((await maker.cancelMarketOrders({ market: market.conditionId })).canceled).toEqual([here]);
    expect((await maker.cancelAll()).canceled).toEqual([there]);
    expect(await maker.getOpenOrders()).toEqual([]);
  });

  it('posts a batch and takes from it with a market order that settles on chain', async () => {
    const orders = await Promise.all(
      [0.55, 0.56].map((price) =>
        maker.createOrder({ tokenID: market.yesTokenId, price, size: 20, side: Side.BUY }),
      ),
    );
    const answers = await maker.postOrders(orders.map((order) => ({ order, orderType: OrderType.GTC })));
    expect(answers.map(({ success }) => success)).toEqual([true, true]);
    const taken = await taker.createAndPostMarketOrder(
      { tokenID: market.noTokenId, amount: 4.4, side: Side.BUY, orderType: OrderType.FOK },
      undefined,
      OrderType.FOK,
    );
    expect(taken).toMatchObject({ success: true, status: 'matched' });
    const trade = await eventually('a confirmed trade', async () => {
      const trades = await taker.getTrades({ market: market.conditionId });
      return trades.find(({ status }) => status.endsWith('CONFIRMED')) ?? null;
    });
    expect(trade).toMatchObject({
      asset_id: market.noTokenId,
      size: '10',
      price: '0.44',
      trader_side: 'TAKER',
    });
    expect(trade.transaction_hash).toMatch(/^0x[0-9a-f]{64}$/);
    await maker.cancelAll();
  });

  it('trades a neg-risk market, whose orders are signed for the other exchange', async () => {
    await rest(maker, negRiskMarket.yesTokenId, 0.4, 15);
    const taken = await taker.createAndPostMarketOrder(
      { tokenID: negRiskMarket.noTokenId, amount: 6, side: Side.BUY },
      undefined,
      OrderType.FAK,
    );
    expect(taken).toMatchObject({ success: true, status: 'matched' });
    await eventually('a confirmed neg-risk trade', async () => {
      const trades = await taker.getTrades({ market: negRiskMarket.conditionId });
      return trades.find(({ status }) => status.endsWith('CONFIRMED')) ?? null;
    });
    await maker.cancelAll();
  });

  it('reads balances after the venue has looked at the chain', async () => {
    const params = { asset_type: AssetType.CONDITIONAL, token_id: market.noTokenId };
    await taker.updateBalanceAllowance(params);
    expect((await taker.getBalanceAllowance(params)).balance).toBe('10000000');
    const dollars = await taker.getBalanceAllowance({ asset_type: AssetType.COLLATERAL });
    expect(BigInt(dollars.balance)).toBeLessThan(100_000_000_000n);
  });

  it('keeps orders alive by a chain of heartbeats and says which id it expects', async () => {
    const first = await maker.postHeartbeat('');
    const second = await maker.postHeartbeat(first.heartbeat_id);
    expect(second.heartbeat_id).not.toBe(first.heartbeat_id);
    await expect(maker.postHeartbeat(first.heartbeat_id)).rejects.toThrow(/Invalid Heartbeat ID/);
  });

  it('is refused with the venue texts', async () => {
    const over = maker.createAndPostOrder(
      { tokenID: market.yesTokenId, price: 0.5, size: 1_000_000, side: Side.BUY },
      undefined,
      OrderType.GTC,
    );
    await expect(over).rejects.toThrow(/not enough balance \/ allowance/);
    await rest(maker, market.yesTokenId, 0.5);
    const crossing = taker.createAndPostOrder(
      { tokenID: market.noTokenId, price: 0.6, size: 10, side: Side.BUY },
      undefined,
      OrderType.GTC,
      true,
    );
    await expect(crossing).rejects.toThrow(/crosses? the book|order crosses book/);
  });
});
