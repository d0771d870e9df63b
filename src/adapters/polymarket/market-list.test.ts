import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseGammaMarket } from './gamma-market.ts';
import { createMarketList } from './market-list.ts';
import { startFakeHttp } from './testing/fake-http.ts';
import { silentLog } from './testing/silent-log.ts';

const condition = (index: number): string => `0x${String(index).padStart(64, '0')}`;

/** A listing object as production writes it, made here. */
const listed = (index: number, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: String(index),
  conditionId: condition(index),
  questionID: condition(index + 5000),
  slug: `market-${index}`,
  question: `Question ${index}?`,
  description: 'Rules.',
  outcomes: '["Yes", "No"]',
  outcomePrices: '["0.485", "0.515"]',
  clobTokenIds: `["${index}1", "${index}2"]`,
  active: true,
  closed: false,
  acceptingOrders: true,
  enableOrderBook: true,
  negRisk: false,
  orderMinSize: 5,
  orderPriceMinTickSize: 0.01,
  endDate: '2026-12-31T12:00:00Z',
  createdAt: '2026-10-01T00:00:00.123456Z',
  volume24hr: 5252.850745999999,
  bestBid: 0.47,
  bestAsk: 0.5,
  restricted: true,
  liquidityNum: 249301.0857,
  feesEnabled: true,
  feeSchedule: { rate: 0.05, exponent: 1, takerOnly: true, rebateRate: 0.25 },
  rewardsMinSize: 50,
  rewardsMaxSpread: 4.5,
  clobRewards: [{ rewardsDailyRate: 20 }, { rewardsDailyRate: 5.5 }],
  events: [{ id: '16167', tags: [{ slug: 'crypto' }, { slug: 'Bitcoin' }] }],
  ...fields,
});

describe('one listing object', () => {
  it('becomes a market in our units', () => {
    expect(parseGammaMarket(listed(7))).toEqual({
      market: {
        conditionId: condition(7),
        questionId: condition(5007),
        gammaId: '7',
        slug: 'market-7',
        question: 'Question 7?',
        description: 'Rules.',
        yesTokenId: '71',
        noTokenId: '72',
        outcomeNames: ['Yes', 'No'],
        version: 'v1',
        negRisk: false,
        eventId: '16167',
        tags: ['crypto', 'bitcoin'],
        category: 'crypto',
        about: { endDate: '2026-12-31T12:00:00Z' },
        tickSize: 100,
        minOrderSize: 5_000_000,
        active: true,
        closed: false,
        acceptingOrders: true,
        enableOrderBook: true,
        restricted: true,
        resolution: 'none',
        createdAtMs: Date.parse('2026-10-01T00:00:00.123Z'),
        endAtMs: Date.parse('2026-12-31T12:00:00Z'),
        gameStartAtMs: null,
        fee: { ratePpm: 50_000, exponent: 1, takerOnly: true, rebatePpm: 250_000 },
        rewards: { minSize: 50_000_000, maxSpread: 450, dailyRate: 25_500_000 },
        volume24h: 5_252_850_746,
        liquidity: 249_301_085_700,
        listedYesPrice: 4850,
        listedSpread: 300,
      },
    });
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['noConditionId', { conditionId: '' }],
    ['noTokenIds', { clobTokenIds: '["1"]' }],
    ['noTokenIds', { clobTokenIds: 'no json' }],
    ['notBinary', { outcomes: '["A", "B", "C"]' }],
    ['noTickSize', { orderPriceMinTickSize: 0.03 }],
    ['noMinimumSize', { orderMinSize: null }],
  ])('is %s with %j', (reason, fields) => {
    expect(parseGammaMarket(listed(1, fields))).toEqual({ unusable: reason });
  });

  it('chooses its tokens by version, never by presence', () => {
    const ids = { positionIds: ['91', '92'] };
    expect(parseGammaMarket(listed(1, ids))).toMatchObject({ market: { version: 'v1', yesTokenId: '11' } });
    expect(parseGammaMarket(listed(1, { ...ids, version: 'v2' }))).toMatchObject({
      market: { version: 'v2', yesTokenId: '91' },
    });
  });

  it('with fees but no schedule is taken at the highest rate, and without fees at none', () => {
    expect(parseGammaMarket(listed(1, { feeSchedule: null }))).toMatchObject({
      market: { fee: { ratePpm: 70_000 } },
    });
    expect(parseGammaMarket(listed(1, { feesEnabled: false }))).toMatchObject({
      market: { fee: { ratePpm: 0 } },
    });
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(listed(1))), (value, field) => {
        parseGammaMarket(value);
        parseGammaMarket(listed(1, { [field]: value }));
      }),
    );
  });
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

describe('the whole list', () => {
  it('is read to its last page, without duplicates, and counts what it cannot use', async () => {
    const server = await startFakeHttp(({ query }) => {
      expect(query.get('limit')).toBe('100');
      const from = Number(query.get('after_cursor') ?? 0);
      const markets = Array.from({ length: 100 }, (_, index) => listed(from + index));
      markets[3] = listed(0);
      markets[4] = listed(0, { outcomes: '["A"]' });
      return { body: from < 200 ? { markets, next_cursor: String(from + 100) } : { markets: [listed(900)] } };
    });
    const list = createMarketList({ gammaUrl: server.url, nowMs: () => 1_795_373_206_847, log: silentLog });
    open.push(server, list);
    const event = await list.markets(AbortSignal.timeout(5000));
    expect(event.markets).toHaveLength(98 + 98 + 1);
    expect(list.lastCounts()).toEqual({
      listed: 201,
      usable: 197,
      duplicates: 2,
      unusable: { notBinary: 2 },
    });
  });

  it('has every market, with an end date or without, however many requests are under way', async () => {
    const rows = Array.from({ length: 730 }, (_, index) =>
      listed(index, { id: String(1_000 + index), ...(index % 3 === 0 ? { endDate: undefined } : {}) }),
    );
    const server = await startFakeHttp(({ query }) => {
      const ordered = query.get('ascending') === 'false' ? [...rows].reverse() : rows;
      const from = 1 + ordered.findIndex(({ id }) => id === query.get('after_cursor'));
      const markets = ordered.slice(from, from + 100);
      return { body: { markets, next_cursor: from + 100 < rows.length ? markets.at(-1)?.id : null } };
    });
    open.push(server);
    for (const concurrency of [1, 2, 10]) {
      const list = createMarketList({ gammaUrl: server.url, nowMs: () => 0, log: silentLog, concurrency });
      open.push(list);
      for (const _time of ['from both ends', 'by parts', 'by even parts']) {
        const { markets } = await list.markets(AbortSignal.timeout(5_000));
        expect(markets).toHaveLength(730);
        expect(list.lastCounts()).toMatchObject({ listed: 730, usable: 730, duplicates: 0 });
      }
    }
  });

  it('fails on garbage and on a cursor that runs in circles', async () => {
    let body: unknown = { markets: 'none' };
    const server = await startFakeHttp(() => ({ body }));
    const list = createMarketList({ gammaUrl: server.url, nowMs: () => 0, log: silentLog });
    open.push(server, list);
    await expect(list.markets(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'garbageAnswer' });
    body = { markets: [listed(1)], next_cursor: 'again' };
    await expect(list.markets(AbortSignal.timeout(5000))).rejects.toThrow(/does not lead on/);
  });
});
