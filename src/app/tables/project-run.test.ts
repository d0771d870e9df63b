import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileJournal } from '../../adapters/node/file-journal.ts';
import { LeaseTaken, takeLease } from '../../adapters/node/lease.ts';
import { createRunFolder, runFolder } from '../../adapters/node/run-directory.ts';
import { openTableStore } from '../../adapters/sqlite/table-store.ts';
import type { DirectionalReview } from '../../domain/directional.ts';
import type { ClientId } from '../../domain/order.ts';
import { encodeState } from '../../kernel/codec.ts';
import { createKernel, type Kernel } from '../../kernel/kernel.ts';
import type { Input } from '../../kernel/messages.ts';
import type { KernelState } from '../../kernel/state.ts';
import { cents, shares } from '../../kernel/test-support/test-kernel.ts';
import { loops } from '../../loops/index.ts';
import type { JournalSink } from '../../ports/journal.ts';
import type { TableStore } from '../../ports/tables.ts';
import { signalOf } from '../../projections/test-support/signals.ts';
import { createTale } from '../../projections/test-support/tale.ts';
import { createRecorder, type Recorder } from '../../runtime/recorder.ts';
import { runSeed } from '../../simulation/run-seed.ts';
import { encodeSnapshot } from '../snapshot.ts';
import { manifestOf } from '../testing/manifest.ts';
import { writeTale } from '../testing/write-tale.ts';
import { projectRun } from './project-run.ts';
import { ancestorsOf, carriedOverFrom, projectEndedRuns } from './project-runs.ts';
import { rebuildTables } from './rebuild-tables.ts';
import type { ShownDay } from './shown-day.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-project-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const TABLES = [
  'mm_quotes',
  'mm_fills',
  'mm_inventory',
  'mm_round_trips',
  'mm_daily_metrics',
  'mm_profit',
  'forecasts',
  'market_outcomes',
  'performance',
  'cd_signals',
  'cd_positions',
  'cd_trade_analyses',
];

/** Every row of every table, as text. */
function contents(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const lines = TABLES.flatMap((table) =>
    database
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => `${table} ${JSON.stringify(row)}`),
  );
  database.close();
  return lines.sort();
}

interface RecordedInput {
  readonly atMs: number;
  readonly input: Input;
}

/** Two minutes of trading with trouble in it. */
function recordedInputs(seed: string): RecordedInput[] {
  const inputs: RecordedInput[] = [];
  const onStep = (atMs: number, input: Input): void => {
    inputs.push({ atMs, input: JSON.parse(JSON.stringify(input)) });
  };
  const options = { seed, hours: 0.05, markets: 8, engine: 'legacy', informed: null, onStep } as const;
  runSeed({ ...options, faults: 'many' });
  return inputs;
}

/** A run folder with a journal of its own, and the recorder that writes it. */
function openRun(
  runId: string,
  parent: { readonly runId: string; readonly kernel: Kernel } | null,
): { readonly directory: string; readonly journal: JournalSink; readonly recorder: Recorder } {
  const snapshot = parent === null ? null : encodeState(parent.kernel.state);
  const directory = createRunFolder(
    dataDir,
    manifestOf({ runId, parentRunId: parent?.runId ?? null }),
    snapshot,
  );
  const journal = openFileJournal(directory, 200_000);
  return {
    directory,
    journal,
    recorder: createRecorder(createKernel(loops, parent?.kernel.state ?? null), journal),
  };
}

function directionalIn(path: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('SELECT * FROM cd_positions').all();
  database.close();
  return rows;
}

const REVIEW: DirectionalReview = {
  id: 9,
  atMs: 1,
  signals: 1,
  positions: 1,
  scores: { accuracy: 6, entry: 5, exit: 7, modelFitness: null, overall: 6 },
  suggestions: [],
  insights: [],
  patterns: [],
  summary: 'too little to say',
  raw: '{}',
};

const asRun = (input: Input, runId: string): Input =>
  input.kind === 'runStarted' ? { ...input, runId } : input;

