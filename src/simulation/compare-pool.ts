import { Worker } from 'node:worker_threads';
import type { ComparedRun, RunOutcome } from './compare-run.ts';

/**
 * Carries the runs out on so many threads and returns their outcomes in the order of the runs, so that the number of threads changes
 * nothing but the time. The first run that fails ends all.
 */
export async function runAll(
  runs: readonly ComparedRun[],
  threads: number,
  onDone: (done: number) => void = () => undefined,
): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  let next = 0;
  let done = 0;
  const workers = Array.from(
    { length: Math.min(threads, runs.length) },
    () => new Worker(new URL('./compare-worker.ts', import.meta.url)),
  );
  const drain = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let index = -1;
      const give = (): void => {
        index = next;
        next += 1;
        if (index < runs.length) worker.postMessage(runs[index]);
        else resolve();
      };
      worker.on('message', (outcome: RunOutcome) => {
        outcomes[index] = outcome;
        done += 1;
        onDone(done);
        give();
      });
      worker.once('error', (cause) => {
        const { engine, seed, informed } = runs[index] ?? {};
        reject(new Error(`engine ${engine}, seed ${seed}, informed ${informed} failed`, { cause }));
      });
      give();
    });
  try {
    await Promise.all(workers.map(drain));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return outcomes;
}
