import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ConditionId, Market, TokenId } from '../../domain/market.ts';
import { price, shares, usd } from '../../domain/units.ts';
import type { VenueMarket, VenueTrade } from '../types.ts';
import type { ChainHistory } from './chain-history.ts';
import { addRoutes } from './data-routes.ts';

const NOW_SEC = 1_795_000_000;
const ALICE = `0x${'a1'.repeat(20)}` as const;
const BOB = `0x${'b0'.repeat(20)}` as const;
const CONDITION = `0x${'c0'.repeat(32)}` as const;

const market: Market = {
  conditionId: CONDITION as string as ConditionId,
  questionId: `0x${'11'.repeat(32)}`,
  gammaId: '1',
  slug: 'one',
  question: 'One?',
  description: '',
  yesTokenId: '100' as TokenId,
  noTokenId: '200' as TokenId,
  outcomeNames: ['Yes', 'No'],
  version: 'v1',
  negRisk: false,
  eventId: null,
  tags: [],
  category: 'other',
  tickSize: price(100),
  minOrderSize: shares(5_000_000),
  active: true,
  closed: false,
  acceptingOrders: true,
  enableOrderBook: true,
  restricted: false,
  resolution: 'none',
  createdAtMs: null,
  endAtMs: null,
  gameStartAtMs: null,
  fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
  rewards: null,
  volume24h: usd(0),
  liquidity: usd(0),
  listedYesPrice: price(5_000),
  listedSpread: null,
};
const record: VenueMarket = {
  listing: { market, oracle: BOB },
  market,
  status: 'open',
  winner: null,
  listedAtMs: 0,
  resolvedAtMs: null,
  lastTradePrice: null,
  lastTradeSide: null,
  volume: usd(0),
};
/** Alice buys 10 NO at 0.40 from Bob, who buys 10 YES at 0.60. */
const trade: VenueTrade = {
  id: 't',
  conditionId: market.conditionId,
  takerOrderId: '0x01',
  takerOwner: ALICE,
  takerApiKey: '',
  tokenId: market.noTokenId,
  outcome: 'NO',
  side: 'BUY',
  price: price(4_000),
  size: shares(10_000_000),
  fee: usd(0),
  status: 'CONFIRMED',
  matchedAtMs: (NOW_SEC - 20) * 1000,
  updatedAtMs: (NOW_SEC - 20) * 1000,
  txHash: `0x${'77'.repeat(32)}`,
  blockNumber: 1,
  bucketIndex: 0,
  makers: [
    {
      orderId: '0x02',
      owner: BOB,
      apiKey: '',
      tokenId: market.yesTokenId,
      outcome: 'YES',
      side: 'BUY',
      price: price(6_000),
      size: shares(10_000_000),
    },
  ],
};
const history: ChainHistory = {
  read: async () => undefined,
  moves: [
    { owner: ALICE, tokenId: '200', delta: 10_000_000n, atSec: NOW_SEC - 20 },
    { owner: ALICE, tokenId: '100', delta: 4_000_000n, atSec: NOW_SEC - 5 },
    { owner: ALICE, tokenId: '200', delta: 4_000_000n, atSec: NOW_SEC - 5 },
  ],
  setChanges: [
    {
      type: 'SPLIT',
      owner: ALICE,
      conditionId: CONDITION,
      amount: 4_000_000n,
      atSec: NOW_SEC - 5,
      txHash: '0x99',
    },
  ],
};

function serve(lagMs: number) {
  const app = fastify();
  const state = {
    clock: { nowMs: () => NOW_SEC * 1000, after: () => () => undefined },
    markets: () => [record],
    marketByCondition: (id: string) => (id === CONDITION ? record : null),
    marketByToken: (id: string) => (id === '100' || id === '200' ? record : null),
    book: () => null,
    priceHistory: () => [],
    trades: () => [trade],
  };
  addRoutes(app, state, history, lagMs);
  return async (url: string): Promise<ReturnType<typeof JSON.parse>> => (await app.inject({ url })).json();
}

describe('the Data service', () => {
  it('knows nothing younger than its lag', async () => {
    const late = serve(10_000);
    expect((await late(`/activity?user=${ALICE}`)).map((row: { type: string }) => row.type)).toEqual([
      'TRADE',
    ]);
    expect(await late(`/positions?user=${ALICE}`)).toMatchObject([{ asset: '200', size: 10, avgPrice: 0.4 }]);
    const current = serve(0);
    expect((await current(`/activity?user=${ALICE}`)).map((row: { type: string }) => row.type)).toEqual([
      'SPLIT',
      'TRADE',
    ]);
  });

  it('averages the cost over trades and sets, and values at the known price', async () => {
    const get = serve(0);
    const positions = await get(`/positions?user=${ALICE}`);
    expect(positions).toMatchObject([
      { asset: '200', size: 14, avgPrice: 0.428571, currentValue: 7, mergeable: true, oppositeAsset: '100' },
      { asset: '100', size: 4, avgPrice: 0.5, currentValue: 2 },
    ]);
    expect(await get(`/value?user=${ALICE}`)).toEqual([{ user: ALICE, value: 9 }]);
    expect(await get(`/positions?user=${ALICE}&sizeThreshold=5`)).toHaveLength(1);
  });

  it('shows takers only unless asked for makers too', async () => {
    const get = serve(0);
    expect(await get(`/trades?user=${BOB}`)).toEqual([]);
    expect(await get(`/trades?user=${BOB}&takerOnly=false`)).toMatchObject([
      { proxyWallet: BOB, side: 'BUY', asset: '100', price: 0.6, size: 10, outcomeIndex: 0 },
    ]);
    expect(await get('/trades')).toHaveLength(1);
  });

  it.each([
    ['/positions', /required query param 'user' not provided/],
    ['/positions?user=me', /invalid user: me/],
    [`/activity?user=${ALICE}&limit=501`, /limit must be from 0 to 500, found 501/],
    [`/trades?offset=1001`, /offset must be from 0 to 1000/],
  ])('refuses %s', async (url, message) => {
    expect((await serve(0)(url)).error).toMatch(message);
  });
});
