import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openFileJournal, readFileJournal } from '../adapters/node/file-journal.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { Bar } from './bar.ts';
import { assertSame, medianUs } from './rounds.ts';

const TURNS = 4_000;
/** What a market's move that leads to an order writes before the order may leave: the input, the decision, the order. */
export const ENTRIES_A_TURN = 3;
const COMMITS = 200;
const ROUNDS = 7;
const KILLS = 5;
const AT_LEAST = 100;

const CONDITION_ID = `0x${'ab'.repeat(16)}`;

/** One row of about 220 bytes, the size of an ordinary book update. */
export const journalEntry = (seq: number): JournalEntry => ({
  seq,
  atMs: 1_800_000_000_000 + seq,
  dir: 'in',
  kind: 'levels',
  v: 1,
  cause: null,
  body: {
    kind: 'levels',
    conditionId: CONDITION_ID,
    changes: [['BUY', 4_200, 12_000_000]],
    hash: '',
    venueAtMs: 1_800_000_000_000,
  },
});

/** Kills a writing process with -9 at a random moment and counts what its journal lost or doubled of what it had acted upon. */
async function killOnce(
  directory: string,
  afterMs: number,
): Promise<{ acted: number; lost: number; doubled: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'journal-writer.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    // The clock starts when it writes, so that the kill never comes before the first entry.
    if (heard === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
    heard += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const acted = Number(heard.slice(0, heard.lastIndexOf('\n')).split('\n').at(-1));
  const seen = new Map<number, number>();
  for await (const { seq } of readFileJournal(directory)) seen.set(seq, (seen.get(seq) ?? 0) + 1);
  let lost = 0;
  for (let seq = 1; seq <= acted; seq += 1) if (!seen.has(seq)) lost += 1;
  return { acted, lost, doubled: [...seen.values()].filter((count) => count > 1).length };
}

/** What journaling costs the hot path, against a database row committed to the disk; and whether kill -9 loses or doubles anything. */
export const journalBar: Bar = {
  name: 'journal',
  what: 'an entry of a turn that acts against a row of node:sqlite with a FULL commit; nothing lost or doubled after kill -9',
  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'evenkeel-bench-journal-'));
    try {
      const us = await timeBoth(directory);
      const kills = { acted: 0, lost: 0, doubled: 0 };
      for (let kill = 0; kill < KILLS; kill += 1) {
        const one = await killOnce(join(directory, `killed-${kill}`), 20 + 37 * kill);
        kills.acted += one.acted;
        kills.lost += one.lost;
        kills.doubled += one.doubled;
      }
      const value = us.commit / us.turn;
      return {
        name: 'journal',
        bar: `an entry at most 1/${AT_LEAST} of a FULL commit; 0 lost and 0 doubled after kill -9`,
        value,
        unit: 'x',
        isMet: value >= AT_LEAST && kills.lost === 0 && kills.doubled === 0 && kills.acted > 0,
        figures: [
          { name: `entry of a turn of ${ENTRIES_A_TURN}`, value: us.turn, unit: 'us' },
          { name: 'entry written alone', value: us.alone, unit: 'us' },
          { name: 'node:sqlite FULL commit of one row', value: us.commit, unit: 'us' },
          { name: `acted upon before ${KILLS} kills`, value: kills.acted, unit: 'entries' },
          { name: 'lost', value: kills.lost, unit: 'entries' },
          { name: 'doubled', value: kills.doubled, unit: 'entries' },
        ],
      };
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

async function timeBoth(directory: string): Promise<{ turn: number; alone: number; commit: number }> {
  const journal = openFileJournal(join(directory, 'timed'));
  const database = new DatabaseSync(join(directory, 'timed.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE journal (body TEXT)');
  const insert = database.prepare('INSERT INTO journal VALUES (?)');
  let appended = 0;
  let committed = 0;
  function appendTurn(count: number): void {
    const entries: JournalEntry[] = [];
    for (let entry = 0; entry < count; entry += 1) {
      appended += 1;
      entries.push(journalEntry(appended));
    }
    journal.append(entries);
    journal.flush();
  }
  const us = await medianUs(
    {
      turn: () => {
        for (let turn = 0; turn < TURNS; turn += 1) appendTurn(ENTRIES_A_TURN);
        return TURNS * ENTRIES_A_TURN;
      },
      alone: () => {
        for (let turn = 0; turn < TURNS; turn += 1) appendTurn(1);
        return TURNS;
      },
      commit: () => {
        for (let index = 0; index < COMMITS; index += 1) {
          committed += 1;
          insert.run(JSON.stringify(journalEntry(committed)));
        }
        return COMMITS;
      },
    },
    ROUNDS,
  );
  await journal.close();
  let read = 0;
  for await (const entry of readFileJournal(join(directory, 'timed'))) {
    read += 1;
    if (read % 10_000 === 0) assertSame('entry', entry, journalEntry(read));
  }
  assertSame('entries read', read, appended);
  assertSame('rows', database.prepare('SELECT count(*) AS n FROM journal').get(), { n: committed });
  database.close();
  return us;
}
