/** Days, hours and the clock of New York, without a clock of our own: the core has no `Date`. Days count from 1970-01-01. */

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const DAYS_PER_ERA = 146_097;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** `ET` is the clock of New York with its daylight saving; the venue names nearly all of its times in it. */
export type Zone = 'ET' | 'UTC';

/** The day of a date, counted from 1970-01-01 (Howard Hinnant, days_from_civil). */
export function dayOf({ year, month, day }: CivilDate): number {
  const fromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(fromMarch / 400);
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - 719_468;
}

/** The year of a day counted from 1970-01-01. */
export function yearOf(day: number): number {
  let year = 1970 + Math.floor(day / 365.2425);
  while (dayOf({ year: year + 1, month: 1, day: 1 }) <= day) year += 1;
  while (dayOf({ year, month: 1, day: 1 }) > day) year -= 1;
  return year;
}

export function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return dayOf(next) - dayOf({ year, month, day: 1 });
}

export const isDate = ({ year, month, day }: CivilDate): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);

/** 0 is Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The n-th Sunday of a month, as a day. */
function sundayOf(year: number, month: number, nth: number): number {
  const first = dayOf({ year, month, day: 1 });
  return first + ((7 - weekdayOf(first)) % 7) + (nth - 1) * 7;
}

/**
 * How far New York is behind UTC at an instant, in milliseconds. Since 2007 daylight saving runs from 2 a.m. on the second Sunday of
 * March to 2 a.m. on the first Sunday of November (Energy Policy Act of 2005, section 110).
 */
function newYorkBehindMs(atMs: number): number {
  const year = yearOf(Math.floor((atMs - 5 * HOUR_MS) / DAY_MS));
  const fromMs = sundayOf(year, 3, 2) * DAY_MS + 7 * HOUR_MS;
  const untilMs = sundayOf(year, 11, 1) * DAY_MS + 6 * HOUR_MS;
  return (atMs >= fromMs && atMs < untilMs ? 4 : 5) * HOUR_MS;
}

/**
 * The instants that a clock shows `minutes` after midnight of a day. None in the hour that spring skips, two in the hour that autumn
 * repeats, the earlier first.
 */
export function instantsOf(day: number, minutes: number, zone: Zone): readonly number[] {
  const shownMs = day * DAY_MS + minutes * MINUTE_MS;
  if (zone === 'UTC') return [shownMs];
  return [4, 5]
    .map((hours) => shownMs + hours * HOUR_MS)
    .filter((atMs) => atMs - newYorkBehindMs(atMs) === shownMs);
}

/** The start of a day. New York never changes its clocks at midnight, so there is exactly one. */
export const startOfDay = (day: number, zone: Zone): number => instantsOf(day, 0, zone)[0] ?? day * DAY_MS;

/** What the clock shows at an instant: the day, and the minutes since its midnight. */
export function shownAt(atMs: number, zone: Zone): { readonly day: number; readonly minutes: number } {
  const shownMs = zone === 'UTC' ? atMs : atMs - newYorkBehindMs(atMs);
  const day = Math.floor(shownMs / DAY_MS);
  return { day, minutes: (shownMs - day * DAY_MS) / MINUTE_MS };
}

/**
 * Parses `2026-06-24`, `2026-06-24T16:00:00Z`, `2026-06-24 16:00:00+00` and the like; without an offset it is UTC, as the venue means
 * it. Null for anything else, and for dates that do not exist.
 */
export function parseInstant(text: string): number | null {
  const found =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i.exec(
      text.trim(),
    );
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (!isDate({ year, month, day }) || hour > 24 || minute > 59 || second > 60) return null;
  const shownMs = dayOf({ year, month, day }) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000;
  return shownMs - offsetMs(found[7]);
}

function offsetMs(text: string | undefined): number {
  if (text === undefined || text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return (text.startsWith('-') ? -1 : 1) * minutes * MINUTE_MS;
}
