import { Worker } from 'node:worker_threads';
import type { Log } from '../../ports/timers.ts';
import type { ShownDay } from './shown-day.ts';

/** What the thread is to do. */
export interface TablesTask {
  readonly path: string;
  readonly dataDir: string;
  readonly runId: string;
  readonly parentRunId: string | null;
  readonly directory: string;
}

/** What the thread tells. */
export type TablesMessage =
  | { readonly kind: 'day'; readonly day: ShownDay }
  | { readonly kind: 'complete' }
  | { readonly kind: 'trouble'; readonly text: string };

/** The tables of a running worker, kept by a thread of their own, so that nothing that decides or sends ever waits for them. */
export interface RunTables {
  /** The running day as last written; null before the first batch. */
  today(): ShownDay | null;
  /** Nothing more is appended to the journal. Resolves once all of it is in the tables, or null when that takes too long or failed. */
  finish(): Promise<ShownDay | null>;
}

/** Longer than it takes to read what an hour of trading has appended. What is left then is made by the next start. */
const FINISH_BOUND_MS = 10_000;

/** Starts the thread. When it fails the worker trades on, and a warning says what to do. */
export function startRunTables(task: TablesTask, log: Log): RunTables {
  const thread = new Worker(new URL('./tables-thread.ts', import.meta.url), { workerData: task });
  const ended = Promise.withResolvers<boolean>();
  let day: ShownDay | null = null;
  let hasFailed = false;

  function fail(text: string): void {
    if (!hasFailed)
      log.warning(
        `the tables in ${task.path} are not kept any more: ${text}. Trading goes on; ./run rebuild-tables makes them again.`,
      );
    hasFailed = true;
    ended.resolve(false);
  }
  thread.on('message', (message: TablesMessage) => {
    if (message.kind === 'day') day = message.day;
    else if (message.kind === 'complete') ended.resolve(true);
    else fail(message.text);
  });
  thread.on('error', (error) => fail(String(error)));
  thread.on('exit', () => ended.resolve(false));
  // A worker that ends without asking for the tables does not stay alive for them.
  thread.unref();

  return {
    today: () => (hasFailed ? null : day),
    async finish() {
      thread.ref();
      thread.postMessage('finish');
      const late = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => late.resolve(false), FINISH_BOUND_MS);
      const isComplete = await Promise.race([ended.promise, late.promise]);
      clearTimeout(timer);
      if (!isComplete && !hasFailed)
        log.warning('the tables are behind the journal; the next start brings them up to it');
      await thread.terminate();
      return isComplete ? day : null;
    },
  };
}
