import { afterEach, describe, expect, it } from 'vitest';
import { ForeignError } from '../../ports/foreign-error.ts';
import { createDataApi } from './data-api.ts';
import { type FakeAnswer, type FakeRequest, startFakeHttp } from './testing/fake-http.ts';

const WALLET = `0x${'a1'.repeat(20)}`;
const row = (n: number, fields: Readonly<Record<string, unknown>> = {}) => ({
  proxyWallet: WALLET,
  asset: String(100 + n),
  conditionId: `0x${String(n).padStart(64, 'C')}`,
  size: 12.345678,
  avgPrice: 0.41,
  title: 'Question?',
  ...fields,
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function api(answer: (request: FakeRequest) => FakeAnswer) {
  const http = await startFakeHttp(answer);
  const data = createDataApi({ dataUrl: http.url, nowMs: () => 0 });
  open.push(data, http);
  const signal = AbortSignal.timeout(5_000);
  return {
    seen: http.seen,
    positions: () => data.positions(WALLET, signal),
    value: () => data.value(WALLET, signal),
  };
}

describe('the Data API', () => {
  it('tells positions in millionths, those below a share too, without the dust of floats', async () => {
    const { positions, seen } = await api(() => ({
      body: [row(1), row(2, { size: 0.1 + 0.2, avgPrice: null }), row(3, { size: 0 })],
    }));
    const found = await positions();
    expect(found.isComplete).toBe(true);
    expect(found.positions.map(({ tokenId, size, averagePrice }) => [tokenId, size, averagePrice])).toEqual([
      ['101', 12_345_678, 0.41],
      ['102', 300_000, null],
      ['103', 0, 0.41],
    ]);
    expect(found.positions[0]?.conditionId).toBe(`0x${'1'.padStart(64, 'c')}`);
    expect(seen[0]?.query.get('sizeThreshold')).toBe('0');
    expect(seen[0]?.query.get('user')).toBe(WALLET);
  });

  it('is read page by page, and says when it does not let anybody read on', async () => {
    const pages = (count: number) => (request: FakeRequest) => {
      const offset = Number(request.query.get('offset'));
      const length = Math.max(0, Math.min(500, count - offset));
      return { body: Array.from({ length }, (_, index) => row(offset + index)) };
    };
    const some = await (await api(pages(750))).positions();
    expect([some.positions.length, some.isComplete]).toEqual([750, true]);
    const many = await api(pages(5_000));
    const found = await many.positions();
    expect([found.positions.length, found.isComplete]).toEqual([1_500, false]);
    expect(many.seen.map(({ query }) => query.get('offset'))).toEqual(['0', '500', '1000']);
  });

  it('values what is held, and a wallet that it does not know at nothing', async () => {
    expect(await (await api(() => ({ body: [{ user: WALLET, value: 1_234.5 }] }))).value()).toBe(
      1_234_500_000,
    );
    expect(await (await api(() => ({ body: [] }))).value()).toBe(0);
  });

  it.each([
    ['no list', { body: { error: 'x' } }],
    ['a size below zero', { body: [row(1, { size: -1 })] }],
    ['a size that is no number', { body: [row(1, { size: 'many' })] }],
    ['no token', { body: [row(1, { asset: '' })] }],
    ['another kind of token', { body: [row(1, { asset: '0xabc' })] }],
    ['an error', { status: 500, body: { error: 'internal' } }],
  ])('%s is trouble and not an empty wallet', async (_, answer) => {
    await expect((await api(() => answer)).positions()).rejects.toThrow(ForeignError);
  });
});
