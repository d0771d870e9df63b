import { utcText } from '../../domain/utc-text.ts';
import { daysOf, yearIn } from './calendar.ts';
import { DAY_MS, parseInstant, shownAt, weekdayOf, yearOf, type Zone } from './civil-time.ts';
import { type Origin, type OtherPayoff, other, type PayoffWindow } from './payoff.ts';
import type { DatedPeriod, PeriodPhrase, WrittenPeriod } from './periods.ts';
import type { Shape } from './shape.ts';
import { isSameMoment, origin, type Span, windowIn } from './span-window.ts';

/** What else of a listing speaks of dates. */
export interface DateHints {
  readonly endDate: string | undefined;
  /** Years named beside the question, the most telling first. */
  readonly years: readonly { readonly year: number; readonly origin: Origin }[];
  /** Start of the window by the slug or by the listing. */
  readonly startAtMs: { readonly atMs: number; readonly origin: Origin } | null;
  /** Length of the window by the slug, in milliseconds. */
  readonly lengthMs: number | null;
  /** Whether the rules let the window begin with the market: then it has long begun. */
  readonly isFromCreation: boolean;
  /** Minutes after midnight at which the description takes the price, with its zone. */
  readonly closing: { readonly minutes: number; readonly zone: Zone; readonly origin: Origin } | null;
}

export interface ResolvedWindow {
  readonly window: PayoffWindow;
  readonly year: Origin | null;
  readonly time: Origin | null;
  readonly missing: readonly string[];
}

/** Puts the dates of a question into a calendar; where the end date of the listing says something else, nobody trades. */
export function resolveWindow(shape: Shape, hints: DateHints): ResolvedWindow | OtherPayoff {
  const isGiven = hints.endDate !== undefined && hints.endDate !== '';
  const endAtMs = isGiven ? parseInstant(hints.endDate ?? '') : null;
  if (isGiven && endAtMs === null)
    return other('disagreement', `the end date ${JSON.stringify(hints.endDate)} is no date`);
  if (shape.period === null) return undated(shape, endAtMs, hints);
  const candidates = candidateSpans(shape.period, endAtMs, hints);
  if (candidates === null) return thisWeek(shape, endAtMs, hints);
  if (candidates.length === 0)
    return open(shape, 'the year: neither the question nor its end date, slug or description says which');
  const read = distinct(
    candidates.flatMap(({ span, from }) => {
      const window = span === null ? null : windowIn(span, shape, endAtMs, hints);
      return window === null ? [] : [{ ...window, year: from }];
    }),
  );
  const [only, second] = read;
  if (only === undefined) return other('disagreement', disagreementText(shape.period, shape, endAtMs, hints));
  if (second === undefined) return only;
  return open(
    shape,
    `the end: "${shape.period.text}" has ${read.length} readings, and no end date says which`,
  );
}

/** A window of which too little is known to price it. */
const open = (shape: Shape, missing: string): ResolvedWindow => ({
  window: { startAtMs: null, endAtMs: null, zone: shape.clock?.zone ?? 'ET' },
  year: null,
  time: null,
  missing: [missing],
});

const ended = (endAtMs: number, hints: DateHints): ResolvedWindow => ({
  window: { startAtMs: null, endAtMs, zone: 'ET' },
  year: null,
  time: origin('endDate', hints.endDate ?? ''),
  missing: [],
});

/** No date in the text: the slug may have the window of an up-or-down market, and "A or B first" ends when the listing does. */
function undated(shape: Shape, endAtMs: number | null, hints: DateHints): ResolvedWindow | OtherPayoff {
  if (shape.kind === 'first-to-hit' && endAtMs !== null) return ended(endAtMs, hints);
  const { startAtMs, lengthMs } = hints;
  if (shape.kind !== 'up-or-down' || startAtMs === null || lengthMs === null)
    return open(shape, 'the date: the question names none');
  const untilMs = startAtMs.atMs + lengthMs;
  if (endAtMs !== null && !isSameMoment(endAtMs, untilMs))
    return other(
      'disagreement',
      `the slug ends the window at ${utcText(untilMs)}, the listing at ${hints.endDate}`,
    );
  return {
    window: { startAtMs: startAtMs.atMs, endAtMs: untilMs, zone: 'ET' },
    year: startAtMs.origin,
    time: startAtMs.origin,
    missing: [],
  };
}

