import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** What of a process may be looked at in one read. */
const CHUNK_BYTES = 4 * 1024 * 1024;
/** A worker has a few hundred megabytes; whole reserved address ranges are not worth the time. */
const MOST_OF_ONE_RANGE = 1024 * 1024 * 1024;

export interface MemoryScan {
  /** Bytes that could be read. */
  readonly bytes: number;
  /** Names of the patterns that were found. */
  readonly found: ReadonlySet<string>;
}

/**
 * Looks for patterns in all memory of a process that it may read itself (Linux). The process has to be a descendant of ours, or ours to
 * debug. Throws where not even the list of its memory can be read.
 */
export function scanMemory(pid: number, patterns: ReadonlyMap<string, Buffer>): MemoryScan {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const overlap = Math.max(...[...patterns.values()].map(({ length }) => length));
  const chunk = Buffer.alloc(CHUNK_BYTES + overlap);
  const found = new Set<string>();
  let bytes = 0;
  try {
    for (const { from, to } of readableRanges(pid)) {
      for (let at = from; at < to; at += CHUNK_BYTES) {
        const length = readAt(memory, chunk, at, Math.min(chunk.length, to - at));
        bytes += length;
        const read = chunk.subarray(0, length);
        for (const [name, pattern] of patterns) if (read.includes(pattern)) found.add(name);
      }
    }
  } finally {
    closeSync(memory);
  }
  return { bytes, found };
}

function readableRanges(pid: number): { from: number; to: number }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, from = '', to = '', mode = '', name = ''] =
        /^(\w+)-(\w+) (\S+) \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
      // The kernel's own pages, and addresses that no number holds exactly.
      if (!mode.startsWith('r') || /^\[v/.test(name) || from.length > 13) return [];
      const range = { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) };
      return range.to - range.from > MOST_OF_ONE_RANGE ? [] : [range];
    });
}

/** Bytes read; a range may be gone, or end early, since the process goes on meanwhile. */
function readAt(memory: number, target: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, target, 0, length, at);
  } catch {
    return 0;
  }
}

/** The ways in which 32 bytes may lie about: raw, in halves, and as text of one or two bytes a letter. */
export function spellingsOfKey(hexKey: string): ReadonlyMap<string, Buffer> {
  const digits = hexKey.replace(/^0x/, '').toLowerCase();
  const raw = Buffer.from(digits, 'hex');
  return new Map([
    ['first half', raw.subarray(0, 16)],
    ['second half', raw.subarray(16)],
    ['reversed', Buffer.from(raw).reverse().subarray(0, 16)],
    ['hex', Buffer.from(digits.slice(0, 32), 'latin1')],
    ['hex, second half', Buffer.from(digits.slice(32), 'latin1')],
    ['upper-case hex', Buffer.from(digits.toUpperCase().slice(0, 32), 'latin1')],
    ['hex of two bytes a letter', Buffer.from(digits.slice(0, 32), 'utf16le')],
    ['base64', Buffer.from(raw.toString('base64').slice(0, 40), 'latin1')],
    ['decimal', Buffer.from(BigInt(`0x${digits}`).toString().slice(0, 40), 'latin1')],
  ]);
}
