import { ClobClient, Side } from '@polymarket/clob-client-v2';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { createOrderSigner } from '../adapters/polymarket/signing/order-signer.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { OrderRequest } from '../domain/order.ts';
import { Secret } from '../settings/secret.ts';
import { type Bar, ratioBar } from './bar.ts';
import { BENCH_KEY, benchOrders } from './bench-orders.ts';
import { type BenchVenue, startBenchVenue } from './bench-venue.ts';
import { assertSame, medianUs } from './rounds.ts';

const OURS_PER_ROUND = 300;
const THEIRS_PER_ROUND = 40;
const ROUNDS = 9;

/** Signing one order: encode, hash, sign. */
export const signBar: Bar = {
  name: 'sign',
  what: 'sign one CLOB V2 order, byte-equal to clob-client-v2 createOrder',
  run: async () => {
    const venue = await startBenchVenue();
    try {
      return await measure(venue);
    } finally {
      await venue.close();
    }
  },
};

async function measure(venue: BenchVenue) {
  const account = await openAccount(new Secret(BENCH_KEY));
  if (!account.isNative)
    throw new Error('the native secp256k1 binding is not in use; the figure would be that of JavaScript');
  const signer = createOrderSigner({
    account,
    chainId: 137,
    contracts: CONTRACTS,
    signatureType: 0,
    wallet: account.address,
  });
  const client = benchClient(venue.url);
  const orders = benchOrders(OURS_PER_ROUND);
  const theirs = orders.slice(0, THEIRS_PER_ROUND);
  const sign = (order: (typeof orders)[number]) => createPeerOrder(client, order);
  const signed: Awaited<ReturnType<typeof sign>>[] = [];
  const times = await medianUs(
    {
      ours: () => {
        for (const order of orders) signer.sign(order);
        return orders.length;
      },
      peer: async () => {
        for (const order of theirs) signed.push(await sign(order));
        return theirs.length;
      },
    },
    ROUNDS,
  );
  // Their salt and time are their own; with those, our bytes have to be theirs.
  signed.forEach((peer, index) => {
    const order = theirs[index % theirs.length]!;
    const timestampMs = Number('timestamp' in peer ? peer.timestamp : 0);
    const again = signer.sign({ ...order, salt: Number(peer.salt), timestampMs });
    assertSame('the signature', again.signature, peer.signature);
  });
  return ratioBar('sign', 'clob-client-v2', 10, { oursUs: times.ours, peerUs: times.peer });
}

/** The official client's way to a signed order; tick size and neg-risk flag are given, so it looks nothing up. */
export const createPeerOrder = (client: ClobClient, order: OrderRequest) =>
  client.createOrder(
    {
      tokenID: order.tokenId,
      price: order.price / 10_000,
      size: order.size / 1e6,
      side: order.side === 'BUY' ? Side.BUY : Side.SELL,
    },
    { tickSize: '0.01', negRisk: false },
  );

/** The official client over a viem wallet, as its documentation sets it up. */
export function benchClient(url: string): ClobClient {
  return new ClobClient({
    host: url,
    chain: 137,
    signer: createWalletClient({
      account: privateKeyToAccount(BENCH_KEY),
      chain: polygon,
      transport: http(url),
    }),
    creds: { key: 'bench', secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', passphrase: 'bench' },
  });
}
