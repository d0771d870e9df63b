import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ChildProgram, pause, startChild } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings, withoutSettings } from '../../src/app/demo/demo-settings.ts';
import type { PerformanceReport } from '../../src/app/performance.ts';
import type { PortfolioReport } from '../../src/app/portfolio.ts';
import { statusWhen } from '../support/demo-pieces.ts';
import { demoStand } from '../support/demo-stand.ts';

const stand = demoStand();
let worker: ChildProgram | null = null;
const lines: string[] = [];

const UP_BOUND_MS = 60_000;

it('W25: a market that resolves while the worker is down is redeemed by the next one, and portfolio and performance say so', {
  timeout: 300_000,
}, async () => {
  const started = await stand.startVenue(['--seed', '4']);
  const settings = demoWorkerSettings(started.ready, stand.path);
  const start = (): ChildProgram =>
    stand.startWorker(settings, ['--yes', '--approve'], (line) => lines.push(line));

  worker = start();
  await statusWhen(
    stand.path,
    worker,
    ({ markets, counts }) => counts.fills > 0 && markets.some(({ inventory }) => inventory.yesFinal >= 1),
    UP_BOUND_MS,
    lines,
  );
  const running = await command<PortfolioReport>('portfolio', settings);
  expect(running, JSON.stringify(running.sources)).toMatchObject({
    from: 'worker',
    differences: 0,
    residualMicroUsd: 0,
  });
  expect(running.sources.map(({ source, trouble }) => [source, trouble])).toEqual([
    ['chain', null],
    ['data', null],
  ]);
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);

  const stopped = await settledPortfolio(settings);
  expect(stopped).toMatchObject({ from: 'journal', differences: 0, residualMicroUsd: 0 });
  const won = stopped.held.find(({ outcome, finalShares }) => outcome === 'YES' && finalShares >= 1);
  if (won === undefined) throw new Error('expected YES shares of some market');
  await resolve(started.ready.clob, won.conditionId);

  worker = start();
  const found = await portfolioWhen(
    settings,
    (report) =>
      report.markets.some(
        ({ conditionId, status }) => conditionId === won.conditionId && status === 'resolved',
      ) && !report.held.some(({ conditionId }) => conditionId === won.conditionId),
  );
  expect(found.from).toBe('worker');
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);

  const end = await settledPortfolio(settings);
  expect(end, JSON.stringify(end.sources)).toMatchObject({
    from: 'journal',
    differences: 0,
    residualMicroUsd: 0,
  });
  const performance = await command<PerformanceReport>('performance', settings);
  expect(performance).toMatchObject({ ok: true, residualMicroUsd: 0 });
  const rows = performance.markets.filter(({ market_id }) => market_id === won.conditionId);
  expect(new Set(rows.map(({ actual_outcome }) => actual_outcome))).toEqual(new Set(['YES']));
  const market = end.markets.find(({ conditionId }) => conditionId === won.conditionId);
  expect(rows.reduce((sum, { pnl_net }) => sum + (pnl_net ?? 0), 0)).toBeCloseTo(
    market?.profitUsd ?? Number.NaN,
    6,
  );
  expect(market).toMatchObject({ status: 'resolved', unrealisedUsd: 0 });
});

/** The oracle reports, while no worker listens. */
async function resolve(clobUrl: string, conditionId: string): Promise<void> {
  const answer = await fetch(`${clobUrl}/admin/markets/${conditionId}/resolve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ winner: 'YES' }),
  });
  expect(answer.status).toBe(200);
}

/** Runs a command with the worker's settings, and parses the last line of its output. */
async function command<Answer>(name: string, settings: Readonly<Record<string, string>>): Promise<Answer> {
  const errors: string[] = [];
  const program = startChild({
    script: join(import.meta.dirname, '..', '..', 'src', 'cli', `${name}.ts`),
    args: ['--json'],
    env: { ...withoutSettings(process.env), ...settings },
    onErrorLine: (line) => errors.push(line),
  });
  await program.ended;
  const last = program.lastLine();
  if (last === null) throw new Error(`./run ${name} said nothing: ${errors.join('\n')}`);
  return JSON.parse(last) as Answer;
}

async function portfolioWhen(
  settings: Readonly<Record<string, string>>,
  isWanted: (report: PortfolioReport) => boolean,
): Promise<PortfolioReport> {
  const endsAtMs = performance.now() + UP_BOUND_MS;
  for (;;) {
    const report = await command<PortfolioReport>('portfolio', settings);
    if (report.from === 'worker' && isWanted(report)) return report;
    if (performance.now() > endsAtMs || worker?.hasEnded() !== false)
      throw new Error(`not there in time: ${JSON.stringify(report.markets)}\n${lines.slice(-20).join('\n')}`);
    await pause(500);
  }
}

/** Once nothing is behind or moving any more: the Data service of the local venue is two seconds late. */
async function settledPortfolio(settings: Readonly<Record<string, string>>): Promise<PortfolioReport> {
  for (let tries = 0; ; tries += 1) {
    const report = await command<PortfolioReport>('portfolio', settings);
    const odd = report.sources.reduce((sum, { counts }) => sum + counts.behind + counts.moving, 0);
    if (odd === 0 || tries >= 20) return report;
    await pause(500);
  }
}
