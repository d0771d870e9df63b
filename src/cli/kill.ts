import { createWorkerLogFor, dataFolder, type KillOutcome, killOrders, StartRefused } from '../app/index.ts';
import { problemsBeforeTrading } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';

/** `./run kill` cancels every order of the account and halts trading, whether or not the worker still answers. */
const USAGE = './run kill [--json]';

const WORKER_WORDS: Readonly<Record<KillOutcome['worker'], string>> = {
  halted:
    'the worker is halted: it stays up, keeps its books and sends nothing; to trade again, ./run resume',
  notRunning: 'no worker is running for this data folder',
  silent: 'the worker does not answer; if it still runs it may send again: end it, then run this once more',
};

await main();

async function main(): Promise<void> {
  const { json } = readArguments(USAGE, { json: { type: 'boolean', default: false } });
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const missing = problemsBeforeTrading(parsed.settings);
  if (missing.length > 0) return refuse(problemLines(missing), json);
  const log = createWorkerLogFor(parsed.settings, projectFolder);
  try {
    const outcome = await killOrders(parsed.settings, dataFolder(parsed.settings, projectFolder), log);
    show(outcome, json);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
  } finally {
    log.close();
  }
}

function show(outcome: KillOutcome, json: boolean): void {
  const { ok, worker, canceled, remaining, trouble } = outcome;
  const left =
    remaining === null
      ? `what is left could not be read: ${trouble}`
      : remaining.length === 0
        ? 'no order is left'
        : `${remaining.length} orders are still there: ${remaining.join(' ')}`;
  console.error(`${WORKER_WORDS[worker]}\n${canceled} orders cancelled; ${left}`);
  if (json) console.log(JSON.stringify(outcome));
  process.exitCode = ok ? 0 : 1;
}
