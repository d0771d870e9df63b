import { closeSync, openSync, readSync } from 'node:fs';

/** How long this thread could have run and another had the core, as Linux counts it. */
export interface CoreDelay {
  /** Milliseconds since the thread began; always zero where the system does not tell. */
  soFarMs(): number;
  close(): void;
}

/** Nanoseconds run, nanoseconds waited for a core, times run. Source: Linux, Documentation/scheduler/sched-stats. */
const STATISTICS = '/proc/thread-self/schedstat';
const MOST_BYTES = 96;
const NANOSECONDS_PER_MS = 1e6;

export function openCoreDelay(): CoreDelay {
  let file: number;
  try {
    file = openSync(STATISTICS, 'r');
  } catch {
    // Another system, or a kernel without these statistics: then nobody is excused.
    return { soFarMs: () => 0, close: () => undefined };
  }
  const bytes = Buffer.alloc(MOST_BYTES);
  return {
    soFarMs: () => {
      const length = readSync(file, bytes, 0, MOST_BYTES, 0);
      const waited = Number(bytes.toString('latin1', 0, length).split(' ')[1]);
      return Number.isFinite(waited) ? waited / NANOSECONDS_PER_MS : 0;
    },
    close: () => closeSync(file),
  };
}
