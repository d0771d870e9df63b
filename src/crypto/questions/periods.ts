import { isDate } from './civil-time.ts';
import type { NumberToken, Token } from './tokens.ts';

/** A date as written, its year left out more often than not. */
export interface WrittenDay {
  readonly month: number;
  readonly day: number;
  readonly year: number | null;
  /** 0 is Sunday; where one is written, the date has to fall on it. */
  readonly weekday?: number;
}

/** A stretch of the calendar as written. Of a `weekday` and of `this` week or month only the end date of the listing tells the dates. */
export type WrittenPeriod =
  | { readonly kind: 'days'; readonly first: WrittenDay; readonly last: WrittenDay }
  | { readonly kind: 'month'; readonly month: number; readonly year: number | null }
  | { readonly kind: 'quarter'; readonly quarter: number; readonly year: number | null }
  | { readonly kind: 'year'; readonly year: number | null }
  | { readonly kind: 'week-of'; readonly first: WrittenDay }
  | { readonly kind: 'weekday'; readonly weekday: number }
  | { readonly kind: 'this'; readonly name: 'week' | 'month' };

/** A period with dates of its own. */
export type DatedPeriod = Exclude<WrittenPeriod, { kind: 'weekday' | 'this' }>;

/** How a period bounds what is asked: at it or anywhere in it, until its end, before its beginning, or at its very end. */
export type Bound = 'in' | 'by' | 'before' | 'end';

export interface PeriodPhrase {
  readonly period: WrittenPeriod;
  readonly bound: Bound;
  readonly text: string;
}

export interface Taken<T> {
  readonly item: T;
  readonly length: number;
}

const MONTHS =
  'january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|november nov|december dec'
    .split('|')
    .map((names) => names.split(' '));
const MONTH_OF: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1] as const)),
);
const WEEKDAYS =
  'sunday sun|monday mon|tuesday tue tues|wednesday wed|thursday thu thur thurs|friday fri|saturday sat'
    .split('|')
    .map((names) => names.split(' '));
/** 0 is Sunday. */
const WEEKDAY_OF: ReadonlyMap<string, number> = new Map(
  WEEKDAYS.flatMap((names, index) => names.map((name) => [name, index] as const)),
);
const YEARS = { least: 2015, most: 2050 };

export const wordAt = (tokens: readonly Token[], at: number): string | null => {
  const token = tokens[at];
  return token?.kind === 'word' && !token.isDollarSign ? token.word : null;
};

/** Whether these words stand one after another from here on; no words stand everywhere. */
export const startsWith = (tokens: readonly Token[], at: number, words: readonly string[]): boolean =>
  words.every((word, index) => wordAt(tokens, at + index) === word);

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text;

/** A bare whole number, as days and years are written. */
export function bareNumber(tokens: readonly Token[], at: number): NumberToken | null {
  const token = tokens[at];
  if (token?.kind !== 'number') return null;
  const { isDollar, scale, isGrouped, hasDecimals, hasPlus } = token;
  return isDollar || scale !== null || isGrouped || hasDecimals || hasPlus ? null : token;
}

function monthAt(tokens: readonly Token[], at: number): Taken<number> | null {
  const month = MONTH_OF.get(wordAt(tokens, at) ?? '');
  if (month === undefined) return null;
  return { item: month, length: isMark(tokens[at + 1], '.') ? 2 : 1 };
}

function dayNumber(tokens: readonly Token[], at: number): number | null {
  const token = bareNumber(tokens, at);
  return token !== null && Number.isInteger(token.value) && token.value >= 1 && token.value <= 31
    ? token.value
    : null;
}

function yearNumber(tokens: readonly Token[], at: number): number | null {
  const token = bareNumber(tokens, at);
  return token !== null && !token.isOrdinal && token.value >= YEARS.least && token.value <= YEARS.most
    ? token.value
    : null;
}

/** A year behind a date, after a comma or "of" or nothing. */
function yearBehind(tokens: readonly Token[], at: number): { year: number | null; length: number } {
  const skip = isMark(tokens[at], ',') || wordAt(tokens, at) === 'of' ? 1 : 0;
  const year = yearNumber(tokens, at + skip);
  return year === null ? { year: null, length: 0 } : { year, length: skip + 1 };
}

/** `2026-06-24`, `6/24`, `6/24/2026`: the month first, as the venue writes. */
function digitDay(tokens: readonly Token[], at: number): Taken<WrittenDay> | null {
  const year = yearNumber(tokens, at);
  const [a, b] = [tokens[at + 1], tokens[at + 3]];
  if (year !== null && a?.kind === 'dash' && b?.kind === 'dash') {
    const [month, day] = [bareNumber(tokens, at + 2)?.value, bareNumber(tokens, at + 4)?.value];
    return dayIfReal(month, day, year, 5);
  }
  if (a?.kind !== 'slash') return null;
  const [month, day] = [bareNumber(tokens, at)?.value, bareNumber(tokens, at + 2)?.value];
  const behind = b?.kind === 'slash' ? yearNumber(tokens, at + 4) : null;
  return dayIfReal(month, day, behind, behind === null ? 3 : 5);
}

