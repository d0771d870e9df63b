import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileJournal } from '../adapters/node/file-journal.ts';
import { createRunFolder } from '../adapters/node/run-directory.ts';
import type { DataPosition } from '../adapters/polymarket/data-api.ts';
import type { ConditionId, TokenId } from '../domain/market.ts';
import { MICRO, type Shares, type Usd } from '../domain/units.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import { parseSettings } from '../settings/index.ts';
import { tokenBalance } from '../simulation/chain-model.ts';
import { performanceReport } from './performance.ts';
import { type PortfolioSources, portfolioReport } from './portfolio.ts';
import { newestRun, portfolioOfRun } from './portfolio-of-journal.ts';
import { manifestOf } from './testing/manifest.ts';
import { type SimulatedJournal, simulateJournal } from './testing/simulated-journal.ts';

const MINUTE_MS = 60_000;
let simulated: SimulatedJournal;
let dataDir: string;
beforeAll(async () => {
  // Some markets resolve while it runs, others outlive it, so that something is held at its end.
  simulated = simulateJournal({
    seed: 'portfolio',
    hours: 0.5,
    markets: 8,
    engine: 'legacy',
    informed: null,
    faults: 'some',
    livesMs: [6 * MINUTE_MS, 50 * MINUTE_MS],
  });
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-portfolio-'));
  const directory = createRunFolder(dataDir, manifestOf({ environment: 'local' }), null);
  const journal = openFileJournal(directory);
  journal.append(simulated.entries);
  await journal.close();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const nobody = { none: 'not asked' };
const nowMs = (): number => simulated.state.nowMs;
const report = (sources: Partial<PortfolioSources>) =>
  portfolioReport(() => simulated.state, 'worker', { chain: nobody, data: nobody, ...sources }, nowMs);

/** The chain of the simulated world. */
const chain = {
  balances: async (tokens: readonly TokenId[]) => ({
    cash: simulated.scenario.world.chain.cash as Usd,
    tokens: tokens.map((id) => [id, tokenBalance(simulated.scenario.world.chain, id) as Shares] as const),
    blockNumber: 7,
  }),
};

/** A Data API that tells what the wallet truly holds, changed as the test wants. */
const data = (change: (held: Map<TokenId, number>) => void = () => undefined) => {
  const held = new Map([...simulated.scenario.world.chain.tokens].filter(([, size]) => size > 0));
  change(held);
  const positions = [...held].map(
    ([tokenId, size]): DataPosition => ({
      tokenId,
      conditionId: '0x1' as ConditionId,
      title: '',
      size: size as Shares,
      averagePrice: null,
    }),
  );
  return { positions: async () => ({ positions, isComplete: true }), value: async () => 5_000_000 as Usd };
};

describe('the portfolio of a simulated run', () => {
  it('is what the wallet of that world holds, and chain and Data API agree to the millionth', async () => {
    const found = await report({ chain, data: data() });
    const { world } = simulated.scenario;
    expect(found.cashFinalUsd * MICRO).toBeCloseTo(world.chain.cash, 6);
    expect(found.cashProvisionalUsd).toBe(0);
    const held = [...world.chain.tokens].filter(([, size]) => size > 0).sort();
    expect(
      found.held.map(({ tokenId, finalShares }) => [tokenId, Math.round(finalShares * MICRO)]).sort(),
    ).toEqual(held);
    expect(held.length).toBeGreaterThan(2);
    expect(found).toMatchObject({ differences: 0, residualMicroUsd: 0, dataValueUsd: 5 });
    for (const { counts, assets } of found.sources) {
      expect(assets.every(({ residual }) => residual === 0)).toBe(true);
      expect(counts.agrees).toBeGreaterThanOrEqual(held.length);
    }
  });

  it('adds up: by market, in all, and with what was put in', async () => {
    const { markets, totals } = await report({});
    const byMarket = markets.reduce((sum, { profitUsd }) => sum + Math.round(profitUsd * MICRO), 0);
    const { profitUsd, rewardsUsd, rebatesUsd } = totals;
    expect(byMarket).toBe(Math.round((profitUsd - rewardsUsd - rebatesUsd) * MICRO));
    const { world } = simulated.scenario;
    const putIn = 800 * MICRO + world.chain.putIn;
    expect(Math.abs(totals.depositedUsd * MICRO - putIn)).toBeLessThan(1);
    expect(markets.some(({ status }) => status === 'resolved')).toBe(true);
    expect(markets.some(({ status }) => status === 'open')).toBe(true);
  });

  it('from the journal alone is that of the worker', async () => {
    const run = newestRun(dataDir);
    if (run === null) throw new Error('expected a run');
    const found = await portfolioOfRun(dataDir, run, null, nowMs);
    const { from, sources, ...books } = await report({});
    expect(found).toMatchObject({
      from: 'journal',
      ...JSON.parse(JSON.stringify({ ...books, run: undefined })),
    });
    expect([from, sources.length]).toEqual(['worker', 2]);
  });

  it('of a local run asks nobody of production', async () => {
    const run = newestRun(dataDir);
    const parsed = parseSettings({});
    if (run === null || !parsed.ok) throw new Error('expected a run and settings');
    const found = await portfolioOfRun(dataDir, run, parsed.settings, nowMs);
    for (const { trouble } of found?.sources ?? [])
      expect(trouble).toContain('the run traded on local addresses, the settings name production ones');
  });

  it('shows a Data API that is wrong as a difference, and does not believe it', async () => {
    const right = await report({ chain, data: data() });
    const [first] = right.held;
    if (first === undefined) throw new Error('expected something held');
    const late = () => simulated.state.nowMs + 10 * MINUTE_MS;
    const wrong = await portfolioReport(
      () => simulated.state,
      'worker',
      { chain, data: data((held) => held.set(first.tokenId, 1)) },
      late,
    );
    expect(wrong.differences).toBe(1);
    const odd = wrong.sources[1]?.assets.find(({ asset }) => asset === first.tokenId);
    expect(odd).toMatchObject({ verdict: 'differs', found: 1, books: Math.round(first.finalShares * MICRO) });
    expect([wrong.held, wrong.totals]).toEqual([right.held, right.totals]);
  });

  it('goes on without a source that does not answer, and says which', async () => {
    const broken = () =>
      Promise.reject(new ForeignError('rpcUnreachable', 'no answer from the node', 'later'));
    const found = await report({ chain: { balances: broken }, data: data() });
    expect(found.sources.map(({ source, trouble }) => [source, trouble])).toEqual([
      ['chain', 'no answer from the node'],
      ['data', null],
    ]);
    expect(found.differences).toBe(0);
  });
});

describe('the performance of a simulated run', () => {
  it('counts what was won and lost by the outcomes of that world, from tables it completes itself', async () => {
    const tables = join(dataDir, 'worker.sqlite');
    const found = await performanceReport(dataDir, tables, nowMs());
    if (found === null) throw new Error('expected a run');
    const { conditions } = simulated.scenario.world.chain;
    const resolved = found.markets.filter(({ strategy }) => strategy === 'market-making');
    expect(resolved.length).toBeGreaterThanOrEqual(2);
    for (const { market_id, actual_outcome } of resolved)
      expect(actual_outcome).toBe(conditions.get(market_id as ConditionId)?.winner);
    const making = found.strategies.find(({ strategy }) => strategy === 'market-making');
    expect(making).toMatchObject({
      markets: resolved.length,
      wins: resolved.filter(({ pnl_net }) => (pnl_net ?? 0) > 0).length,
      losses: resolved.filter(({ pnl_net }) => (pnl_net ?? 0) < 0).length,
    });
    expect(found.residualMicroUsd).toBe(0);
    // With so few markets there is no figure, and it says so.
    expect(making?.meanProfitUsd).toHaveProperty('tooFew');
    const [fills] = found.forecasts;
    expect(fills).toMatchObject({ source: 'fair value at fill', findings: [] });
    expect(fills?.scores.brier).toHaveProperty('tooFew');
    expect((fills?.scores.forecasts ?? 0) + (fills?.waiting ?? 0)).toBe(
      simulated.rows('forecasts').filter((row) => row.source === 'fair value at fill').length,
    );
    expect(await performanceReport(dataDir, tables, nowMs())).toEqual(found);
  });

  it('is nothing where nothing ran', async () => {
    expect(await performanceReport(join(dataDir, 'none'), join(dataDir, 'none.sqlite'), 0)).toBeNull();
  });
});
