import { existsSync } from 'node:fs';
import { askPortfolio, NoWorker, newestRun, type PortfolioReport, portfolioOfRun } from '../app/index.ts';
import type { Settings } from '../settings/index.ts';
import { readArguments, refuse, showReport } from './arguments.ts';
import { dataDirOf } from './data-dir.ts';
import { portfolioLines } from './portfolio-lines.ts';
import { problemLines, readSettings } from './read-settings.ts';

/** `./run portfolio` shows what is held and what it came to, and whether chain and Data API agree with the books. */
const USAGE = `./run portfolio [--data DIR] [--offline] [--json]
  DIR        a data folder; without it, the one of .env
  --offline  the books alone: asks neither chain nor Data API`;
const WORKER_MS = 40_000;

await main();

async function main(): Promise<void> {
  const { data, offline, json } = readArguments(USAGE, {
    data: { type: 'string' },
    offline: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const dataDir = dataDirOf(parsed.settings, data);
  const report = await reportOf(dataDir, offline ? null : parsed.settings);
  if (report === null)
    return refuse(
      [
        `${dataDir}: found ${existsSync(dataDir) ? 'no run with entries' : 'no such folder'}; expected a data folder with runs in it, such as data. Start a worker with ./run start, or name another folder with --data.`,
      ],
      json,
    );
  const ok = report.differences === 0 && report.residualMicroUsd === 0;
  showReport({ ok, ...report }, portfolioLines(report), json);
}

/** The running worker knows best, since its books are as of now; otherwise the journal of the newest run is read. */
async function reportOf(dataDir: string, settings: Settings | null): Promise<PortfolioReport | null> {
  if (settings !== null)
    try {
      return await askPortfolio(dataDir, WORKER_MS);
    } catch (error) {
      if (!(error instanceof NoWorker)) throw error;
    }
  const run = newestRun(dataDir);
  return run === null ? null : portfolioOfRun(dataDir, run, settings, () => Date.now());
}
