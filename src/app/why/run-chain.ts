import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { segmentNumbers } from '../../adapters/node/file-journal.ts';
import { listRuns, type RunManifest, readManifest, runFolder } from '../../adapters/node/run-directory.ts';

/** A run with its folder. */
export interface KnownRun {
  readonly runId: string;
  readonly directory: string;
  readonly parentRunId: string | null;
  readonly startedAtMs: number;
  /** Whether its journal is complete: it ended by its own exit. */
  readonly isOver: boolean;
}

/** The runs of a data folder, oldest first; or the one run whose folder this is. Empty where there is none. */
export function runsIn(directory: string): KnownRun[] {
  if (segmentNumbers(directory).length > 0) return [runOf(directory, readManifest(directory))];
  const dataDir =
    existsSync(join(directory, 'runs')) || basename(directory) !== 'runs' ? directory : dirname(directory);
  return listRuns(dataDir)
    .map((manifest) => runOf(runFolder(dataDir, manifest.runId), manifest))
    .filter((run) => segmentNumbers(run.directory).length > 0);
}

const runOf = (directory: string, manifest: RunManifest | null): KnownRun => ({
  runId: manifest?.runId ?? basename(directory),
  directory,
  parentRunId: manifest?.parentRunId ?? null,
  startedAtMs: manifest?.startedAtMs ?? 0,
  isOver: manifest?.status === 'stopped',
});

/** The run and those that continue it, in order. */
export function runAndHeirs(runs: readonly KnownRun[], from: KnownRun): KnownRun[] {
  const chain = [from];
  for (const run of runs) if (run.parentRunId === chain.at(-1)?.runId) chain.push(run);
  return chain;
}

/** Every line of runs that continue each other, each in order. */
export function runChains(runs: readonly KnownRun[]): KnownRun[][] {
  const isHeir = (run: KnownRun): boolean => runs.some(({ runId }) => runId === run.parentRunId);
  return runs.filter((run) => !isHeir(run)).map((run) => runAndHeirs(runs, run));
}
