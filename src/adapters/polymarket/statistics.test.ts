import { afterEach, describe, expect, it } from 'vitest';
import type { TokenId } from '../../domain/market.ts';
import { Secret } from '../../settings/secret.ts';
import { testSigner } from '../../signer/testing/test-signer.ts';
import { type FakeAnswer, type FakeHttp, type FakeRequest, startFakeHttp } from './testing/fake-http.ts';
import { silentLog } from './testing/silent-log.ts';
import { createPolymarketVenue, type PolymarketVenue } from './venue.ts';

const NOW_MS = 1_795_373_206_847;
const COND = `0x${'ab'.repeat(32)}`;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

async function venueAnswering(
  answer: (request: FakeRequest) => FakeAnswer,
): Promise<{ venue: PolymarketVenue; server: FakeHttp }> {
  const server = await startFakeHttp(answer);
  const venue = createPolymarketVenue({
    clobUrl: server.url,
    signer: await testSigner({ nowMs: () => NOW_MS }),
    signatureType: 0,
    credentials: { apiKey: 'key', secret: new Secret('c2VjcmV0'), passphrase: new Secret('pass') },
    nowMs: () => NOW_MS,
    log: silentLog,
  });
  open.push(venue, server);
  return { venue, server };
}

const bound = () => AbortSignal.timeout(5_000);

describe('price history', () => {
  it('is asked for in seconds and minutes, and comes back oldest first in our units', async () => {
    const { venue, server } = await venueAnswering(() => ({
      body: {
        history: [
          { t: 1_795_373_000, p: 0.4855 },
          { t: 1_795_372_400, p: 0.47 },
        ],
      },
    }));
    const points = await venue.priceHistory('71' as TokenId, NOW_MS - 3_600_000, 600_000, bound());
    expect(points).toEqual([
      { atMs: 1_795_372_400_000, price: 4_700 },
      { atMs: 1_795_373_000_000, price: 4_855 },
    ]);
    const query = server.seen[0]?.query;
    expect([
      query?.get('market'),
      query?.get('startTs'),
      query?.get('endTs'),
      query?.get('fidelity'),
    ]).toEqual(['71', '1795369606', '1795373206', '10']);
  });

  it.each([{ history: 'none' }, { history: [{ t: 'x', p: 0.5 }] }, { history: [{ t: 1, p: 1.5 }] }])(
    'that makes no sense is garbage: %j',
    async (body) => {
      const { venue } = await venueAnswering(() => ({ body }));
      await expect(venue.priceHistory('71' as TokenId, 0, 600_000, bound())).rejects.toMatchObject({
        code: 'garbageAnswer',
      });
    },
  );
});

describe('earnings', () => {
  const row = (earnings: unknown, assetRate: unknown = 1) => ({
    date: '2026-11-22T00:00:00Z',
    condition_id: COND,
    asset_address: `0x${'c0'.repeat(20)}`,
    maker_address: `0x${'01'.repeat(20)}`,
    earnings,
    asset_rate: assetRate,
  });

  it('of a day are summed by market over all pages, in dollars of the rewarding asset', async () => {
    const { venue, server } = await venueAnswering(({ query }) => ({
      body:
        query.get('next_cursor') === null
          ? { limit: 1, count: 1, next_cursor: 'MQ==', data: [row(1.25)] }
          : { limit: 1, count: 1, next_cursor: 'LTE=', data: [row('0.5', '0.999')] },
    }));
    expect(await venue.earnings('2026-11-22', bound())).toEqual([[COND, 1_749_500]]);
    expect(server.seen[0]?.path).toBe('/rewards/user');
    expect(server.seen[0]?.query.get('date')).toBe('2026-11-22');
    expect(server.seen[0]?.headers.poly_signature).toBeDefined();
  });

  it.each([-1, 'much', null])('of %j are garbage', async (earnings) => {
    const { venue } = await venueAnswering(() => ({ body: { next_cursor: 'LTE=', data: [row(earnings)] } }));
    await expect(venue.earnings('2026-11-22', bound())).rejects.toMatchObject({ code: 'garbageAnswer' });
  });
});
