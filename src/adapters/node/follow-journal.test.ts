import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../ports/journal.ts';
import { openFileJournal } from './file-journal.ts';
import { followFileJournal } from './follow-journal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evenkeel-follow-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entry = (seq: number): JournalEntry => ({
  seq,
  atMs: seq,
  dir: 'in',
  kind: 'wake',
  v: 1,
  cause: null,
  body: { kind: 'wake', text: 'ü'.repeat(40) },
});

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** Reads to the end; each time there is nothing for now, `onIdle` goes on, until it says that this was all. */
async function follow(onIdle: () => Promise<boolean>): Promise<number[]> {
  const seqs: number[] = [];
  let isEnded = false;
  const chunks = followFileJournal(directory, {
    isEnded: () => isEnded,
    pause: async () => {
      isEnded = await onIdle();
    },
  });
  for await (const entries of chunks) for (const { seq } of entries) seqs.push(seq);
  return seqs;
}

describe('following a journal', () => {
  it('gives every entry once while it is written, over segments that are closed and compressed meanwhile', async () => {
    let journal: ReturnType<typeof openFileJournal> | null = null;
    let seq = 0;
    let turns = 0;
    const seqs = await follow(async () => {
      turns += 1;
      // The reader is there before the journal is.
      if (turns < 3) return false;
      journal ??= openFileJournal(directory, 2_000);
      for (let count = 0; count < turns * 7; count += 1) {
        journal.append([entry(++seq), entry(++seq)]);
        journal.flush();
      }
      if (turns < 8) return false;
      await journal.close();
      return true;
    });
    expect(seqs).toEqual(upTo(seq));
    expect(readdirSync(directory).filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(5);
  });

  it('catches up with a journal that ended long ago, and leaves out a torn last line', async () => {
    const journal = openFileJournal(directory, 1_000);
    for (const seq of upTo(60)) journal.append([entry(seq)]);
    await journal.close();
    const last =
      readdirSync(directory)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .at(-1) ?? '';
    appendFileSync(join(directory, last), '{"seq":61,"atMs"');
    expect(await follow(async () => true)).toEqual(upTo(60));
  });

  it('does not cut a letter in two that two reads share', async () => {
    const journal = openFileJournal(directory);
    for (const seq of upTo(9_000)) journal.append([entry(seq)]);
    await journal.close();
    expect(await follow(async () => true)).toEqual(upTo(9_000));
  });
});
