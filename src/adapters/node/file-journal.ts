import {
  closeSync,
  createReadStream,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JournalEntry, JournalSink } from '../../ports/journal.ts';

/** A segment is closed at this size, so that no file ever becomes one string too long for Node. */
const SEGMENT_BYTES = 64 * 1024 * 1024;
const SEGMENT_NAME = /^journal-(\d{5})\.jsonl$/;

/**
 * Appends entries to `journal-00001.jsonl` and on, in `directory`. Each append is one `write` to the operating system, so
 * it survives `kill -9` of this process; `sync` makes it survive a power cut. A failed write throws: nothing may be sent
 * that is not in the journal.
 */
export function openFileJournal(directory: string, segmentBytes: number = SEGMENT_BYTES): JournalSink {
  mkdirSync(directory, { recursive: true });
  let segment = segmentNumbers(directory).at(-1) ?? 0;
  let written = 0;
  let descriptor = openNext();

  function openNext(): number {
    segment += 1;
    written = 0;
    return openSync(join(directory, segmentName(segment)), 'ax');
  }

  return {
    append(entries) {
      let text = '';
      for (const entry of entries) text += `${JSON.stringify(entry)}\n`;
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      written += bytes.length;
      if (written < segmentBytes) return;
      fsyncSync(descriptor);
      closeSync(descriptor);
      descriptor = openNext();
    },
    sync: () =>
      new Promise((resolve, reject) => {
        fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      }),
    async close() {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

/**
 * Streams a journal's entries in order, one line at a time. A torn last line, which a crash can leave, is dropped: it was
 * never acted upon, because acting waits for the append. A torn line elsewhere is an error.
 */
export async function* readFileJournal(directory: string): AsyncGenerator<JournalEntry> {
  const numbers = segmentNumbers(directory);
  for (const [index, number] of numbers.entries()) {
    const lines = createInterface({
      input: createReadStream(join(directory, segmentName(number))),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    let torn: string | null = null;
    for await (const line of lines) {
      if (torn !== null)
        throw new Error(
          `journal ${segmentName(number)} has an unreadable line before its end: ${torn.slice(0, 80)}`,
        );
      if (line === '') continue;
      const entry = parseLine(line);
      if (entry === null) torn = line;
      else yield entry;
    }
    if (torn !== null && index < numbers.length - 1) {
      throw new Error(
        `journal ${segmentName(number)} ends in an unreadable line but is not the last segment`,
      );
    }
  }
}

function parseLine(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return null;
  }
}

const segmentName = (number: number): string => `journal-${String(number).padStart(5, '0')}.jsonl`;

function segmentNumbers(directory: string): number[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((name) => SEGMENT_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
