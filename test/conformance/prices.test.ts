import { createPublicClient, forkEnvironmentConfig } from '@polymarket/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpotPrices } from '../../src/adapters/spot-prices/index.ts';
import { createSpotBoard, takeSpot, trustedSpot } from '../../src/crypto/prices/spot-board.ts';
import type { SpotTick } from '../../src/domain/spot-price.ts';
import { wallClock } from '../../src/local-venue/clob/clock.ts';
import { type PriceServer, startPriceServer } from '../../src/local-venue/spot/price-server.ts';
import { daysUpTo, type SpotPath, spotAt, twapAt } from '../../src/local-venue/spot/spot-path.ts';
import { createSpotWorld, exactText, type SpotWorld } from '../../src/local-venue/spot/spot-world.ts';
import { Secret } from '../../src/settings/secret.ts';
import { collect, eventually } from './support.ts';

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' };
const RULES = { maxAgeMs: 90_000, maxDisagreementPct: 0.5, leastSources: 3 };
const silent = () => undefined;
const log = { debug: silent, note: silent, warning: silent, alarm: silent };

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0).reverse()) await opened.stop();
});

async function openWorld(): Promise<{ readonly world: SpotWorld; readonly server: PriceServer }> {
  const world = createSpotWorld('prices', wallClock);
  const server = await startPriceServer(
    world,
    (proof) => JSON.stringify(proof) === JSON.stringify(CREDENTIALS),
  );
  open.push(server);
  return { world, server };
}

const pathOf = ({ paths }: SpotWorld, coin: string): SpotPath => {
  const path = paths.get(coin);
  if (path === undefined) throw new Error(`the world has no ${coin}`);
  return path;
};

function portTo({ urls }: PriceServer, ticks: SpotTick[], down: string[] = []) {
  const port = createSpotPrices({
    polyboltUrl: urls.polybolt,
    rtdsUrl: urls.rtds,
    binanceUrl: urls.binance,
    coingeckoUrl: urls.coingecko,
    credentials: async () => ({
      apiKey: CREDENTIALS.apiKey,
      secret: new Secret(CREDENTIALS.secret),
      passphrase: new Secret(CREDENTIALS.passphrase),
    }),
    timers: { nowMs: () => Date.now(), after: wallClock.after },
    random: () => 0,
    log,
  });
  open.push({ stop: () => port.close() });
  port.watch(['BTC', 'HYPE']);
  port.start({
    onTick: (tick) => ticks.push(tick),
    onSource: (source, up) => {
      if (!up) down.push(source);
    },
  });
  return port;
}

