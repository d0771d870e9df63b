import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clob/clock.ts';
import type { CryptoPayoff } from './crypto-payoff.ts';
import { outcomeReports } from './report-outcomes.ts';
import { steerPath } from './spot-path.ts';
import { createSpotWorld } from './spot-world.ts';

const START = Date.UTC(2026, 10, 23, 8, 20);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

async function openOracle(endsMs: readonly number[]) {
  const clock = createManualClock(START);
  const world = createSpotWorld('oracle', clock);
  const path = world.paths.get('BTC');
  if (path === undefined) throw new Error('the world has no BTC');
  const reports: [string, string, number][] = [];
  const markets = endsMs.map((endMs, index) => {
    const payoff: CryptoPayoff = { kind: 'close', direction: 'above', strikeUsd: 90_000, endMs };
    return { conditionId: `market ${index}`, decidedBy: { coin: 'BTC', payoff } };
  });
  const running = await outcomeReports(
    markets,
    world,
  )({
    clock,
    resolveMarket: async (conditionId, winner) => {
      reports.push([conditionId, winner, clock.nowMs()]);
    },
  });
  return { clock, path, reports, running };
}

describe('the oracle of markets about coins', () => {
  it('reports each once, a second after its end, by the price at its end', async () => {
    const { clock, path, reports } = await openOracle([START + MINUTE_MS, START + 2 * MINUTE_MS]);
    clock.advance(MINUTE_MS);
    expect(reports).toEqual([]);
    // Too late to matter for the first, in time for the second.
    steerPath(path, clock.nowMs(), 80_000);
    clock.advance(1_000);
    expect(reports).toEqual([['market 0', 'YES', START + MINUTE_MS + 1_000]]);
    clock.advance(10 * MINUTE_MS);
    expect(reports.slice(1)).toEqual([['market 1', 'NO', START + 2 * MINUTE_MS + 1_000]]);
  });

  it('waits for an end that is further away than a timer can be set', async () => {
    const { clock, reports } = await openOracle([START + 40 * DAY_MS]);
    clock.advance(40 * DAY_MS);
    expect(reports).toEqual([]);
    clock.advance(1_000);
    expect(reports).toHaveLength(1);
  });

  it('reports nothing after it was stopped', async () => {
    const { clock, reports, running } = await openOracle([START + MINUTE_MS]);
    await running.stop();
    clock.advance(2 * MINUTE_MS);
    expect(reports).toEqual([]);
  });
});
