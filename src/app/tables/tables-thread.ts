import { parentPort, workerData } from 'node:worker_threads';
import { openTableStore } from '../../adapters/sqlite/table-store.ts';
import { projectRun } from './project-run.ts';
import { ancestorsOf, carriedOverFrom, projectEndedRuns } from './project-runs.ts';
import type { TablesMessage, TablesTask } from './run-tables.ts';

/** The thread that keeps the tables: it reads the journal as it is written, and shares nothing else with the worker. */
const PAUSE_MS = 100;

const task = workerData as TablesTask;
const port = parentPort;
if (port === null) throw new Error('tables-thread.ts is started by run-tables.ts, as a thread');
const tell = (message: TablesMessage): void => port.postMessage(message);

let isEnded = false;
let wake: (() => void) | null = null;
port.on('message', () => {
  isEnded = true;
  wake?.();
});

/** A short sleep that the end of the run cuts shorter. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

try {
  const store = openTableStore(task.path);
  try {
    const nowMs = (): number => performance.now();
    const ancestors = ancestorsOf(task.dataDir, task.parentRunId);
    await projectEndedRuns(task.dataDir, ancestors, { store, nowMs, onDay: () => undefined });
    await projectRun({
      store,
      nowMs,
      onDay: (day) => tell({ kind: 'day', day }),
      runId: task.runId,
      directory: task.directory,
      carriedOver: carriedOverFrom(store, task.parentRunId),
      isEnded: () => isEnded,
      pause,
    });
  } finally {
    store.close();
  }
  tell({ kind: 'complete' });
} catch (error) {
  tell({ kind: 'trouble', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
port.close();
