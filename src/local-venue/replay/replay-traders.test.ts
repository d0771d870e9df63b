import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCatalogue } from '../catalogue/open-catalogue.ts';
import { startChain } from '../chain/chain.ts';
import { tokenIdsOf } from '../chain/conditions.ts';
import type { LocalChain } from '../chain/types.ts';
import { dataRoutes } from '../data-api/data-routes.ts';
import { gammaRoutes } from '../gamma/gamma-routes.ts';
import { type RunningVenue, startVenue } from '../venue.ts';
import { withAdoptedConditions } from './adopt-conditions.ts';
import { adoptedConditionsOf, captureCatalogue } from './capture-catalogue.ts';
import { captureFromRows } from './l2-capture.ts';
import { replayTraders } from './replay-traders.ts';

const CONDITION = `0x${'5a'.repeat(32)}` as const;
const tokens = tokenIdsOf(CONDITION, false);
const START_MS = 1_771_634_700_000;
const STEP_MS = 300;

/** One second of a capture in the recorded columns: one level a side, and the last trade of the up token. */
function row(index: number, bid: number, ask: number, trade: readonly [number, number, string] | null) {
  return {
    ts_ms: BigInt(START_MS + index * STEP_MS),
    market_slug: 'made-up-window',
    condition_id: CONDITION,
    token_id_up: tokens.yesTokenId,
    token_id_down: tokens.noTokenId,
    window_start_ms: BigInt(START_MS),
    window_end_ms: BigInt(START_MS + 4 * STEP_MS),
    chainlink_btc: 100 + index,
    window_start_price: 100,
    bid_px_up_1: bid,
    bid_sz_up_1: 100,
    ask_px_up_1: ask,
    ask_sz_up_1: 50.25,
    last_trade_px_up: trade?.[0] ?? null,
    last_trade_sz_up: trade?.[1] ?? null,
    last_trade_side_up: trade?.[2] ?? null,
  };
}

describe('replayTraders', () => {
  const rows = [
    row(0, 0.5, 0.52, null),
    row(1, 0.5, 0.52, [0.52, 20, 'BUY']),
    row(2, 0.51, 0.53, [0.52, 20, 'BUY']),
    row(3, 0.55, 0.57, [0.52, 20, 'BUY']),
    row(4, 0.55, 0.57, [0.55, 7, 'SELL']),
  ];
  const capture = captureFromRows([...rows, ...rows], 'made up');
  let chain: LocalChain;
  let venue: RunningVenue;
  const books: string[] = [];
  let isReported = false;

  beforeAll(async () => {
    chain = withAdoptedConditions(
      await startChain({ seed: 'replay', accounts: 1 }),
      adoptedConditionsOf([capture]),
    );
    const prepared = await prepareCatalogue(chain, captureCatalogue([capture], Date.now()));
    expect(prepared).toMatchObject({ matched: 1, differences: [] });
    const play = replayTraders([capture]);
    venue = await startVenue({
      chain,
      listings: () => prepared.markets.map(({ listing }) => listing),
      gamma: gammaRoutes,
      data: dataRoutes(),
      traders: (state) => {
        state.onEvent((event) => {
          if (event.kind === 'marketResolved') isReported = true;
          if (event.kind !== 'book') return;
          const book = state.book(tokens.yesTokenId);
          const show = (levels: NonNullable<typeof book>['bids'] = []): string =>
            levels.map(({ price, size }) => `${size / 1e6}@${price / 100}`).join(',');
          books.push(`${show(book?.bids)}|${show(book?.asks)}`);
        });
        return play(state);
      },
    });
  });
  afterAll(async () => {
    await venue?.stop();
    await chain?.stop();
  });

  it('drops repeated rows and reads trades from what changes', () => {
    expect(capture.duplicateRows).toBe(5);
    expect(capture.winner).toBe('YES');
    expect(capture.seconds.map(({ trades }) => trades)).toEqual([
      [],
      [{ side: 'BUY', price: 5200, size: 20_000_000 }],
      [],
      [],
      [{ side: 'SELL', price: 5500, size: 7_000_000 }],
    ]);
  });

  it('shows the recorded books, trades against them, and resolves the adopted condition', async () => {
    const deadline = Date.now() + 15_000;
    while (!isReported) {
      if (Date.now() > deadline) throw new Error(`not resolved in time; books: ${books.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await venue.state.settled()).toBe(true);
    for (const recorded of ['100@50|50.25@52', '100@51|50.25@53', '100@55|50.25@57']) {
      expect(books).toContain(recorded);
    }
    const trades = venue.state.trades();
    expect(trades.map(({ size, status }) => [size, status])).toEqual([
      [20_000_000, 'CONFIRMED'],
      [7_000_000, 'CONFIRMED'],
    ]);
    expect(await chain.payoutsOf(CONDITION)).toEqual([1n, 0n]);
  });
});
