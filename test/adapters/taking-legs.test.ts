import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMarketFeed,
  createMarketList,
  createPolymarketVenue,
  createUserFeed,
  type MarketFeed,
  type PolymarketVenue,
} from '../../src/adapters/polymarket/index.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { until, wallTimers } from '../../src/adapters/polymarket/testing/wall-timers.ts';
import type { Market } from '../../src/domain/market.ts';
import type { ClientId, OrderRequest } from '../../src/domain/order.ts';
import { price, shares, usd } from '../../src/domain/units.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';
import type { UserEvent } from '../../src/ports/venue.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

const signal = (ms = 15_000): AbortSignal => AbortSignal.timeout(ms);
const toClose: { close(): Promise<void> }[] = [];
const seen: UserEvent[] = [];
let local: LocalVenue;
let us: PolymarketVenue;
let them: PolymarketVenue;
let feed: MarketFeed;
let market: Market;
let orders = 0;

async function account(index: number): Promise<PolymarketVenue> {
  const { privateKey } = local.accounts[index]!;
  const venue = createPolymarketVenue({
    clobUrl: local.urls.clob,
    signer: await testSigner({ privateKey, chainId: local.chain.chainId }),
    signatureType: 0,
    credentials: null,
    nowMs: () => Date.now(),
    log: silentLog,
  });
  toClose.push(venue);
  return venue;
}

beforeAll(async () => {
  local = await startLocalVenue({ seed: 'taking', accounts: 2, approvedAccounts: 2, traders: false });
  const list = createMarketList({ gammaUrl: local.urls.gamma, nowMs: () => Date.now(), log: silentLog });
  const listed = (await list.markets(signal())).markets;
  market = listed.find((one) => !one.negRisk && one.acceptingOrders && one.tickSize === 100)!;
  feed = createMarketFeed({
    wsMarketUrl: local.urls.wsMarket,
    clobUrl: local.urls.clob,
    timers: wallTimers,
    random: () => 0.5,
    log: silentLog,
  });
  us = await account(0);
  them = await account(1);
  const user = createUserFeed({
    wsUserUrl: local.urls.wsUser,
    credentials: (bound) => us.credentials(bound),
    wallet: us.wallet,
    timers: wallTimers,
    random: () => 0.5,
    log: silentLog,
  });
  let isUp = false;
  user.start({
    onEvent: (event) => seen.push(event),
    onUp: () => {
      isUp = true;
    },
    onDown: () => undefined,
  });
  toClose.push(feed, list, user);
  await until('the user socket', () => isUp);
}, 60_000);

afterAll(async () => {
  for (const opened of toClose) await opened.close();
  await local?.stop();
});

const request = (change: Partial<OrderRequest>): OrderRequest => {
  orders += 1;
  return {
    clientId: `o-${orders}` as ClientId,
    conditionId: market.conditionId,
    tokenId: change.outcome === 'NO' ? market.noTokenId : market.yesTokenId,
    negRisk: market.negRisk,
    marketVersion: market.version,
    outcome: 'YES',
    side: 'BUY',
    price: price(5_000),
    size: shares(10e6),
    timeInForce: 'GTC',
    postOnly: true,
    expirationS: 0,
    salt: 5_000 + orders,
    timestampMs: Date.now(),
    ...change,
  };
};
const takes = { timeInForce: 'FAK', postOnly: false } as const;

describe('orders that take, against the local venue', () => {
  it('read both books in one request, spend their dollars over two levels, and leave nothing resting', async () => {
    // Bids for NO at 54 and 52 are asks for YES at 46 and 48.
    const resting = await them.prepare([
      request({ outcome: 'NO', price: price(5_400), size: shares(10e6) }),
      request({ outcome: 'NO', price: price(5_200), size: shares(12e6) }),
    ]);
    const rested = await them.place(resting, signal());
    expect(rested.map(([, { result }]) => result)).toEqual(['live', 'live']);
    const books = await feed.readOutcomeBooks(market, signal());
    expect(books.yes.asks).toEqual([
      [4_600, 10_000_000],
      [4_800, 12_000_000],
    ]);
    expect(books.no.bids).toEqual([
      [5_400, 10_000_000],
      [5_200, 12_000_000],
    ]);
    const [leg] = await us.prepare([
      request({ ...takes, price: price(4_800), size: shares(20e6), spend: usd(9_400_000) }),
    ]);
    expect((await us.place([leg!], signal()))[0]![1].result).toBe('matched');
    const fills = () =>
      seen.flatMap((event) =>
        event.kind === 'fill' && event.fill.orderId === leg!.orderId && event.fill.status === 'MATCHED'
          ? [[event.fill.price, event.fill.size, event.fill.role]]
          : [],
      );
    await until('a fill at each level', () => fills().length === 2);
    expect(fills()).toEqual([
      [4_600, 10_000_000, 'TAKER'],
      [4_800, 10_000_000, 'TAKER'],
    ]);
    expect((await us.openOrders(signal())).length).toBe(0);
    expect(await us.order(leg!.orderId, signal())).toMatchObject({
      status: 'MATCHED',
      matchedSize: 20_000_000,
    });
  });

  it('are over when they find less than they want, or nothing', async () => {
    const [partly, nothing] = await us.prepare([
      request({ ...takes, price: price(4_800), size: shares(10e6), spend: usd(4_800_000) }),
      request({ ...takes, price: price(4_700), size: shares(10e6), spend: usd(4_700_000) }),
    ]);
    const answers = await us.place([partly!, nothing!], signal());
    expect(answers.map(([, answer]) => answer)).toMatchObject([
      { result: 'matched' },
      { result: 'rejected', code: 'fakNoMatch' },
    ]);
    expect(await us.order(partly!.orderId, signal())).toMatchObject({ matchedSize: 2_000_000 });
    await until('the end of the leg on the user socket', () =>
      seen.some(
        (event) =>
          event.kind === 'orderSeen' && event.orderId === partly!.orderId && event.status === 'MATCHED',
      ),
    );
    expect((await us.openOrders(signal())).length).toBe(0);
    const books = await feed.readOutcomeBooks(market, signal());
    expect([books.yes.asks, books.no.bids]).toEqual([[], []]);
  });
});
