import { confirm, isCancel } from '@clack/prompts';
import { createWorkerLogFor, dataFolder, killOrders, StartRefused, undoOnChain } from '../app/index.ts';
import { environmentOf, problemsBeforeTrading, type Settings } from '../settings/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';
import { operatorName } from './setting-changes.ts';

/**
 * `./run kill` cancels every order of the account and halts trading, whether or not the worker still answers; `--on-chain` pauses the
 * account on the exchanges' contracts as well, and `--undo-on-chain` takes only that back. It asks nothing before it acts.
 */
const USAGE =
  './run kill [--reason TEXT] [--on-chain] [--json], or ./run kill --undo-on-chain [--yes] [--json]';

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
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  const { settings } = parsed;
  const missing = problemsBeforeTrading(settings);
  if (missing.length > 0) return refuse(problemLines(missing), json);
  const log = createWorkerLogFor(settings, projectFolder);
  try {
    if (isUndo) await undo(settings, yes, json, log);
    else await kill(settings, reason?.trim() || 'run kill', onChain, json, log);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
  } finally {
    log.close();
  }
}

function say(text: string): void {
  console.error(text);
}

async function kill(
  settings: Settings,
  reason: string,
  onChain: boolean,
  json: boolean,
  log: ReturnType<typeof createWorkerLogFor>,
): Promise<void> {
  if (reason.length > 400)
    return refuse([`--reason: found ${reason.length} characters; expected at most 400.`], json);
  const dataDir = dataFolder(settings, projectFolder);
  const outcome = await killOrders({ settings, dataDir, by: operatorName(), reason, onChain, log, say });
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
  settings: Settings,
  yes: boolean,
  json: boolean,
  log: ReturnType<typeof createWorkerLogFor>,
): Promise<void> {
  if (!yes && environmentOf(settings) !== 'local') {
    if (!process.stdin.isTTY || !process.stderr.isTTY)
      return refuse(
        [
          'this is not the local venue: found no terminal to ask on; expected a yes. Run ./run kill --undo-on-chain --yes.',
        ],
        json,
      );
    const answer = await confirm({
      message: 'Let orders of this account settle again?',
      initialValue: false,
      output: process.stderr,
    });
    if (isCancel(answer) || !answer) return refuse(['still paused, as you said'], json);
  }
  const outcome = await undoOnChain(settings, log, say);
  say(
    outcome.ok ? 'done: orders of this account settle again. A halt is lifted by ./run resume' : 'NOT DONE',
  );
  if (json) console.log(JSON.stringify(outcome));
  process.exitCode = outcome.ok ? 0 : 1;
}