describe('the prices of the local world', () => {
  it('are understood by the official client', async () => {
    const { world, server } = await openWorld();
    const client = createPublicClient({
      environment: forkEnvironmentConfig({ name: 'local prices', rtds: { ws: server.urls.rtds } }),
    });
    const subscription = await client.subscribe([
      { topic: 'prices.crypto.binance', symbols: ['btcusdt'] },
      { topic: 'prices.crypto.chainlink', symbols: ['eth/usd'] },
    ]);
    const { seen, ended } = collect(subscription);
    await eventually('prices of both topics', () =>
      new Set(seen.map(({ topic }) => topic)).size === 2 ? seen : null,
    );
    await subscription.close();
    await ended;
    for (const { topic, payload } of seen) {
      const coin = topic === 'prices.crypto.binance' ? 'BTC' : 'ETH';
      expect(Number(payload.value)).toBe(Number(exactText(spotAt(pathOf(world, coin), payload.timestamp))));
    }
  });

  it('come to the worker from all five sources as what they are', async () => {
    const { world, server } = await openWorld();
    const ticks: SpotTick[] = [];
    const port = portTo(server, ticks);
    await eventually('five sources of BTC and four of HYPE', () =>
      new Set(ticks.map(({ source, coin }) => `${source} ${coin}`)).size >= 11 ? ticks : null,
    );
    const path = pathOf(world, 'BTC');
    for (const { source, coin, atMs, priceUsd } of ticks.filter((tick) => tick.coin === 'BTC')) {
      const truth = source === 'polyboltTwap' ? twapAt(path, atMs, 60) : spotAt(path, atMs);
      expect(`${coin} ${priceUsd}`).toBe(
        `${coin} ${source === 'coingecko' ? truth : Number(exactText(truth))}`,
      );
    }
    expect(ticks.some(({ source, coin }) => source === 'binance' && coin === 'HYPE')).toBe(false);
    const closes = await port.dailyCloses('BTC', 30, new AbortController().signal);
    expect(closes).toHaveLength(30);
    const truth = new Map(
      daysUpTo(path, Date.now()).map(({ dayAtMs, closeUsd }) => [dayAtMs, exactText(closeUsd)]),
    );
    for (const { dayAtMs, closeUsd } of closes.filter(({ isWhole }) => isWhole))
      expect(exactText(closeUsd)).toBe(truth.get(dayAtMs));
    const minutes = await port.candles(
      'BTC',
      '1m',
      path.terms.startMs - 120_000,
      new AbortController().signal,
    );
    expect(minutes.length).toBeGreaterThanOrEqual(2);
    const hours = await port.candles(
      'BTC',
      '1h',
      path.terms.startMs - 48 * 3_600_000,
      new AbortController().signal,
    );
    expect(hours.length).toBeGreaterThanOrEqual(48);
    expect(
      (await port.dailyCloses('HYPE', 5, new AbortController().signal)).map(({ isWhole }) => isWhole),
    ).toContain(false);
  });

  it('are believed while they agree, and not when one lies or too few speak', async () => {
    const { world, server } = await openWorld();
    const ticks: SpotTick[] = [];
    const down: string[] = [];
    portTo(server, ticks, down);
    const believed = () => {
      const board = createSpotBoard();
      for (const tick of ticks) takeSpot(board, tick, Date.now());
      return trustedSpot(board, 'BTC', Date.now(), RULES);
    };
    await eventually('three that agree', () => (believed().kind === 'trusted' ? true : null));
    world.offPct.set('polybolt', 2);
    await eventually('a disagreement', () => {
      const found = believed();
      return found.kind === 'untrusted' && found.code === 'sourcesDisagree' ? true : null;
    });
    world.offPct.clear();
    world.silent.add('binance');
    server.dropAll();
    await eventually('both streams to be gone', () =>
      down.includes('polybolt') && down.includes('rtds') ? true : null,
    );
    await eventually('agreement again', () => (believed().kind === 'trusted' ? true : null));
  });

  it('are told to nobody who cannot prove who asks', async () => {
    const { world } = await openWorld();
    const strict = await startPriceServer(world, () => false);
    open.push(strict);
    const ticks: SpotTick[] = [];
    portTo(strict, ticks);
    await eventually('prices of the others', () =>
      ticks.some(({ source }) => source === 'rtdsBinance') ? true : null,
    );
    expect(ticks.some(({ source }) => source.startsWith('polybolt'))).toBe(false);
  });

  it('move where their operator moves them, for every publisher, and nowhere else', async () => {
    const { world, server } = await openWorld();
    const steer = (coin: string, body: unknown): Promise<Response> =>
      fetch(`${server.urls.steering}/${coin}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const moved = await steer('BTC', { usd: 80_000 });
    expect(await moved.json()).toMatchObject({ coin: 'BTC', usd: 80_000 });
    expect((await steer('BTC', { usd: -1 })).status).toBe(400);
    expect((await steer('BTC', {})).status).toBe(400);
    expect((await steer('GBP', { usd: 1 })).status).toBe(404);
    const ticks: SpotTick[] = [];
    portTo(server, ticks);
    const near = (tick: SpotTick): boolean => Math.abs(tick.priceUsd / 80_000 - 1) < 0.005;
    await eventually('the new price from both streams and Binance', () => {
      const sources = new Set(
        ticks.filter((tick) => tick.coin === 'BTC' && near(tick)).map(({ source }) => source),
      );
      return ['polybolt', 'rtdsChainlink', 'rtdsBinance', 'binance'].every((name) =>
        sources.has(name as never),
      )
        ? sources
        : null;
    });
    const all = (await (await fetch(server.urls.steering)).json()) as Record<string, number>;
    expect(all.HYPE).toBeCloseTo(36, -1);
    expect(Object.keys(all)).toEqual([...world.paths.keys()]);
  });
});
