import { resolve } from 'node:path';
import { createWorkerLog, type WorkerLog } from '../adapters/node/worker-log.ts';
import type { Settings } from '../settings/index.ts';
import { dataFolder } from './data-folder.ts';

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
