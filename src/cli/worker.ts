import {
  createWorkerLogFor,
  dataFolder,
  type RunSummary,
  startWorker,
  type Worker,
  type WorkerLog,
} from '../app/index.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignerPort } from '../ports/signer.ts';
import { connectSigner, type ParentWord } from '../signer/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { tradesLines } from './directional-lines.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';

/**
 * The worker's own process, which `./run start` begins. It reads no file of settings, has no key, and asks the process that began
 * it for every signature.
 */
const USAGE = './run start, which begins this program';

/** As a shell says it of a program that Ctrl-C has ended: nothing was started. */
const EXIT_STOPPED_EARLY = 130;

/** What is to be done as long as there is no worker yet, which has sent nothing. */
let onWord: (word: ParentWord) => void = () => process.exit(EXIT_STOPPED_EARLY);
let onLost: (text: string) => void = (text) => {
  console.error(text);
  process.exit(1);
};

await main();

async function main(): Promise<void> {
  // A reader of the log that is gone is no reason to stop trading, least of all on the way out.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { approve, resume, seed, json, ...rest } = readArguments(USAGE, {
    approve: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    'new-books': { type: 'boolean', default: false },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  // Signals of the terminal reach this process too. The way out is the same whoever asks first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onWord('stop'));
  const { parsed } = readSettings({}, process.env, null);
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const { settings } = parsed;
  const log = createWorkerLogFor(settings, projectFolder);
  const signer = await signerOrNull(settings.signer.signsAhead, json);
  if (signer === null) return;
  const started = await startWorker({
    settings,
    dataDir: dataFolder(settings, projectFolder),
    approve,
    resume,
    newBooks: rest['new-books'],
    seed: seed ?? null,
    projectFolder,
    signer,
    log,
  });
  if ('refused' in started) {
    onLost = () => undefined;
    await signer.close();
    log.close();
    return refuse(['Nothing was started.', ...started.refused], json);
  }
  process.exit(await untilEnded(started.worker, log, json));
}

async function signerOrNull(signsAhead: boolean, json: boolean): Promise<SignerPort | null> {
  try {
    return await connectSigner({
      onLost: (text) => onLost(text),
      onWord: (word) => onWord(word),
      signsAhead,
    });
  } catch (error) {
    if (!(error instanceof ForeignError)) throw error;
    refuse([error.message], json);
    return null;
  }
}

async function untilEnded(worker: Worker, log: WorkerLog, json: boolean): Promise<number> {
  onWord = (word) => {
    if (word === 'stop') worker.stop('signal', 'asked to stop');
    else worker.abort('asked to stop a second time');
  };
  // Nothing can be signed without it. Cancels need no key, so the way out takes every order back.
  onLost = (text) => {
    log.alarm(`${text}: nothing can be signed, so every order is taken back and the worker ends`);
    worker.stop('signer', text);
  };
  process.on('uncaughtException', (error) => worker.abort(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) =>
    worker.abort(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );
  const summary = await worker.ended;
  log.close();
  show(summary, json);
  // Sockets that a library still holds must not keep a stopped worker alive.
  return summary.ok ? 0 : 1;
}

function show(summary: RunSummary, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(summary));
    return;
  }
  const { runId, exitReason, ordersPlaced, ordersCanceled, fills, settledTrades, pnlUsd } = summary;
  console.log(`run ${runId} ended: ${exitReason}`);
  console.log(
    `  ${ordersPlaced} orders placed, ${ordersCanceled} cancelled, ${fills} fills, ${settledTrades} settled, profit ${pnlUsd.toFixed(2)} USD`,
  );
  for (const line of tradesLines(summary.directional)) console.log(`  ${line}`);
  console.log(
    `  residuals: books ${summary.ledgerResidualMicroUsd}, chain ${summary.chainResidualMicroUsd ?? 'not compared'} micro-USD; journal ${summary.directory}`,
  );
}
