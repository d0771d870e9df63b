/** The two price streams of the venue, as its clients know them: PolyBolt, and the older one that has no proof of who asks. */
import type { WebSocket } from 'ws';
import { parseObject, sendBounded } from '../clob/socket-client.ts';
import { SECOND_MS, type SpotPath } from './spot-path.ts';
import { exactText, type PriceFeedName, publishedUsd, type SpotWorld } from './spot-world.ts';

export interface PriceChannel {
  readonly accept: (socket: WebSocket) => void;
  /** Sends what is new of this second. */
  readonly tick: () => void;
  readonly dropAll: () => void;
}

const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Seconds of the past that a snapshot brings. */
const SNAPSHOT_POINTS = 10;
const MAX_SUBSCRIPTIONS = 64;
const MAX_AUTH_TRIES = 8;
const PING_EVERY_TICKS = 25;
const CLOSE_AUTH = 4001;
const CLOSE_POLICY = 4008;

const pointOf = (world: SpotWorld, feed: PriceFeedName, path: SpotPath, atMs: number, twapSeconds = 1) => {
  const text = exactText(publishedUsd(world, feed, path, atMs, twapSeconds));
  return { timestamp: atMs, value: Number(text), full_accuracy_value: text };
};

const wholeSecond = (world: SpotWorld): number => Math.floor(world.clock.nowMs() / SECOND_MS) * SECOND_MS;

/** The points of the last seconds, oldest first; none from before the world began. */
function lastPoints(world: SpotWorld, feed: PriceFeedName, path: SpotPath, twapSeconds = 1) {
  const nowMs = wholeSecond(world);
  const points = [];
  for (let back = SNAPSHOT_POINTS - 1; back >= 0; back -= 1) {
    const atMs = nowMs - back * SECOND_MS;
    if (atMs >= path.terms.startMs) points.push(pointOf(world, feed, path, atMs, twapSeconds));
  }
  return points;
}

interface PolyboltClient {
  readonly socket: WebSocket;
  isAuthed: boolean;
  tries: number;
  /** By channel, symbol and window. */
  readonly subscriptions: Map<string, Subscribed>;
  readonly seq: Map<string, number>;
}

interface Subscribed {
  readonly channel: string;
  readonly symbol: string;
  readonly path: SpotPath;
  readonly twapSeconds: number;
}

