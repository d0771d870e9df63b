import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFileJournal } from '../adapters/node/file-journal.ts';
import { createRunFolder, readManifest, runFolder } from '../adapters/node/run-directory.ts';
import { encodeState } from '../kernel/codec.ts';
import { createKernel, type Kernel } from '../kernel/kernel.ts';
import type { Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import { loops } from '../loops/index.ts';
import type { MarketMakingMemory } from '../loops/market-making/memory.ts';
import { createRecorder } from '../runtime/recorder.ts';
import { runSeed } from '../simulation/run-seed.ts';
import { recoverLatestRun, replayRun } from './recover.ts';
import { decodeSnapshot, encodeSnapshot, STATE_SHAPE } from './snapshot.ts';
import { manifestOf } from './testing/manifest.ts';

const WALLET = '0xaa';

let recorded: readonly { readonly atMs: number; readonly input: Input }[];
beforeAll(() => {
  const inputs: { atMs: number; input: Input }[] = [];
  const onStep = (atMs: number, input: Input): void => {
    inputs.push({ atMs, input: JSON.parse(JSON.stringify(input)) });
  };
  runSeed({ seed: '7', hours: 0.03, markets: 4, engine: 'legacy', informed: null, faults: 'none', onStep });
  recorded = inputs;
});

let dataDir: string;
let notes: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-recover-'));
  notes = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const log = {
  debug: () => undefined,
  note: (text: string) => notes.push(text),
  warning: (text: string) => notes.push(text),
  alarm: (text: string) => notes.push(text),
};

/** A run of these inputs, from the snapshot that `write` makes of the state before it. */
async function writeRun(
  runId: string,
  before: { readonly runId: string; readonly kernel: Kernel } | null,
  inputs: typeof recorded,
  write: (state: KernelState) => string,
): Promise<{ readonly runId: string; readonly kernel: Kernel }> {
  const snapshot = before === null ? null : write(before.kernel.state);
  const directory = createRunFolder(
    dataDir,
    manifestOf({ runId, parentRunId: before?.runId ?? null, commit: 'abc1234', status: 'running' }),
    snapshot,
  );
  const journal = openFileJournal(directory);
  const kernel = createKernel(loops, before?.kernel.state ?? null);
  const recorder = createRecorder(kernel, journal);
  for (const { atMs, input } of inputs)
    recorder.step(atMs, input.kind === 'runStarted' ? { ...input, runId } : input);
  await journal.close();
  return { runId, kernel };
}

/** Two runs, the second of which goes on from the first; what its snapshot looks like is for the test to say. */
async function twoRuns(write: (state: KernelState) => string) {
  const first = await writeRun('run-1', null, recorded, write);
  const started = recorded[0]?.input;
  const atMs = (recorded.at(-1)?.atMs ?? 0) + 5_000;
  if (started?.kind !== 'runStarted') throw new Error('expected the recording to begin with a start');
  const wakes = [1, 2, 3].map((n) => ({ atMs: atMs + n * 1_000, input: { kind: 'wake' } as const }));
  return writeRun('run-2', first, [{ atMs, input: started }, ...wakes], write);
}

/** As a version wrote it that knew nothing of hanging orders, nor of shapes. */
function oldSnapshot(state: KernelState): string {
  const text = encodeState(state);
  const copy = decodeSnapshot(text).state;
  const memory = copy.loops.get('market-making')?.memory as MarketMakingMemory;
  let dropped = 0;
  for (const market of memory.markets.values()) {
    delete (market as { hanging?: unknown }).hanging;
    dropped += 1;
  }
  expect(dropped).toBeGreaterThan(0);
  return encodeState(copy);
}

const recovered = async () => recoverLatestRun(dataDir, WALLET, 137, log);

describe('a start after a run', () => {
  it('goes on from a snapshot of its own shape', async () => {
    const { kernel } = await twoRuns(encodeSnapshot);
    const run = await recovered();
    expect(run?.snapshot === encodeSnapshot(kernel.state)).toBe(true);
    expect(decodeSnapshot(run?.snapshot ?? '').shape).toBe(STATE_SHAPE);
    expect(notes.join('\n')).not.toMatch(/another version/);
  });

  it('rebuilds the state from the journals of all runs where the snapshot is of another shape', async () => {
    const { kernel } = await twoRuns(oldSnapshot);
    expect(kernel.state.books.ledger.openedAtMs).not.toBeNull();
    const run = await recovered();
    expect(notes.join('\n')).toMatch(/state of another version; rebuilding it from the journals of 2 runs/);
    expect(run?.snapshot === encodeSnapshot(kernel.state)).toBe(true);
    expect(readManifest(runFolder(dataDir, 'run-2'))?.status).toBe('crashed');
    // The next run starts from the present shape, and continues without the detour.
    await expect(replayRun(runFolder(dataDir, 'run-2'), true)).rejects.toThrow(
      /form of another version \(unnamed\).*manifest\.json/,
    );
  });

  it('is refused, and touches nothing, where journals are gone or say something else than this version', async () => {
    await twoRuns(oldSnapshot);
    const refusal = /books in the form of another version.*commit abc1234.*--new-books/s;
    const journal = join(runFolder(dataDir, 'run-1'), 'journal-00001.jsonl');
    const text = readFileSync(journal, 'utf8');
    const lines = text.split('\n');
    const place = lines.findIndex((line) => line.includes('"kind":"place"'));
    expect(place).toBeGreaterThan(0);
    const tampered = lines.map((line, at) =>
      at === place ? line.replace(/"price":(\d+)/, '"price":1$1') : line,
    );
    writeFileSync(journal, tampered.join('\n'));
    await expect(recovered()).rejects.toThrow(/decides differently in run run-1, entry \d+/);
    await expect(recovered()).rejects.toThrow(refusal);
    writeFileSync(journal, text);
    expect((await recovered())?.manifest.runId).toBe('run-2');
    rmSync(runFolder(dataDir, 'run-1'), { recursive: true });
    await expect(recovered()).rejects.toThrow(/run run-1, which came before run-2, is not there any more/);
    expect(readdirSync(join(dataDir, 'runs'))).toEqual(['run-2']);
  });
});
