import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Bar, BarResult } from '../bench/bar.ts';
import { bars } from '../bench/bars.ts';

/**
 * `./run bench [NAME]... [--json]`: each bar measured against its peers in one run. Exit 1 when one is missed, 2 for a name unknown.
 * Several bars run one after another, each in a process of its own: what one leaves in memory would be collected on the next one's time.
 */
const args = process.argv.slice(2);
const isJson = args.includes('--json');
const names = args.filter((arg) => arg !== '--json');
const unknown = names.filter((name) => !bars.some((bar) => bar.name === name));
if (unknown.length > 0) {
  console.error(
    `bench: no bar is named ${unknown.join(', ')}. There are: ${bars.map((bar) => `${bar.name} (${bar.what})`).join('; ')}.`,
  );
  process.exit(2);
}

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
const results: BarResult[] = [];
if (!isJson)
  console.log(
    `Node ${process.versions.node}, ${availableParallelism()} processors; medians of interleaved rounds, each bar in one process.\n`,
  );
const wanted = names.length === 0 ? bars : bars.filter(({ name }) => names.includes(name));
for (const bar of wanted) {
  showUnderWay(`${bar.name}: measuring, which takes up to five minutes`);
  const result = wanted.length === 1 ? await bar.run() : await runApart(bar);
  showUnderWay('');
  results.push(result);
  if (isJson) continue;
  const figures = result.figures.map(({ name, value, unit }) => `${name} ${shown(value)} ${unit}`).join(', ');
  console.log(
    `${result.name.padEnd(16)} ${`${shown(result.value)} ${result.unit}`.padEnd(16)} ${result.isMet ? 'met   ' : 'MISSED'}  ${result.bar}\n${' '.repeat(17)}${figures}`,
  );
}
const missed = results.filter((result) => !result.isMet).map((result) => result.name);
if (isJson) console.log(JSON.stringify({ node: process.versions.node, results, missed }));
else console.log(missed.length === 0 ? '\nEvery bar is met.' : `\nMissed: ${missed.join(', ')}.`);
process.exit(missed.length === 0 ? 0 : 1);

/** One line that the next one replaces, for a person who waits; never in what is read by programs. */
function showUnderWay(text: string): void {
  if (process.stderr.isTTY && !isJson) process.stderr.write(`\r\x1b[K${text}`);
}

/** Runs one bar as `./run bench NAME --json` does. A bar that fails instead of giving a figure fails here too. */
async function runApart({ name }: Bar): Promise<BarResult> {
  const command = promisify(execFile)(process.execPath, [import.meta.filename, name, '--json']);
  // A bar that is missed exits with 1 and has its figures all the same.
  const { stdout } = await command.catch((error: { stdout?: string; stderr?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw new Error(error.stderr || String(error));
    return { stdout: error.stdout };
  });
  const { results: found } = JSON.parse(stdout) as { results: BarResult[] };
  const [result] = found;
  if (result === undefined) throw new Error(`bench: ${name} gave no result`);
  return result;
}
