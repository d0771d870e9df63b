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
