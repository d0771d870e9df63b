import { createHash } from 'node:crypto';

/** SHA-256 over one JSON line for every input and every command, in the order they came about. */
export interface TraceHash {
  add(atMs: number, direction: 'in' | 'out', body: unknown): void;
  hex(): string;
}

/** Lines are gathered up to about this size, because hashing many short texts costs more than hashing one long one. */
const CHUNK_CHARACTERS = 1 << 16;

export function createTraceHash(): TraceHash {
  const hash = createHash('sha256');
  let pending = '';
  const flush = (): void => {
    hash.update(pending);
    pending = '';
  };
  return {
    add(atMs, direction, body) {
      pending += `${atMs} ${direction} ${JSON.stringify(body)}\n`;
      if (pending.length >= CHUNK_CHARACTERS) flush();
    },
    hex() {
      flush();
      return hash.copy().digest('hex');
    },
  };
}
