import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const NEW_LINE = 10;
const MOST_COST = 1.3;
const MOST_MEMORY_MB = 400;

/** The inputs of one run as text outside the heap, one a line, so that holding them costs the kernel that is timed nothing. */
interface RecordedRun {
  readonly markets: number;
  readonly lines: Buffer;
  readonly commands: number;
}

/** A simulated run in which every market is quoted on both sides. */
function scalingScenario(seed: string, markets: number, onStep: SeedOptions['onStep']): Scenario {
  return openScenario({
    seed,
    hours: 1,
    markets,
    engine: 'legacy',
    informed: null,
    faults: 'none',
    makerRefreshMs: MAKER_REFRESH_MS,
    settings: { MM_ORDERS_PER_SECOND: '500' },
    // Two quotes a market and those on their way: the bound of the setting would be what is measured.
    unbounded: { maxOpenOrders: 5_000 },
    onStep,
  });
}

const runScaling = ({ driver, world }: Scenario): void =>
  driver.runUntil(world.startMs + (START_UP_SECONDS + TIMED_SECONDS) * 1_000);

function record(seed: string, markets: number): RecordedRun {
  const lines: string[] = [];
  let commands = 0;
  const scenario = scalingScenario(seed, markets, (atMs, input, outputs) => {
    lines.push(`${JSON.stringify([atMs, input])}\n`);
    commands += outputs.length;
  });
  runScaling(scenario);
  return { markets, lines: Buffer.from(lines.join('')), commands };
}

/** Takes the recorded inputs up one by one, each parsed only when it is asked for, as a driver parses a frame. */
function* inputsOf(lines: Buffer): Generator<readonly [atMs: number, input: Input], void, undefined> {
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf(NEW_LINE, from);
    yield JSON.parse(lines.toString('utf8', from, end)) as [number, Input];
    from = end + 1;
  }
}

/** Gives a fresh kernel all inputs and times its steps after the start-up, in milliseconds. Parsing is not the kernel's and not timed. */
function replayMs({ markets, lines, commands }: RecordedRun): number {
  const kernel = createKernel(loops, null);
  let timedFromMs: number | null = null;
  let outputs = 0;
  let tookMs = 0;
  for (const [atMs, input] of inputsOf(lines)) {
    timedFromMs ??= atMs + START_UP_SECONDS * 1_000;
    const startMs = performance.now();
    outputs += kernel.step(atMs, input).length;
    if (atMs >= timedFromMs) tookMs += performance.now() - startMs;
  }
  assertSame(`commands of ${markets} markets`, outputs, commands);
  return tookMs;
}

/** Replays runs that together have `MANY` markets: microseconds for one market and one virtual second. */
function replayUs(runs: readonly RecordedRun[]): number {
  const tookMs = runs.reduce((sum, run) => sum + replayMs(run), 0);
  return (tookMs * 1_000) / (MANY * TIMED_SECONDS);
}

/** Resident memory of a process of its own whose kernel has taken in the whole run, in megabytes. */
function memoryMb({ lines }: RecordedRun): number {
  const directory = mkdtempSync(join(tmpdir(), 'evenkeel-bench-scaling-'));
  try {
    const file = join(directory, 'inputs.jsonl');
    writeFileSync(file, lines);
    const script = join(import.meta.dirname, 'scaling-memory.ts');
    return Number(execFileSync(process.execPath, [script, file], { encoding: 'utf8' }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Does a market cost the same among five hundred as among ten? One kernel with all of them is held against fifty kernels with ten
 * each, one after the other: as many markets, inputs of the same kind of flow, and as much time for collections of garbage to fall in.
 */
export const scalingBar: Bar = {
  name: 'scaling',
  what: `cost of a market among ${MANY} against among ${FEW}, and the memory of ${MANY}`,
  async run() {
    const many = record('scaling', MANY);
    const tens = Array.from({ length: MANY / FEW }, (_, index) => record(`scaling ${index}`, FEW));
    const times = { few: [] as number[], many: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [fewUs, manyUs] = [replayUs(tens), replayUs([many])];
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
