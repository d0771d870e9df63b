export const DAY_MS = 86_400_000;

/** Days since 1970 in UTC, whatever the machine's time zone. */
export const utcDayOf = (atMs: number): number => Math.floor(atMs / DAY_MS);

/** When the UTC day after the one of `atMs` begins. */
export const nextUtcDayMs = (atMs: number): number => (utcDayOf(atMs) + 1) * DAY_MS;

export const utcHourOf = (atMs: number): number => Math.floor((atMs - utcDayOf(atMs) * DAY_MS) / 3_600_000);

const DAYS_IN_400_YEARS = 146_097;
/** From 1 March of year 0 to 1 January 1970: with March first, the leap day is the last of its year. */
const DAYS_BEFORE_1970 = 719_468;

/** The date of a day as `2026-11-22`. The core has no clock, so it counts: civil-from-days, Howard Hinnant. */
export function isoDateOf(utcDay: number): string {
  const days = utcDay + DAYS_BEFORE_1970;
  const era = Math.floor(days / DAYS_IN_400_YEARS);
  const dayOfEra = days - era * DAYS_IN_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}
