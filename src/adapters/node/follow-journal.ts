import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { JournalEntry } from '../../ports/journal.ts';
import { segmentName } from './file-journal.ts';

export interface FollowOptions {
  /** Whether nothing is appended any more. */
  readonly isEnded: () => boolean;
  /** Waits a moment, while there is nothing to read. */
  readonly pause: () => Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a journal while another writes it, from its first entry to the end of the run, a chunk of entries at a time. An empty
 * chunk says that there is nothing more for now. A reader that falls behind finds the rest later, compressed or not, and never
 * holds more than a chunk. A torn last line is left out, as everywhere.
 */
export async function* followFileJournal(
  directory: string,
  options: FollowOptions,
): AsyncGenerator<readonly JournalEntry[]> {
  for (let segment = 1; ; segment += 1) {
    const plain = join(directory, segmentName(segment));
    const next = join(directory, segmentName(segment + 1));
    const hasNext = (): boolean => existsSync(next) || existsSync(`${next}.gz`);
    const lines = createLines();
    const file = await openPlain(plain);
    if (file !== null) yield* followPlain(file, lines, hasNext, options);
    else if (existsSync(`${plain}.gz`)) yield* readPacked(`${plain}.gz`, lines);
    else if (options.isEnded()) return;
    else {
      segment -= 1;
      yield [];
      await options.pause();
      continue;
    }
    if (!hasNext()) return;
    if (lines.rest() > 0)
      throw new Error(`journal ${plain} ends in an unreadable line but is not the last segment`);
  }
}

/** The plain segment; null where it is not there (yet, or any more). */
async function openPlain(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function* followPlain(
  file: FileHandle,
  lines: Lines,
  hasNext: () => boolean,
  { isEnded, pause }: FollowOptions,
): AsyncGenerator<readonly JournalEntry[]> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  try {
    for (;;) {
      // Asked before the read: what is appended after it is found by the next one.
      const isLast = hasNext() || isEnded();
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead > 0) yield lines.take(buffer.subarray(0, bytesRead));
      else if (isLast) return;
      else {
        yield [];
        await pause();
      }
    }
  } finally {
    await file.close();
  }
}

async function* readPacked(path: string, lines: Lines): AsyncGenerator<readonly JournalEntry[]> {
  const file = await open(path, 'r');
  const unpacked = file.createReadStream({ highWaterMark: CHUNK_BYTES }).pipe(createGunzip());
  for await (const chunk of unpacked) yield lines.take(chunk as Buffer);
}

interface Lines {
  /** The entries of all lines that are complete with these bytes. */
  take(bytes: Buffer): JournalEntry[];
  /** Bytes of a line that is not complete. */
  rest(): number;
}

const NEWLINE = 10;

function createLines(): Lines {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const end = all.lastIndexOf(NEWLINE) + 1;
      // A copy, because the buffer behind it is read into again.
      rest = Buffer.from(all.subarray(end));
      const entries: JournalEntry[] = [];
      for (const line of all.toString('utf8', 0, end).split('\n'))
        if (line !== '') entries.push(JSON.parse(line) as JournalEntry);
      return entries;
    },
    rest: () => rest.length,
  };
}
