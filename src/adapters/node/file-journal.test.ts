import { pbkdf2 } from 'node:crypto';
import fs, { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

const hashSlowly = (): Promise<Buffer> => promisify(pbkdf2)('a', 'b', 100_000, 32, 'sha256');

/** The next write takes half of its text, and the one after it nothing. */
function failNextWrite(): { restore(): void } {
  const { writeSync } = fs;
  const use = (write: unknown): void => {
    fs.writeSync = write as typeof writeSync;
    syncBuiltinESMExports();
  };
  let calls = 0;
  use((descriptor: number, text: string) => {
    calls += 1;
    if (calls > 1) throw new Error('ENOSPC: no space left on device, write');
    return writeSync(descriptor, text.slice(0, text.length / 2));
  });
  return { restore: () => use(writeSync) };
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

  it('forces a segment to disk although it is full and closed before its turn comes', async () => {
    const journal = openFileJournal(directory, 500);
    journal.append([entry(1)]);
    // As many as Node does at a time, twice: what is asked for next stands in line behind them.
    const busy = Array.from({ length: 8 }, () => hashSlowly());
    const synced = journal.sync();
    journal.append(Array.from({ length: 20 }, (_, index) => entry(index + 2)));
    journal.flush();
    await expect(synced).resolves.toBeUndefined();
    await Promise.all(busy);
    await journal.close();
    expect(await readAll()).toHaveLength(21);
  });

  it('writes nothing more once a write has failed, so that what is there stays readable', async () => {
    const journal = openFileJournal(directory);
    journal.append([entry(1)]);
    journal.flush();
    // A write of the text's first half, as a full disk leaves it.
    const full = failNextWrite();
    journal.append([entry(2)]);
    expect(() => journal.flush()).toThrow(/ENOSPC/);
    full.restore();
    journal.append([entry(3)]);
    expect(() => journal.flush()).toThrow(/ENOSPC/);
    await expect(journal.sync()).rejects.toThrow(/ENOSPC/);
    await journal.close();
    expect(await readAll()).toEqual([1]);
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
