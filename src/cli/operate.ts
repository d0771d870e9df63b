import { askStatus, NoWorker, tellOperator, type WorkerStatus } from '../app/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { askLeave } from './ask-leave.ts';
import { dataDirOf } from './data-dir.ts';
import { readNeededSettings } from './needed-settings.ts';
import { problemLines } from './read-settings.ts';
import { operatorName } from './setting-changes.ts';

const ANSWER_BOUND_MS = 5_000;

export interface OperateOptions {
  readonly order: 'pause' | 'resume';
  readonly usage: string;
  /** What to do where no worker answers. */
  readonly withoutWorker: string;
}

/** Gives the running worker of a data folder an order, and says what its trading state is then. */
export async function operate({ order, usage, withoutWorker }: OperateOptions): Promise<void> {
  const options = readArguments(usage, {
    reason: { type: 'string' },
    data: { type: 'string' },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { json, yes, data } = options;
  const { settings, problems } = readNeededSettings(data === undefined ? ['EVENKEEL_DATA_DIR'] : []);
  // A pause of a worker in the default folder costs little; a resume of one that was not meant does not.
  if (problems.length > 0 && order === 'resume') return refuse(problemLines(problems), json);
  for (const { message } of problems) console.error(`warning, going on with the default folder: ${message}`);
  const dataDir = dataDirOf(settings, data);
  const reason = options.reason?.trim() || `run ${order}`;
  if (reason.length > 500)
    return refuse([`--reason: found ${reason.length} characters; expected at most 500.`], json);
  try {
    if (order === 'resume') {
      const noLeave = await askForLeave(await askStatus(dataDir, ANSWER_BOUND_MS), yes);
      if (noLeave !== null) return refuse([noLeave], json);
    }
    const answer = await tellOperator(dataDir, { order, reason, by: operatorName() }, ANSWER_BOUND_MS);
    if ('refused' in answer) return refuse([`not resumed: ${answer.refused}.`], json);
    // A worker of an earlier version warns of nothing.
    if (typeof answer.warning === 'string') console.error(`warning: ${answer.warning}`);
    show(await askStatus(dataDir, ANSWER_BOUND_MS), json);
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    refuse([`${error.message}. ${withoutWorker}`], json);
  }
}

/** What a resume gives up: a halt, a limit on losses that starts anew, or money that nobody can account for. */
const GIVEN_UP = /^(operatorHalt|drawdownReduce|drawdownKill|drawdownStopLoss|dailyStopLoss|ledgerResidual):/;
const haltsOf = ({ trading }: WorkerStatus): string[] => trading.blocks.filter((text) => GIVEN_UP.test(text));

/** A halt stands for a reason, so whoever lifts it is shown the reason first. Null when the worker may resume. */
async function askForLeave(status: WorkerStatus, yes: boolean): Promise<string | null> {
  const halts = haltsOf(status);
  if (halts.length === 0 || yes || status.run.environment === 'local') return null;
  console.error(halts.join('\n'));
  return askLeave({
    message: 'Accept this and trade again? Limits on losses start anew from the present value.',
    noTerminal:
      'trading is held back by more than a pause: found no terminal to ask on; expected a yes. Run ./run resume --yes to lift it.',
    declined: 'still halted, as you said',
  });
}

function show({ trading, run }: WorkerStatus, json: boolean): void {
  console.error(
    [`run ${run.runId}: ${trading.mode}`, ...trading.blocks.map((text) => `  held back by ${text}`)].join(
      '\n',
    ),
  );
  if (json) console.log(JSON.stringify({ ok: true, trading }));
}
