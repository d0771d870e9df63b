import type { Usd } from '../domain/units.ts';

/** How far back orders count. */
const WINDOW_MS = 60_000;
const BUCKET_MS = 1_000;

/** Dollars of orders by the second in which they were approved, oldest first: at most one entry for each second of the window and one more. */
export interface NotionalWindow {
  readonly buckets: { second: number; usd: number }[];
  usd: number;
}

export const createNotionalWindow = (): NotionalWindow => ({ buckets: [], usd: 0 });

/** Dollars approved within the last minute. A whole second counts until its last moment is out of the window, so never less than that. */
export function notionalWithin(window: NotionalWindow, nowMs: number): Usd {
  const { buckets } = window;
  for (let oldest = buckets[0]; oldest !== undefined; oldest = buckets[0]) {
    if ((oldest.second + 1) * BUCKET_MS + WINDOW_MS > nowMs) break;
    window.usd -= oldest.usd;
    buckets.shift();
  }
  return window.usd as Usd;
}

/** Counts an order that was just approved. */
export function countNotional(window: NotionalWindow, usd: number, nowMs: number): void {
  const second = Math.floor(nowMs / BUCKET_MS);
  const newest = window.buckets.at(-1);
  if (newest?.second === second) newest.usd += usd;
  else window.buckets.push({ second, usd });
  window.usd += usd;
}

/** Gives back what was counted since the window came to `usd`, all of it in one moment. */
export function returnNotional(window: NotionalWindow, usd: number): void {
  const newest = window.buckets.at(-1);
  if (newest === undefined || window.usd === usd) return;
  newest.usd -= window.usd - usd;
  window.usd = usd;
  if (newest.usd === 0) window.buckets.pop();
}
