import {
  environmentOf,
  explainSetting,
  groupTitles,
  placedRows,
  redactedSettings,
  type SettingProblem,
} from '../settings/index.ts';
import { EXIT_BAD_INPUT, problemLines, readSettings } from './read-settings.ts';

/** `./run settings [--json]` prints what is in force; `./run settings explain NAME` says what one setting means. */
const args = process.argv.slice(2);
const json = args.includes('--json');
const words = args.filter((word) => word !== '--json');

if (words.length === 0) printSettings();
else if (words.length === 2 && words[0] === 'explain') explain(words[1] ?? '');
else
  refuse([
    `Unknown arguments: ${words.join(' ')}.`,
    'Use ./run settings, ./run settings --json, or ./run settings explain NAME.',
  ]);

function printSettings(): void {
  const { parsed, sources } = readSettings();
  if (!parsed.ok) {
    refuse(problemLines(parsed.problems), parsed.problems);
    return;
  }
  const shown = redactedSettings(parsed.settings);
  if (json) {
    const settings = Object.entries(shown).map(([name, value]) => ({
      name,
      value,
      source: sources.get(name),
    }));
    console.log(JSON.stringify({ ok: true, environment: environmentOf(parsed.settings), settings }));
    return;
  }
  console.log(`environment: ${environmentOf(parsed.settings)}`);
  let title = '';
  for (const { group, row } of placedRows) {
    if (groupTitles[group] !== title) {
      title = groupTitles[group];
      console.log(`\n${title}`);
    }
    const value = shown[row.env] ?? null;
    const source = sources.get(row.env) ?? 'default';
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
