import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replayRun } from '../app/index.ts';
import { readWords, refuse } from './arguments.ts';

/** `./run replay DIR` replays a run's journal and exits 0 only if every output is what the journal holds. */
const USAGE = './run replay DIR [--json]   (DIR is a run: <data folder>/runs/<run id>)';

await main();

async function main(): Promise<void> {
  const { values, words } = readWords(USAGE, { json: { type: 'boolean', default: false } }, 1);
  const directory = words[0] ?? '';
  if (!existsSync(join(directory, 'journal-00001.jsonl')))
    return refuse(
      [
        `${directory}: found no journal-00001.jsonl; expected the folder of a run, <data folder>/runs/<run id>.`,
      ],
      values.json,
    );
  let verdict: Awaited<ReturnType<typeof replayRun>>;
  try {
    verdict = await replayRun(directory, false);
  } catch (error) {
    return refuse(
      [`${directory} cannot be replayed: ${error instanceof Error ? error.message : String(error)}`],
      values.json,
    );
  }
  const { entries, inputs, outputs, difference, lackingAtEnd } = verdict.replayed;
  console.error(`${entries} entries: ${inputs} inputs, ${outputs} outputs compared`);
  if (lackingAtEnd > 0)
    console.error(
      `the last input's outputs are cut off (${lackingAtEnd} lacking): the worker was killed before it acted on them`,
    );
  if (difference !== null) {
    console.error(`first difference at entry ${difference.seq} (${difference.kind}) ${difference.path}`);
    console.error(`  journal: ${shown(difference.expected)}`);
    console.error(`  replay:  ${shown(difference.found)}`);
    process.exitCode = 1;
  } else console.error('every output is identical');
  if (values.json)
    console.log(
      JSON.stringify({ ok: difference === null, entries, inputs, outputs, lackingAtEnd, difference }),
    );
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}...` : text;
}
