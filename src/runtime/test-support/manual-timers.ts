import type { Log, Timers } from '../../ports/timers.ts';

/** A clock that only moves when a test moves it. */
export interface ManualTimers extends Timers {
  /** Lets time pass, firing what is due in order, and gives promises their turn after each. */
  pass(ms: number): Promise<void>;
  /** How many timers wait. */
  waiting(): number;
  /** Sets the clock itself, as an operator or a time server may, without firing anything. */
  set(nowMs: number): void;
}

export function manualTimers(startMs = 1_790_000_000_000): ManualTimers {
  let nowMs = startMs;
  let nextId = 0;
  const waiting = new Map<number, { readonly atMs: number; readonly action: () => void }>();
  const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

  async function pass(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await settle();
    for (;;) {
      const due = [...waiting].sort(([a, one], [b, other]) => one.atMs - other.atMs || a - b)[0];
      if (due === undefined || due[1].atMs > untilMs) break;
      waiting.delete(due[0]);
      nowMs = Math.max(nowMs, due[1].atMs);
      due[1].action();
      await settle();
    }
    nowMs = untilMs;
  }

  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      const id = nextId;
      nextId += 1;
      waiting.set(id, { atMs: nowMs + delayMs, action });
      return () => waiting.delete(id);
    },
    pass,
    waiting: () => waiting.size,
    set: (value) => {
      nowMs = value;
    },
  };
}

/** A log that keeps its lines as `level: message`. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => {
    lines.push(`${level}: ${message}`);
  };
  return { lines, debug: at('debug'), note: at('note'), warning: at('warning'), alarm: at('alarm') };
}