function dayIfReal(
  month: number | undefined,
  day: number | undefined,
  year: number | null,
  length: number,
): Taken<WrittenDay> | null {
  if (month === undefined || day === undefined || !isDate({ year: year ?? 2024, month, day })) return null;
  return { item: { month, day, year }, length };
}

/** `June 24`, `June 24th, 2026`, `24 June 2026`, `2026-06-24`, `6/24`, with or without a weekday in front. */
function dayAt(tokens: readonly Token[], at: number): Taken<WrittenDay> | null {
  const weekday = WEEKDAY_OF.get(wordAt(tokens, at) ?? '');
  if (weekday !== undefined) {
    const skip = isMark(tokens[at + 1], ',') || isMark(tokens[at + 1], '.') ? 2 : 1;
    const behind = dayAt(tokens, at + skip);
    return behind === null ? null : { item: { ...behind.item, weekday }, length: behind.length + skip };
  }
  const month = monthAt(tokens, at);
  if (month !== null) {
    const the = wordAt(tokens, at + month.length) === 'the' ? 1 : 0;
    const after = at + month.length + the;
    const day = dayNumber(tokens, after);
    if (day === null) return null;
    const { year, length } = yearBehind(tokens, after + 1);
    return { item: { month: month.item, day, year }, length: month.length + the + 1 + length };
  }
  const day = dayNumber(tokens, at);
  if (day === null) return digitDay(tokens, at);
  const of = wordAt(tokens, at + 1) === 'of' ? 1 : 0;
  const behind = monthAt(tokens, at + 1 + of);
  if (behind === null) return digitDay(tokens, at);
  // In "30 June 24" the number behind belongs to the month, and the one in front is a strike.
  const after = at + 1 + of + behind.length;
  if (dayNumber(tokens, after) !== null) return null;
  const { year, length } = yearBehind(tokens, after);
  return { item: { month: behind.item, day, year }, length: after - at + length };
}

/** `June 22-28`, `June 29 - July 5`, `December 29 to January 4, 2026`, or one day. */
function daysAt(tokens: readonly Token[], at: number): Taken<WrittenPeriod> | null {
  const first = dayAt(tokens, at);
  if (first === null) return null;
  const gap = at + first.length;
  const isJoined =
    tokens[gap]?.kind === 'dash' ||
    ['to', 'through', 'thru', 'until'].includes(wordAt(tokens, gap) ?? '') ||
    // "between June 22 and June 28" is a span, "on June 22 and June 28" is two days.
    (wordAt(tokens, gap) === 'and' && wordAt(tokens, at - 1) === 'between');
  const one: Taken<WrittenPeriod> = {
    item: { kind: 'days', first: first.item, last: first.item },
    length: first.length,
  };
  if (!isJoined) return one;
  const second = dayAt(tokens, gap + 1);
  if (second !== null) {
    const last = second.item;
    return {
      item: { kind: 'days', first: first.item, last },
      length: first.length + 1 + second.length,
    };
  }
  const day = dayNumber(tokens, gap + 1);
  if (day === null || tokens[gap]?.kind !== 'dash') return one;
  const { year, length } = yearBehind(tokens, gap + 2);
  const last = { month: first.item.month, day, year: year ?? first.item.year };
  return { item: { kind: 'days', first: first.item, last }, length: first.length + 2 + length };
}

const QUARTER = /^q([1-4])$/;

/** A stretch of the calendar, without what stands before it. */
function periodAt(tokens: readonly Token[], at: number): Taken<WrittenPeriod> | null {
  const days = daysAt(tokens, at);
  if (days !== null) return days;
  const month = monthAt(tokens, at);
  if (month !== null) {
    const { year, length } = yearBehind(tokens, at + month.length);
    return { item: { kind: 'month', month: month.item, year }, length: month.length + length };
  }
  const word = wordAt(tokens, at) ?? '';
  const quarter = QUARTER.exec(word)?.[1];
  if (quarter !== undefined) {
    const { year, length } = yearBehind(tokens, at + 1);
    return { item: { kind: 'quarter', quarter: Number(quarter), year }, length: 1 + length };
  }
  const weekday = WEEKDAY_OF.get(word);
  if (weekday !== undefined) return { item: { kind: 'weekday', weekday }, length: 1 };
  const lead = ['this', 'the'].includes(word) ? 1 : 0;
  const named = wordAt(tokens, at + lead);
  if (named === 'week' && wordAt(tokens, at + lead + 1) === 'of') {
    const day = dayAt(tokens, at + lead + 2);
    return day === null
      ? null
      : { item: { kind: 'week-of', first: day.item }, length: lead + 2 + day.length };
  }
  if (word === 'this' && (named === 'week' || named === 'month'))
    return { item: { kind: 'this', name: named }, length: 2 };
  if (lead === 1 && named === 'year') return { item: { kind: 'year', year: null }, length: 2 };
  const year = yearNumber(tokens, at);
  return year === null ? null : { item: { kind: 'year', year }, length: 1 };
}

