import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalVenue, startLocalVenue } from '../start-local-venue.ts';

const DEADLINE_MS = 20_000;

describe('backgroundTraders', () => {
  let venue: LocalVenue;
  beforeAll(async () => {
    // Paths of a minute end within the test, so that resolution is seen too.
    venue = await startLocalVenue({ seed: 'runner', accounts: 1, horizonMs: 60_000 });
  });
  afterAll(() => venue?.stop());

  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + DEADLINE_MS;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('quotes both sides of every market and trades, and every trade settles on chain', async () => {
    const { state } = venue;
    const twoSided = (): number =>
      state.markets().filter(({ market }) => {
        const book = state.book(market.yesTokenId);
        return book !== null && book.bids.length > 0 && book.asks.length > 0;
      }).length;
    await until('two-sided books', () => twoSided() >= 12);
    await until('trades', () => state.trades().length >= 3);
    await state.settled();
    expect(state.trades().filter(({ status }) => status === 'FAILED')).toEqual([]);
  });

  it('leaves nothing in the books when it stops', async () => {
    const { state, chain } = venue;
    const traders = chain.accounts.slice(1).map(({ address }) => address);
    expect(traders.length).toBeGreaterThanOrEqual(5);
    expect(traders.some((address) => state.openOrders(address).length > 0)).toBe(true);
    await venue.stop();
    for (const address of traders) expect(state.openOrders(address)).toEqual([]);
  });
});
