import { LeaseTaken } from '../adapters/node/lease.ts';
import { type ComposeOptions, composeWorker } from './compose.ts';
import { textOf } from './preflight.ts';
import type { Worker } from './run-worker.ts';
import { StartRefused } from './start-refused.ts';

/** A running worker, or the complete list of why there is none. */
export async function startWorker(
  options: ComposeOptions,
): Promise<{ readonly worker: Worker } | { readonly refused: readonly string[] }> {
  try {
    return { worker: await composeWorker(options) };
  } catch (error) {
    if (error instanceof StartRefused) return { refused: error.problems };
    if (error instanceof LeaseTaken) return { refused: [error.message] };
    options.log.debug('the start failed', { stack: error instanceof Error ? error.stack : String(error) });
    return { refused: [`the worker could not start: ${textOf(error)}`] };
  }
}
