import { afterEach, beforeEach, expect, it } from 'vitest';
import { runDemo } from '../../src/app/demo/run-demo.ts';
import type { Market } from '../../src/domain/market.ts';
import type { FillReport } from '../../src/domain/order.ts';
import { journalOf, temporaryFolder } from '../support/demo-pieces.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

it('the demo quotes both sides, is filled on both, settles, and leaves exact books and no order', {
  timeout: 180_000,
}, async () => {
  const lines: string[] = [];
  const summary = await runDemo({
    dataDir: folder.path,
    durationMs: 35_000,
    venueArgs: ['--seed', '1'],
    settings: {},
    stopAsked: new AbortController().signal,
    onLine: (from, line) => lines.push(`${from}: ${line}`),
    onStatus: () => undefined,
  });
  expect(summary.troubles, lines.slice(-20).join('\n')).toEqual([]);
  expect(summary).toMatchObject({
    ok: true,
    ledgerResidualMicroUsd: 0,
    chainResidualMicroUsd: 0,
    openOrdersAtExit: 0,
    replayMatches: true,
    failedTrades: 0,
  });
  expect(summary.quotedMarkets).toBeGreaterThanOrEqual(8);
  expect(summary.ordersPlaced).toBeGreaterThan(summary.quotedMarkets);
  expect(summary.splitUsd).toBeGreaterThan(0);
  expect(summary.settledTrades).toBe(summary.fills);
  const sides = await yesSidesFilled(summary.runDirectory ?? '');
  expect([...sides].sort()).toEqual(['BUY', 'SELL']);
});

/** Buying NO is selling YES: the sides of the one merged book on which we were filled. */
async function yesSidesFilled(directory: string): Promise<Set<string>> {
  const sides = new Set<string>();
  const yesTokens = new Set<string>();
  for (const { kind, body } of await journalOf(directory)) {
    if (kind === 'marketsListed')
      for (const { yesTokenId } of (body as { markets: Market[] }).markets) yesTokens.add(yesTokenId);
    if (kind !== 'fill') continue;
    const { tokenId, side } = (body as { fill: FillReport }).fill;
    sides.add(yesTokens.has(tokenId) === (side === 'BUY') ? 'BUY' : 'SELL');
  }
  return sides;
}
