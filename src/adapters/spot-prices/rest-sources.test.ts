import { afterEach, describe, expect, it } from 'vitest';
import type { SpotTick } from '../../domain/spot-price.ts';
import type { SpotPricePort } from '../../ports/spot-prices.ts';
import { type FakeAnswer, type FakeRequest, startFakeHttp } from '../polymarket/testing/fake-http.ts';
import { silentLog } from '../polymarket/testing/silent-log.ts';
import { until, wallTimers } from '../polymarket/testing/wall-timers.ts';
import { createSpotPrices } from './index.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT = 20_600 * DAY_MS;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0).reverse()) await opened.close();
});

async function serving(answer: (request: FakeRequest) => FakeAnswer): Promise<string> {
  const server = await startFakeHttp(answer);
  open.push(server);
  return server.url;
}

function portTo(urls: { readonly binanceUrl?: string; readonly coingeckoUrl?: string }): SpotPricePort {
  const port = createSpotPrices({
    polyboltUrl: null,
    rtdsUrl: null,
    binanceUrl: urls.binanceUrl ?? null,
    coingeckoUrl: urls.coingeckoUrl ?? null,
    credentials: async () => {
      throw new Error('no stream is set');
    },
    // A clock that no midnight passes by.
    timers: { ...wallTimers, nowMs: () => MIDNIGHT + 10_000 },
    random: () => 0,
    log: silentLog,
  });
  open.push(port);
  return port;
}

const never = new AbortController().signal;
const ticker = (symbol: string, lastPrice: string) => ({ symbol, lastPrice, closeTime: MIDNIGHT + 5_000 });
const candle = (dayAtMs: number, close: string) => [
  dayAtMs,
  '1',
  '9',
  '1',
  close,
  '0',
  dayAtMs + DAY_MS - 1,
  '0',
];

describe('prices that are asked for', () => {
  it('come from Binance for every coin that has a pair, though it refuses a call with one that has none', async () => {
    let calls = 0;
    const binanceUrl = await serving(({ query }) => {
      calls += 1;
      const symbols = JSON.parse(query.get('symbols') ?? '[]') as string[];
      if (symbols.includes('HYPEUSDT')) return { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } };
      return {
        body: symbols.map((symbol) => ticker(symbol, symbol === 'BTCUSDT' ? '61035.86000000' : '3001.10')),
      };
    });
    const port = portTo({ binanceUrl });
    const ticks: SpotTick[] = [];
    port.watch(['BTC', 'HYPE', 'ETH']);
    port.start({ onTick: (tick) => ticks.push(tick), onSource: () => undefined });
    await until('two prices', () => ticks.length >= 2);
    expect(ticks).toEqual([
      { source: 'binance', coin: 'BTC', priceUsd: 61_035.86, atMs: MIDNIGHT + 5_000 },
      { source: 'binance', coin: 'ETH', priceUsd: 3_001.1, atMs: MIDNIGHT + 5_000 },
    ]);
    expect(calls).toBe(4);
  });

  it('come from CoinGecko with the time at which they were true', async () => {
    const coingeckoUrl = await serving(() => ({
      body: { bitcoin: { usd: 61_000.5, last_updated_at: MIDNIGHT / 1_000 + 7 } },
    }));
    const port = portTo({ coingeckoUrl: `${coingeckoUrl}/api/v3` });
    const ticks: SpotTick[] = [];
    port.watch(['BTC', 'NOSUCHCOIN']);
    port.start({ onTick: (tick) => ticks.push(tick), onSource: () => undefined });
    await until('a price', () => ticks.length === 1);
    expect(ticks).toEqual([{ source: 'coingecko', coin: 'BTC', priceUsd: 61_000.5, atMs: MIDNIGHT + 7_000 }]);
  });

  it('tell when a source goes away', async () => {
    const binanceUrl = await serving(() => ({ status: 503, body: 'away' }));
    const port = portTo({ binanceUrl });
    const told: string[] = [];
    port.watch(['BTC']);
    port.start({ onTick: () => undefined, onSource: (source, up) => told.push(`${source} ${up}`) });
    await until('the word', () => told.length === 1);
    expect(told).toEqual(['binance false']);
  });
});

