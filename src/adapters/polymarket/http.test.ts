import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from './http.ts';
import { type FakeHttp, startFakeHttp } from './testing/fake-http.ts';
import { until } from './testing/wall-timers.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

/** A venue that takes a request and never answers. */
async function silentVenue(): Promise<{ http: HttpClient; venue: FakeHttp }> {
  const venue = await startFakeHttp(() => ({ silent: true }));
  const http = createHttpClient({ baseUrl: venue.url, nowMs: () => 0, timeoutMs: 5_000 });
  open.push(http, venue);
  return { http, venue };
}

describe('a write that has reached the venue', () => {
  it('has an unknown outcome when the connections are dropped under it', async () => {
    const { http, venue } = await silentVenue();
    const call = { method: 'POST', path: '/orders', body: '[]', writes: true } as const;
    const failed = http.send(call, AbortSignal.timeout(5_000)).catch((error: unknown) => error);
    await until('the request at the venue', () => venue.seen.length === 1);
    await http.reconnect();
    expect(await failed).toMatchObject({ retry: 'reconcileFirst' });
  });

  it('has an unknown outcome when the client closes under it', async () => {
    const { http, venue } = await silentVenue();
    const call = { method: 'POST', path: '/orders', body: '[]', writes: true } as const;
    const failed = http.send(call, AbortSignal.timeout(5_000)).catch((error: unknown) => error);
    await until('the request at the venue', () => venue.seen.length === 1);
    await http.close();
    expect(await failed).toMatchObject({ retry: 'reconcileFirst' });
  });
});

describe('a client with connections of its own', () => {
  it('sends a cancel at once while more reads wait for answers than there are connections', async () => {
    const venue = await startFakeHttp(({ method }) =>
      method === 'GET' ? { silent: true } : { status: 200, body: '{}' },
    );
    const http = createHttpClient({
      baseUrl: venue.url,
      nowMs: () => 0,
      timeoutMs: 5_000,
      connections: 2,
      isDirect: true,
    });
    open.push(http, venue);
    const controller = new AbortController();
    const reads = [1, 2, 3, 4].map((page) =>
      http.send({ method: 'GET', path: `/data/orders/${page}` }, controller.signal).catch(() => 'given up'),
    );
    await until('the reads at the venue', () => venue.seen.length === 2);
    const canceled = await http.send({ method: 'DELETE', path: '/cancel-all' }, AbortSignal.timeout(5_000));
    expect(canceled.status).toBe(200);
    controller.abort();
    expect(await Promise.all(reads)).toEqual(['given up', 'given up', 'given up', 'given up']);
  });
});
