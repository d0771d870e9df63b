import type { Zone } from './civil-time.ts';
import { bareNumber, type Taken, textOf, wordAt } from './periods.ts';
import type { TimeToken, Token } from './tokens.ts';

/** A time of day, or a window of the day, as minutes after midnight. */
export interface ClockPhrase {
  readonly fromMinutes: number;
  /** Null for a single time; a window that ends at or before its start ends on the next day. */
  readonly toMinutes: number | null;
  readonly zone: Zone | null;
  readonly text: string;
}

const ZONES: Readonly<Record<string, Zone>> = {
  et: 'ET',
  est: 'ET',
  edt: 'ET',
  utc: 'UTC',
  gmt: 'UTC',
};

/** `12PM ET`, `2:00AM-2:05AM ET`, `3:15-3:30PM ET`, `noon ET`, `(16:00 UTC)`; "at" and commas in front are taken along. */
export function clockPhraseAt(tokens: readonly Token[], at: number): Taken<ClockPhrase> | null {
  const lead = ['at', 'from', 'between'].includes(wordAt(tokens, at) ?? '') ? 1 : 0;
  const window = clockWindowAt(tokens, at + lead);
  if (window === null) return null;
  const after = at + lead + window.length;
  const open = tokens[after]?.kind === 'open' ? 1 : 0;
  const zone = ZONES[wordAt(tokens, after + open) ?? ''];
  const shut = zone !== undefined && open === 1 && tokens[after + 2]?.kind === 'shut' ? 1 : 0;
  const length = lead + window.length + (zone === undefined ? 0 : open + 1 + shut);
  return { item: { ...window.item, zone: zone ?? null, text: textOf(tokens, at, length) }, length };
}

function clockWindowAt(
  tokens: readonly Token[],
  at: number,
): Taken<{ readonly fromMinutes: number; readonly toMinutes: number | null }> | null {
  const named = { noon: 720, midday: 720, midnight: 0 }[wordAt(tokens, at) ?? ''];
  if (named !== undefined) return { item: { fromMinutes: named, toMinutes: null }, length: 1 };
  const isJoined = tokens[at + 1]?.kind === 'dash' || wordAt(tokens, at + 1) === 'to';
  const [first, second] = [clockTokenAt(tokens, at), isJoined ? tokens[at + 2] : undefined];
  if (first === null) return null;
  if (second?.kind !== 'time') {
    // A bare number is an hour only in front of a time that says am or pm.
    return first.half === 'bare'
      ? null
      : { item: { fromMinutes: minutesOf(first), toMinutes: null }, length: 1 };
  }
  const toMinutes = minutesOf(second);
  if (first.half !== 'bare' && (first.half !== null || second.half === null))
    return { item: { fromMinutes: minutesOf(first), toMinutes }, length: 3 };
  if (second.half === null) return null;
  // The half of the day stands once: "3:15-3:30PM", and "11:45-12:00PM" begins in the morning.
  const [same, otherHalf] = (['am', 'pm'] as const)
    .map((half) => minutesOf({ ...first, half }))
    .sort((a, b) => lengthOf(a, toMinutes) - lengthOf(b, toMinutes));
  return { item: { fromMinutes: same ?? otherHalf ?? 0, toMinutes }, length: 3 };
}

const lengthOf = (from: number, to: number): number => (to - from + 1_440) % 1_440 || 1_440;

interface ClockToken {
  readonly hour: number;
  readonly minute: number;
  readonly half: TimeToken['half'] | 'bare';
}

function clockTokenAt(tokens: readonly Token[], at: number): ClockToken | null {
  const token = tokens[at];
  if (token?.kind === 'time') return token;
  const bare = bareNumber(tokens, at);
  if (bare === null || bare.value < 1 || bare.value > 12 || tokens[at + 1]?.kind !== 'dash') return null;
  return { hour: bare.value, minute: 0, half: 'bare' };
}

function minutesOf({ hour, minute, half }: ClockToken): number {
  const ofDay = half === 'am' || half === 'pm' ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return ofDay * 60 + minute;
}
