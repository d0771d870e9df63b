import type { Kernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { JournalEntry } from '../ports/journal.ts';

/** Where a replay first gave something else than the journal holds. */
export interface ReplayDifference {
  /** The journal entry that differs; for an output that the journal lacks, the input that caused it. */
  readonly seq: number;
  readonly kind: string;
  /** Where in the output, such as `.orders[0].request.price`; empty for the output as a whole. */
  readonly path: string;
  /** By the journal; undefined for nothing. */
  readonly expected: unknown;
  /** By the replay; undefined for nothing. */
  readonly found: unknown;
}

export interface Replayed {
  readonly entries: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly difference: ReplayDifference | null;
  /** Outputs of the last input that the journal lacks: a process was killed while it wrote them, before it acted on any. */
  readonly lackingAtEnd: number;
}

/**
 * Feeds a journal's inputs to a kernel and compares every output with the one recorded, as JSON. With `toTheEnd` it goes on
 * after a difference, which is what rebuilding a state wants. Throws where the journal has a gap, or the kernel does.
 */
export async function replayJournal(
  kernel: Kernel,
  entries: AsyncIterable<JournalEntry>,
  toTheEnd: boolean,
): Promise<Replayed> {
  let inputs = 0;
  let outputs = 0;
  let lastSeq = 0;
  let inSeq = 0;
  let awaited: Command[] = [];
  let difference: ReplayDifference | null = null;
  const differs = (found: ReplayDifference): void => {
    difference ??= found;
  };

  for await (const entry of entries) {
    if (entry.seq !== lastSeq + 1)
      throw new Error(`journal entry ${entry.seq} follows entry ${lastSeq}, expected ${lastSeq + 1}`);
    lastSeq = entry.seq;
    if (entry.dir === 'in') {
      for (const lacking of awaited) differs(lackingOutput(inSeq, lacking));
      if (difference !== null && !toTheEnd) break;
      inputs += 1;
      inSeq = entry.seq;
      awaited = kernel.step(entry.atMs, entry.body as Input);
      continue;
    }
    outputs += 1;
    const found = compareOutput(entry, inSeq, awaited.shift());
    if (found !== null) differs(found);
    if (difference !== null && !toTheEnd) break;
  }
  return { entries: lastSeq, inputs, outputs, difference, lackingAtEnd: awaited.length };
}

const lackingOutput = (seq: number, output: Command): ReplayDifference => ({
  seq,
  kind: output.kind,
  path: '',
  expected: undefined,
  found: output,
});

function compareOutput(
  entry: JournalEntry,
  inSeq: number,
  output: Command | undefined,
): ReplayDifference | null {
  const { seq, kind } = entry;
  if (output === undefined) return { seq, kind, path: '', expected: entry.body, found: undefined };
  if (entry.cause !== inSeq) return { seq, kind, path: '(cause)', expected: entry.cause, found: inSeq };
  const text = JSON.stringify(output);
  if (text === JSON.stringify(entry.body)) return null;
  const difference = firstDifference(entry.body, JSON.parse(text), '');
  return difference === null ? null : { seq, kind, ...difference };
}

/** The first place where two JSON values differ, or null where they are equal. The order of keys means nothing. */
export function firstDifference(
  expected: unknown,
  found: unknown,
  path: string,
): { readonly path: string; readonly expected: unknown; readonly found: unknown } | null {
  if (Object.is(expected, found)) return null;
  if (!isBranch(expected) || !isBranch(found) || Array.isArray(expected) !== Array.isArray(found))
    return { path, expected, found };
  const inArray = Array.isArray(expected);
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const below = firstDifference(expected[key], found[key], inArray ? `${path}[${key}]` : `${path}.${key}`);
    if (below !== null) return below;
  }
  return null;
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
