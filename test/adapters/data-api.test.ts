import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataApi, type DataApi } from '../../src/adapters/polymarket/data-api.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';

const LAG_MS = 3_000;
let local: LocalVenue;
let data: DataApi;
beforeAll(async () => {
  local = await startLocalVenue({ seed: 'data', accounts: 1, traders: false, dataLagMs: LAG_MS });
  data = createDataApi({ dataUrl: local.urls.data, nowMs: () => Date.now() });
}, 60_000);
afterAll(async () => {
  await data?.close();
  await local?.stop();
});

it('the Data API of the local venue knows of shares no sooner than its lag, and then to the millionth', async () => {
  const account = local.accounts[0];
  const market = local.markets.find(({ listing }) => !listing.market.negRisk)?.listing.market;
  if (account === undefined || market === undefined) throw new Error('expected an account and a market');
  const read = () => data.positions(account.address, AbortSignal.timeout(5_000));
  expect(await read()).toEqual({ positions: [], isComplete: true });
  const splitAtMs = Date.now();
  await local.chain.splitFor(account.address, market.conditionId as never, false, 1_234_567n);
  const early = await read();
  // Whole seconds of the chain's clock: what is known is at least this old.
  if (Date.now() - splitAtMs < LAG_MS - 1_000) expect(early.positions).toEqual([]);
  const positions = await readUntil(read, 2);
  expect(positions.map(({ tokenId, size }) => [tokenId, size]).sort()).toEqual(
    [market.yesTokenId, market.noTokenId].map((tokenId) => [tokenId, 1_234_567]).sort(),
  );
  expect(positions[0]?.conditionId).toBe(market.conditionId);
  expect(await data.value(account.address, AbortSignal.timeout(5_000))).toBeCloseTo(1_234_567, -2);
});

/** Asks until so many positions are known; the last answer counts after a bound. */
async function readUntil(read: () => ReturnType<DataApi['positions']>, count: number) {
  for (let tries = 0; ; tries += 1) {
    const { positions } = await read();
    if (positions.length >= count || tries >= 100) return positions;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
