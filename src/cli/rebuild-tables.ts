import { LeaseTaken, rebuildTables, tablesPath } from '../app/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { dataDirOf } from './data-dir.ts';
import { problemLines, readSettings } from './read-settings.ts';

/** `./run rebuild-tables` makes the tables of a data folder anew from the journals of all its runs. */
const USAGE =
  './run rebuild-tables [--data DIR] [--json]   (DIR is a data folder; without it, the one of .env)';

await main();

async function main(): Promise<void> {
  const { data, json } = readArguments(USAGE, {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const dataDir = dataDirOf(parsed.settings, data);
  try {
    const rebuilt = await rebuildTables(dataDir, tablesPath(parsed.settings, dataDir), Date.now());
    const { path, runs, residualMicroUsd } = rebuilt;
    if (runs === 0)
      return refuse([`${dataDir}: found no runs; expected a data folder with runs in it.`], json);
    console.error(
      `${path}: made from ${runs} ${runs === 1 ? 'run' : 'runs'}; profit taken apart leaves ${residualMicroUsd ?? 'no'} micro-USD over`,
    );
    if (residualMicroUsd !== null && residualMicroUsd !== 0) process.exitCode = 1;
    if (json) console.log(JSON.stringify({ ok: process.exitCode !== 1, ...rebuilt }));
  } catch (error) {
    if (!(error instanceof LeaseTaken)) throw error;
    return refuse([`${error.message} A running worker keeps its tables itself.`], json);
  }
}