/** Writes a whole run at once. */
async function writeRun(runId: string, inputs: readonly RecordedInput[]) {
  const { directory, journal, recorder } = openRun(runId, null);
  for (const { atMs, input } of inputs) recorder.step(atMs, asRun(input, runId));
  await journal.close();
  return { directory, kernel: recorder.kernel };
}

const ended = (store: TableStore, onDay: (day: ShownDay) => void = () => undefined) => ({
  store,
  nowMs: () => 0,
  onDay,
});

/** Follows a run while it is written, a few inputs at a time; the store may die after so many batches. */
async function followRun(
  inputs: readonly RecordedInput[],
  path: string,
  batchesBeforeDeath: number,
): Promise<{ readonly batches: number; readonly seq: number; readonly written: number }> {
  const { directory, journal, recorder } = openRun('run-1', null);
  const store = openTableStore(path);
  let at = 0;
  let nowMs = 0;
  let isEnded = false;
  let batches = 0;
  function writeSome(): void {
    for (const { atMs, input } of inputs.slice(at, at + 97)) recorder.step(atMs, asRun(input, 'run-1'));
    at += 97;
    journal.flush();
  }
  const following = projectRun({
    store: {
      ...store,
      write: (batch) => {
        if (batches === batchesBeforeDeath) throw new Error('killed');
        batches += 1;
        store.write(batch);
      },
    },
    runId: 'run-1',
    directory,
    carriedOver: null,
    isEnded: () => isEnded,
    nowMs: () => nowMs,
    onDay: () => undefined,
    pause: async () => {
      nowMs += 600;
      isEnded = at >= inputs.length;
      writeSome();
    },
  });
  if (batchesBeforeDeath < Number.POSITIVE_INFINITY) await expect(following).rejects.toThrow('killed');
  else await following;
  const seq = store.progress('run-1')?.seq ?? 0;
  store.close();
  while (at < inputs.length) writeSome();
  await journal.close();
  return { batches, seq, written: recorder.entryCount() };
}

