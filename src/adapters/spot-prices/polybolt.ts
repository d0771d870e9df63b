import type { CoinSymbol, SpotTick } from '../../domain/spot-price.ts';
import type { SpotSink } from '../../ports/spot-prices.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import { type LiveSocket, openLiveSocket, type SocketTiming } from '../polymarket/feed/live-socket.ts';
import { type ApiCredentials, inPlainText } from '../polymarket/signing/l2-auth.ts';
import { asArray, asObject, textField, WireFault, type WireObject } from '../polymarket/wire/fields.ts';
import { createCounts, newestOf, type PriceSource, type PriceSourceCounts } from './price-source.ts';
import { pointOf } from './price-wire.ts';

export interface PolyboltOptions extends SocketTiming {
  readonly url: string;
  /** Asked for on every connection, so that rebuilt credentials are used at once. */
  readonly credentials: (signal: AbortSignal) => Promise<ApiCredentials>;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
}

const SPOT = 'price.crypto';
const TWAP = 'price.crypto.twap';
/** The length of the average that settles the venue's short markets. */
const TWAP_WINDOW_SECONDS = 60;
/** The venue closes a connection that asks for more. */
const MOST_SUBSCRIPTIONS = 64;
const CREDENTIALS_TIMEOUT_MS = 10_000;

interface Subscription {
  readonly channel: string;
  readonly filter: { readonly symbol: string; readonly window?: number };
}

/** The venue's own price stream: spot and 60-second average of each watched coin, with its own numbering of updates. */
export function createPolybolt(
  options: PolyboltOptions,
): PriceSource & { readonly counts: Readonly<PriceSourceCounts> } {
  const { log } = options;
  const counts = createCounts();
  let socket: LiveSocket | null = null;
  let wanted: readonly CoinSymbol[] = [];
  let isAuthed = false;
  let nextRid = 1;
  /** Number of the last update on each channel of this connection. */
  const lastSeq = new Map<string, number>();

  const say = (op: string, subscriptions: readonly Subscription[]): void => {
    if (subscriptions.length === 0 || !isAuthed) return;
    socket?.send(JSON.stringify({ op, rid: String(nextRid++), subscriptions }));
  };

  async function greet(): Promise<string> {
    isAuthed = false;
    lastSeq.clear();
    const found = await options.credentials(AbortSignal.timeout(CREDENTIALS_TIMEOUT_MS));
    return JSON.stringify({ op: 'auth', rid: String(nextRid++), auth: inPlainText(found) });
  }

  function receive(bytes: Buffer, sink: SpotSink): void {
    const text = bytes.toString('utf8');
    try {
      const frame = asObject(JSON.parse(text), 'the frame');
      if (frame.op !== undefined) onAnswer(frame, sink);
      else for (const tick of ticksOf(frame)) sink.onTick(tick);
    } catch (error) {
      if (!(error instanceof WireFault) && !(error instanceof SyntaxError)) throw error;
      counts.odd += 1;
      log.debug(`polybolt: ${error.message}`, { frame: text.slice(0, 200) });
    }
  }

  function onAnswer(frame: WireObject, sink: SpotSink): void {
    if (frame.op === 'authed') {
      isAuthed = true;
      say('subscribe', subscriptionsOf(wanted));
      sink.onSource('polybolt', true, 'connected');
    } else if (frame.op === 'error')
      log.warning(`polybolt: the venue says ${JSON.stringify(frame).slice(0, 200)}`);
  }

  function ticksOf(frame: WireObject): SpotTick[] {
    const channel = textField(frame, 'channel');
    if (channel !== SPOT && channel !== TWAP) return [];
    countMissed(channel, frame);
    const payload = asObject(frame.payload, 'payload');
    const coin = coinOf(textField(payload, 'symbol'));
    if (coin === null) return [];
    const source = channel === SPOT ? 'polybolt' : 'polyboltTwap';
    const ticks = asArray(payload.data, 'data').map(
      (row) => ({ source, coin, ...pointOf(row, 'data[]') }) as const,
    );
    counts.ticks += ticks.length;
    // A snapshot brings the past as well, which nobody decides on any more.
    const newest = newestOf(ticks);
    return newest === undefined ? [] : [newest];
  }

  function countMissed(channel: string, { seq }: WireObject): void {
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq))
      throw new WireFault('seq', 'a whole number', seq);
    const last = lastSeq.get(channel);
    if (last !== undefined && seq > last + 1) counts.missed += seq - last - 1;
    lastSeq.set(channel, seq);
  }

  return {
    counts,
    start: (sink) => {
      socket = openLiveSocket({
        url: options.url,
        name: 'price stream',
        timers: options.timers,
        random: options.random,
        log,
        timing: options,
        ping: JSON.stringify({ op: 'ping' }),
        greet,
        onOpen: () => undefined,
        onMessage: (bytes) => receive(bytes, sink),
        onDown: (reason) => {
          isAuthed = false;
          sink.onSource('polybolt', false, reason);
        },
      });
    },
    watch: (coins) => {
      const before = new Set(wanted);
      const now = new Set(coins);
      wanted = [...now].slice(0, MOST_SUBSCRIPTIONS / 2);
      if (wanted.length < now.size)
        log.warning(`polybolt: ${now.size} coins are wanted and one connection carries ${wanted.length}`);
      say('unsubscribe', subscriptionsOf([...before].filter((coin) => !now.has(coin))));
      say('subscribe', subscriptionsOf(wanted.filter((coin) => !before.has(coin))));
    },
    close: async () => {
      socket?.close();
    },
  };
}

const subscriptionsOf = (coins: readonly CoinSymbol[]): Subscription[] =>
  coins.flatMap((coin) => {
    const symbol = `${coin.toLowerCase()}usd`;
    return [
      { channel: SPOT, filter: { symbol } },
      { channel: TWAP, filter: { symbol, window: TWAP_WINDOW_SECONDS } },
    ];
  });

/** `btcusd` is BTC; what is not against the dollar is no price we can use. */
const coinOf = (symbol: string): CoinSymbol | null =>
  /^([a-z0-9]+)usd$/i.exec(symbol)?.[1]?.toUpperCase() ?? null;
