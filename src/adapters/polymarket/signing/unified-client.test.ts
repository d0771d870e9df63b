import { createSecureClient, forkEnvironmentConfig, OrderSide } from '@polymarket/client';
import { privateKey } from '@polymarket/client/viem';
import fc from 'fast-check';
import { http } from 'viem';
import { polygon } from 'viem/chains';
import { expect, it } from 'vitest';
import { startFakeHttp } from '../testing/fake-http.ts';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY, developmentSecret, orderRequest } from '../testing/orders.ts';
import { CONTRACTS } from '../venue-facts.ts';
import { openAccount } from './account.ts';
import { createOrderSigner } from './order-signer.ts';

const API_KEY = '3e2c0000-0000-4000-8000-000000000001';

it('orders equal those of @polymarket/client byte for byte', async () => {
  let negRisk = false;
  const venue = await startFakeHttp(({ path }) => {
    if (path === '/tick-size') return { body: { minimum_tick_size: 0.01 } };
    if (path === '/neg-risk') return { body: { neg_risk: negRisk } };
    if (path === '/auth/api-key') return { body: { apiKey: API_KEY, secret: 'AAAA', passphrase: 'p' } };
    return { body: { apiKeys: [API_KEY] } };
  });
  try {
    const client = await createSecureClient({
      environment: forkEnvironmentConfig({
        name: 'test',
        rpc: venue.url,
        clob: {
          rest: venue.url,
          market: { ws: venue.url.replace('http', 'ws') },
          user: { ws: venue.url.replace('http', 'ws') },
        },
        gamma: { rest: venue.url },
        data: { rest: venue.url },
      }),
      signer: privateKey(DEVELOPMENT_KEY, { chain: polygon, transport: http(venue.url) }),
      wallet: DEVELOPMENT_ADDRESS,
    });
    const account = await openAccount(developmentSecret());
    const signer = createOrderSigner({
      account,
      chainId: 137,
      contracts: CONTRACTS,
      signatureType: 0,
      wallet: account.address,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 500, max: 100_000 }),
        fc.constantFrom('BUY' as const, 'SELL' as const),
        fc.boolean(),
        async (cents, hundredths, side, isNegRisk) => {
          negRisk = isNegRisk;
          const theirs = await client.createLimitOrder({
            tokenId: orderRequest().tokenId,
            price: cents / 100,
            size: hundredths / 100,
            side: side === 'BUY' ? OrderSide.BUY : OrderSide.SELL,
          });
          const ours = signer.sign(
            orderRequest({
              priceTenThousandths: cents * 100,
              sizeMicro: hundredths * 10_000,
              side,
              negRisk: isNegRisk,
              salt: Number(theirs.salt),
              timestampMs: Number(theirs.timestamp),
            }),
          );
          expect(String(ours.makerAmount)).toBe(String(theirs.makerAmount));
          expect(String(ours.takerAmount)).toBe(String(theirs.takerAmount));
          expect(ours.signature).toBe(theirs.signature);
        },
      ),
      { numRuns: 25 },
    );
  } finally {
    await venue.close();
  }
});
