import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, createChain } from '../../src/adapters/chain/index.ts';
import {
  CONTRACTS,
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
import type { MarketEvent } from '../../src/domain/market-event.ts';
import type { ClientId, OrderRequest } from '../../src/domain/order.ts';
import { type Price, price, shares } from '../../src/domain/units.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';
import type { UserEvent } from '../../src/ports/venue.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

const signal = (ms = 15_000): AbortSignal => AbortSignal.timeout(ms);

interface Party {
  readonly venue: PolymarketVenue;
  readonly chain: Chain;
  readonly seen: UserEvent[];
  readonly ups: string[];
}

let local: LocalVenue;
let us: Party;
let them: Party;
let feed: MarketFeed;
let listed: readonly Market[];
const events: MarketEvent[] = [];
const toClose: { close(): Promise<void> }[] = [];
let orders = 0;

async function party(index: number): Promise<Party> {
  const key = local.accounts[index]!.privateKey;
  const signer = await testSigner({ privateKey: key, chainId: local.chain.chainId });
  const venue = createPolymarketVenue({
    clobUrl: local.urls.clob,
    signer,
    signatureType: 0,
    credentials: null,
    nowMs: () => Date.now(),
    log: silentLog,
  });
  const chain = createChain({
    rpcUrl: local.urls.rpc,
    chainId: local.chain.chainId,
    signer,
    contracts: CONTRACTS,
    timers: wallTimers,
    log: silentLog,
    receiptPollMs: 50,
  });
  const seen: UserEvent[] = [];
  const ups: string[] = [];
  const user = createUserFeed({
    wsUserUrl: local.urls.wsUser,
    credentials: (bound) => venue.credentials(bound),
    wallet: venue.wallet,
    timers: wallTimers,
    random: () => 0.5,
    log: silentLog,
  });
  user.start({
    onEvent: (event) => seen.push(event),
    onUp: (reason) => ups.push(reason),
    onDown: () => undefined,
  });
  toClose.push(user, chain, venue);
  return { venue, chain, seen, ups };
}

beforeAll(async () => {
  local = await startLocalVenue({ seed: 'adapters', accounts: 2, approvedAccounts: 1, traders: false });
  const list = createMarketList({ gammaUrl: local.urls.gamma, nowMs: () => Date.now(), log: silentLog });
  listed = (await list.markets(signal())).markets;
  feed = createMarketFeed({
    wsMarketUrl: local.urls.wsMarket,
    clobUrl: local.urls.clob,
    timers: wallTimers,
    random: () => 0.5,
    log: silentLog,
    verifyEveryMs: 0,
  });
  feed.start({ onEvent: (event) => events.push(event), onUp: () => undefined, onDown: () => undefined });
  us = await party(0);
  them = await party(1);
  toClose.push(feed, list);
}, 60_000);

afterAll(async () => {
  for (const opened of toClose) await opened.close();
  await local?.stop();
});

function request(
  market: Market,
  given: { side: 'BUY' | 'SELL'; at: Price; sizeShares: number; no?: boolean; postOnly?: boolean },
): OrderRequest {
  orders += 1;
  return {
    clientId: `o-${orders}` as ClientId,
    conditionId: market.conditionId,
    tokenId: given.no === true ? market.noTokenId : market.yesTokenId,
    negRisk: market.negRisk,
    marketVersion: market.version,
    outcome: given.no === true ? 'NO' : 'YES',
    side: given.side,
    price: given.at,
    size: shares(given.sizeShares * 1e6),
    timeInForce: 'GTC',
    postOnly: given.postOnly ?? true,
    expirationS: 0,
    salt: 1000 + orders,
    timestampMs: Date.now(),
  };
}

const plainMarket = (): Market =>
  listed.find((market) => !market.negRisk && market.acceptingOrders && market.tickSize === 100)!;

describe('the adapters against the local venue', () => {
  it('list its markets, read its version and clock, and find the right chain', async () => {
    expect(listed.length).toBeGreaterThanOrEqual(8);
    const status = await us.venue.status(signal());
    expect(status.version).toBe(2);
    expect(Math.abs(status.clockSkewMs)).toBeLessThan(60_000);
    await us.chain.checkChainId(signal());
  });

  it('grant the allowances that are missing, and only those', async () => {
    expect((await us.chain.allowances(signal())).filter((row) => !row.isEnough)).toEqual([]);
    expect((await them.chain.allowances(signal())).some((row) => !row.isEnough)).toBe(true);
    const granted = await them.chain.approve(signal());
    expect(granted.length).toBeGreaterThan(0);
    expect((await them.chain.allowances(signal())).filter((row) => !row.isEnough)).toEqual([]);
    expect(await them.chain.approve(signal())).toEqual([]);
    await them.venue.refreshBalances(signal());
  });

  it('split, merge, and read both from the chain at one block', async () => {
    const market = plainMarket();
    const tokens = [market.yesTokenId, market.noTokenId];
    const before = await us.chain.balances(tokens, signal());
    for (const [action, amount] of [
      ['split', 10],
      ['merge', 4],
    ] as const) {
      const prepared = await us.chain.prepare(
        {
          txKey: `t-${action}`,
          action,
          conditionId: market.conditionId,
          negRisk: false,
          amount: shares(amount * 1e6),
        },
        signal(),
      );
      expect(await us.chain.send(prepared, signal())).toMatchObject({ status: 'confirmed' });
      expect(await us.chain.read(prepared.hash, prepared.nonce, signal())).toMatchObject({
        status: 'confirmed',
      });
    }
    const after = await us.chain.balances(tokens, signal());
    expect(before.cash - after.cash).toBe(6_000_000);
    expect(after.tokens.map(([, held]) => held)).toEqual([6_000_000, 6_000_000]);
    // A used nonce without a receipt proves nothing at first: the node that was asked may be behind.
    expect(await us.chain.read(`0x${'1'.repeat(64)}`, 0, signal())).toMatchObject({ status: 'unknown' });
  });

  it('place, see, match and cancel orders, on every channel alike', async () => {
    const market = plainMarket();
    const { conditionId } = market;
    feed.watch([{ ...market, conditionId }]);
    await until('the book', () =>
      events.some((event) => event.kind === 'book' && event.conditionId === conditionId),
    );
    await until('both user sockets', () => us.ups.length > 0 && them.ups.length > 0);
    const prepared = await us.venue.prepare([
      request(market, { side: 'BUY', at: price(100), sizeShares: 20 }),
      request(market, { side: 'BUY', at: price(200), sizeShares: 20, no: true }),
    ]);
    const answers = await us.venue.place(prepared, signal());
    expect(answers.map(([, answer]) => answer.result)).toEqual(['live', 'live']);
    const openOrders = await us.venue.openOrders(signal());
    expect(openOrders.map((order) => order.orderId).sort()).toEqual(
      prepared.map((order) => order.orderId).sort(),
    );
    expect(await us.venue.order(prepared[0]!.orderId, signal())).toMatchObject({
      status: 'LIVE',
      price: 100,
      originalSize: 20_000_000,
    });
    expect(await us.venue.order(`0x${'9'.repeat(64)}` as never, signal())).toBeNull();
    await until(
      'the placements on the user socket',
      () => us.seen.filter((event) => event.kind === 'orderSeen').length >= 2,
    );

    // Selling YES is what a bid for YES at one cent meets: they need shares for it first.
    const split = await them.chain.prepare(
      { txKey: 't-x', action: 'split', conditionId, negRisk: false, amount: shares(50e6) },
      signal(),
    );
    expect(await them.chain.send(split, signal())).toMatchObject({ status: 'confirmed' });
    await until('the venue to see the shares', () => true);
    let taken = 'rejected';
    for (let attempt = 0; attempt < 50 && taken === 'rejected'; attempt += 1) {
      const taking = await them.venue.prepare([
        request(market, { side: 'SELL', at: price(100), sizeShares: 5, postOnly: false }),
      ]);
      taken = (await them.venue.place(taking, signal()))[0]![1].result;
      if (taken === 'rejected') await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(taken).toBe('matched');
    await until('our confirmed fill', () =>
      us.seen.some((event) => event.kind === 'fill' && event.fill.status === 'CONFIRMED'),
    );
    const fill = us.seen.find((event) => event.kind === 'fill');
    expect(fill).toMatchObject({
      fill: {
        orderId: prepared[0]!.orderId,
        tokenId: market.yesTokenId,
        side: 'BUY',
        price: 100,
        size: 5_000_000,
        role: 'MAKER',
      },
    });
    const trades = await us.venue.trades(Date.now() - 60_000, signal());
    expect(trades).toMatchObject([{ orderId: prepared[0]!.orderId, status: 'CONFIRMED', role: 'MAKER' }]);
    expect(await them.venue.trades(0, signal())).toMatchObject([
      { role: 'TAKER', side: 'SELL', size: 5_000_000 },
    ]);

    const canceled = await us.venue.cancel([prepared[1]!.orderId], signal());
    expect(canceled.canceled).toEqual([prepared[1]!.orderId]);
    await us.venue.cancelAll(signal());
    expect(await us.venue.openOrders(signal())).toEqual([]);
    await until(
      'the book to be empty of us',
      () => events.filter((event) => event.kind === 'levels').length >= 3,
    );
    expect(events.filter((event) => event.kind === 'bookUntrusted')).toEqual([]);
    expect(feed.counts).toMatchObject({ mismatches: 0, oddFrames: 0 });
    expect(
      events.some(
        (event) => event.kind === 'publicTrade' && event.price === 100 && event.takerSide === 'SELL',
      ),
    ).toBe(true);
  });

  it('refuse as the venue does, with codes', async () => {
    const market = plainMarket();
    const tooSmall = request(market, { side: 'BUY', at: price(100), sizeShares: 1 });
    const offTick = request(market, { side: 'BUY', at: price(105), sizeShares: 10 });
    const tooDear = request(market, { side: 'BUY', at: price(5000), sizeShares: 900_000 });
    const answers = await us.venue.place(await us.venue.prepare([tooSmall, offTick, tooDear]), signal());
    expect(answers.map(([, answer]) => ('code' in answer ? answer.code : answer.result))).toEqual([
      'belowMinimumSize',
      'breaksTickSize',
      'notEnoughBalance',
    ]);
  });

  it('keep the heartbeat chain, also after a wrong id', async () => {
    const first = await us.venue.beat('', signal());
    const second = await us.venue.beat(first, signal());
    const third = await us.venue.beat('wrong', signal());
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('go on after a rebuild', async () => {
    await us.venue.rebuild(signal());
    expect(await us.venue.openOrders(signal())).toEqual([]);
  });
});
