import { parseArgs } from 'node:util';
import type { SettingTexts } from '../settings/index.ts';
import { type FaultLevel, isFaultLevel } from '../simulation/faults.ts';
import { runSeed, type SeedResult } from '../simulation/run-seed.ts';
import { EXIT_BAD_INPUT } from './read-settings.ts';
import { settingsOfOptions } from './set-option.ts';

/**
 * `./run simulate` runs the whole core in virtual time against the venue's rules in memory, once for each seed, and checks
 * every step. Exit code 0: nothing was violated. 1: something was, or a canary was planted. 2: bad arguments.
 */
const USAGE = `usage: ./run simulate --seeds A..B [--hours H] [--engine legacy|as|bounded|glft] [--markets N] [--informed F]
                      [--jumps] [--cash USD]
                      [--faults none|some|many] [--set NAME=VALUE]... [--json] [--canary]
  --seeds    one seed, or the first and the last of a range: 7 or 1..50 (default 1..3)
  --hours    virtual hours of trading for each seed, above 0 and at most 1000 (default 1)
  --engine   which engine prices quotes (default legacy)
  --markets  how many markets, 1 to 1000 (default 20)
  --informed share of taker arrivals that know the hidden probability, 0 to 1 (default 0.25)
  --jumps    news comes at once: a jump for each hour of a market's life, which is hours to days
  --cash     dollars the wallet starts with for each market, 1 to 100000 (default 100)
  --faults   how much goes wrong: lost answers, failed trades, dropped sockets and more (default some)
  --set      a setting of the worker, by its name in docs/settings.md; may be given more than once
  --canary   plants a bug that the checkers must find, so that the command must fail`;

const MAX_SEEDS = 100_000;

const ENGINES = ['legacy', 'as', 'bounded', 'glft'] as const;
type Engine = (typeof ENGINES)[number];

interface Arguments {
  readonly first: number;
  readonly last: number;
  readonly hours: number;
  readonly engine: Engine;
  readonly markets: number;
  readonly informed: number | null;
  readonly jumps: boolean;
  readonly cashPerMarketUsd: number;
  readonly faults: FaultLevel;
  readonly settings: SettingTexts;
  readonly json: boolean;
  readonly canary: boolean;
}

main();

function main(): void {
  const wanted = readArguments(process.argv.slice(2));
  if (typeof wanted === 'string') {
    console.error(`${wanted}\n${USAGE}`);
    process.exitCode = EXIT_BAD_INPUT;
  } else simulate(wanted);
}

function simulate(wanted: Arguments): void {
  const { hours, markets, engine, faults } = wanted;
  const planted = wanted.canary ? ', with a planted bug: the books lose one fill' : '';
  console.log(
    `${hours} virtual hours a seed, ${markets} markets, engine ${engine}, faults ${faults}${planted}`,
  );
  console.log('positions are valued at the hidden probabilities; residuals are in millionths');
  const results: (SeedResult & { speed: number })[] = [];
  for (let seed = wanted.first; seed <= wanted.last; seed += 1) {
    const startedMs = performance.now();
    const result = runSeed({
      seed: String(seed),
      hours,
      markets,
      engine,
      informed: wanted.informed,
      faults,
      jumps: wanted.jumps,
      cashPerMarketUsd: wanted.cashPerMarketUsd,
      settings: wanted.settings,
      ...(wanted.canary ? { canary: 'lost-fill' as const } : {}),
    });
    const speed = result.virtualSeconds / ((performance.now() - startedMs) / 1_000);
    results.push({ ...result, speed });
    console.log(lineOf(result, speed));
    if (result.violation !== null) console.log(violationLine(result));
  }
  summarise(wanted, results);
}

function lineOf(result: SeedResult, speed: number): string {
  const trouble = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
  return [
    `seed ${result.seed.padStart(4)}`,
    result.traceHash.slice(0, 16),
    `fills ${String(result.fills).padStart(5)}`,
    `P&L ${result.pnlUsd.toFixed(2).padStart(8)} USD`,
    `ledger ${result.ledgerResidualMicroUsd}`,
    `chain ${result.chainResidualMicroUsd}`,
    `open ${result.openOrdersAtExit}`,
    `kills ${result.losses.kills}  resumes ${result.losses.resumesByItself}  stops ${result.losses.stops}`,
    `faults ${String(trouble).padStart(4)}`,
    `${String(Math.round(speed)).padStart(5)} virtual s/s`,
    result.violation === null ? 'ok' : 'VIOLATION',
  ].join('  ');
}

function violationLine({ seed, violation }: SeedResult): string {
  if (violation === null) return '';
  const { checker, expected, found, inputNumber, atVirtualS } = violation;
  return `  seed ${seed}, input ${inputNumber} at ${atVirtualS.toFixed(3)} s: ${checker}: expected ${expected}; found ${found}`;
}

