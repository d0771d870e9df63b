/** Wall clock and timers. The only source of time the runtime has, so that tests can move it by hand. */
export interface Timers {
  nowMs(): number;
  /** Runs `action` once after `delayMs`; the result cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** Diagnostics for a person. Never part of a decision. */
export interface Log {
  debug(message: string, context?: Readonly<Record<string, unknown>>): void;
  note(message: string, context?: Readonly<Record<string, unknown>>): void;
  warning(message: string, context?: Readonly<Record<string, unknown>>): void;
  alarm(message: string, context?: Readonly<Record<string, unknown>>): void;
}
