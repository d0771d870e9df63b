import { describe, expect, it } from 'vitest';
import { createKernel } from '../kernel/kernel.ts';
import { defineLoop, type Loop } from '../kernel/loop.ts';
import type { Input } from '../kernel/messages.ts';
import type { JournalEntry, JournalSink } from '../ports/journal.ts';
import { defaultSettings } from '../settings/index.ts';
import { createRecorder } from './recorder.ts';
import { firstDifference, replayJournal } from './replay.ts';

/** A loop that says each second how often it has run. */
const talker = (word: string): Loop =>
  defineLoop<{ runs: number }>({
    name: 'maintenance',
    everyMs: () => 1_000,
    minGapMs: () => 0,
    wakesOn: [],
    allowedIn: ['starting', 'active', 'reducing', 'halted', 'stopping'],
    createMemory: () => ({ runs: 0 }),
    decide: (_, memory) => {
      memory.runs += 1;
      return [{ kind: 'notify', level: 'note', text: `${word} ${memory.runs}` }];
    },
  });

function record(loops: readonly Loop[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  const sink: JournalSink = {
    append: (more) => {
      // What is compared later is what a file would give back.
      for (const entry of more) entries.push(JSON.parse(JSON.stringify(entry)));
    },
    flush: () => undefined,
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const recorder = createRecorder(createKernel(loops, null), sink);
  const { mm, trading, heartbeat } = defaultSettings();
  const start: Input = {
    kind: 'runStarted',
    runId: 'r1',
    parentRunId: null,
    seed: '1',
    wallet: '0x1',
    settings: { mm, trading, heartbeat },
  };
  recorder.step(0, start);
  for (let second = 1; second <= 5; second += 1) recorder.step(second * 1_000, { kind: 'wake' });
  recorder.step(5_500, { kind: 'operator', order: 'pause', by: 'me', reason: 'lunch' });
  return entries;
}

async function* streamed(entries: readonly JournalEntry[]): AsyncGenerator<JournalEntry> {
  yield* entries;
}

const replay = (loops: readonly Loop[], entries: readonly JournalEntry[], toTheEnd = false) =>
  replayJournal(createKernel(loops, null), streamed(entries), toTheEnd);

describe('replay', () => {
  const recorded = record([talker('run')]);

  it('finds every output of the same code identical', async () => {
    const result = await replay([talker('run')], recorded);
    expect(result).toMatchObject({ difference: null, lackingAtEnd: 0, inputs: 7, entries: recorded.length });
    expect(result.outputs).toBe(recorded.length - 7);
  });

  it('shows the first difference of other code, with its place and both values', async () => {
    const first = recorded.find(({ dir, body }) => dir === 'out' && JSON.stringify(body).includes('run 1'));
    const { difference } = await replay([talker('jog')], recorded);
    expect(difference).toEqual({
      seq: first?.seq,
      kind: 'notify',
      path: '.text',
      expected: 'run 1',
      found: 'jog 1',
    });
  });

  it('goes on to the end when asked, so that a state can be rebuilt all the same', async () => {
    const stopped = await replay([talker('jog')], recorded);
    const whole = await replay([talker('jog')], recorded, true);
    expect(whole.difference).toEqual(stopped.difference);
    expect(whole.inputs).toBe(7);
    expect(stopped.inputs).toBeLessThan(7);
  });

  it('sees an output too many and an output too few', async () => {
    const outs = recorded.filter(({ dir }) => dir === 'out');
    const dropped = outs[2]?.seq ?? 0;
    const numbered = (entries: readonly JournalEntry[]) =>
      entries.map((entry, index) => ({ ...entry, seq: index + 1 }));
    const fewer = numbered(recorded.filter(({ seq }) => seq !== dropped));
    expect((await replay([talker('run')], fewer)).difference).not.toBeNull();
    const lastInput = recorded.findLastIndex(({ dir }) => dir === 'in');
    const last = recorded[lastInput - 1] as JournalEntry;
    const more = numbered([...recorded.slice(0, lastInput), last, ...recorded.slice(lastInput)]);
    const { difference } = await replay([talker('run')], more);
    expect(difference).toMatchObject({ seq: lastInput + 1, path: '', found: undefined });
  });

  it('takes outputs that are cut off at the very end for what a killed process leaves', async () => {
    const outsOfLast = recorded.filter(({ dir, cause }) => dir === 'out' && cause !== null).length;
    expect(outsOfLast).toBeGreaterThan(0);
    const cut = recorded.slice(0, -1);
    expect(await replay([talker('run')], cut)).toMatchObject({ difference: null, lackingAtEnd: 1 });
  });

  it('refuses a journal with a gap', async () => {
    await expect(replay([talker('run')], recorded.slice(0, 2).concat(recorded.slice(3)))).rejects.toThrow(
      /journal entry 4 follows entry 2/,
    );
  });
});

describe('firstDifference', () => {
  it('names the path to the first value that differs, whatever the order of keys', () => {
    expect(firstDifference({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, '')).toBeNull();
    expect(firstDifference({ b: [1, { c: 2 }] }, { b: [1, { c: 3 }] }, '')).toEqual({
      path: '.b[1].c',
      expected: 2,
      found: 3,
    });
    expect(firstDifference([1], { 0: 1 }, '')).not.toBeNull();
    expect(firstDifference({ a: 1 }, {}, '')).toEqual({ path: '.a', expected: 1, found: undefined });
    expect(firstDifference(null, {}, '.x')).toMatchObject({ path: '.x' });
  });
});
