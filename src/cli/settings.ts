import { parseArgs } from 'node:util';
import {
  environmentOf,
  explainSetting,
  groupTitles,
  layChanges,
  placedRows,
  redactedSettings,
  type SettingProblem,
  type Settings,
} from '../settings/index.ts';
import { dataDirOf } from './data-dir.ts';
import { EXIT_BAD_INPUT, problemLines, readSettings } from './read-settings.ts';
import { change, changesOf, showChanges } from './setting-changes.ts';

/**
 * `./run settings [--json]` prints what is in force; `explain NAME` says what one setting means; `set NAME VALUE`, `unset NAME` and
 * `changes` change settings without `.env`, in the running worker where they can.
 */
const USAGE = [
  './run settings [--data DIR] [--json]',
  './run settings explain NAME',
  './run settings set NAME VALUE [--reason TEXT] [--data DIR]',
  './run settings unset NAME [--reason TEXT] [--data DIR]',
  './run settings changes [--data DIR]',
];

const json = process.argv.includes('--json');

await main();

async function main(): Promise<void> {
  const given = readWords();
  if (given === null) return;
  const { words, reason, data } = given;
  const [verb, first, second] = words;
  if (verb === 'explain' && first !== undefined && words.length === 2) return explain(first);
  const isKnown =
    words.length === 0 ||
    (verb === 'changes' && words.length === 1) ||
    (verb === 'unset' && words.length === 2) ||
    (verb === 'set' && words.length === 3);
  if (!isKnown) return refuse([`Unknown arguments: ${words.join(' ')}.`, 'Use one of:', ...USAGE]);
  const { parsed, sources } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), parsed.problems);
  const { settings } = parsed;
  const dataDir = dataDirOf(settings, data);
  if (verb === undefined) return printSettings(settings, sources, dataDir);
  if (verb === 'changes') return showChanges(settings, dataDir, json);
  const value = verb === 'set' ? (second ?? '') : null;
  return change(settings, dataDir, { name: (first ?? '').trim().toUpperCase(), value, reason }, json);
}

/** The words and options; null, after saying what is wrong with them, where they are none of ours. */
function readWords(): { words: string[]; reason: string; data: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args: asPositionals(process.argv.slice(2)),
      strict: true,
      allowPositionals: true,
      options: { reason: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
    });
    const reason = (values.reason ?? '').trim();
    if (reason.length > 500) {
      refuse([`--reason: found ${reason.length} characters; expected at most 500.`]);
      return null;
    }
    return { words: positionals, reason: reason === '' ? 'no reason given' : reason, data: values.data };
  } catch (error) {
    refuse([error instanceof Error ? error.message : String(error), 'Use one of:', ...USAGE]);
    return null;
  }
}

/** A negative value is a word, not an option: it goes behind the `--` that says so. */
function asPositionals(args: readonly string[]): string[] {
  const at = args.findIndex((word) => /^-[\d.]/.test(word));
  return at === -1 ? [...args] : [...args.filter((_, index) => index !== at), '--', args[at] ?? ''];
}

function printSettings(base: Settings, sources: ReadonlyMap<string, string>, dataDir: string): void {
  const changes = changesOf(dataDir, json);
  if (changes === null) return;
  const laid = layChanges(base, changes);
  if (!laid.ok) {
    refuse(problemLines(laid.problems), laid.problems);
    return;
  }
  const changed = new Set(changes.map(({ name }) => name));
  const sourceOf = (env: string): string =>
    changed.has(env) ? 'settings set' : (sources.get(env) ?? 'default');
  const shown = redactedSettings(laid.settings);
  if (json) {
    const settings = Object.entries(shown).map(([name, value]) => ({ name, value, source: sourceOf(name) }));
    console.log(JSON.stringify({ ok: true, environment: environmentOf(base), settings }));
    return;
  }
  console.log(`environment: ${environmentOf(base)}`);
  let title = '';
  for (const { group, row } of placedRows) {
    if (groupTitles[group] !== title) {
      title = groupTitles[group];
      console.log(`\n${title}`);
    }
    const value = shown[row.env] ?? null;
    const source = sourceOf(row.env);
    const text = value === null ? '(not set)' : `${value}${row.unit === '' ? '' : ` ${row.unit}`}`;
    console.log(`  ${row.env.padEnd(34)} ${text}${source === 'default' ? '' : `   <- ${source}`}`);
  }
}

function explain(name: string): void {
  const explanation = explainSetting(name);
  if (!explanation.ok) refuse([explanation.message]);
  else if (json) console.log(JSON.stringify({ ok: true, lines: explanation.lines }));
  else console.log(explanation.lines.join('\n'));
}

function refuse(lines: readonly string[], problems: readonly SettingProblem[] = []): void {
  console.error(lines.join('\n'));
  if (json) console.log(JSON.stringify({ ok: false, message: lines.join('\n'), problems }));
  process.exitCode = EXIT_BAD_INPUT;
}
