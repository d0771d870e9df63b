import type { GammaObject } from './gamma-object.ts';

/** Every field of a market or event that is a moment, by how it is written. */
const DATE_TIME_FIELDS = [
  'startDate',
  'endDate',
  'createdAt',
  'updatedAt',
  'creationDate',
  'acceptingOrdersTimestamp',
  'deployingTimestamp',
  'scheduledDeploymentTimestamp',
  'eventStartTime',
  'startTime',
  'gameStartTime',
  'readyTimestamp',
  'fundedTimestamp',
] as const;
const CALENDAR_FIELDS = ['startDateIso', 'endDateIso', 'eventDate'] as const;

/** The object with all its dates moved by `byMs`, in the way of writing that each had; its events and rewards too. */
export function shiftDates(object: GammaObject, byMs: number): GammaObject {
  if (byMs === 0) return object;
  const shifted: Record<string, unknown> = { ...object };
  for (const field of DATE_TIME_FIELDS) {
    const value = shifted[field];
    if (typeof value === 'string') shifted[field] = shiftDateTime(value, byMs);
  }
  for (const field of CALENDAR_FIELDS) {
    const value = shifted[field];
    if (typeof value === 'string') shifted[field] = shiftCalendarDate(value, byMs);
  }
  for (const field of ['events', 'series'] as const) {
    const nested = shifted[field];
    if (Array.isArray(nested)) shifted[field] = nested.map((each) => shiftDates(each, byMs));
  }
  const rewards = shifted.clobRewards;
  if (Array.isArray(rewards)) shifted.clobRewards = rewards.map((each) => shiftReward(each, byMs));
  return shifted;
}

/** Rewards run between calendar dates, and those without an end stand at the year 2500: these stay. */
function shiftReward(reward: GammaObject, byMs: number): GammaObject {
  const shifted: Record<string, unknown> = { ...reward };
  for (const field of ['startDate', 'endDate'] as const) {
    const value = shifted[field];
    if (typeof value === 'string' && !value.startsWith('2500'))
      shifted[field] = shiftCalendarDate(value, byMs);
  }
  return shifted;
}

function shiftDateTime(text: string, byMs: number): string {
  const spaced = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\+00$/.exec(text);
  const parsed = Date.parse(spaced === null ? text : `${spaced[1]}T${spaced[2]}Z`);
  if (Number.isNaN(parsed)) return text;
  const iso = new Date(parsed + byMs).toISOString();
  if (spaced !== null) return `${iso.slice(0, 10)} ${iso.slice(11, 19)}+00`;
  return text.includes('.') ? iso : iso.replace(/\.\d{3}Z$/, 'Z');
}

function shiftCalendarDate(text: string, byMs: number): string {
  const parsed = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  return Number.isNaN(parsed) ? text : new Date(parsed + byMs).toISOString().slice(0, 10);
}
