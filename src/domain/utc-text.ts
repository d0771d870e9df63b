const DAY_S = 86_400;
const DAYS_PER_ERA = 146_097;

/** A moment as text, in whole seconds: `2026-11-22T23:10:00Z`. Written out, because the core has no clock and so no `Date`. */
export function utcText(atMs: number): string {
  const seconds = Math.floor(atMs / 1_000);
  const day = Math.floor(seconds / DAY_S);
  const ofDay = seconds - day * DAY_S;
  const time = [Math.floor(ofDay / 3_600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(twoDigits).join(':');
  return `${dateText(day)}T${time}Z`;
}

/** The date of a day counted from 1970-01-01, by eras of 400 years whose years begin in March (Howard Hinnant, civil_from_days). */
function dateText(day: number): string {
  const sinceMarch0000 = day + 719_468;
  const era = Math.floor(sinceMarch0000 / DAYS_PER_ERA);
  const ofEra = sinceMarch0000 - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153);
  const ofMonth = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(ofMonth)}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
