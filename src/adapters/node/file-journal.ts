import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { JournalEntry, JournalSink } from '../../ports/journal.ts';
import { journalLine } from './journal-line.ts';

/** A segment is closed at this size, so that no file ever becomes one string too long for Node. */
const SEGMENT_BYTES = 64 * 1024 * 1024;
/** Appends are written without waiting for a flush once they are this long together, so that memory has a bound. */
const MOST_UNWRITTEN_CHARACTERS = 256 * 1024;
const SEGMENT_NAME = /^journal-(\d{5})\.jsonl(?:\.gz)?$/;

/**
 * Appends entries to `journal-00001.jsonl` and on, in `directory`. `flush` is one `write` to the operating system, which
 * survives `kill -9` of this process; `sync` makes it survive a power cut. A full segment is closed and compressed in the
 * background; `close` waits for that. A failed write throws, and so does every one after it: nothing may be sent that is not in the
 * journal.
 */
export function openFileJournal(directory: string, segmentBytes: number = SEGMENT_BYTES): JournalSink {
  mkdirSync(directory, { recursive: true });
  let segment = segmentNumbers(directory).at(-1) ?? 0;
  let written = 0;
  let unwritten = '';
  let descriptor = openNext();
  let compressing: Promise<void> = Promise.resolve();
  let syncing: Promise<unknown> = Promise.resolve();
  /** The first write that failed. Whatever came after its torn line would make the journal unreadable, so nothing does. */
  let failure: unknown = null;

  function openNext(): number {
    segment += 1;
    written = 0;
    return openSync(join(directory, segmentName(segment)), 'ax');
  }

  function rotate(): void {
    const full = join(directory, segmentName(segment));
    const old = descriptor;
    descriptor = openNext();
    fsyncSync(old);
    // A sync that has begun may still be in line for its file.
    const closed = syncing.then(() => closeSync(old));
    // One at a time, and a failure leaves the plain segment, which reads just as well.
    compressing = Promise.all([closed, compressing])
      .then(() => compress(full))
      .catch(() => undefined);
  }

  function flush(): void {
    if (unwritten === '') return;
    if (failure !== null) throw failure;
    try {
      write();
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  function write(): void {
    const text = unwritten;
    unwritten = '';
    const length = Buffer.byteLength(text);
    let at = writeSync(descriptor, text);
    // A disk that is nearly full takes a part; the rest then goes from where it stopped, or fails.
    if (at < length)
      for (const bytes = Buffer.from(text); at < length; ) at += writeSync(descriptor, bytes, at);
    written += length;
    if (written >= segmentBytes) rotate();
  }

  return {
    append(entries) {
      // Made into text at once: what an entry holds may change with the next step.
      for (const entry of entries) unwritten += journalLine(entry);
      if (unwritten.length >= MOST_UNWRITTEN_CHARACTERS) flush();
    },
    flush,
    async sync() {
      flush();
      const synced = new Promise<void>((resolve, reject) => {
        fsync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      });
      syncing = Promise.allSettled([syncing, synced]);
      await synced;
    },
    async close() {
      if (failure === null) flush();
      await syncing;
      fsyncSync(descriptor);
      closeSync(descriptor);
      await compressing;
    },
  };
}

/** Replaces a closed segment by its compressed copy. The plain one goes only when the copy is complete under its final name. */
async function compress(file: string): Promise<void> {
  const unfinished = `${file}.gz.tmp`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(unfinished, { flush: true }));
  renameSync(unfinished, `${file}.gz`);
  rmSync(file);
}

/**
 * Streams a journal's entries in order, one line at a time. A torn last line, which a crash can leave, is dropped: it was
 * never acted upon, because acting waits for the append. A torn line elsewhere is an error.
 */
export async function* readFileJournal(directory: string): AsyncGenerator<JournalEntry> {
  const numbers = segmentNumbers(directory);
  for (const [index, number] of numbers.entries()) {
    const lines = createInterface({
      input: openSegment(directory, number),
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

/** The plain segment where there is one: a copy beside it may be from a compression that a crash cut short. */
export function openSegment(
  directory: string,
  number: number,
  chunkBytes = 64 * 1024,
): NodeJS.ReadableStream {
  const plain = join(directory, segmentName(number));
  // Opened and not looked for: a running worker may compress it in between, and what is open stays readable.
  const descriptor = openIfThere(plain);
  if (descriptor !== null) return createReadStream(plain, { fd: descriptor, highWaterMark: chunkBytes });
  const packed = createReadStream(`${plain}.gz`);
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  return packed.pipe(unpacked);
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parseLine(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return null;
  }
}

/** The name of a segment while it is not compressed. */
export const segmentName = (number: number): string => `journal-${String(number).padStart(5, '0')}.jsonl`;

/** The segments that a journal has, plain or compressed, in order. */
export function segmentNumbers(directory: string): number[] {
  if (!existsSync(directory)) return [];
  const numbers = readdirSync(directory)
    .map((name) => SEGMENT_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number);
  return [...new Set(numbers)].sort((a, b) => a - b);
}