/** Words in front of a period; the longest is tried first. */
const LEADS: readonly (readonly [words: readonly string[], bound: Bound])[] = (
  [
    ['on or before', 'by'],
    ['by the end of', 'by'],
    ['by end of', 'by'],
    ['before the end of', 'by'],
    ['before end of', 'by'],
    ['at the end of', 'end'],
    ['at end of', 'end'],
    ['the end of', 'end'],
    ['end of', 'end'],
    ['between', 'in'],
    ['from', 'in'],
    ['during', 'in'],
    ['within', 'in'],
    ['through', 'by'],
    ['until', 'by'],
    ['before', 'before'],
    ['by', 'by'],
    ['on', 'in'],
    ['in', 'in'],
    ['for', 'in'],
    ['as of', 'in'],
    ['at', 'in'],
  ] as const
)
  .map(([words, bound]) => [words.split(' '), bound] as const)
  .sort(([a], [b]) => b.length - a.length);

/** "by EOY", "by year end", "by month end", with whatever may stand before. */
function endNameAt(tokens: readonly Token[], at: number): Taken<PeriodPhrase> | null {
  const lead = ['by', 'before'].includes(wordAt(tokens, at) ?? '') ? 1 : 0;
  const the = wordAt(tokens, at + lead) === 'the' ? 1 : 0;
  const name = wordAt(tokens, at + lead + the);
  const dashed = tokens[at + lead + the + 1]?.kind === 'dash' ? 1 : 0;
  const isSplit =
    (name === 'year' || name === 'years') && wordAt(tokens, at + lead + the + 1 + dashed) === 'end';
  const isEoy = name === 'eoy';
  if (!isSplit && !isEoy) return null;
  const length = lead + the + (isEoy ? 1 : 2 + dashed);
  const { year, length: behind } = yearBehind(tokens, at + length);
  return {
    item: {
      period: { kind: 'year', year },
      bound: lead === 1 ? 'by' : 'end',
      text: textOf(tokens, at, length + behind),
    },
    length: length + behind,
  };
}

/** What has an end without being named: "by the end of the month", "by end of year". */
function endedAt(tokens: readonly Token[], at: number): Taken<WrittenPeriod> | null {
  const lead = ['the', 'this'].includes(wordAt(tokens, at) ?? '') ? 1 : 0;
  const name = wordAt(tokens, at + lead);
  if (wordAt(tokens, at + lead + 1) === 'of') return null;
  if (name === 'month') return { item: { kind: 'this', name }, length: lead + 1 };
  return name === 'year' ? { item: { kind: 'year', year: null }, length: lead + 1 } : null;
}

/** A period with what stands before it. A bare month or year says too little, but a bare date is one. */
export function periodPhraseAt(tokens: readonly Token[], at: number): Taken<PeriodPhrase> | null {
  const named = endNameAt(tokens, at);
  if (named !== null) return named;
  for (const [words, bound] of LEADS) {
    if (!startsWith(tokens, at, words)) continue;
    const named = words.at(-2) === 'end' ? endedAt(tokens, at + words.length) : null;
    if (named !== null)
      return {
        item: { period: named.item, bound, text: textOf(tokens, at, words.length + named.length) },
        length: words.length + named.length,
      };
    const plain = periodAt(tokens, at + words.length);
    const the = plain === null && wordAt(tokens, at + words.length) === 'the' ? 1 : 0;
    const period = the === 1 ? periodAt(tokens, at + words.length + the) : plain;
    if (period === null || (words[0] === 'between' && !isSpan(period.item))) continue;
    const length = words.length + the + period.length;
    return {
      item: { period: period.item, bound, text: textOf(tokens, at, length) },
      length,
    };
  }
  const bare = periodAt(tokens, at);
  const isPlain = bare?.item.kind === 'days' || bare?.item.kind === 'week-of';
  if (bare === null || (!isPlain && wordAt(tokens, at) !== 'this')) return null;
  return {
    item: { period: bare.item, bound: 'in', text: textOf(tokens, at, bare.length) },
    length: bare.length,
  };
}

const isSpan = (period: WrittenPeriod): boolean => period.kind === 'days' && period.first !== period.last;

/** What a verb such as "end" or "close" may have for its object: "end 2025", "close the year", "finish June". */
export function closedPeriodAt(tokens: readonly Token[], at: number): Taken<PeriodPhrase> | null {
  const period = periodAt(tokens, at);
  if (period === null || !['month', 'year', 'quarter'].includes(period.item.kind)) return null;
  return {
    item: { period: period.item, bound: 'end', text: textOf(tokens, at, period.length) },
    length: period.length,
  };
}

export const textOf = (tokens: readonly Token[], at: number, length: number): string =>
  tokens
    .slice(at, at + length)
    .map(({ text }) => text)
    .join(' ')
    .replaceAll(' ,', ',')
    .replaceAll(' - ', '-');
