import { availableParallelism } from 'node:os';
import { runAll } from '../simulation/compare-pool.ts';
import { type ComparedRun, LEAST_MINUTES } from '../simulation/compare-run.ts';
import { comparisonTable, tableLines } from '../simulation/compare-table.ts';
import { readArguments, refuse } from './arguments.ts';

const USAGE = `./run compare-engines [--seeds A..B] [--informed 0,2,5] [--hours H] [--markets N] [--threads N] [--json]
  --seeds    one seed, or the first and the last of a range (default 1..200)
  --informed shares of taker arrivals that know the hidden probability, in per cent (default 0,2,5)
  --hours    virtual hours; every market resolves in the second half of them (default 0.5)
  --markets  markets in each run (default 4)
  --threads  how many runs at once (default: one a processor)`;

const ENGINES = ['legacy', 'as', 'bounded', 'glft'] as const;
const MOST_RUNS = 1_000_000;

/**
 * `./run compare-engines` trades the same simulated markets with every engine, and says what each brought and how much it lost where
 * it lost most. Exit code 1: a run failed. 2: bad arguments.
 */
const values = readArguments(USAGE, {
  seeds: { type: 'string', default: '1..200' },
  informed: { type: 'string', default: '0,2,5' },
  hours: { type: 'string', default: '0.5' },
  markets: { type: 'string', default: '4' },
  threads: { type: 'string', default: String(availableParallelism()) },
  json: { type: 'boolean', default: false },
});
const wanted = wantedOf();
if (typeof wanted === 'string') refuse([wanted, `usage: ${USAGE}`], values.json);
else await compare(wanted);

interface Wanted {
  readonly seeds: readonly number[];
  readonly levels: readonly number[];
  readonly hours: number;
  readonly markets: number;
  readonly threads: number;
}

async function compare({ seeds, levels, hours, markets, threads }: Wanted): Promise<void> {
  const runs: ComparedRun[] = seeds.flatMap((seed) =>
    levels.flatMap((informed) => ENGINES.map((engine) => ({ seed, engine, informed, hours, markets }))),
  );
  const [first, last] = [seeds[0], seeds.at(-1)];
  console.log(`seeds ${first} to ${last}, ${markets} markets, ${hours} virtual hours, ${threads} threads`);
  const startedMs = performance.now();
  const outcomes = await runAll(runs, threads, (done) => showProgress(done, runs.length, startedMs));
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const rows = comparisonTable(outcomes);
  for (const line of tableLines(rows)) console.log(line);
  console.log(
    `dollars and shares a market; ES 1 % is the mean of the worst hundredth of ${rows[0]?.outcomes ?? 0} outcomes, one a market and run`,
  );
  console.log('differences are paired by seed, with 95 % intervals from whole seeds drawn again');
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(
    `${runs.length} runs in ${seconds} s; they compare engines, they are no evidence that one earns`,
  );
  if (values.json) console.log(JSON.stringify({ seeds: [first, last], hours, markets, rows }));
}

function showProgress(done: number, all: number, startedMs: number): void {
  if (!process.stderr.isTTY) return;
  const leftS = ((performance.now() - startedMs) / 1_000 / done) * (all - done);
  process.stderr.write(`\r\u001b[K${done} of ${all} runs, about ${Math.ceil(leftS / 60)} min left`);
}

/** The arguments, or what is wrong with the first that is. */
function wantedOf(): Wanted | string {
  const range = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(values.seeds);
  const [first, last] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
  if (range === null || last < first)
    return wrong('seeds', 'a seed such as 7, or a range such as 1..200', values.seeds);
  const seeds = { length: last - first + 1 };
  const levels = values.informed.split(',').map((text) => numberOf(text) / 100);
  if (!levels.every((level) => level >= 0 && level <= 1))
    return wrong('informed', 'per cents from 0 to 100, with commas between', values.informed);
  if (new Set(levels).size < levels.length) return wrong('informed', 'each level once', values.informed);
  if (seeds.length * levels.length * ENGINES.length > MOST_RUNS)
    return wrong('seeds', `at most ${MOST_RUNS} runs in all`, values.seeds);
  const hours = numberOf(values.hours);
  if (!(hours * 60 >= LEAST_MINUTES && hours <= 1_000))
    return wrong('hours', `a number from ${LEAST_MINUTES / 60} to 1000`, values.hours);
  const markets = numberOf(values.markets);
  if (!(Number.isInteger(markets) && markets >= 1 && markets <= 1_000))
    return wrong('markets', 'a whole number from 1 to 1000', values.markets);
  const threads = numberOf(values.threads);
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 256))
    return wrong('threads', 'a whole number from 1 to 256', values.threads);
  return { seeds: Array.from(seeds, (_, index) => first + index), levels, hours, markets, threads };
}

function wrong(name: string, expected: string, found: string): string {
  return `--${name}: expected ${expected}, found ${JSON.stringify(found)}`;
}

function numberOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
