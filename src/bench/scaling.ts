import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKernel } from '../kernel/kernel.ts';
import type { Input } from '../kernel/messages.ts';
import { loops } from '../loops/index.ts';
import { openScenario, type Scenario, type SeedOptions } from '../simulation/run-seed.ts';
import type { Bar } from './bar.ts';
import { assertSame, median } from './rounds.ts';

const FEW = 10;
const MANY = 500;
/** The start-up, in which every market is split into and quoted for the first time, is not timed. */
const START_UP_SECONDS = 30;
const TIMED_SECONDS = 30;
/** Books as busy as those of a market people watch: several changes a second in each. */
const MAKER_REFRESH_MS = 1_000;
const ROUNDS = 7;
const LINES_AT_ONCE = 1_000;
const MOST_COST = 1.3;
const MOST_MEMORY_MB = 400;

interface RecordedRun {
  readonly markets: number;
  readonly steps: readonly (readonly [atMs: number, input: Input])[];
  readonly commands: number;
}

/** A simulated run in which every market is quoted on both sides. */
function scalingScenario(markets: number, onStep?: SeedOptions['onStep']): Scenario {
  return openScenario({
    seed: 'scaling',
    hours: 1,
    markets,
    engine: 'legacy',
    informed: null,
    faults: 'none',
    makerRefreshMs: MAKER_REFRESH_MS,
    settings: { MM_ORDERS_PER_SECOND: '500' },
    // Two quotes a market and those on their way: the bound of the setting would be what is measured.
    unbounded: { maxOpenOrders: 5_000 },
    ...(onStep === undefined ? {} : { onStep }),
  });
}

const runScaling = ({ driver, world }: Scenario): void =>
  driver.runUntil(world.startMs + (START_UP_SECONDS + TIMED_SECONDS) * 1_000);

function record(markets: number): RecordedRun {
  const steps: (readonly [number, Input])[] = [];
  let commands = 0;
  const scenario = scalingScenario(markets, (atMs, input, outputs) => {
    steps.push([atMs, input]);
    commands += outputs.length;
  });
  runScaling(scenario);
  return { markets, steps, commands };
}

/** Gives a fresh kernel all inputs and times those after the start-up: microseconds for one market and one virtual second. */
function replayUs({ markets, steps, commands }: RecordedRun): number {
  const kernel = createKernel(loops, null);
  const timedFromMs = (steps[0]?.[0] ?? 0) + START_UP_SECONDS * 1_000;
  let outputs = 0;
  let startedMs: number | null = null;
  for (const [atMs, input] of steps) {
    if (atMs >= timedFromMs) startedMs ??= performance.now();
    outputs += kernel.step(atMs, input).length;
  }
  const tookMs = performance.now() - (startedMs ?? Number.NaN);
  assertSame(`commands of ${markets} markets`, outputs, commands);
  return (tookMs * 1_000) / (markets * TIMED_SECONDS);
}

/** Resident memory of a process of its own whose kernel has taken in the whole run, in megabytes. */
function memoryMb({ steps }: RecordedRun): number {
  const directory = mkdtempSync(join(tmpdir(), 'evenkeel-bench-scaling-'));
  try {
    const file = join(directory, 'inputs.jsonl');
    for (let from = 0; from < steps.length; from += LINES_AT_ONCE) {
      const lines = steps.slice(from, from + LINES_AT_ONCE).map((step) => `${JSON.stringify(step)}\n`);
      appendFileSync(file, lines.join(''));
    }
    const script = join(import.meta.dirname, 'scaling-memory.ts');
    return Number(execFileSync(process.execPath, [script, file], { encoding: 'utf8' }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Does a market cost the same among five hundred as among ten? Both kernels are given recorded inputs of the same kind of flow. */
export const scalingBar: Bar = {
  name: 'scaling',
  what: `cost of a market among ${MANY} against among ${FEW}, and the memory of ${MANY}`,
  async run() {
    const [few, many] = [record(FEW), record(MANY)];
    const times = { few: [] as number[], many: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [fewUs, manyUs] = [replayUs(few), replayUs(many)];
      if (round === 0) continue;
      times.few.push(fewUs);
      times.many.push(manyUs);
    }
    const us = { few: median(times.few), many: median(times.many) };
    const memory = memoryMb(many);
    const value = us.many / us.few;
    return {
      name: 'scaling',
      bar: `a market among ${MANY} at most ${MOST_COST}x one among ${FEW}; ${MANY} markets in under ${MOST_MEMORY_MB} MB`,
      value,
      unit: 'x',
      isMet: value <= MOST_COST && memory < MOST_MEMORY_MB,
      figures: [
        { name: `among ${FEW}`, value: us.few, unit: 'us a market and second' },
        { name: `among ${MANY}`, value: us.many, unit: 'us a market and second' },
        { name: `memory of a process with ${MANY}`, value: memory, unit: 'MB' },
      ],
    };
  },
};
