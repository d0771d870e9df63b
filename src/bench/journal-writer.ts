import { writeSync } from 'node:fs';
import { openFileJournal } from '../adapters/node/file-journal.ts';
import { ENTRIES_A_TURN, journalEntry } from './journal.ts';

/**
 * Appends entries to the directory of its argument until it is killed, and says of each turn that it has been acted upon, as
 * a worker does by sending an order.
 */
const STANDARD_OUTPUT = 1;
const MOST = 2_000_000;
const journal = openFileJournal(process.argv[2] ?? '');
for (let seq = ENTRIES_A_TURN; seq <= MOST; seq += ENTRIES_A_TURN) {
  for (let entry = seq - ENTRIES_A_TURN + 1; entry <= seq; entry += 1) journal.append([journalEntry(entry)]);
  journal.flush();
  writeSync(STANDARD_OUTPUT, `${seq}\n`);
}
