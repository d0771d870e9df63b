import { existsSync, renameSync, rmSync } from 'node:fs';
import { takeLease } from '../../adapters/node/lease.ts';
import { listRuns } from '../../adapters/node/run-directory.ts';
import { openTableStore } from '../../adapters/sqlite/table-store.ts';
import { projectEndedRuns } from './project-runs.ts';
import type { ShownDay } from './shown-day.ts';

export interface RebuiltTables {
  readonly path: string;
  readonly runs: number;
  /** What does not add up over all days of the newest run; null when its books were never opened. */
  readonly residualMicroUsd: number | null;
}

/**
 * Makes the tables of a data folder anew from the journals of all its runs, beside the old ones, and puts them in their place when
 * they are complete. Throws `LeaseTaken` while a worker runs there: it keeps its tables itself.
 */
export async function rebuildTables(dataDir: string, path: string, nowMs: number): Promise<RebuiltTables> {
  const runs = listRuns(dataDir);
  // Nothing to make them from is no reason to lose those that are there.
  if (runs.length === 0) return { path, runs: 0, residualMicroUsd: null };
  const lease = takeLease(dataDir, nowMs);
  try {
    const draft = `${path}.new`;
    removeDatabase(draft);
    const store = openTableStore(draft);
    let day: ShownDay | null = null;
    try {
      await projectEndedRuns(dataDir, runs, {
        store,
        nowMs: () => performance.now(),
        onDay: (shown) => {
          day = shown;
        },
      });
    } finally {
      store.close();
    }
    removeDatabase(path);
    renameSync(draft, path);
    return { path, runs: runs.length, residualMicroUsd: (day as ShownDay | null)?.residualMicroUsd ?? null };
  } finally {
    lease.release();
  }
}

/** The file with what SQLite keeps beside it. */
function removeDatabase(path: string): void {
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) rmSync(path + part);
}
