/** One line of the journal. `out` entries name the input that caused them. */
export interface JournalEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly dir: 'in' | 'out';
  readonly kind: string;
  readonly v: 1;
  /** For `out`: the seq of the input that caused it. */
  readonly cause: number | null;
  readonly body: unknown;
}

/** Appends to the run's journal. `append` returns once the bytes are with the operating system, so that they survive `kill -9`. */
export interface JournalSink {
  append(entries: readonly JournalEntry[]): void;
  /** Forces what was appended to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
