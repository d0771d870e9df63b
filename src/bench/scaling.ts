import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loops } from '../loops/index.ts';
import type { Bar } from './bar.ts';
import { type RecordedRun, recordRun, replayRun } from './recorded-run.ts';
import { median } from './rounds.ts';

const FEW = 10;
const MANY = 500;
/** The start-up, in which every market is split into and quoted for the first time, is not timed. */
const START_UP_SECONDS = 30;
const TIMED_SECONDS = 30;
const ROUNDS = 7;
const MOST_COST = 1.3;
const MOST_MEMORY_MB = 400;

function record(seed: string, markets: number): RecordedRun {
  return recordRun({ seed, markets, seconds: START_UP_SECONDS + TIMED_SECONDS });
}

/** Milliseconds of the kernel's steps after the start-up. */
function replayMs(run: RecordedRun): number {
  let sumMs = 0;
  replayRun(run, loops, ({ sinceStartMs, tookMs }) => {
    if (sinceStartMs >= START_UP_SECONDS * 1_000) sumMs += tookMs;
  });
  return sumMs;
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
