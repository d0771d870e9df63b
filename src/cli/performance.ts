import { LeaseTaken, type PerformanceReport, performanceReport, tablesPath } from '../app/index.ts';
import { readArguments, refuse, showReport } from './arguments.ts';
import { dataDirOf } from './data-dir.ts';
import { performanceLines } from './performance-lines.ts';
import { problemLines, readSettings } from './read-settings.ts';

/** `./run performance` shows how markets and forecasts turned out. */
const USAGE = './run performance [--data DIR] [--json]   (DIR is a data folder; without it, the one of .env)';

await main();

async function main(): Promise<void> {
  const { data, json } = readArguments(USAGE, {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const dataDir = dataDirOf(parsed.settings, data);
  let report: PerformanceReport | null;
  try {
    report = await performanceReport(dataDir, tablesPath(parsed.settings, dataDir), Date.now());
  } catch (error) {
    if (!(error instanceof LeaseTaken)) throw error;
    return refuse([`${error.message} It has not made its tables yet; ask again in a moment.`], json);
  }
  if (report === null)
    return refuse(
      [
        `${dataDir}: found no runs; expected a data folder with runs in it, such as data. Name another with --data.`,
      ],
      json,
    );
  showReport({ ok: report.residualMicroUsd === 0, ...report }, performanceLines(report), json);
}
