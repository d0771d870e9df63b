/** The mid of others at one look; null where the book had none. It stood until the next. */
export interface MidSample {
  readonly atMs: number;
  readonly midPts: number | null;
}

/**
 * The last mids of one market, oldest first, as its looks saw them. Venues tell of a trade in whole seconds, and a book that a
 * large order has swept may be told before the fill of ours in it: the mid just before a fill is found by time, not by order of
 * arrival.
 */
export interface MidHistory {
  samples: MidSample[];
  /** The last look: the last sample was still true then. */
  seenAtMs: number;
}

/** Four seconds of a book that changes as often as the loop looks at it. */
const MOST_SAMPLES = 16;
/** Looks follow every change of a book, so an older one means that nobody was looking. */
const TRUSTED_AFTER_LOOK_MS = 120_000;

export const createMidHistory = (): MidHistory => ({ samples: [], seenAtMs: 0 });

export function rememberMid(history: MidHistory, midPts: number | null, nowMs: number): void {
  history.seenAtMs = nowMs;
  if (history.samples.length > 0 && history.samples.at(-1)?.midPts === midPts) return;
  history.samples.push({ atMs: nowMs, midPts });
  if (history.samples.length > MOST_SAMPLES) history.samples.shift();
}

/** The last mid seen before `beforeMs`, or no later than `byMs`, whichever is the later one. Null when none is known: never a guess. */
export function midJustBefore(history: MidHistory, beforeMs: number, byMs: number): number | null {
  if (Math.max(beforeMs, byMs) - history.seenAtMs > TRUSTED_AFTER_LOOK_MS) return null;
  for (let index = history.samples.length - 1; index >= 0; index -= 1) {
    const sample = history.samples[index] as MidSample;
    if (sample.atMs < beforeMs || sample.atMs <= byMs) return sample.midPts;
  }
  return null;
}
