import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dataFolder } from '../app/index.ts';
import {
  type CheckedOrders,
  checkEveryOrder,
  explanationLines,
  NO_PAINT,
  type Paint,
  runsIn,
  type Subject,
  why,
} from '../app/why/index.ts';
import { refuse } from './arguments.ts';
import { EXIT_BAD_INPUT, problemLines, projectFolder, readSettings } from './read-settings.ts';
import { showProgress } from './show-progress.ts';

/** `./run why` answers from the journal: why an order exists and what became of it, or why a market is quoted as it is. */
const USAGE = `./run why ORDER|MARKET [--data DIR] [--at TIME] [--json]
       ./run why --all DIR [--json]
  ORDER   our name of it (o-17), or the beginning of its id
  MARKET  a slug or a part of it, a part of the question, or the beginning of the condition id
  DIR     a data folder, or the folder of one run
  TIME    as things stood then: 2026-11-22T21:05:01Z, or 21:05:01 (UTC) on the day of the newest run`;

const MOST_LISTED = 12;

await main();

async function main(): Promise<void> {
  const { values, words } = readCommand();
  const directory = values.all ?? values.data ?? dataOfSettings(values.json);
  if (directory === null) return;
  const runs = existsSync(directory) ? runsIn(directory) : [];
  const newest = runs.at(-1);
  if (newest === undefined)
    return refuse(
      [`${directory}: found no run; expected a data folder (with runs in it) or the folder of a run.`],
      values.json,
    );
  const atMs = timeOf(values.at, newest.startedAtMs);
  if (Number.isNaN(atMs))
    return refuse(
      [`--at ${values.at}: expected a time such as 2026-11-22T21:05:01Z or 21:05:01.`],
      values.json,
    );
  const progress = showProgress(process.stderr);
  const options = { directory, atMs, onProgress: progress.add };
  try {
    if (values.all === undefined) await answer(words.join(' '), options, values.json, progress.end);
    else await check(options, values.json, progress.end);
  } finally {
    progress.end();
  }
}

function readCommand() {
  try {
    const { values, positionals: words } = parseArgs({
      args: process.argv.slice(2),
      strict: true,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        at: { type: 'string' },
        all: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    if (values.all === undefined && words.length === 0) throw new Error('found no order and no market');
    if (values.all !== undefined && words.length > 0)
      throw new Error(`found ${words.join(' ')} beside --all`);
    return { values, words };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${USAGE}`);
    process.exit(EXIT_BAD_INPUT);
  }
}

function dataOfSettings(json: boolean): string | null {
  const { parsed } = readSettings();
  if (parsed.ok) return dataFolder(parsed.settings, projectFolder);
  refuse([...problemLines(parsed.problems), 'With --data DIR no settings are read.'], json);
  return null;
}

/** Infinity where no time was given, and no number where it cannot be read. */
function timeOf(text: string | undefined, dayOfMs: number): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const day = new Date(dayOfMs).toISOString().slice(0, 10);
  return Date.parse(/^\d{1,2}:\d{2}/.test(text) ? `${day}T${text.padStart(5, '0')}Z` : text);
}

async function answer(
  word: string,
  options: Parameters<typeof why>[1],
  json: boolean,
  endProgress: () => void,
): Promise<void> {
  const found = await why(word, options);
  endProgress();
  if (found.found === 'none')
    return refuse(
      [
        `${word}: no order and no market of this name in the ${found.runs === 1 ? 'one run' : `${found.runs} runs`} of ${options.directory}.`,
      ],
      json,
    );
  if (found.found === 'several') return refuseAmbiguous(word, found.candidates, json);
  const lines = explanationLines(found.explanation, paintFor(json ? process.stderr : process.stdout));
  if (json) {
    console.error(lines.join('\n'));
    console.log(JSON.stringify({ ok: true, ...found.explanation }));
  } else console.log(lines.join('\n'));
}

function refuseAmbiguous(word: string, candidates: readonly Subject[], json: boolean): void {
  const shown = candidates
    .slice(0, MOST_LISTED)
    .map((subject) =>
      subject.kind === 'order'
        ? `  order   ${subject.clientId}  ${subject.orderId ?? 'never signed'}`
        : `  market  ${subject.market.slug}  ${subject.market.question}`,
    );
  const more = candidates.length - shown.length;
  refuse(
    [
      `${word} may mean ${candidates.length} things; say which:`,
      ...shown,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ],
    json,
  );
}

async function check(
  options: Parameters<typeof checkEveryOrder>[0],
  json: boolean,
  endProgress: () => void,
): Promise<void> {
  const checked = await checkEveryOrder(options);
  endProgress();
  const ok = checked.unexplained === 0;
  const lines = checkedLines(checked, paintFor(json ? process.stderr : process.stdout));
  if (json) {
    console.error(lines.join('\n'));
    console.log(JSON.stringify({ ok, ...checked }));
  } else console.log(lines.join('\n'));
  if (!ok) process.exitCode = 1;
}

function checkedLines(checked: CheckedOrders, paint: Paint): string[] {
  const { runs, orders, explained, unexplained, open, ends, examples, tornLines } = checked;
  const ended = Object.entries(ends).map(([state, count]) => `${count} ${state}`);
  const verdict = `${explained} of ${orders} orders in ${runs} ${runs === 1 ? 'run' : 'runs'} have a whole chain`;
  return [
    unexplained === 0 ? paint.good(verdict) : paint.bad(verdict),
    `  how they ended: ${[...ended, ...(open > 0 ? [`${open} not yet`] : [])].join(', ') || 'there is none'}`,
    ...examples.map(({ clientId, runId, missing }) =>
      paint.bad(`  ${clientId} of ${runId} lacks ${missing.join(', ')}`),
    ),
    ...(tornLines > 0 ? [paint.warn(`  ${tornLines} lines of the journal cannot be read`)] : []),
  ];
}

/** Colours on a terminal, and nothing where the text goes into a file. */
function paintFor(stream: NodeJS.WriteStream): Paint {
  if (stream.isTTY !== true || process.env.NO_COLOR !== undefined) return NO_PAINT;
  const in_ = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
  return { title: in_(1), good: in_(32), warn: in_(33), bad: in_(31) };
}
