import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoDateOf, utcDayOf, utcHourOf } from './utc-day.ts';

describe('a UTC day', () => {
  it('is the date and hour that the calendar says, for every moment of four centuries', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2299-12-31'), noInvalidDate: true }),
        (date) => {
          const atMs = date.getTime();
          expect(isoDateOf(utcDayOf(atMs))).toBe(date.toISOString().slice(0, 10));
          expect(utcHourOf(atMs)).toBe(date.getUTCHours());
        },
      ),
      { numRuns: 2_000 },
    );
    expect(isoDateOf(utcDayOf(Date.UTC(2000, 1, 29)))).toBe('2000-02-29');
  });
});
