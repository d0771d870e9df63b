import { openSegment, segmentNumbers } from '../../adapters/node/file-journal.ts';
import type { JournalEntry } from '../../ports/journal.ts';

const NEWLINE = 10;
const CHUNK_BYTES = 1024 * 1024;
/** The envelope up to the kind: `{"seq":1,"atMs":1,"dir":"in","kind":"wake"` has its numbers and names within this. */
const HEAD_BYTES = 128;
const HEAD = /^\{"seq":\d+,"atMs":([\d.]+),"dir":"(?:in|out)","kind":"(\w+)"/;

export interface ScanOptions {
  /** Whether a line is worth parsing. Most lines of a journal are book changes, and are passed over by their first bytes. */
  readonly wants: (kind: string, line: Buffer) => boolean;
  readonly onEntry: (entry: JournalEntry) => void;
  /** Entries after this time are not looked at. */
  readonly untilMs: number;
  readonly onProgress: (bytes: number) => void;
}

export interface Scanned {
  readonly lines: number;
  /** Lines that cannot be read; the last one of a journal that is being written, or was when its process died, is none. */
  readonly torn: number;
}

/** Runs once through a run's journal, segment by segment, in constant memory. It may be written meanwhile. */
export async function scanJournal(directory: string, options: ScanOptions): Promise<Scanned> {
  const scan: Scan = { lines: 0, torn: 0, isOver: false };
  const numbers = segmentNumbers(directory);
  for (const [index, number] of numbers.entries()) {
    let rest: Buffer[] = [];
    for await (const chunk of openSegment(directory, number, CHUNK_BYTES)) {
      rest = takeLines(chunk as Buffer, rest, scan, options);
      options.onProgress(chunk.length);
      if (scan.isOver) return scan;
    }
    // What follows the last newline of a segment is torn; in the last segment it is still being written, or never was acted upon.
    if (rest.length > 0 && !takeLine(Buffer.concat(rest), options, scan) && index < numbers.length - 1)
      scan.torn += 1;
  }
  return scan;
}

interface Scan {
  lines: number;
  torn: number;
  isOver: boolean;
}

/** Takes the complete lines out of a chunk, and returns the beginning of the one it ends in. */
function takeLines(chunk: Buffer, before: Buffer[], scan: Scan, options: ScanOptions): Buffer[] {
  let start = 0;
  let rest = before;
  for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
    const piece = chunk.subarray(start, end);
    const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
    rest = [];
    start = end + 1;
    if (line.length > 0 && !takeLine(line, options, scan)) scan.torn += 1;
    if (scan.isOver) return [];
  }
  if (start < chunk.length) rest.push(chunk.subarray(start));
  return rest;
}

/** Returns whether the line could be read, as far as it was looked at. */
function takeLine(line: Buffer, { wants, onEntry, untilMs }: ScanOptions, scan: Scan): boolean {
  scan.lines += 1;
  const head = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES));
  if (head !== null) {
    if (Number(head[1]) > untilMs) {
      scan.isOver = true;
      return true;
    }
    if (!wants(head[2] as string, line)) return true;
  }
  const entry = parsed(line);
  if (entry !== null && (head !== null || wants(entry.kind, line))) onEntry(entry);
  return entry !== null;
}

function parsed(line: Buffer): JournalEntry | null {
  try {
    return JSON.parse(line.toString('utf8')) as JournalEntry;
  } catch {
    return null;
  }
}
