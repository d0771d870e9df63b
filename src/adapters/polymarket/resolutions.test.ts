import { afterEach, describe, expect, it } from 'vitest';
import type { ConditionId } from '../../domain/market.ts';
import type { Payouts } from '../../domain/resolution.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import { createResolutions } from './resolutions.ts';
import { type FakeHttp, startFakeHttp } from './testing/fake-http.ts';
import { silentLog } from './testing/silent-log.ts';

const idOf = (n: number): ConditionId => `0x${n.toString(16).padStart(64, 'a')}` as ConditionId;
const marketsOf = (...numbers: readonly number[]) =>
  numbers.map((n) => ({ conditionId: idOf(n), version: 'v1' as const }));

/** A closed market as the catalogue shows it. Its prices look like an outcome, whatever the oracle says. */
const row = (n: number, fields: Readonly<Record<string, unknown>>) => ({
  conditionId: idOf(n),
  closed: true,
  outcomePrices: '["1", "0"]',
  ...fields,
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function resolutionsOf(
  rows: readonly unknown[] | number,
  payouts: Readonly<Record<string, Payouts>> = {},
) {
  const gamma: FakeHttp = await startFakeHttp(({ query }) => {
    if (typeof rows === 'number') return { status: rows, body: { error: 'not now' } };
    const asked = new Set(query.getAll('condition_ids'));
    const found = rows.filter((one) => asked.has((one as { conditionId: string }).conditionId));
    return { body: { markets: found } };
  });
  const port = createResolutions({
    gammaUrl: gamma.url,
    payouts: async (ids) => ids.map((id) => payouts[id] ?? null),
    nowMs: () => 0,
    log: silentLog,
  });
  open.push(port, gamma);
  return { gamma, read: (...ns: number[]) => port.resolutions(marketsOf(...ns), AbortSignal.timeout(5_000)) };
}

describe('resolutions', () => {
  it('are what the chain pays, and the oracle’s stage by the catalogue; its prices are no outcome', async () => {
    const { read } = await resolutionsOf(
      [
        row(1, { umaResolutionStatus: 'resolved' }),
        row(2, { umaResolutionStatuses: '["proposed", "disputed"]' }),
        row(3, { umaResolutionStatuses: '["proposed"]' }),
        row(4, {}),
        row(5, { closed: false }),
      ],
      { [idOf(1)]: [0, 1], [idOf(6)]: [1, 1] },
    );
    expect(await read(1, 2, 3, 4, 5, 6)).toEqual([
      { conditionId: idOf(1), stage: 'resolved', payouts: [0, 1] },
      { conditionId: idOf(2), stage: 'disputed', payouts: null },
      { conditionId: idOf(3), stage: 'proposed', payouts: null },
      { conditionId: idOf(4), stage: 'none', payouts: null },
      { conditionId: idOf(5), stage: null, payouts: null },
      { conditionId: idOf(6), stage: null, payouts: [1, 1] },
    ]);
  });

  it('ask for many markets in several requests, each by its own id and among the closed ones', async () => {
    const numbers = Array.from({ length: 45 }, (_, index) => index + 1);
    const { read, gamma } = await resolutionsOf(
      numbers.map((n) => row(n, { umaResolutionStatus: 'resolved' })),
    );
    const found = await read(...numbers);
    expect(found.map(({ stage }) => stage)).toEqual(numbers.map(() => 'resolved'));
    expect(gamma.seen.map(({ query }) => query.getAll('condition_ids').length)).toEqual([20, 20, 5]);
    expect(new Set(gamma.seen.map(({ query }) => query.get('closed')))).toEqual(new Set(['true']));
  });

  it.each([503, 404])('are the chain’s alone where the catalogue answers %i', async (status) => {
    const { read } = await resolutionsOf(status, { [idOf(1)]: [1, 0] });
    expect(await read(1)).toEqual([{ conditionId: idOf(1), stage: null, payouts: [1, 0] }]);
  });

  it('are none at all where the chain does not answer', async () => {
    const { gamma } = await resolutionsOf([]);
    const port = createResolutions({
      gammaUrl: gamma.url,
      payouts: () => Promise.reject(new ForeignError('rpcUnreachable', 'no answer', 'later')),
      nowMs: () => 0,
      log: silentLog,
    });
    open.unshift(port);
    await expect(port.resolutions(marketsOf(1), AbortSignal.timeout(5_000))).rejects.toThrow(ForeignError);
  });

  it('of the second protocol version are not asked of a contract that does not pay them', async () => {
    const asked: ConditionId[] = [];
    const { gamma } = await resolutionsOf([]);
    const port = createResolutions({
      gammaUrl: gamma.url,
      payouts: async (ids) => {
        asked.push(...ids);
        return ids.map(() => null);
      },
      nowMs: () => 0,
      log: silentLog,
    });
    open.unshift(port);
    const markets = [{ conditionId: idOf(1), version: 'v2' as const }, ...marketsOf(2)];
    const found = await port.resolutions(markets, AbortSignal.timeout(5_000));
    expect(asked).toEqual([idOf(2)]);
    expect(found.map(({ conditionId }) => conditionId)).toEqual([idOf(1), idOf(2)]);
  });
});
