import { randomUUID } from 'node:crypto';
import type { VenueClock } from '../types.ts';

/** Once begun, a beat must come at least this often. */
export const HEARTBEAT_WINDOW_MS = 10_000;
/** How often the venue looks for accounts that fell silent. */
export const HEARTBEAT_SWEEP_MS = 5_000;

interface Beat {
  id: string;
  atMs: number;
  /** The sweep has acted on the silence; the chain may be taken up again, or begun anew. */
  expired: boolean;
}

export type HeartbeatAnswer =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly expected: string };

/** The dead man's switch: one chain of ids for each API key, and a sweep that cancels for those who fell silent. */
export interface Heartbeats {
  /** Confirms a beat, or names the id that was expected. An empty id begins the chain, or fails if one is running. */
  readonly beat: (apiKey: string, id: string) => HeartbeatAnswer;
  /** A beat without an id, of the older endpoint. */
  readonly touch: (apiKey: string) => void;
  /** Ends the chain of a key without canceling anything, when the key is deleted. */
  readonly forget: (apiKey: string) => void;
  readonly stop: () => void;
}

/**
 * @param expire called once each time a key has been silent for more than the window.
 */
export function startHeartbeats(clock: VenueClock, expire: (apiKey: string) => void): Heartbeats {
  const beats = new Map<string, Beat>();
  let cancelTimer = clock.after(HEARTBEAT_SWEEP_MS, sweep);

  function sweep(): void {
    const now = clock.nowMs();
    for (const [apiKey, beat] of beats) {
      if (beat.expired || now - beat.atMs <= HEARTBEAT_WINDOW_MS) continue;
      beat.expired = true;
      expire(apiKey);
    }
    cancelTimer = clock.after(HEARTBEAT_SWEEP_MS, sweep);
  }

  const confirm = (apiKey: string): string => {
    const id = randomUUID();
    beats.set(apiKey, { id, atMs: clock.nowMs(), expired: false });
    return id;
  };

  return {
    beat: (apiKey, id) => {
      const last = beats.get(apiKey);
      const begins = id === '' && (last === undefined || last.expired);
      if (!begins && last?.id !== id) return { ok: false, expected: last?.id ?? '' };
      return { ok: true, id: confirm(apiKey) };
    },
    touch: (apiKey) => {
      confirm(apiKey);
    },
    forget: (apiKey) => {
      beats.delete(apiKey);
    },
    stop: () => cancelTimer(),
  };
}