function summarise(wanted: Arguments, results: readonly (SeedResult & { speed: number })[]): void {
  const profits = results.map(({ pnlUsd }) => pnlUsd);
  const mean = profits.reduce((sum, profit) => sum + profit, 0) / results.length;
  const spread = Math.sqrt(
    profits.reduce((sum, profit) => sum + (profit - mean) ** 2, 0) / Math.max(1, results.length - 1),
  );
  const violated = results.filter(({ violation }) => violation !== null);
  const summary = {
    seeds: results.length,
    hours: wanted.hours,
    markets: wanted.markets,
    engine: wanted.engine,
    faults: wanted.faults,
    jumps: wanted.jumps,
    cashPerMarketUsd: wanted.cashPerMarketUsd,
    canary: wanted.canary,
    violations: violated.length,
    fills: results.reduce((sum, { fills }) => sum + fills, 0),
    meanPnlUsd: round(mean, 2),
    pnlStandardErrorUsd: round(spread / Math.sqrt(results.length), 2),
    losingSeeds: profits.filter((profit) => profit < 0).length,
    ledgerResidualMicroUsd: results.reduce(
      (sum, { ledgerResidualMicroUsd }) => sum + ledgerResidualMicroUsd,
      0,
    ),
    chainResidualMicroUsd: results.reduce((sum, { chainResidualMicroUsd }) => sum + chainResidualMicroUsd, 0),
    kills: results.reduce((sum, { losses }) => sum + losses.kills, 0),
    resumesByItself: results.reduce((sum, { losses }) => sum + losses.resumesByItself, 0),
    stops: results.reduce((sum, { losses }) => sum + losses.stops, 0),
    openOrdersAtExit: results.reduce((sum, { openOrdersAtExit }) => sum + openOrdersAtExit, 0),
    virtualSecondsPerSecond: round(median(results.map(({ speed }) => speed)), 0),
  };
  console.log(
    `${summary.seeds} seeds: ${summary.violations} violations, ${summary.fills} fills, mean P&L ${summary.meanPnlUsd} +- ${summary.pnlStandardErrorUsd} USD, ` +
      `residuals ${summary.ledgerResidualMicroUsd} and ${summary.chainResidualMicroUsd}, median ${summary.virtualSecondsPerSecond} virtual s/s`,
  );
  console.log('simulated fills show that the books are right; they are no evidence that a strategy earns');
  if (wanted.canary && violated.length < results.length)
    console.log(
      `the planted bug was missed in ${results.length - violated.length} of ${results.length} seeds`,
    );
  if (wanted.json) console.log(JSON.stringify({ ...summary, results }));
  // A canary must fail either way: caught, because the run was bad; missed, because the checkers are.
  if (violated.length > 0 || wanted.canary) process.exitCode = 1;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const range = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(values.seeds);
  const first = Number(range?.[1]);
  const last = Number(range?.[2] ?? range?.[1]);
  if (range === null || last < first)
    return wrong('seeds', 'a seed such as 7, or a range such as 1..50', values.seeds);
  if (last - first >= MAX_SEEDS) return wrong('seeds', `at most ${MAX_SEEDS} seeds`, values.seeds);
  const hours = numberOf(values.hours);
  if (!(hours > 0 && hours <= 1_000))
    return wrong('hours', 'a number above 0 and at most 1000', values.hours);
  const markets = numberOf(values.markets);
  if (!(Number.isInteger(markets) && markets >= 1 && markets <= 1_000))
    return wrong('markets', 'a whole number from 1 to 1000', values.markets);
  const informed = values.informed === undefined ? null : numberOf(values.informed);
  if (informed !== null && !(informed >= 0 && informed <= 1))
    return wrong('informed', 'a share from 0 to 1', values.informed ?? '');
  const cashPerMarketUsd = numberOf(values.cash);
  if (!(cashPerMarketUsd >= 1 && cashPerMarketUsd <= 100_000))
    return wrong('cash', 'dollars for each market from 1 to 100000', values.cash);
  const { engine, faults } = values;
  if (!isEngine(engine)) return wrong('engine', 'legacy, as, bounded or glft', engine);
  if (!isFaultLevel(faults)) return wrong('faults', 'none, some or many', faults);
  const settings = settingsOfOptions(values.set ?? []);
  if (typeof settings === 'string') return settings;
  const { json = false, canary = false, jumps = false } = values;
  return {
    first,
    last,
    hours,
    engine,
    markets,
    informed,
    jumps,
    cashPerMarketUsd,
    faults,
    settings,
    json,
    canary,
  };
}

function isEngine(text: string): text is Engine {
  return ENGINES.some((engine) => engine === text);
}

function wrong(name: string, expected: string, found: string): string {
  return `--${name}: expected ${expected}, found ${JSON.stringify(found)}`;
}

function numberOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      seeds: { type: 'string', default: '1..3' },
      hours: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'legacy' },
      markets: { type: 'string', default: '20' },
      informed: { type: 'string' },
      jumps: { type: 'boolean' },
      cash: { type: 'string', default: '100' },
      faults: { type: 'string', default: 'some' },
      set: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      canary: { type: 'boolean' },
    },
  }).values;
}