describe('the tables of a run', () => {
  it('are the same, followed while it is written or made from the journal afterwards', async () => {
    const path = join(dataDir, 'live.sqlite');
    const { batches } = await followRun(recordedInputs('11'), path, Number.POSITIVE_INFINITY);
    expect(batches).toBeGreaterThan(5);
    const rebuilt = await rebuildTables(dataDir, join(dataDir, 'worker.sqlite'), 0);
    expect(rebuilt).toMatchObject({ runs: 1, residualMicroUsd: 0 });
    const live = contents(path);
    expect(live.length).toBeGreaterThan(100);
    expect(contents(join(dataDir, 'worker.sqlite'))).toEqual(live);
  });

  it.each([0, 1, 5])('lose nothing when the process is killed after %i batches', async (batchesBefore) => {
    const path = join(dataDir, 'killed.sqlite');
    const { seq, written } = await followRun(recordedInputs('12'), path, batchesBefore);
    expect(seq).toBeLessThan(written);
    expect(seq > 0).toBe(batchesBefore > 0);
    const partly = contents(path);
    const store = openTableStore(path);
    await projectEndedRuns(dataDir, [manifestOf()], ended(store));
    expect(store.progress('run-1')?.seq).toBe(written);
    store.close();
    await rebuildTables(dataDir, join(dataDir, 'worker.sqlite'), 0);
    const whole = contents(join(dataDir, 'worker.sqlite'));
    expect(contents(path)).toEqual(whole);
    expect(partly.length).toBeLessThan(whole.length);
  });

  it('go on in the run after it, and are the same when all runs are made anew', async () => {
    const inputs = recordedInputs('13');
    const cut = Math.floor(inputs.length / 2);
    const first = await writeRun('run-1', inputs.slice(0, cut));
    const { journal, recorder } = openRun('run-2', { runId: 'run-1', kernel: first.kernel });
    const start = inputs[0]?.input;
    const atMs = inputs[cut]?.atMs ?? 0;
    if (start === undefined) throw new Error('a run begins with its start');
    recorder.step(atMs, asRun(start, 'run-2'));
    for (const { atMs: at, input } of inputs.slice(cut)) recorder.step(at, input);
    await journal.close();
    const days: ShownDay[] = [];
    const path = join(dataDir, 'live.sqlite');
    const store = openTableStore(path);
    const run = { runId: 'run-2', parentRunId: 'run-1' };
    await projectEndedRuns(dataDir, ancestorsOf(dataDir, run.parentRunId), ended(store));
    expect(carriedOverFrom(store, 'run-1')).not.toBeNull();
    await projectEndedRuns(
      dataDir,
      [manifestOf({ runId: 'run-2', parentRunId: 'run-1' })],
      ended(store, (day) => days.push(day)),
    );
    store.close();
    expect(days.at(-1)).toMatchObject({ residualMicroUsd: 0 });
    await rebuildTables(dataDir, join(dataDir, 'worker.sqlite'), 0);
    expect(contents(join(dataDir, 'worker.sqlite'))).toEqual(contents(path));
    const quotes = contents(path).filter((line) => line.startsWith('mm_quotes'));
    expect(quotes.some((line) => line.includes('run-1/'))).toBe(true);
  });

  it('of directional trading are the same in two runs and made anew, with positions that go on from one to the other', async () => {
    const tale = createTale();
    const signal = signalOf({ action: 'entered', clientId: 'e-5' as ClientId });
    const entry = tale.enter(signal, shares(50));
    tale.answer(entry);
    const early = tale.trade(entry, shares(20));
    tale.tell(early, 'MATCHED');
    const cut = tale.entries.length;
    await writeTale(dataDir, {}, null, tale.entries);
    // The second run begins from a snapshot of the first.
    const snapshot = encodeSnapshot(tale.projection.facts as KernelState);
    tale.input({ ...tale.started, runId: 'run-2', parentRunId: 'run-1' });
    tale.tell(early, 'CONFIRMED');
    tale.tell(tale.trade(entry, shares(30)), 'CONFIRMED');
    const exit = tale.leave(entry, 'x-6', cents(40), shares(50));
    tale.answer(exit);
    tale.tell(tale.trade(exit, shares(50)), 'CONFIRMED');
    tale.output({ kind: 'directional', ...{ note: { of: 'review', review: REVIEW } } });
    await writeTale(dataDir, { runId: 'run-2', parentRunId: 'run-1' }, snapshot, tale.entries.slice(cut));
    const path = join(dataDir, 'live.sqlite');
    const store = openTableStore(path);
    await projectEndedRuns(dataDir, [manifestOf()], ended(store));
    const first = directionalIn(path);
    await projectEndedRuns(dataDir, [manifestOf({ runId: 'run-2', parentRunId: 'run-1' })], ended(store));
    store.close();
    expect(first.map(({ status, shares }) => [status, shares])).toEqual([['open', 20]]);
    expect(directionalIn(path).map(({ id, status, shares }) => [id, status, shares])).toEqual([
      [first[0]?.id, 'stopped', 50],
    ]);
    expect(contents(path).filter((line) => /^cd_(signals|trade_analyses)/.test(line))).toHaveLength(2);
    await rebuildTables(dataDir, join(dataDir, 'worker.sqlite'), 0);
    expect(contents(join(dataDir, 'worker.sqlite'))).toEqual(contents(path));
  });

  it('are not made anew under a worker that keeps them, nor put in place before they are complete', async () => {
    await writeRun('run-1', recordedInputs('14').slice(0, 50));
    const path = join(dataDir, 'worker.sqlite');
    await rebuildTables(dataDir, path, 0);
    const before = contents(path);
    const lease = takeLease(dataDir, 0);
    await expect(rebuildTables(dataDir, path, 0)).rejects.toThrow(LeaseTaken);
    lease.release();
    writeFileSync(join(runFolder(dataDir, 'run-1'), 'journal-00001.jsonl'), '{"seq":\n');
    await expect(rebuildTables(dataDir, path, 0)).rejects.toThrow(SyntaxError);
    expect(contents(path)).toEqual(before);
    rmSync(join(dataDir, 'runs'), { recursive: true });
    expect(await rebuildTables(dataDir, path, 0)).toMatchObject({ runs: 0 });
    expect(contents(path)).toEqual(before);
  });
});
