import { openFileJournal } from '../../adapters/node/file-journal.ts';
import { createRunFolder, type RunManifest } from '../../adapters/node/run-directory.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { manifestOf } from './manifest.ts';

/** Writes a run whose entries a test has told; they are numbered anew from 1. */
export async function writeTale(
  dataDir: string,
  change: Partial<RunManifest>,
  snapshot: string | null,
  entries: readonly JournalEntry[],
): Promise<string> {
  const directory = createRunFolder(dataDir, manifestOf(change), snapshot);
  const journal = openFileJournal(directory, 200_000);
  const first = entries[0]?.seq ?? 1;
  journal.append(entries.map((entry) => ({ ...entry, seq: entry.seq - first + 1 })));
  await journal.close();
  return directory;
}
