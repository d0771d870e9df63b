import { writeSync } from 'node:fs';
import { openFileJournal } from '../adapters/node/file-journal.ts';
import { journalEntry } from './journal.ts';

/**
 * Appends entries to the directory of its argument until it is killed, and says of each that it has been acted upon, as a
 * worker does by sending an order.
 */
const STANDARD_OUTPUT = 1;
const MOST = 2_000_000;
const journal = openFileJournal(process.argv[2] ?? '');
for (let seq = 1; seq <= MOST; seq += 1) {
  journal.append([journalEntry(seq)]);
  writeSync(STANDARD_OUTPUT, `${seq}\n`);
}
