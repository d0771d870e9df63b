import { resolve } from 'node:path';
import { LeaseTaken } from '../adapters/node/lease.ts';
import { createWorkerLog, type WorkerLog } from '../adapters/node/worker-log.ts';
import type { Settings } from '../settings/index.ts';
import { type ComposeOptions, composeWorker, dataFolder } from './compose.ts';
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

/** The worker's log as the settings want it: lines for a person on standard error, JSON lines in the log file. */
export function createWorkerLogFor(settings: Settings, projectFolder: string, hasFile = true): WorkerLog {
  const { polymarket, anthropic, telegram, bridge, data } = settings;
  return createWorkerLog({
    level: data.logLevel,
    secrets: [
      polymarket.privateKey,
      polymarket.apiKey,
      polymarket.apiSecret,
      polymarket.apiPassphrase,
      anthropic.apiKey,
      telegram.botToken,
      bridge.token,
    ],
    write: (line) => process.stderr.write(`${line}\n`),
    file: hasFile ? resolve(dataFolder(settings, projectFolder), data.logFile) : null,
    color: process.stderr.isTTY === true,
  });
}
