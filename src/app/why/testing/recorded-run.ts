import { openFileJournal } from '../../../adapters/node/file-journal.ts';
import { createRunFolder, type RunManifest } from '../../../adapters/node/run-directory.ts';
import type { Command, Input } from '../../../kernel/messages.ts';
import type { JournalEntry } from '../../../ports/journal.ts';
import { manifestOf } from '../../testing/manifest.ts';

/** A run on disk, written step by step as a driver writes it. */
export interface RecordedRun {
  readonly directory: string;
  record(atMs: number, input: Input, outputs: readonly Command[]): void;
  close(): Promise<void>;
}

export function recordRun(dataDir: string, change: Partial<RunManifest>, segmentBytes?: number): RecordedRun {
  const directory = createRunFolder(dataDir, manifestOf(change), null);
  const journal = openFileJournal(directory, segmentBytes);
  let seq = 0;
  return {
    directory,
    record(atMs, input, outputs) {
      const cause = seq + 1;
      const entries: JournalEntry[] = [
        { seq: cause, atMs, dir: 'in', kind: input.kind, v: 1, cause: null, body: input },
        ...outputs.map(
          (body, index): JournalEntry => ({
            seq: cause + 1 + index,
            atMs,
            dir: 'out',
            kind: body.kind,
            v: 1,
            cause,
            body,
          }),
        ),
      ];
      seq += entries.length;
      journal.append(entries);
    },
    close: () => journal.close(),
  };
}
