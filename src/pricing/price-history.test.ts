import { describe, expect, it } from 'vitest';
import type { Price } from '../domain/units.ts';
import {
  adoptVenueHistory,
  changeOver,
  createPriceHistory,
  HISTORY_KEPT_MS,
  HISTORY_STEP_MS,
  historicalVolatility,
  observePrice,
} from './price-history.ts';

const T0 = 1_790_000_000_000;
const venuePoint = (atMs: number, pts: number) => ({ atMs, price: (pts * 100) as Price });

describe('the price history', () => {
  it('keeps one point a step and a day of them', () => {
    const history = createPriceHistory();
    for (let atMs = T0; atMs < T0 + 3 * HISTORY_KEPT_MS; atMs += 60_000) observePrice(history, 50, atMs);
    expect(history.points.length).toBeLessThanOrEqual(HISTORY_KEPT_MS / HISTORY_STEP_MS + 1);
    const gaps = history.points.slice(1).map(({ atMs }, index) => atMs - (history.points[index]?.atMs ?? 0));
    expect(new Set(gaps)).toEqual(new Set([HISTORY_STEP_MS]));
  });

  it('puts what the venue remembers before what was seen here, in order and never after it', () => {
    const history = createPriceHistory();
    observePrice(history, 52, T0);
    const venue = [3, 1, 2, 0, -1].map((steps) => venuePoint(T0 - steps * HISTORY_STEP_MS, 50 - steps));
    adoptVenueHistory(history, venue, T0 + 5_000);
    expect(history.points.map(({ pts }) => pts)).toEqual([47, 48, 49, 52]);
    expect(history.venueAsOfMs).toBe(T0 + 5_000);
    expect(changeOver(history, 2 * HISTORY_STEP_MS, T0)).toBe(52 - 48);
    expect(changeOver(history, 9 * HISTORY_STEP_MS, T0)).toBeNull();
  });

  it('gives the volatility of its moves, whatever the step between them', () => {
    const history = createPriceHistory();
    for (let index = 0; index < 20; index += 1)
      observePrice(history, 50 + (index % 2), T0 + index * HISTORY_STEP_MS);
    expect(historicalVolatility(history)).toBeCloseTo(1 / Math.sqrt(HISTORY_STEP_MS / 1_000), 9);
    const short = createPriceHistory();
    for (let index = 0; index < 6; index += 1) observePrice(short, 50 + index, T0 + index * HISTORY_STEP_MS);
    expect(historicalVolatility(short)).toBeNull();
  });
});
