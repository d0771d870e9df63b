import { isoDateOf } from './utc-day.ts';

const DAY_S = 86_400;

/** A moment as text, in whole seconds: `2026-11-22T23:10:00Z`. Written out, because the core has no clock and so no `Date`. */
export function utcText(atMs: number): string {
  const seconds = Math.floor(atMs / 1_000);
  const day = Math.floor(seconds / DAY_S);
  const ofDay = seconds - day * DAY_S;
  const time = [Math.floor(ofDay / 3_600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(twoDigits).join(':');
  return `${isoDateOf(day)}T${time}Z`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
