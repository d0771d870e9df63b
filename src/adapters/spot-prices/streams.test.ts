import { afterEach, describe, expect, it } from 'vitest';
import type { SpotTick } from '../../domain/spot-price.ts';
import { Secret } from '../../settings/secret.ts';
import { type FakeSocketServer, startFakeSocket } from '../polymarket/testing/fake-socket.ts';
import { silentLog } from '../polymarket/testing/silent-log.ts';
import { until, wallTimers } from '../polymarket/testing/wall-timers.ts';
import { createSpotPrices } from './index.ts';
import { createPolybolt } from './polybolt.ts';
import { createRtds } from './rtds.ts';

const AT = 1_780_730_269_000;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

const common = { timers: wallTimers, random: () => 0, log: silentLog, firstBackoffMs: 10, pingEveryMs: 20 };

function heard() {
  const ticks: SpotTick[] = [];
  const sources: string[] = [];
  return {
    ticks,
    sources,
    sink: {
      onTick: (tick: SpotTick) => ticks.push(tick),
      onSource: (source: string, up: boolean) => sources.push(`${source} ${up ? 'up' : 'down'}`),
    },
  };
}

const point = (value: number, atMs = AT) => ({
  timestamp: atMs,
  value,
  full_accuracy_value: value.toFixed(8),
});
const update = (seq: number, symbol: string, data: readonly unknown[], channel = 'price.crypto') => ({
  v: 1,
  channel,
  seq,
  ts: AT,
  payload: { symbol, data },
});

/** A venue that takes the one key there is. */
const startPolybolt = (): Promise<FakeSocketServer> =>
  startFakeSocket((message, client) => {
    const { op, rid, auth } = message as { op: string; rid: string; auth?: { apiKey: string } };
    if (op === 'auth')
      client.send(JSON.stringify(auth?.apiKey === 'key' ? { op: 'authed', rid } : { op: 'error', rid }));
    else if (op === 'ping') client.send('{"op":"pong"}');
    else client.send(JSON.stringify({ op: `${op}d`, rid }));
  });

const polyboltTo = (url: string) =>
  createPolybolt({
    ...common,
    url,
    credentials: async () => ({
      apiKey: 'key',
      secret: new Secret('secret'),
      passphrase: new Secret('phrase'),
    }),
  });

const asked = (server: FakeSocketServer, op: string) =>
  server.received
    .filter((message) => (message as { op?: string }).op === op)
    .flatMap((message) => (message as { subscriptions: readonly unknown[] }).subscriptions);

describe('the price stream of the venue', () => {
  it('proves itself first, asks for spot and average of each coin, and lets go of what is not wanted any more', async () => {
    const server = await startPolybolt();
    const stream = polyboltTo(server.url);
    open.push(stream, server);
    const { sink, sources } = heard();
    stream.watch(['BTC']);
    stream.start(sink);
    await until('the first subscription', () => asked(server, 'subscribe').length === 2);
    expect(server.received[0]).toMatchObject({
      op: 'auth',
      auth: { apiKey: 'key', secret: 'secret', passphrase: 'phrase' },
    });
    expect(sources).toEqual(['polybolt up']);
    stream.watch(['ETH']);
    await until('the second subscription', () => asked(server, 'subscribe').length === 4);
    expect(asked(server, 'unsubscribe')).toEqual([
      { channel: 'price.crypto', filter: { symbol: 'btcusd' } },
      { channel: 'price.crypto.twap', filter: { symbol: 'btcusd', window: 60 } },
    ]);
    expect(asked(server, 'subscribe').slice(2)).toEqual([
      { channel: 'price.crypto', filter: { symbol: 'ethusd' } },
      { channel: 'price.crypto.twap', filter: { symbol: 'ethusd', window: 60 } },
    ]);
    await until('a ping in its own words', () =>
      server.received.some((one) => (one as { op?: string }).op === 'ping'),
    );
  });

  it('gives the newest exact price of a frame, counts what it missed, and takes no nonsense', async () => {
    const server = await startPolybolt();
    const stream = polyboltTo(server.url);
    open.push(stream, server);
    const { sink, ticks } = heard();
    stream.watch(['BTC']);
    stream.start(sink);
    await until('the subscription', () => asked(server, 'subscribe').length === 2);
    server.broadcast(
      update(1, 'btcusd', [point(61_035.5, AT - 1_000), point(61_035.86), point(61_000, AT - 2_000)]),
    );
    server.broadcast(update(2, 'btcusd', [{ timestamp: AT, value: -1 }]));
    server.broadcast(update(3, 'btcusd', [point(1, AT / 1_000)]));
    server.broadcast('{"channel":"price.crypto"');
    server.broadcast(update(1, 'btcusd', [point(61_030.25)], 'price.crypto.twap'));
    server.broadcast(update(7, 'btcusd', [{ timestamp: AT + 1_000, value: 61_036 }]));
    await until('all frames', () => ticks.length === 3);
    expect(ticks).toEqual([
      { source: 'polybolt', coin: 'BTC', priceUsd: 61_035.86, atMs: AT },
      { source: 'polyboltTwap', coin: 'BTC', priceUsd: 61_030.25, atMs: AT },
      { source: 'polybolt', coin: 'BTC', priceUsd: 61_036, atMs: AT + 1_000 },
    ]);
    expect(stream.counts).toEqual({ ticks: 5, odd: 3, missed: 3 });
  });

  it('comes back after a break with a new proof and the same coins', async () => {
    const server = await startPolybolt();
    const stream = polyboltTo(server.url);
    open.push(stream, server);
    const { sink, sources } = heard();
    stream.watch(['BTC', 'SOL']);
    stream.start(sink);
    await until('the subscription', () => asked(server, 'subscribe').length === 4);
    server.dropAll();
    await until('the subscription after the break', () => asked(server, 'subscribe').length === 8);
    expect(sources).toEqual(['polybolt up', 'polybolt down', 'polybolt up']);
  });
});

