import { askStatus, dataFolder, NoWorker, tellOperator } from '../app/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { readNeededSettings } from './needed-settings.ts';
import { projectFolder } from './read-settings.ts';

/** `./run stop` ends the worker of this data folder: it cancels every order, confirms that, settles, and exits. */
const USAGE = './run stop [--json]';
/** Longer than the worker's own bound. */
const WAIT_MS = 100_000;
const LOOK_EVERY_MS = 250;

await main();

async function main(): Promise<void> {
  const { json } = readArguments(USAGE, { json: { type: 'boolean', default: false } });
  const { settings, problems } = readNeededSettings(['EVENKEEL_DATA_DIR']);
  for (const { message } of problems) console.error(`warning, going on with the default folder: ${message}`);
  const dataDir = dataFolder(settings, projectFolder);
  try {
    await tellOperator(dataDir, { order: 'stop', reason: 'run stop', by: 'operator' }, 5_000);
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    return refuse(
      [`${error.message}. Nothing was stopped; ./run kill cancels orders without a worker.`],
      json,
    );
  }
  const stopped = await isGone(dataDir);
  console.error(stopped ? 'stopped' : `the worker is still running after ${WAIT_MS / 1_000} s`);
  if (json) console.log(JSON.stringify({ ok: stopped }));
  process.exitCode = stopped ? 0 : 1;
}

async function isGone(dataDir: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += LOOK_EVERY_MS) {
    try {
      await askStatus(dataDir, 5_000);
    } catch (error) {
      if (error instanceof NoWorker) return true;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}
