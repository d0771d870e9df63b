import type { PriceHistoryPoint } from '../domain/market-event.ts';
import { POINT } from '../domain/units.ts';

/**
 * What a market's price has done, as plain data: points of YES with their time, oldest first, at most one a step. The venue's own
 * history is read once when a market is first watched; from then on our observations carry it on.
 */
export interface PricePoint {
  readonly atMs: number;
  readonly pts: number;
}

export interface PriceHistory {
  points: PricePoint[];
  /** When the venue's part was read; null while it has not been. */
  venueAsOfMs: number | null;
}

/** Enough to see a day's shape, few enough to keep for every watched market. */
export const HISTORY_STEP_MS = 10 * 60_000;
export const HISTORY_KEPT_MS = 24 * 3_600_000;
/** Fewer moves than this say more about a step than about the market. */
const LEAST_MOVES = 6;

export const createPriceHistory = (): PriceHistory => ({ points: [], venueAsOfMs: null });

/** Notes the price now, unless one of this step is noted already; what is older than a day goes. */
export function observePrice(history: PriceHistory, pts: number, nowMs: number): void {
  const last = history.points.at(-1);
  if (last !== undefined && nowMs - last.atMs < HISTORY_STEP_MS) return;
  history.points.push({ atMs: nowMs, pts });
  forgetBefore(history, nowMs - HISTORY_KEPT_MS);
}

/** Puts what the venue remembers before what was seen here. */
export function adoptVenueHistory(
  history: PriceHistory,
  venue: readonly PriceHistoryPoint[],
  asOfMs: number,
): void {
  const firstOwnMs = history.points[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const before: PricePoint[] = [];
  for (const point of [...venue].sort((a, b) => a.atMs - b.atMs)) {
    const lastMs = before.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    if (point.atMs < firstOwnMs && point.atMs <= asOfMs && point.atMs - lastMs >= HISTORY_STEP_MS)
      before.push({ atMs: point.atMs, pts: point.price / POINT });
  }
  history.points = [...before, ...history.points];
  history.venueAsOfMs = asOfMs;
  forgetBefore(history, asOfMs - HISTORY_KEPT_MS);
}

function forgetBefore(history: PriceHistory, beforeMs: number): void {
  const kept = history.points.findIndex(({ atMs }) => atMs >= beforeMs);
  if (kept > 0) history.points.splice(0, kept);
}

/** Points per square root of a second, from the squared moves between points; null while there are too few. */
export function historicalVolatility({ points }: PriceHistory): number | null {
  let squared = 0;
  let seconds = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [from, to] = [points[index - 1], points[index]] as [PricePoint, PricePoint];
    squared += (to.pts - from.pts) ** 2;
    seconds += (to.atMs - from.atMs) / 1_000;
  }
  return points.length <= LEAST_MOVES || seconds <= 0 ? null : Math.sqrt(squared / seconds);
}

/** How far the price has come in the last `spanMs`, in points; null where the history does not reach back so far. */
export function changeOver({ points }: PriceHistory, spanMs: number, nowMs: number): number | null {
  const last = points.at(-1);
  const from = points.findLast(({ atMs }) => atMs <= nowMs - spanMs);
  return last === undefined || from === undefined ? null : last.pts - from.pts;
}
