const DAY_MS = 86_400_000;

/** The UTC day as a count from 1970-01-01: what limits that start anew each day are counted by. */
export const utcDayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);

/** When the UTC day after the one of `atMs` begins. */
export const nextUtcDayMs = (atMs: number): number => (utcDayOf(atMs) + 1) * DAY_MS;
