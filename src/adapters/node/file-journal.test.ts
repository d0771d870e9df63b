import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../ports/journal.ts';
import { openFileJournal, readFileJournal } from './file-journal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evenkeel-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entry = (seq: number): JournalEntry => ({
  seq,
  atMs: seq,
  dir: 'in',
  kind: 'wake',
  v: 1,
  cause: null,
  body: { kind: 'wake', text: 'ü' },
});

async function readAll(): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of readFileJournal(directory)) seqs.push(seq);
  return seqs;
}

describe('file journal', () => {
  it('gives back every entry in order, across segments and reopenings', async () => {
    const first = openFileJournal(directory, 500);
    for (let seq = 1; seq <= 20; seq += 1) {
      first.append([entry(seq)]);
      first.flush();
    }
    await first.close();
    const second = openFileJournal(directory, 500);
    second.append([entry(21), entry(22)]);
    await second.sync();
    await second.close();
    expect(await readAll()).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
    const files = readdirSync(directory);
    expect(files.filter((name) => name.endsWith('.jsonl.gz')).length).toBeGreaterThan(2);
    // Only the two segments that were open at a close are left plain.
    expect(files.filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
  });

  it('is with the operating system after a flush, in the words JSON.stringify would use', () => {
    const journal = openFileJournal(directory);
    const entries = [entry(1), { ...entry(2), dir: 'out', cause: 1 } as const];
    journal.append(entries.slice(0, 1));
    journal.append(entries.slice(1));
    const file = join(directory, 'journal-00001.jsonl');
    expect(readFileSync(file, 'utf8')).toBe('');
    journal.flush();
    journal.flush();
    expect(readFileSync(file, 'utf8')).toBe(entries.map((one) => `${JSON.stringify(one)}\n`).join(''));
  });

  it('writes without a flush what would grow too long', () => {
    const journal = openFileJournal(directory);
    const long = { ...entry(1), body: 'x'.repeat(300_000) };
    journal.append([long]);
    expect(readFileSync(join(directory, 'journal-00001.jsonl'), 'utf8')).toContain('x'.repeat(300_000));
  });

  it('drops a torn last line, which was never acted upon', async () => {
    const journal = openFileJournal(directory);
    journal.append([entry(1), entry(2)]);
    await journal.close();
    appendFileSync(join(directory, 'journal-00001.jsonl'), '{"seq":3,"atMs"');
    expect(await readAll()).toEqual([1, 2]);
  });

  it('refuses a torn line in the middle, which means damage', async () => {
    const journal = openFileJournal(directory);
    journal.append([entry(1)]);
    await journal.close();
    appendFileSync(join(directory, 'journal-00001.jsonl'), '{"seq":2,"at\n{"seq":3}\n');
    await expect(readAll()).rejects.toThrow(/unreadable line before its end/);
  });
});
