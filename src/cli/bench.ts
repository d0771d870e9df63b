import { availableParallelism } from 'node:os';
import type { BarResult } from '../bench/bar.ts';
import { bars } from '../bench/bars.ts';

/** `./run bench [NAME] [--json]`: each bar measured against its peers in this run. Exit 1 when one is missed, 2 for a name unknown. */
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
    `Node ${process.versions.node}, ${availableParallelism()} processors; medians of interleaved rounds in this process.\n`,
  );
for (const bar of names.length === 0 ? bars : bars.filter(({ name }) => names.includes(name))) {
  const result = await bar.run();
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
