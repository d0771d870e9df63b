import { OrderType, Side } from '@polymarket/clob-client-v2';
import { createPolymarketVenue } from '../adapters/polymarket/index.ts';
import { Secret } from '../settings/secret.ts';
import type { Bar, BarResult } from './bar.ts';
import { benchOrders } from './bench-orders.ts';
import { benchSigner } from './bench-signer.ts';
import { type BenchVenue, startBenchVenue } from './bench-venue.ts';
import { assertSame } from './rounds.ts';
import { benchClient } from './sign.ts';

const ORDERS = 600;
const PEER_ORDERS = 30;
const AT_MOST = 0.08;

/** REST requests for each order posted, look-ups and all: a count, not a time. */
export const requestsBar: Bar = {
  name: 'requests',
  what: 'REST requests for each order posted',
  run: async () => {
    const venue = await startBenchVenue();
    try {
      return await measure(venue);
    } finally {
      await venue.close();
    }
  },
};

async function measure(venue: BenchVenue): Promise<BarResult> {
  const ours = await countOurs(venue);
  const theirs = await countTheirs(venue);
  return {
    name: 'requests',
    bar: `at most ${AT_MOST} a posted order`,
    value: ours,
    unit: 'requests',
    isMet: ours <= AT_MOST,
    figures: [
      { name: 'ours', value: ours, unit: 'requests' },
      { name: 'clob-client-v2', value: theirs, unit: 'requests' },
    ],
  };
}

const total = (venue: BenchVenue): number =>
  [...venue.served.values()].reduce((sum, count) => sum + count, 0);

async function countOurs(server: BenchVenue): Promise<number> {
  const silent = (): void => undefined;
  const signer = await benchSigner();
  const venue = createPolymarketVenue({
    clobUrl: server.url,
    signer,
    signatureType: 0,
    credentials: { apiKey: 'bench', secret: new Secret('AAAA'), passphrase: new Secret('bench') },
    nowMs: () => Date.now(),
    log: { debug: silent, note: silent, warning: silent, alarm: silent },
  });
  try {
    const before = total(server);
    const prepared = await venue.prepare(benchOrders(ORDERS));
    const answers = await venue.place(prepared, AbortSignal.timeout(30_000));
    assertSame(
      'orders answered',
      answers.map(([clientId]) => clientId),
      prepared.map(({ clientId }) => clientId),
    );
    assertSame('orders posted', server.ordersPosted(), ORDERS);
    return (total(server) - before) / ORDERS;
  } finally {
    await venue.close();
    await signer.close();
  }
}

async function countTheirs(server: BenchVenue): Promise<number> {
  const client = benchClient(server.url);
  const before = total(server);
  for (const order of benchOrders(PEER_ORDERS))
    await client.createAndPostOrder(
      { tokenID: order.tokenId, price: order.price / 10_000, size: order.size / 1e6, side: Side.BUY },
      {},
      OrderType.GTC,
    );
  return (total(server) - before) / PEER_ORDERS;
}
