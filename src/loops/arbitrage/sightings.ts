import { growingRestMs } from '../../domain/growing-rest.ts';
import type { ArbitrageMemory, WatchedSet } from './memory.ts';

/** After a sighting that a read did not show: rest, doubled with each further one in a row. */
export const STALE_REST_MS = 5_000;
const LONGEST_STALE_REST_MS = 10 * 60_000;

/** Begins to remember a market or event that has shown something. */
export function remember<Key>(all: Map<Key, WatchedSet>, key: Key): WatchedSet {
  const watched: WatchedSet = { sighting: null, restUntilMs: 0, staleInARow: 0, failuresInARow: 0 };
  all.set(key, watched);
  return watched;
}

/** A read did not show what was seen. */
export function noteStale(nowMs: number, memory: ArbitrageMemory, watched: WatchedSet): void {
  memory.totals.stale += 1;
  watched.staleInARow += 1;
  watched.restUntilMs = nowMs + growingRestMs(watched.staleInARow, STALE_REST_MS, LONGEST_STALE_REST_MS);
  watched.sighting = null;
}
