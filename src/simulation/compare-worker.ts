import { parentPort } from 'node:worker_threads';
import { type ComparedRun, compareRun } from './compare-run.ts';

/** A thread of `runAll`: answers each run it is given with its outcome. What is thrown ends the thread and reaches `runAll`. */
parentPort?.on('message', (run: ComparedRun) => {
  parentPort?.postMessage(compareRun(run));
});