/** "this week" ends when the listing says, if that says more than a day. */
function thisWeek(shape: Shape, endAtMs: number | null, hints: DateHints): ResolvedWindow {
  const isMidnight = endAtMs !== null && shownAt(endAtMs + 60_000, 'ET').minutes <= 1;
  return shape.kind === 'one-touch' && endAtMs !== null && isMidnight
    ? ended(endAtMs, hints)
    : open(shape, `the date: "${shape.period?.text}" names none`);
}

interface Candidate {
  /** Null where the date does not exist in that year. */
  readonly span: Span | null;
  readonly from: Origin;
}

/** Every stretch of days that the phrase can mean; none where no year is known, null for "this week", which names no days at all. */
function candidateSpans(
  phrase: PeriodPhrase,
  endAtMs: number | null,
  hints: DateHints,
): readonly Candidate[] | null {
  const { period } = phrase;
  if (period.kind === 'this' && period.name === 'week') return null;
  if (period.kind === 'weekday' || period.kind === 'this') {
    if (endAtMs === null) return [];
    const from = origin('endDate', hints.endDate ?? '');
    const spans = spansNear(period, Math.floor(endAtMs / DAY_MS), phrase.bound === 'in');
    return (spans.length === 0 ? [null] : spans).map((span) => ({ span, from }));
  }
  return candidateYears(period, endAtMs, hints).flatMap(({ year, from }) =>
    spansOf(period, phrase, year).map((span) => ({ span, from })),
  );
}

/** The weekday, or the month, that ends with the listing: on its day or on the day before. */
function spansNear(
  period: Extract<WrittenPeriod, { kind: 'weekday' | 'this' }>,
  endDay: number,
  hasStart: boolean,
): readonly Span[] {
  return [endDay, endDay - 1].flatMap((day) => {
    if (period.kind === 'weekday')
      return weekdayOf(day) === period.weekday ? [{ first: day, last: day, hasStart }] : [];
    const { day: ofMonth } = dateShown(day);
    return dateShown(day + 1).day === 1 ? [{ first: day - ofMonth + 1, last: day, hasStart }] : [];
  });
}

/** The day of the month, from the text of the day. */
const dateShown = (day: number): { readonly day: number } => ({
  day: Number(utcText(day * DAY_MS).slice(8, 10)),
});

function candidateYears(
  period: DatedPeriod,
  endAtMs: number | null,
  hints: DateHints,
): readonly { readonly year: number; readonly from: Origin }[] {
  const written = yearIn(period);
  if (written !== null) return [{ year: written, from: origin('question', String(written)) }];
  if (endAtMs === null)
    return hints.years.slice(0, 1).map((each) => ({ year: each.year, from: each.origin }));
  const near = yearOf(Math.floor(endAtMs / DAY_MS));
  return [near - 1, near, near + 1].map((year) => ({ year, from: origin('endDate', hints.endDate ?? '') }));
}

/** First and last day of what a phrase means in a year. "by June" and "by 2027" mean until it begins or until it ends. */
function spansOf(period: DatedPeriod, { bound }: PeriodPhrase, year: number): readonly (Span | null)[] {
  const days = daysOf(period, year);
  if (days === null) return [null];
  const whole: Span = { ...days, hasStart: bound === 'in' };
  const until: Span = { first: days.first, last: days.first - 1, hasStart: false };
  if (bound === 'before') return [until];
  return bound === 'by' && period.kind !== 'days' ? [whole, until] : [whole];
}

function distinct(all: readonly ResolvedWindow[]): readonly ResolvedWindow[] {
  const byEnds = new Map(all.map((each) => [`${each.window.startAtMs}/${each.window.endAtMs}`, each]));
  return [...byEnds.values()];
}

function disagreementText(
  phrase: PeriodPhrase,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): string {
  const words = [phrase.text, ...(shape.clock === null ? [] : [shape.clock.text])].join(', ');
  const others = [
    ...(endAtMs === null ? [] : [`the end date ${hints.endDate}`]),
    ...(shape.kind === 'up-or-down' && hints.startAtMs !== null
      ? [`the start ${utcText(hints.startAtMs.atMs)}`]
      : []),
    ...(hints.closing === null ? [] : [`the description's "${hints.closing.origin.text}"`]),
  ];
  return others.length === 0
    ? `"${words}" is no moment of any year`
    : `"${words}" does not fit ${others.join(' and ')}`;
}
