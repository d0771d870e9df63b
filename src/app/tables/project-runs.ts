import { listRuns, type RunManifest, runFolder } from '../../adapters/node/run-directory.ts';
import type { TableStore } from '../../ports/tables.ts';
import { carriedOverIn, type ProjectOptions, projectRun } from './project-run.ts';

type Ended = Pick<ProjectOptions, 'store' | 'nowMs' | 'onDay'>;

/**
 * Makes what is lacking of the tables of runs that have ended, oldest first: those whose process was killed before its tables were
 * complete, and all of them where the tables are new.
 */
export async function projectEndedRuns(
  dataDir: string,
  runs: readonly RunManifest[],
  options: Ended,
): Promise<void> {
  for (const { runId, parentRunId } of runs) {
    if (carriedOverIn(options.store.progress(runId)) !== null) continue;
    await projectRun({
      ...options,
      runId,
      directory: runFolder(dataDir, runId),
      carriedOver: carriedOverFrom(options.store, parentRunId),
      isEnded: () => true,
      pause: async () => undefined,
    });
  }
}

export const carriedOverFrom = (store: TableStore, parentRunId: string | null): string | null =>
  parentRunId === null ? null : carriedOverIn(store.progress(parentRunId));

/** A run and all before it that it continues, oldest first, and the run itself left out. */
export function ancestorsOf(dataDir: string, parentRunId: string | null): RunManifest[] {
  const runs = new Map(listRuns(dataDir).map((run) => [run.runId, run]));
  const ancestors: RunManifest[] = [];
  for (let run = runs.get(parentRunId ?? ''); run !== undefined; run = runs.get(run.parentRunId ?? ''))
    ancestors.unshift(run);
  return ancestors;
}
