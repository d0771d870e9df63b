import { userInfo } from 'node:os';
import {
  askStatus,
  changeLine,
  changeSettings,
  LeaseTaken,
  NoWorker,
  readSettingChanges,
  type SettingAnswer,
  StartRefused,
} from '../app/index.ts';
import {
  appliesLive,
  changeableRow,
  layChanges,
  redactedSettings,
  rowByEnv,
  type SettingChange,
  type Settings,
  type ShownValue,
} from '../settings/index.ts';
import { refuse } from './arguments.ts';
import { EXIT_BAD_INPUT } from './read-settings.ts';

const STATUS_BOUND_MS = 5_000;

/** Who gives an order: the system's name for whoever runs the command. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have a number and no name.
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}

/** Sets one setting, or with null takes a change back, and says from when on that holds. */
export async function change(
  base: Settings,
  dataDir: string,
  word: { readonly name: string; readonly value: string | null; readonly reason: string },
  json: boolean,
): Promise<void> {
  // What may not be changed is refused before it leaves this process: it may be a secret that was typed by mistake.
  const found = changeableRow(word.name);
  if (word.value !== null && !found.ok) return refuse([found.problem.message], json);
  let answer: SettingAnswer & { readonly worker: 'running' | 'notRunning' };
  try {
    answer = await changeSettings(base, dataDir, { ...word, by: operatorName() }, Date.now());
  } catch (error) {
    if (error instanceof LeaseTaken)
      return refuse(
        [`${error.message} It does not answer: it may be starting or ending. Nothing was changed.`],
        json,
      );
    if (error instanceof StartRefused) return refuse(error.problems, json);
    throw error;
  }
  if (!answer.ok) return refuse(['Nothing was changed.', ...answer.problems], json);
  const { name, from, to, applies, worker, stillWrong, signer } = answer;
  console.error(`${name}: ${shown(name, from)} -> ${shown(name, to)}, ${whenText(applies, worker)}`);
  // A worker of an earlier version says nothing of it.
  if (typeof signer === 'string') console.error(signer);
  for (const problem of stillWrong)
    console.error(`another change is still wrong, so the worker would not start: ${problem}`);
  if (json) console.log(JSON.stringify(answer));
}

function whenText(applies: 'now' | 'nextStart', worker: 'running' | 'notRunning'): string {
  if (applies === 'now') return 'in force now, and after a restart';
  return worker === 'running'
    ? 'from the next start on: this setting does not change while the worker runs (./run stop, then ./run start)'
    : 'from the next start on: no worker is running for this data folder';
}

/** What differs from `.env`, since when, by whom and why. */
export async function showChanges(base: Settings, dataDir: string, json: boolean): Promise<void> {
  const changes = changesOf(dataDir, json);
  if (changes === null) return;
  const laid = layChanges(base, changes);
  const before = redactedSettings(base);
  const startedAtMs = await runningSinceMs(dataDir);
  const rows = changes.map((each) => {
    const { name, value } = each;
    const isWaiting = startedAtMs !== null && !appliesLive(name) && each.atMs > startedAtMs;
    return {
      ...each,
      to: laid.ok ? (redactedSettings(laid.settings)[name] ?? null) : value,
      env: before[name] ?? null,
      applies: isWaiting || startedAtMs === null ? ('nextStart' as const) : ('now' as const),
    };
  });
  if (rows.length === 0) console.error(`nothing: everything is as .env and the environment say (${dataDir})`);
  for (const row of rows) {
    const from = row.applies === 'nextStart' ? ' (from the next start on)' : '';
    console.error(`${changeLine(row, shown(row.name, row.to), shown(row.name, row.env))}${from}`);
  }
  const problems = laid.ok ? [] : laid.problems.map(({ message }) => message);
  for (const problem of problems) console.error(`the worker would not start: ${problem}`);
  if (json) console.log(JSON.stringify({ ok: laid.ok, changes: rows, problems }));
  if (!laid.ok) process.exitCode = EXIT_BAD_INPUT;
}

/** The changes of a data folder; null, after saying why, where the file is broken. */
export function changesOf(dataDir: string, json: boolean): readonly SettingChange[] | null {
  try {
    return readSettingChanges(dataDir);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.problems, json);
    return null;
  }
}

async function runningSinceMs(dataDir: string): Promise<number | null> {
  try {
    return (await askStatus(dataDir, STATUS_BOUND_MS)).run.startedAtMs;
  } catch (error) {
    if (error instanceof NoWorker) return null;
    throw error;
  }
}

function shown(name: string, value: ShownValue): string {
  const unit = rowByEnv.get(name)?.row.unit ?? '';
  return value === null ? '(not set)' : `${value}${unit === '' ? '' : ` ${unit}`}`;
}
