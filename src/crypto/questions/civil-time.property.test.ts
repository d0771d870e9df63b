import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  dayOf,
  daysInMonth,
  instantsOf,
  isDate,
  parseInstant,
  shownAt,
  weekdayOf,
  yearOf,
} from './civil-time.ts';

const FROM = Date.UTC(2010, 0, 1);
const TO = Date.UTC(2049, 11, 31);
const instant = fc.integer({ min: FROM / 60_000, max: TO / 60_000 }).map((minutes) => minutes * 60_000);

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
});

/** Minutes since 1970 that a clock in New York shows, by the tz database. */
function shownByTzdata(atMs: number): number {
  const parts = Object.fromEntries(
    newYork.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute) / 60_000;
}

describe('civil time', () => {
  it('counts days as Date does', () => {
    fc.assert(
      fc.property(instant, (atMs) => {
        const date = new Date(atMs);
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const count = Math.floor(atMs / DAY_MS);
        expect(dayOf({ year, month, day })).toBe(count);
        expect(yearOf(count)).toBe(year);
        expect(weekdayOf(count)).toBe(date.getUTCDay());
        expect(daysInMonth(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate());
        expect(isDate({ year, month, day: 31 })).toBe(daysInMonth(year, month) === 31);
      }),
    );
  });

  it('shows in New York what the tz database shows', () => {
    fc.assert(
      fc.property(instant, (atMs) => {
        const { day, minutes } = shownAt(atMs, 'ET');
        expect(day * 1_440 + minutes).toBe(shownByTzdata(atMs));
      }),
      { numRuns: 500 },
    );
  });

  it('finds every instant that a clock shows: none in the skipped hour, two in the repeated one', () => {
    const counts = new Map<number, number>();
    const around = fc
      .constantFrom(...changes())
      .chain((atMs) => fc.integer({ min: -240, max: 240 }).map((by) => atMs + by * 60_000));
    fc.assert(
      fc.property(fc.oneof(instant, around), (atMs) => {
        const shown = shownByTzdata(atMs);
        const [day, minutes] = [Math.floor(shown / 1_440), shown % 1_440];
        const found = instantsOf(day, minutes, 'ET');
        expect(found).toContain(atMs);
        for (const each of found) expect(shownByTzdata(each)).toBe(shown);
        counts.set(found.length, (counts.get(found.length) ?? 0) + 1);
      }),
      { numRuns: 400 },
    );
    expect(counts.get(2)).toBeGreaterThan(5);
    // 2:30 in the night of 8 March 2026 is on no clock.
    expect(instantsOf(dayOf({ year: 2026, month: 3, day: 8 }), 150, 'ET')).toEqual([]);
  });

  it('reads instants as Date does, and takes text without an offset for UTC', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom('Z', '+00:00', '-04:00', '+05:30', ''), (atMs, offset) => {
        const text = `${new Date(atMs).toISOString().slice(0, 19)}${offset}`;
        expect(parseInstant(text)).toBe(Date.parse(offset === '' ? `${text}Z` : text));
        expect(parseInstant(text.slice(0, 10))).toBe(Date.parse(text.slice(0, 10)));
      }),
    );
    expect(parseInstant('2022-12-31 00:00:00+00')).toBe(Date.UTC(2022, 11, 31));
    for (const text of ['2026-02-30', '2026-13-01', 'soon', '', '2026-6-1', '1782280800'])
      expect(parseInstant(text)).toBeNull();
  });
});

/** Nights in which the clocks change. */
function changes(): number[] {
  const hours = Array.from({ length: 24 * 365 * 4 }, (_, index) => Date.UTC(2025, 0, 1) + index * 3_600_000);
  const behind = (atMs: number): number => atMs / 60_000 - shownByTzdata(atMs);
  return hours.filter((atMs) => behind(atMs) !== behind(atMs - 3_600_000));
}