describe('the older price stream', () => {
  it('asks for both topics and passes on the coins that are watched', async () => {
    const server = await startFakeSocket();
    const stream = createRtds({ ...common, url: server.url });
    open.push(stream, server);
    const { sink, ticks } = heard();
    stream.watch(['BTC', 'ETH']);
    stream.start(sink);
    await until('the greeting', () => server.received.length > 0);
    expect(server.received[0]).toEqual({
      action: 'subscribe',
      subscriptions: [
        { topic: 'crypto_prices', type: 'update' },
        { topic: 'crypto_prices_chainlink', type: 'update' },
      ],
    });
    const frame = (topic: string, payload: unknown, type = 'update') => ({
      topic,
      type,
      timestamp: AT,
      payload,
    });
    server.broadcast('');
    server.broadcast(frame('crypto_prices', { symbol: 'solusdt', ...point(140) }));
    server.broadcast(frame('crypto_prices', { symbol: 'btcusdt', ...point(61_035.86) }));
    server.broadcast(frame('comments', { symbol: 'btcusdt', ...point(1) }));
    server.broadcast(frame('crypto_prices', { symbol: 'btcusdt', timestamp: AT, value: 'dear' }));
    server.broadcast(
      frame(
        'crypto_prices_chainlink',
        { symbol: 'eth/usd', data: [point(3_000, AT - 60_000), point(3_001)] },
        'subscribe',
      ),
    );
    await until('both prices', () => ticks.length === 2);
    expect(ticks).toEqual([
      { source: 'rtdsBinance', coin: 'BTC', priceUsd: 61_035.86, atMs: AT },
      { source: 'rtdsChainlink', coin: 'ETH', priceUsd: 3_001, atMs: AT },
    ]);
    expect(stream.counts).toEqual({ ticks: 2, odd: 1, missed: 0 });
  });
});

describe('all sources behind one port', () => {
  it('are connected while a coin is watched, and not before nor after', async () => {
    const server = await startFakeSocket();
    const port = createSpotPrices({
      ...common,
      polyboltUrl: null,
      rtdsUrl: server.url,
      binanceUrl: null,
      coingeckoUrl: null,
      credentials: () => Promise.reject(new Error('nobody asks for credentials here')),
    });
    open.push(port, server);
    const { sink, ticks } = heard();
    const tell = (atMs: number) =>
      server.broadcast({ topic: 'crypto_prices', payload: { symbol: 'btcusdt', ...point(97_000, atMs) } });
    port.start(sink);
    port.watch([]);
    // Long enough for a connection to 127.0.0.1, which nothing waits for.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.clients.size).toBe(0);
    for (const round of [1, 2]) {
      port.watch(['BTC']);
      await until('a connection', () => server.clients.size === 1 && server.received.length > 0);
      await until('a price', () => {
        tell(AT + round);
        return ticks.some(({ atMs }) => atMs === AT + round);
      });
      port.watch([]);
      await until('no connection', () => server.clients.size === 0);
    }
  });
});
