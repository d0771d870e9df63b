import { type CivilDate, dayOf, daysInMonth, isDate, weekdayOf } from './civil-time.ts';
import type { DatedPeriod, WrittenDay, WrittenPeriod } from './periods.ts';

/** The first and the last day of a period in a year, or null where the date does not exist in it. */
export function daysOf(
  period: DatedPeriod,
  year: number,
): { readonly first: number; readonly last: number } | null {
  switch (period.kind) {
    case 'days':
      return writtenDays(period.first, period.last, year);
    case 'week-of': {
      const week = writtenDays(period.first, period.first, year);
      return week === null ? null : { first: week.first, last: week.first + 6 };
    }
    case 'month':
      return monthDays(period.year ?? year, period.month, period.month);
    case 'quarter':
      return monthDays(period.year ?? year, period.quarter * 3 - 2, period.quarter * 3);
    case 'year':
      return monthDays(period.year ?? year, 1, 12);
  }
}

function monthDays(year: number, from: number, to: number): { first: number; last: number } {
  return {
    first: dayOf({ year, month: from, day: 1 }),
    last: dayOf({ year, month: to, day: daysInMonth(year, to) }),
  };
}

/** The year is that of the last day; a span that begins late in the year and ends early began the year before. */
function writtenDays(
  first: WrittenDay,
  last: WrittenDay,
  year: number,
): { first: number; last: number } | null {
  const end: CivilDate = { ...last, year: last.year ?? year };
  const isBackwards = first.month > last.month || (first.month === last.month && first.day > last.day);
  const start: CivilDate = { ...first, year: first.year ?? (isBackwards ? end.year - 1 : end.year) };
  if (!isDate(end) || !isDate(start) || dayOf(start) > dayOf(end)) return null;
  const isOn = (date: CivilDate, weekday: number | undefined): boolean =>
    weekday === undefined || weekdayOf(dayOf(date)) === weekday;
  if (!isOn(start, first.weekday) || !isOn(end, last.weekday)) return null;
  return { first: dayOf(start), last: dayOf(end) };
}

/** The year that a period names, if any. */
export function yearIn(period: WrittenPeriod): number | null {
  if (period.kind === 'weekday' || period.kind === 'this') return null;
  if (period.kind === 'week-of') return period.first.year;
  return period.kind === 'days' ? period.last.year : period.year;
}
