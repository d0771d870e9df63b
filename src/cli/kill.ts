import {
  createWorkerLogFor,
  dataFolder,
  KILL_SETTINGS,
  killOrders,
  StartRefused,
  undoOnChain,
  type WorkerLog,
} from '../app/index.ts';
import { environmentOf, problemsBeforeTrading, type Settings } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { askLeave } from './ask-leave.ts';
import { type NeededSettings, readNeededSettings } from './needed-settings.ts';
import { problemLines, projectFolder } from './read-settings.ts';
import { operatorName } from './setting-changes.ts';

/**
 * `./run kill` cancels every order of the account and halts trading, whether or not the worker still answers; `--on-chain` pauses the
 * account on the exchanges' contracts as well, and `--undo-on-chain` takes only that back. It asks nothing before it acts.
 */
const USAGE =
  './run kill [--reason TEXT] [--on-chain] [--json], or ./run kill --undo-on-chain [--yes] [--json]';
/** A longer reason is cut: nothing is refused for it. */
const MOST_REASON_CHARACTERS = 400;

await main();

async function main(): Promise<void> {
  const {
    json,
    yes,
    reason,
    'on-chain': onChain,
    'undo-on-chain': isUndo,
  } = readArguments(USAGE, {
    reason: { type: 'string' },
    'on-chain': { type: 'boolean', default: false },
    'undo-on-chain': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (isUndo && (onChain || reason !== undefined))
    return refuse([`--undo-on-chain stands alone: found it with other options. usage: ${USAGE}`], json);
  const needed = readNeededSettings(KILL_SETTINGS);
  const log = logFor(needed.settings);
  try {
    if (isUndo) await undo(needed, yes, json, log);
    else await kill(needed, reason?.trim() || 'run kill', onChain, json, log);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
  } finally {
    log.close();
  }
}

/** A log file that cannot be written is no reason to leave orders in the book. */
function logFor(settings: Settings): WorkerLog {
  try {
    return createWorkerLogFor(settings, projectFolder);
  } catch (error) {
    say(`warning, going on without a log file: ${error instanceof Error ? error.message : String(error)}`);
    return createWorkerLogFor(settings, projectFolder, false);
  }
}

function say(text: string): void {
  console.error(text);
}

async function kill(
  { settings, problems }: NeededSettings,
  reason: string,
  onChain: boolean,
  json: boolean,
  log: WorkerLog,
): Promise<void> {
  const kept = reason.slice(0, MOST_REASON_CHARACTERS);
  if (kept !== reason)
    say(`--reason: of ${reason.length} characters the first ${MOST_REASON_CHARACTERS} are kept`);
  const dataDir = dataFolder(settings, projectFolder);
  const by = operatorName();
  const outcome = await killOrders({ settings, problems, dataDir, by, reason: kept, onChain, log, say });
  say(
    outcome.ok
      ? 'done: no order is left. To trade again: ./run resume, or ./run start --resume without a worker'
      : 'NOT DONE: run it again, and look at docs/operating.md, "When things go wrong"',
  );
  if (json) console.log(JSON.stringify(outcome));
  process.exitCode = outcome.ok ? 0 : 1;
}

/** It lifts a safety, so it is asked for where it is about real money. */
async function undo(
  { settings, problems }: NeededSettings,
  yes: boolean,
  json: boolean,
  log: WorkerLog,
): Promise<void> {
  const missing = problems.length > 0 ? problems : problemsBeforeTrading(settings);
  if (missing.length > 0) return refuse(problemLines(missing), json);
  if (!yes && environmentOf(settings) !== 'local') {
    const noLeave = await askLeave({
      message: 'Let orders of this account settle again?',
      noTerminal:
        'this is not the local venue: found no terminal to ask on; expected a yes. Run ./run kill --undo-on-chain --yes.',
      declined: 'still paused, as you said',
    });
    if (noLeave !== null) return refuse([noLeave], json);
  }
  const outcome = await undoOnChain(settings, log, say);
  say(
    outcome.ok ? 'done: orders of this account settle again. A halt is lifted by ./run resume' : 'NOT DONE',
  );
  if (json) console.log(JSON.stringify(outcome));
  process.exitCode = outcome.ok ? 0 : 1;
}
