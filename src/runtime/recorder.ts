import type { Kernel } from '../kernel/kernel.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { JournalEntry, JournalSink } from '../ports/journal.ts';

/** Steps the kernel and appends what went in and what came out. Whoever acts on it flushes first. */
export interface Recorder {
  readonly kernel: Kernel;
  step(atMs: number, input: Input): Command[];
  entryCount(): number;
}

export function createRecorder(kernel: Kernel, journal: JournalSink): Recorder {
  let seq = 0;
  return {
    kernel,
    entryCount: () => seq,
    step(atMs, input) {
      const inSeq = seq + 1;
      const outputs = kernel.step(atMs, input);
      const entries: JournalEntry[] = [inEntry(inSeq, atMs, input)];
      for (const output of outputs) entries.push(outEntry(inSeq + entries.length, atMs, inSeq, output));
      seq = inSeq + entries.length - 1;
      journal.append(entries);
      return outputs;
    },
  };
}

const inEntry = (seq: number, atMs: number, input: Input): JournalEntry => ({
  seq,
  atMs,
  dir: 'in',
  kind: input.kind,
  v: 1,
  cause: null,
  body: input,
});

const outEntry = (seq: number, atMs: number, cause: number, output: Command): JournalEntry => ({
  seq,
  atMs,
  dir: 'out',
  kind: output.kind,
  v: 1,
  cause,
  body: output,
});