describe('daily closes', () => {
  it('mark the day that is not over', async () => {
    const binanceUrl = await serving(({ query }) => {
      expect(query.get('symbol')).toBe('BTCUSDT');
      return { body: [2, 1, 0].map((back) => candle(MIDNIGHT - back * DAY_MS, `${60_000 + back}.5`)) };
    });
    expect(await portTo({ binanceUrl }).dailyCloses('BTC', 3, never)).toEqual([
      { dayAtMs: MIDNIGHT - 2 * DAY_MS, closeUsd: 60_002.5, isWhole: true },
      { dayAtMs: MIDNIGHT - DAY_MS, closeUsd: 60_001.5, isWhole: true },
      { dayAtMs: MIDNIGHT, closeUsd: 60_000.5, isWhole: false },
    ]);
  });

  it.each([
    [
      'a missing day',
      [candle(MIDNIGHT - 3 * DAY_MS, '1'), candle(MIDNIGHT - DAY_MS, '2')],
      /expected one after another/,
    ],
    ['a price of nothing', [candle(MIDNIGHT, '0')], /a price above 0/],
    ['seconds for milliseconds', [candle(MIDNIGHT / 1_000, '5')], /unix milliseconds/],
    ['something else', { code: 0 }, /expected an array/],
  ])('with %s are refused', async (_name, body, expected) => {
    const binanceUrl = await serving(() => ({ body }));
    await expect(portTo({ binanceUrl }).dailyCloses('BTC', 3, never)).rejects.toThrow(expected);
  });

  it('come from CoinGecko where Binance fails: the price at midnight is the close of the day before', async () => {
    const binanceUrl = await serving(() => ({ status: 418, body: 'banned' }));
    const coingeckoUrl = await serving(({ path }) => {
      expect(path).toBe('/coins/ethereum/market_chart');
      return {
        body: {
          prices: [
            [MIDNIGHT - DAY_MS, 2_990],
            [MIDNIGHT, 3_000],
            [MIDNIGHT + 4_000, 3_001],
          ],
        },
      };
    });
    expect(await portTo({ binanceUrl, coingeckoUrl }).dailyCloses('ETH', 2, never)).toEqual([
      { dayAtMs: MIDNIGHT - 2 * DAY_MS, closeUsd: 2_990, isWhole: true },
      { dayAtMs: MIDNIGHT - DAY_MS, closeUsd: 3_000, isWhole: true },
      { dayAtMs: MIDNIGHT, closeUsd: 3_001, isWhole: false },
    ]);
  });
});

describe('candles', () => {
  const MINUTE_MS = 60_000;
  const row = (openAtMs: number, low = '9') => [
    openAtMs,
    '10',
    '12',
    low,
    '11',
    '0',
    openAtMs + MINUTE_MS - 1,
    '0',
  ];

  it('come from Binance from the step that was asked for', async () => {
    const binanceUrl = await serving(({ query }) => {
      expect(Object.fromEntries(query)).toMatchObject({
        symbol: 'BTCUSDT',
        interval: '1m',
        startTime: String(MIDNIGHT),
      });
      return { body: [row(MIDNIGHT), row(MIDNIGHT + MINUTE_MS)] };
    });
    expect(await portTo({ binanceUrl }).candles('BTC', '1m', MIDNIGHT, never)).toEqual([
      { openAtMs: MIDNIGHT, openUsd: 10, highUsd: 12, lowUsd: 9, closeUsd: 11 },
      { openAtMs: MIDNIGHT + MINUTE_MS, openUsd: 10, highUsd: 12, lowUsd: 9, closeUsd: 11 },
    ]);
  });

  it.each([
    ['a gap', [row(MIDNIGHT), row(MIDNIGHT + 2 * MINUTE_MS)], /one after another/],
    ['a low above the open', [row(MIDNIGHT, '10.5')], /around open and close/],
    ['a step that begins in between', [row(MIDNIGHT + 1)], /begin of a step/],
  ])('with %s are refused', async (_name, body, expected) => {
    const binanceUrl = await serving(() => ({ body }));
    await expect(portTo({ binanceUrl }).candles('BTC', '1m', MIDNIGHT, never)).rejects.toThrow(expected);
  });

  it('are not made up where no source of them is set', async () => {
    await expect(portTo({}).candles('BTC', '1m', MIDNIGHT, never)).rejects.toThrow('no source of candles');
  });
});
