// Not all of `app`: what decides and what talks to the venue is the worker's, and takes half a second to load.
import { readAccountKey } from '../app/account-key.ts';
import { createWorkerLogFor } from '../app/create-worker-log-for.ts';
import { dataFolder } from '../app/data-folder.ts';
import { accountOrRefusal, startSetupOf } from '../app/open-account-signer.ts';
import { StartRefused } from '../app/start-refused.ts';
import { type SupervisedWorker, superviseWorker } from '../app/supervise-worker.ts';
import { environmentOf, problemsBeforeStart, type Settings } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { askLeave } from './ask-leave.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';

/**
 * `./run start` runs the worker against what `.env` and the environment say, until it is stopped. This process reads the settings and
 * has the key; the worker is another one, which asks it for signatures and has neither `.env` nor the key. What was changed by command
 * makes the limits of this one tighter and never looser, since the worker could write that file.
 */
const USAGE = './run start [--yes] [--approve] [--resume] [--new-books] [--seed S] [--no-env-file] [--json]';

const BANNERS = {
  production: ['1;41;97', 'PRODUCTION: real money'],
  local: ['1;42;30', 'local venue: play money on this machine'],
  other: ['1;43;30', 'neither production nor this machine: look closely at the addresses'],
} as const;

/** Asked before anything is waited for, since a parent may be gone by then. */
const isChild = process.connected === true;

await main();

async function main(): Promise<void> {
  // A reader of the log that is gone is no reason to stop trading, least of all on the way out.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { yes, approve, resume, seed, json, ...rest } = readArguments(USAGE, {
    yes: { type: 'boolean', default: false },
    approve: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    'new-books': { type: 'boolean', default: false },
    seed: { type: 'string' },
    'no-env-file': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { parsed, texts } = rest['no-env-file'] ? readSettings({}, process.env, null) : readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const { settings } = parsed;
  const missing = problemsBeforeStart(settings);
  if (missing.length > 0) return refuse(problemLines(missing), json);
  showEnvironment(settings);
  const noLeave = await askForLeave(settings, yes);
  if (noLeave !== null) return refuse([noLeave], json);

  const log = createWorkerLogFor(settings, projectFolder);
  try {
    const privateKey = await readAccountKey(settings, log);
    const setup = startSetupOf(settings, dataFolder(settings, projectFolder), privateKey, log);
    const worker = await accountOrRefusal(() =>
      superviseWorker({
        setup,
        texts,
        environment: process.env,
        args: workerArguments({ approve, resume, json, newBooks: rest['new-books'] }, seed),
        log,
      }),
    );
    process.exitCode = await untilEnded(worker);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(['Nothing was started.', ...error.problems], json);
  } finally {
    log.close();
  }
}

function workerArguments(
  flags: { approve: boolean; resume: boolean; json: boolean; newBooks: boolean },
  seed: string | undefined,
): string[] {
  const { approve, resume, json, newBooks } = flags;
  return [
    ...(approve ? ['--approve'] : []),
    ...(resume ? ['--resume'] : []),
    ...(newBooks ? ['--new-books'] : []),
    ...(json ? ['--json'] : []),
    ...(seed === undefined ? [] : ['--seed', seed]),
  ];
}

/** Passes on what this process is asked for, and ends as the worker does. */
async function untilEnded(worker: SupervisedWorker): Promise<number> {
  // Whoever started us as a child is gone, perhaps already.
  const isOrphan = (): void => worker.tell('stop');
  if (isChild && !process.connected) isOrphan();
  else process.on('disconnect', isOrphan);
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      signals += 1;
      worker.tell(signals === 1 ? 'stop' : 'abort');
    });
  const code = await worker.ended;
  // The channel to a parent must not keep a program alive that has nothing more to do.
  if (process.connected) process.disconnect();
  return code;
}

function showEnvironment(settings: Settings): void {
  const [color, words] = BANNERS[environmentOf(settings)];
  const banner = ` ${words} `;
  console.error(process.stderr.isTTY ? `\u001b[${color}m${banner}\u001b[0m` : `==${banner}==`);
  console.error(`  orders to ${settings.polymarket.clobUrl}, chain ${settings.chain.chainId}`);
}

/** Null when the worker may start; otherwise why not. */
async function askForLeave(settings: Settings, yes: boolean): Promise<string | null> {
  if (environmentOf(settings) === 'local' || yes) return null;
  return askLeave({
    message: 'Start trading there?',
    noTerminal:
      'this is not the local venue: found no terminal to ask on; expected a yes. Run ./run start --yes to start it as a service.',
    declined: 'not started, as you said',
  });
}
