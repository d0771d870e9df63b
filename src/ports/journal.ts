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

/** Appends to the run's journal, in two steps, so that one write can serve everything that an event-loop turn brought. */
export interface JournalSink {
  /** Takes the entries as they are now; they reach the operating system with the next `flush` at the latest. */
  append(entries: readonly JournalEntry[]): void;
  /** Returns once all that was appended is with the operating system, so that it survives `kill -9`. Before anything is acted upon. */
  flush(): void;
  /** Flushes, and forces what was appended to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
