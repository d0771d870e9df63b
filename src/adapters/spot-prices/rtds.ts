import type { CoinSymbol, SpotSource, SpotTick } from '../../domain/spot-price.ts';
import type { SpotSink } from '../../ports/spot-prices.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import { type LiveSocket, openLiveSocket, type SocketTiming } from '../polymarket/feed/live-socket.ts';
import { asArray, asObject, textField, WireFault, type WireObject } from '../polymarket/wire/fields.ts';
import { createCounts, newestOf, type PriceSource, type PriceSourceCounts } from './price-source.ts';
import { pointOf } from './price-wire.ts';

export interface RtdsOptions extends SocketTiming {
  readonly url: string;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
}

const TOPICS: ReadonlyMap<string, SpotSource> = new Map([
  ['crypto_prices', 'rtdsBinance'],
  ['crypto_prices_chainlink', 'rtdsChainlink'],
]);
const PING_EVERY_MS = 5_000;

/**
 * The venue's older price stream, which needs no credentials and is announced to end. It sends every coin it has; what is not watched is
 * left aside.
 */
export function createRtds(
  options: RtdsOptions,
): PriceSource & { readonly counts: Readonly<PriceSourceCounts> } {
  const { log } = options;
  const counts = createCounts();
  let socket: LiveSocket | null = null;
  let watched: ReadonlySet<CoinSymbol> = new Set();

  const greet = (): string =>
    JSON.stringify({
      action: 'subscribe',
      subscriptions: [...TOPICS.keys()].map((topic) => ({ topic, type: 'update' })),
    });

  function receive(bytes: Buffer, sink: SpotSink): void {
    // A bare PONG, or an empty frame.
    if (bytes[0] !== 0x7b) return;
    const text = bytes.toString('utf8');
    try {
      const tick = tickOf(asObject(JSON.parse(text), 'the frame'));
      if (tick === null || !watched.has(tick.coin)) return;
      counts.ticks += 1;
      sink.onTick(tick);
    } catch (error) {
      if (!(error instanceof WireFault) && !(error instanceof SyntaxError)) throw error;
      counts.odd += 1;
      log.debug(`rtds: ${error.message}`, { frame: text.slice(0, 200) });
    }
  }

  return {
    counts,
    start: (sink) => {
      socket = openLiveSocket({
        url: options.url,
        name: 'older price stream',
        timers: options.timers,
        random: options.random,
        log,
        timing: { pingEveryMs: PING_EVERY_MS, ...options },
        greet,
        onOpen: () => sink.onSource('rtds', true, 'connected'),
        onMessage: (bytes) => receive(bytes, sink),
        onDown: (reason) => sink.onSource('rtds', false, reason),
      });
    },
    watch: (coins) => {
      watched = new Set(coins);
    },
    close: async () => {
      socket?.close();
    },
  };
}

/** The newest price of a frame: one point in an update, a list of them in a snapshot. Null for other topics and symbols. */
function tickOf(frame: WireObject): SpotTick | null {
  const source = TOPICS.get(String(frame.topic));
  if (source === undefined) return null;
  const payload = asObject(frame.payload, 'payload');
  const coin = coinOf(textField(payload, 'symbol'));
  if (coin === null) return null;
  const points = Array.isArray(payload.data) ? asArray(payload.data, 'data') : [payload];
  return newestOf(points.map((point) => ({ source, coin, ...pointOf(point, 'payload') }))) ?? null;
}

/** `btcusdt` and `btc/usd` are BTC. */
const coinOf = (symbol: string): CoinSymbol | null =>
  /^([a-z0-9]+)(?:usdt|\/usd)$/i.exec(symbol)?.[1]?.toUpperCase() ?? null;
