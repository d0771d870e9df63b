import { createHmac } from 'node:crypto';
import { createL1Headers, createL2Headers } from '@polymarket/clob-client-v2';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHmacSecret, hmacSignature } from './l2-auth.ts';
import {
  createTrader,
  l1Headers,
  START_MS,
  send,
  startTestVenue,
  type TestVenue,
} from './test-support/venue.ts';

const NOW_SEC = Math.floor(START_MS / 1000);

describe('API keys', () => {
  let venue: TestVenue;
  beforeAll(async () => {
    venue = await startTestVenue();
  });
  afterAll(() => venue.stop());

  const create = async (index: number, nonce: number, headers?: Record<string, string>) =>
    send(
      `${venue.urls.clob}/auth/api-key`,
      'POST',
      '',
      headers ?? (await l1Headers(venue.fake.accounts[index]!, NOW_SEC, nonce)),
    );

  it('creates a key once, and derives the same one afterwards', async () => {
    const first = await create(0, 5);
    expect(first.status).toBe(200);
    expect(first.json().apiKey).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const second = await create(0, 5);
    expect(second.status).toBe(400);
    expect(second.json()).toEqual({ error: 'Could not create api key' });
    const headers = await l1Headers(venue.fake.accounts[0]!, NOW_SEC, 5);
    const derived = await send(`${venue.urls.clob}/auth/derive-api-key`, 'GET', '', headers);
    expect(derived.json()).toEqual(first.json());
  });

  it('gives another key for another nonce, and derives none that was never created', async () => {
    const one = await create(1, 0);
    const two = await create(1, 1);
    expect(one.json().apiKey).not.toBe(two.json().apiKey);
    const headers = await l1Headers(venue.fake.accounts[1]!, NOW_SEC, 9);
    const derived = await send(`${venue.urls.clob}/auth/derive-api-key`, 'GET', '', headers);
    expect(derived.status).toBe(400);
  });

  it('takes the attestation that the official client signs', async () => {
    const account = venue.fake.accounts[2]!;
    const wallet = createWalletClient({
      account: privateKeyToAccount(account.privateKey),
      chain: polygon,
      transport: http('http://127.0.0.1:1'),
    });
    const headers = await createL1Headers(wallet, 137, 3, NOW_SEC);
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    expect((await create(2, 3, texts)).status).toBe(200);
  });

  it.each([
    [
      'another signer',
      async () => ({
        ...(await l1Headers(venue.fake.accounts[0]!, NOW_SEC, 1)),
        POLY_ADDRESS: venue.fake.accounts[1]!.address,
      }),
    ],
    ['an old timestamp', () => l1Headers(venue.fake.accounts[0]!, NOW_SEC - 4_000, 1)],
    [
      'a missing signature',
      async () => ({ POLY_ADDRESS: venue.fake.accounts[0]!.address, POLY_TIMESTAMP: String(NOW_SEC) }),
    ],
  ])('refuses %s', async (_what, headers) => {
    const answer = await create(0, 1, await headers());
    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual({ error: 'Invalid L1 Request headers' });
  });

  it('lists and deletes keys, and a deleted key opens nothing', async () => {
    const trader = await createTrader(venue, 3, venue.clock);
    expect((await trader.call('GET', '/auth/api-keys')).json()).toEqual({
      apiKeys: [trader.credentials.apiKey],
    });
    expect((await trader.call('GET', '/auth/ban-status/closed-only')).json()).toEqual({ closed_only: false });
    expect((await trader.call('DELETE', '/auth/api-key')).text).toBe('"OK"');
    const after = await trader.call('GET', '/auth/api-keys');
    expect(after.status).toBe(401);
    expect(after.json()).toEqual({ error: 'Unauthorized/Invalid api key' });
  });
});

describe('request signatures', () => {
  const secret = Buffer.from('a secret of thirty-two bytes....').toString('base64');

  it('agree with a plain HMAC over the exact bytes, and with the official client', async () => {
    const body = '{"hash": "0x123"}';
    const plain = createHmac('sha256', Buffer.from(secret, 'base64'))
      .update(`1000000POST/orders${body}`)
      .digest('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_');
    const request = { timestamp: '1000000', method: 'POST', path: '/orders', body };
    expect(hmacSignature(createHmacSecret(secret), request)).toBe(plain);
    expect(hmacSignature(createHmacSecret(secret), { ...request, body: body.replace(' ', '') })).not.toBe(
      plain,
    );
    const wallet = createWalletClient({
      account: privateKeyToAccount(`0x${'1'.repeat(64)}`),
      chain: polygon,
      transport: http('http://127.0.0.1:1'),
    });
    const headers = await createL2Headers(
      wallet,
      { key: 'k', secret, passphrase: 'p' },
      { method: 'POST', requestPath: '/orders', body },
      1_000_000,
    );
    expect(headers.POLY_SIGNATURE).toBe(plain);
  });

  it('cover the bytes of the body as they were sent', async () => {
    const venue = await startTestVenue();
    try {
      const trader = await createTrader(venue, 0, venue.clock);
      const body = '{ "orderID" : "0x00" }';
      const timestamp = String(NOW_SEC);
      const hmac = createHmacSecret(trader.credentials.secret);
      const call = (signedBody: string) =>
        send(`${venue.urls.clob}/order`, 'DELETE', body, {
          POLY_ADDRESS: trader.account.address,
          POLY_API_KEY: trader.credentials.apiKey,
          POLY_PASSPHRASE: trader.credentials.passphrase,
          POLY_TIMESTAMP: timestamp,
          POLY_SIGNATURE: hmacSignature(hmac, {
            timestamp,
            method: 'DELETE',
            path: '/order',
            body: signedBody,
          }),
        });
      expect((await call(body)).status).toBe(200);
      expect((await call(JSON.stringify(JSON.parse(body)))).status).toBe(401);
    } finally {
      await venue.stop();
    }
  });
});