export interface Proof {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

export function createPolyboltChannel(world: SpotWorld, isKnown: (proof: Proof) => boolean): PriceChannel {
  const clients = new Set<PolyboltClient>();
  let ticks = 0;
  const say = (client: PolyboltClient, message: object): void =>
    sendBounded(client.socket, JSON.stringify(message), MAX_BACKLOG_BYTES);

  function sendPoints(
    client: PolyboltClient,
    of: Subscribed,
    points: readonly object[],
    isSnapshot: boolean,
  ): void {
    if (points.length === 0) return;
    const seq = (client.seq.get(of.channel) ?? 0) + 1;
    client.seq.set(of.channel, seq);
    const payload = { symbol: of.symbol, data: points };
    say(client, {
      v: 1,
      channel: of.channel,
      seq,
      ts: world.clock.nowMs(),
      ...(isSnapshot ? { snapshot: true } : {}),
      payload,
    });
  }

  function onText(client: PolyboltClient, text: string): void {
    const message = parseObject(text);
    const rid = message?.rid;
    if (message?.op === 'ping') say(client, { op: 'pong', rid });
    else if (message?.op === 'auth') authenticate(client, rid, message.auth);
    else if (!client.isAuthed) client.socket.close(CLOSE_AUTH, 'not authenticated');
    else if (message?.op === 'subscribe' || message?.op === 'unsubscribe')
      changeSubscriptions(client, message.op, rid, message.subscriptions);
    else say(client, { op: 'error', rid, code: 'invalid_op', message: 'unknown op' });
  }

  function authenticate(client: PolyboltClient, rid: unknown, auth: unknown): void {
    client.tries += 1;
    const { apiKey, secret, passphrase } = (auth ?? {}) as Partial<Proof>;
    client.isAuthed = isKnown({ apiKey: `${apiKey}`, secret: `${secret}`, passphrase: `${passphrase}` });
    if (client.isAuthed) say(client, { op: 'authed', rid });
    else if (client.tries >= MAX_AUTH_TRIES) client.socket.close(CLOSE_AUTH, 'too many tries');
    else say(client, { op: 'error', rid, code: 'auth_failed', message: 'invalid credentials' });
  }

  function changeSubscriptions(
    client: PolyboltClient,
    op: 'subscribe' | 'unsubscribe',
    rid: unknown,
    asked: unknown,
  ): void {
    const wanted = Array.isArray(asked) ? asked.map((one) => subscribedOf(world, one)) : [null];
    if (wanted.some((one) => one === null)) {
      say(client, { op: 'error', rid, code: 'invalid_subscription', message: 'unknown channel or symbol' });
      return;
    }
    const added: Subscribed[] = [];
    for (const one of wanted as Subscribed[]) {
      const key = `${one.channel}|${one.symbol}|${one.twapSeconds}`;
      if (op === 'unsubscribe') client.subscriptions.delete(key);
      else if (!client.subscriptions.has(key)) {
        client.subscriptions.set(key, one);
        added.push(one);
      }
    }
    if (client.subscriptions.size > MAX_SUBSCRIPTIONS) {
      client.socket.close(CLOSE_POLICY, 'too many subscriptions');
      return;
    }
    say(client, { op: `${op}d`, rid });
    if (world.silent.has('polybolt')) return;
    for (const one of added)
      sendPoints(client, one, lastPoints(world, 'polybolt', one.path, one.twapSeconds), true);
  }

  return {
    accept: (socket) => {
      const client: PolyboltClient = {
        socket,
        isAuthed: false,
        tries: 0,
        subscriptions: new Map(),
        seq: new Map(),
      };
      clients.add(client);
      socket.on('message', (bytes) => onText(client, String(bytes)));
      socket.on('close', () => clients.delete(client));
      socket.on('error', () => socket.terminate());
    },
    tick: () => {
      ticks += 1;
      const atMs = wholeSecond(world);
      for (const client of clients) {
        if (ticks % PING_EVERY_TICKS === 0) client.socket.ping();
        if (world.silent.has('polybolt')) continue;
        for (const of of client.subscriptions.values())
          sendPoints(client, of, [pointOf(world, 'polybolt', of.path, atMs, of.twapSeconds)], false);
      }
    },
    dropAll: () => {
      for (const { socket } of clients) socket.terminate();
    },
  };
}

function subscribedOf(world: SpotWorld, asked: unknown): Subscribed | null {
  const { channel, filter } = (asked ?? {}) as {
    channel?: unknown;
    filter?: { symbol?: unknown; window?: unknown };
  };
  const symbol = String(filter?.symbol);
  const path = world.paths.get(symbol.replace(/usd$/, '').toUpperCase());
  if (path === undefined || !symbol.endsWith('usd')) return null;
  if (channel === 'price.crypto') return { channel, symbol, path, twapSeconds: 1 };
  if (channel === 'price.crypto.twap' && filter?.window === 60)
    return { channel, symbol, path, twapSeconds: 60 };
  return null;
}

const RTDS_TOPICS: Readonly<Record<string, (coin: string) => string>> = {
  crypto_prices: (coin) => `${coin.toLowerCase()}usdt`,
  crypto_prices_chainlink: (coin) => `${coin.toLowerCase()}/usd`,
};

export function createRtdsChannel(world: SpotWorld): PriceChannel {
  const clients = new Map<WebSocket, Set<string>>();
  const frame = (topic: string, type: string, payload: object): string =>
    JSON.stringify({ topic, type, timestamp: world.clock.nowMs(), payload });

  function onText(socket: WebSocket, topics: Set<string>, text: string): void {
    if (text === 'PING') {
      sendBounded(socket, 'PONG', MAX_BACKLOG_BYTES);
      return;
    }
    const message = parseObject(text);
    const asked = Array.isArray(message?.subscriptions) ? message.subscriptions : [];
    for (const { topic } of asked as { topic?: unknown }[]) {
      const symbolOf = RTDS_TOPICS[String(topic)];
      if (symbolOf === undefined) continue;
      if (message?.action === 'unsubscribe') topics.delete(String(topic));
      else if (message?.action === 'subscribe') {
        topics.add(String(topic));
        if (world.silent.has('rtds')) continue;
        for (const [coin, path] of world.paths) {
          const payload = { symbol: symbolOf(coin), data: lastPoints(world, 'rtds', path) };
          sendBounded(socket, frame(String(topic), 'subscribe', payload), MAX_BACKLOG_BYTES);
        }
      }
    }
  }

  return {
    accept: (socket) => {
      const topics = new Set<string>();
      clients.set(socket, topics);
      socket.on('message', (bytes) => onText(socket, topics, String(bytes)));
      socket.on('close', () => clients.delete(socket));
      socket.on('error', () => socket.terminate());
    },
    tick: () => {
      if (world.silent.has('rtds')) return;
      const atMs = wholeSecond(world);
      for (const [socket, topics] of clients)
        for (const topic of topics)
          for (const [coin, path] of world.paths) {
            const payload = { symbol: RTDS_TOPICS[topic]?.(coin), ...pointOf(world, 'rtds', path, atMs) };
            sendBounded(socket, frame(topic, 'update', payload), MAX_BACKLOG_BYTES);
          }
    },
    dropAll: () => {
      for (const socket of clients.keys()) socket.terminate();
    },
  };
}
