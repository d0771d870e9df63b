import { confirm, isCancel } from '@clack/prompts';
import { createWorkerLogFor, dataFolder, type RunSummary, startWorker } from '../app/index.ts';
import { environmentOf, problemsBeforeStart, type Settings } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';

/** `./run start` runs the worker against what `.env` and the environment say, until it is stopped. */
const USAGE = './run start [--yes] [--approve] [--resume] [--new-books] [--seed S] [--no-env-file] [--json]';

const BANNERS = {
  production: ['1;41;97', 'PRODUCTION: real money'],
  local: ['1;42;30', 'local venue: play money on this machine'],
  other: ['1;43;30', 'neither production nor this machine: look closely at the addresses'],
} as const;

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
  const { parsed } = rest['no-env-file'] ? readSettings({}, process.env, null) : readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const { settings } = parsed;
  const missing = problemsBeforeStart(settings);
  if (missing.length > 0) return refuse(problemLines(missing), json);
  showEnvironment(settings);
  const noLeave = await askForLeave(settings, yes);
  if (noLeave !== null) return refuse([noLeave], json);

  const isChild = process.connected === true;
  const log = createWorkerLogFor(settings, projectFolder);
  const started = await startWorker({
    settings,
    dataDir: dataFolder(settings, projectFolder),
    approve,
    resume,
    newBooks: rest['new-books'],
    seed: seed ?? null,
    projectFolder,
    log,
  });
  if ('refused' in started) return refuse(['Nothing was started.', ...started.refused], json);
  const { worker } = started;
  // Whoever started us as a child is gone, perhaps already.
  const isOrphan = (): void => worker.stop('parent', 'the program that started the worker ended');
  if (isChild && !process.connected) isOrphan();
  else process.on('disconnect', isOrphan);
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) worker.stop('signal', signal);
      else worker.abort(`second ${signal}`);
    });
  process.on('uncaughtException', (error) => worker.abort(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) =>
    worker.abort(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );
  const summary = await worker.ended;
  log.close();
  show(summary, json);
  // Sockets that a library still holds must not keep a stopped worker alive.
  process.exit(summary.ok ? 0 : 1);
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
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    return 'this is not the local venue: found no terminal to ask on; expected a yes. Run ./run start --yes to start it as a service.';
  const answer = await confirm({
    message: 'Start trading there?',
    initialValue: false,
    output: process.stderr,
  });
  return isCancel(answer) || !answer ? 'not started, as you said' : null;
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
  console.log(
    `  residuals: books ${summary.ledgerResidualMicroUsd}, chain ${summary.chainResidualMicroUsd ?? 'not compared'} micro-USD; journal ${summary.directory}`,
  );
}
