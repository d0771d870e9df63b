import { createL2Headers, OrderType } from '@polymarket/clob-client-v2';
import { createL2Signer } from '../adapters/polymarket/signing/l2-auth.ts';
import { batchBody, createPolymarketVenue, type PolymarketVenue } from '../adapters/polymarket/venue.ts';
import type { OrderRequest } from '../domain/order.ts';
import { Secret } from '../settings/secret.ts';
import type { Bar, BarResult } from './bar.ts';
import { benchOrders } from './bench-orders.ts';
import { benchSigner } from './bench-signer.ts';
import { type BenchVenue, startBenchVenue } from './bench-venue.ts';
import { collectGarbage } from './collect-garbage.ts';
import { assertSame, median } from './rounds.ts';
import { benchClient, createPeerOrder } from './sign.ts';
import { watchTurns } from './turn-watch.ts';

export interface RequoteSize {
  readonly orders: number;
  /** Rounds that do not count, on all sides: the compiler is still at work, and it takes the cores that are measured. */
  readonly warmUp: number;
  readonly rounds: number;
}

/** After thirty rounds, which are 12,000 orders of the peer and 48,000 of ours, no side gets faster any more. A worker has that behind it within the hour. */
const SIZE: RequoteSize = { orders: 400, warmUp: 30, rounds: 15 };
const BATCH = 15;
const AT_LEAST = 10;
const AT_LEAST_WITH_THREAD = 15;
const LONGEST_TURN_MS = 2;
const TIMESTAMP_S = 1_795_373_206;
const API = { key: 'bench', secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', passphrase: 'bench' };
const CREDENTIALS = {
  apiKey: API.key,
  secret: new Secret(API.secret),
  passphrase: new Secret(API.passphrase),
};

/** Every quote of two hundred markets anew: signed, with bodies and headers, ready to be sent. */
export const requoteBar: Bar = {
  name: 'requote',
  what: '400 orders signed in batches of 15 with bodies and headers ready, and how long that holds the event loop',
  run: () => measureRequote(SIZE),
};

/** A request as it would be handed to the transport. */
interface ReadyRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function measureRequote({ orders: count, warmUp, rounds }: RequoteSize): Promise<BarResult> {
  const server = await startBenchVenue();
  const alone = await openVenue(server, false);
  const paired = await openVenue(server, true);
  try {
    const orders = benchOrders(count);
    const peer = createPeer(server);
    const contenders = {
      alone: () => ourRequests(alone, orders),
      paired: () => ourRequests(paired, orders),
      peer: () => peer.requests(orders),
    };
    const times: Record<'alone' | 'paired' | 'peer', number[]> = { alone: [], paired: [], peer: [] };
    const turns = { longestMs: 0, longestOwnMs: 0 };
    for (let round = -warmUp; round < rounds; round += 1) {
      for (const name of ['alone', 'paired', 'peer'] as const) {
        const tookMs = await timed(count, contenders[name]);
        if (round >= 0) times[name].push(tookMs);
      }
      for (const name of ['alone', 'paired'] as const) {
        await collectGarbage();
        const watch = watchTurns();
        await contenders[name]();
        watch.stop();
        if (round < 0) continue;
        turns.longestMs = Math.max(turns.longestMs, watch.longestMs());
        turns.longestOwnMs = Math.max(turns.longestOwnMs, watch.longestOwnMs());
      }
    }
    for (const venue of [alone, paired]) await checkSame(venue, peer, orders);
    return resultOf(
      { alone: median(times.alone), paired: median(times.paired), peer: median(times.peer) },
      turns,
    );
  } finally {
    await Promise.all([server.close(), alone.close(), paired.close()]);
  }
}

/** Milliseconds until all requests are ready. */
async function timed(count: number, makeRequests: () => Promise<readonly ReadyRequest[]>): Promise<number> {
  await collectGarbage();
  const startMs = performance.now();
  const ready = await makeRequests();
  const tookMs = performance.now() - startMs;
  assertSame('requests', ready.length, Math.ceil(count / BATCH));
  return tookMs;
}

function resultOf(
  ms: { readonly alone: number; readonly paired: number; readonly peer: number },
  turns: { readonly longestMs: number; readonly longestOwnMs: number },
): BarResult {
  const value = ms.peer / ms.alone;
  const withThread = ms.peer / ms.paired;
  return {
    name: 'requote',
    bar: `at least ${AT_LEAST}x clob-client-v2, ${AT_LEAST_WITH_THREAD}x with the second core, no turn over ${LONGEST_TURN_MS} ms`,
    value,
    unit: 'x',
    isMet: value >= AT_LEAST && withThread >= AT_LEAST_WITH_THREAD && turns.longestOwnMs <= LONGEST_TURN_MS,
    figures: [
      { name: 'ours', value: ms.alone, unit: 'ms' },
      { name: 'with the second core', value: ms.paired, unit: 'ms' },
      { name: 'clob-client-v2', value: ms.peer, unit: 'ms' },
      { name: 'with the second core', value: withThread, unit: 'x' },
      { name: 'longest turn', value: turns.longestOwnMs, unit: 'ms' },
      { name: 'with what other processes took of it', value: turns.longestMs, unit: 'ms' },
    ],
  };
}

async function openVenue(server: BenchVenue, signsInThread: boolean): Promise<PolymarketVenue> {
  const silent = (): void => undefined;
  const signer = await benchSigner({ signsInThread });
  const venue = createPolymarketVenue({
    clobUrl: server.url,
    signer,
    signatureType: 0,
    credentials: CREDENTIALS,
    nowMs: () => Date.now(),
    log: { debug: silent, note: silent, warning: silent, alarm: silent },
  });
  return { ...venue, close: () => venue.close().then(signer.close) };
}

const inBatches = (orders: readonly OrderRequest[]): OrderRequest[][] =>
  Array.from({ length: Math.ceil(orders.length / BATCH) }, (_, index) =>
    orders.slice(index * BATCH, (index + 1) * BATCH),
  );

/** As the effect runner has it done: all batches at once, each going on as soon as it is signed. */
function ourRequests(venue: PolymarketVenue, orders: readonly OrderRequest[]): Promise<ReadyRequest[]> {
  const { steady, sign } = createL2Signer(venue.address, CREDENTIALS);
  return Promise.all(
    inBatches(orders).map(async (batch) => {
      const body = batchBody(await venue.prepare(batch));
      return { body, headers: { ...steady, ...sign('POST', '/orders', body, TIMESTAMP_S) } };
    }),
  );
}

interface Peer {
  requests(orders: readonly OrderRequest[]): Promise<ReadyRequest[]>;
  /** Headers of the official client for a body at our time. */
  headers(body: string): Promise<(readonly [name: string, value: unknown])[]>;
}

/** The official client's own `createOrder` and `postOrders`, stopped where it would send. */
function createPeer(server: BenchVenue): Peer {
  const client = benchClient(server.url);
  let ready: ReadyRequest[] = [];
  const post = (_url: string, sent: { headers: Record<string, string>; data: unknown }): unknown[] => {
    ready.push({ body: JSON.stringify(sent.data), headers: sent.headers });
    return [];
  };
  Object.assign(client, { post });
  return {
    requests: async (orders) => {
      ready = [];
      for (const batch of inBatches(orders)) {
        const signed = [];
        for (const order of batch)
          signed.push({ order: await createPeerOrder(client, order), orderType: OrderType.GTC });
        await client.postOrders(signed, true);
      }
      return ready;
    },
    headers: async (body) =>
      Object.entries(
        await createL2Headers(
          client.signer as Parameters<typeof createL2Headers>[0],
          API,
          { method: 'POST', requestPath: '/orders', body },
          TIMESTAMP_S,
        ),
      ),
  };
}

interface WireOrder {
  readonly order: { readonly salt: number | string; readonly timestamp: string; readonly signature: string };
}

/** Their salts and times are their own; with those, every signature of ours has to be theirs, and the headers for our bodies too. */
async function checkSame(venue: PolymarketVenue, peer: Peer, orders: readonly OrderRequest[]): Promise<void> {
  const ordersIn = (ready: readonly ReadyRequest[]): WireOrder['order'][] =>
    ready.flatMap(({ body }) => (JSON.parse(body) as WireOrder[]).map(({ order }) => order));
  const theirs = ordersIn(await peer.requests(orders));
  const again = orders.map((order, index) => ({
    ...order,
    salt: Number(theirs[index]?.salt),
    timestampMs: Number(theirs[index]?.timestamp),
  }));
  const ours = await ourRequests(venue, again);
  assertSame(
    'the signatures',
    ordersIn(ours).map(({ signature }) => signature),
    theirs.map(({ signature }) => signature),
  );
  for (const { body, headers } of ours) {
    for (const [name, value] of await peer.headers(body)) assertSame(name, headers[name], value);
  }
}
