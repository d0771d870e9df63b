import { utcText } from '../../domain/utc-text.ts';
import {
  DAY_MS,
  instantsOf,
  MINUTE_MS,
  parseInstant,
  shownAt,
  startOfDay,
  yearOf,
  type Zone,
} from './civil-time.ts';
import { type Origin, type OtherPayoff, other, type PayoffWindow, type QuestionField } from './payoff.ts';
import { type ClockPhrase, daysOf, type PeriodPhrase, type WrittenPeriod, yearIn } from './periods.ts';
import type { Shape } from './shape.ts';

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

const NOON = 720;
const HOUR_MS = 60 * MINUTE_MS;
const field = (name: QuestionField | 'habit', text: string): Origin => ({ field: name, text });

/** Puts the dates of a question into a calendar; where the end date of the listing says something else, nobody trades. */
export function resolveWindow(shape: Shape, hints: DateHints): ResolvedWindow | OtherPayoff {
  const endAtMs = hints.endDate === undefined || hints.endDate === '' ? null : parseInstant(hints.endDate);
  if (hints.endDate !== undefined && hints.endDate !== '' && endAtMs === null)
    return other('disagreement', `the end date ${JSON.stringify(hints.endDate)} is no date`);
  if (shape.kind === 'first-to-hit' && shape.period === null) return withoutDates(endAtMs, []);
  if (shape.period === null || shape.period.period.kind === 'named') return undated(shape, endAtMs, hints);
  const period = shape.period.period;
  const read = readingsOf(period, shape.period, shape, endAtMs, hints);
  if ('cause' in read) return read;
  if (read.length === 0) {
    const missing = 'the year: neither the question nor its end date, slug or description says which';
    return {
      ...withoutDates(null, [missing]),
      window: { startAtMs: null, endAtMs: null, zone: zoneOf(shape) },
    };
  }
  const [only] = read;
  if (only === undefined || read.length > 1) {
    const missing = `the end: "${shape.period.text}" has ${read.length} readings, and no end date says which`;
    return {
      ...withoutDates(null, [missing]),
      window: { startAtMs: null, endAtMs: null, zone: zoneOf(shape) },
    };
  }
  return only;
}

const zoneOf = (shape: Shape): Zone => shape.clock?.zone ?? 'ET';

function withoutDates(endAtMs: number | null, missing: readonly string[]): ResolvedWindow {
  const none = endAtMs === null && missing.length === 0 ? ['the end: no date is named'] : missing;
  return { window: { startAtMs: null, endAtMs, zone: 'ET' }, year: null, time: null, missing: none };
}

/** "this week", "on Friday", a slug's start, or nothing: the end date is then all there is. */
function undated(shape: Shape, endAtMs: number | null, hints: DateHints): ResolvedWindow | OtherPayoff {
  const { startAtMs, lengthMs } = hints;
  if (shape.kind === 'up-or-down' && startAtMs !== null && lengthMs !== null) {
    const untilMs = startAtMs.atMs + lengthMs;
    if (endAtMs !== null && !isSameMoment(endAtMs, untilMs))
      return other(
        'disagreement',
        `the slug ends the window at another time than the end date ${hints.endDate}`,
      );
    return {
      window: { startAtMs: startAtMs.atMs, endAtMs: untilMs, zone: 'ET' },
      year: startAtMs.origin,
      time: startAtMs.origin,
      missing: [],
    };
  }
  if (shape.kind === 'one-touch' && endAtMs !== null && shape.period !== null)
    return { ...withoutDates(endAtMs, []), time: field('endDate', hints.endDate ?? '') };
  if (shape.kind === 'close' && endAtMs !== null && shape.period !== null && !isVague(endAtMs))
    return { ...withoutDates(endAtMs, []), time: field('endDate', hints.endDate ?? '') };
  const what = shape.kind === 'one-touch' ? 'the end' : 'the date';
  return withoutDates(null, [`${what}: the question names no date`]);
}

/** Whether an end date says no more than a day: midnight or noon UTC, a minute to midnight, or midnight in New York. */
function isVague(atMs: number): boolean {
  const utc = Math.floor((((atMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  const { minutes } = shownAt(atMs, 'ET');
  return utc === 0 || utc === NOON || utc >= 1_439 || minutes === 0 || minutes >= 1_439;
}

const isSameMoment = (a: number, b: number): boolean => Math.abs(a - b) <= MINUTE_MS;

/** Every reading of the dates that agrees with the end date: years, and by-the-start or by-the-end where "by June" leaves that open. */
function readingsOf(
  period: Exclude<WrittenPeriod, { kind: 'named' }>,
  phrase: PeriodPhrase,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): readonly ResolvedWindow[] | OtherPayoff {
  const years = candidateYears(period, endAtMs, hints);
  const all = years.flatMap(({ year, origin }) =>
    spansOf(period, phrase, year).flatMap((span) => {
      const window = windowIn(span, shape, endAtMs, hints);
      return window === null ? [] : [{ ...window, year: origin }];
    }),
  );
  if (all.length === 0 && years.length === 0) return [];
  if (all.length === 0)
    return other(
      years.some(({ year }) => spansOf(period, phrase, year).length > 0) ? 'disagreement' : 'ambiguous',
      disagreementText(phrase, shape, endAtMs, hints),
    );
  return distinct(all);
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

function distinct(all: readonly ResolvedWindow[]): readonly ResolvedWindow[] {
  const byEnd = new Map(all.map((each) => [`${each.window.startAtMs}/${each.window.endAtMs}`, each]));
  return [...byEnd.values()];
}

function candidateYears(
  period: WrittenPeriod,
  endAtMs: number | null,
  hints: DateHints,
): readonly { readonly year: number; readonly origin: Origin }[] {
  const written = yearIn(period);
  if (written !== null) return [{ year: written, origin: field('question', String(written)) }];
  if (endAtMs !== null) {
    const near = yearOf(Math.floor(endAtMs / DAY_MS));
    return [near - 1, near, near + 1].map((year) => ({
      year,
      origin: field('endDate', hints.endDate ?? ''),
    }));
  }
  return hints.years.slice(0, 1);
}

interface Span {
  readonly first: number;
  readonly last: number;
  readonly hasStart: boolean;
}

/** First and last day of what a phrase means in a year. "by June" and "by 2027" mean until it begins or until it ends. */
function spansOf(
  period: Exclude<WrittenPeriod, { kind: 'named' }>,
  { bound }: PeriodPhrase,
  year: number,
): readonly Span[] {
  const days = daysOf(period, year);
  if (days === null) return [];
  const whole: Span = { ...days, hasStart: bound === 'in' };
  const until: Span = { first: days.first, last: days.first - 1, hasStart: false };
  if (bound === 'before') return [until];
  const isNamedEnd = period.kind === 'days';
  return bound === 'by' && !isNamedEnd ? [whole, until] : [whole];
}

function windowIn(span: Span, shape: Shape, endAtMs: number | null, hints: DateHints): ResolvedWindow | null {
  switch (shape.kind) {
    case 'up-or-down':
      return upOrDownWindow(span, shape, endAtMs, hints);
    case 'close':
    case 'range':
      return closeWindow(span, shape, endAtMs, hints);
    default:
      return touchWindow(span, shape, endAtMs, hints);
  }
}

/** From the first midnight to the one after the last day. The end date names the last day or the one after it. */
function touchWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const zone = zoneOf(shape);
  if (endAtMs !== null) {
    const day = Math.floor(endAtMs / DAY_MS);
    if (day !== span.last && day !== span.last + 1) return null;
  }
  return {
    window: {
      startAtMs: span.hasStart && !hints.isFromCreation ? startOfDay(span.first, zone) : null,
      endAtMs: startOfDay(span.last + 1, zone),
      zone,
    },
    year: null,
    time: null,
    missing: [],
  };
}

/** The moment at which the price is taken: the time that is named, else noon in New York, as the venue has always had it. */
function closeWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const { clock, period } = shape;
  const isEnd = period?.bound === 'end';
  if (clock !== null) {
    const time = clockTime(clock);
    if (hints.closing !== null && hints.closing.minutes !== time.minutes) return null;
    return closeAt(span.last, time, endAtMs);
  }
  if (hints.closing !== null) return closeAt(span.last, hints.closing, endAtMs);
  if (isEnd) {
    const origin = field('habit', 'midnight after the last day');
    return closeAt(span.last + 1, { minutes: 0, zone: 'ET', origin }, endAtMs, span.last);
  }
  if (endAtMs !== null && !isVague(endAtMs)) {
    if (shownAt(endAtMs, 'ET').day !== span.last) return null;
    const origin = field('endDate', hints.endDate ?? '');
    return { window: { startAtMs: null, endAtMs, zone: 'ET' }, year: null, time: origin, missing: [] };
  }
  return closeAt(
    span.last,
    { minutes: NOON, zone: 'ET', origin: field('habit', 'noon in New York') },
    endAtMs,
  );
}

const clockTime = (clock: ClockPhrase): { minutes: number; zone: Zone; origin: Origin } => ({
  minutes: clock.fromMinutes,
  zone: clock.zone ?? 'ET',
  origin: field('question', clock.text),
});

function closeAt(
  day: number,
  { minutes, zone, origin }: { minutes: number; zone: Zone; origin: Origin },
  endAtMs: number | null,
  endDay = day,
): ResolvedWindow | null {
  const found = instantsOf(day, minutes, zone);
  const atMs = found.find((each) => endAtMs !== null && isSameMoment(each, endAtMs)) ?? found[0];
  if (atMs === undefined) return null;
  if (endAtMs !== null && !isSameMoment(endAtMs, atMs)) {
    const utcDay = Math.floor(endAtMs / DAY_MS);
    const isMidnightAfter = utcDay === endDay + 1 && shownAt(endAtMs, 'ET').minutes === 0;
    if (!isVague(endAtMs) || (utcDay !== endDay && !isMidnightAfter)) return null;
  }
  return { window: { startAtMs: null, endAtMs: atMs, zone }, year: null, time: origin, missing: [] };
}

/** The hour or the minutes that are named, else the day from noon to noon. */
function upOrDownWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const { clock } = shape;
  if (span.first !== span.last && clock !== null) return null;
  const zone = zoneOf(shape);
  const pairs =
    clock === null
      ? noonToNoon(span)
      : clock.toMinutes === null
        ? hoursFrom(span.last, clock, zone)
        : clockPairs(span.last, clock.fromMinutes, clock.toMinutes, zone);
  const agreeing = pairs.filter(
    ([fromMs, toMs]) =>
      (endAtMs === null || isSameMoment(endAtMs, toMs) || isVagueEndOf(endAtMs, span.last, clock, toMs)) &&
      (hints.startAtMs === null || isSameMoment(hints.startAtMs.atMs, fromMs)) &&
      (hints.lengthMs === null || isSameMoment(hints.lengthMs, toMs - fromMs)),
  );
  const [only] = agreeing;
  if (only === undefined || agreeing.length > 1) return null;
  const time =
    clock === null ? field('habit', 'from noon to noon in New York') : field('question', clock.text);
  return { window: { startAtMs: only[0], endAtMs: only[1], zone }, year: null, time, missing: [] };
}

/** Only where the end date is a bare day: midnight UTC, on the day of the window or of its end. */
function isVagueEndOf(endAtMs: number, day: number, clock: ClockPhrase | null, toMs: number): boolean {
  if (endAtMs % DAY_MS !== 0) return false;
  const named = endAtMs / DAY_MS;
  return named === day || (clock !== null && named === shownAt(toMs, 'ET').day);
}

/** "4AM" is the hour from four to five. A single time that is no full hour says too little. */
function hoursFrom(day: number, clock: ClockPhrase, zone: Zone): readonly (readonly [number, number])[] {
  if (clock.fromMinutes % 60 !== 0) return [];
  return instantsOf(day, clock.fromMinutes, zone).map((fromMs) => [fromMs, fromMs + HOUR_MS] as const);
}

function noonToNoon(span: Span): readonly (readonly [number, number])[] {
  const [from] = instantsOf(span.first - (span.first === span.last ? 1 : 0), NOON, 'ET');
  const [to] = instantsOf(span.last, NOON, 'ET');
  return from === undefined || to === undefined ? [] : [[from, to]];
}

/** Every pair of instants that the clock shows so, the end within a day of the start; in the repeated hour the named length decides. */
function clockPairs(
  day: number,
  from: number,
  to: number,
  zone: Zone,
): readonly (readonly [number, number])[] {
  const endDay = to <= from ? day + 1 : day;
  const namedMs = (to <= from ? to + 1_440 - from : to - from) * MINUTE_MS;
  const pairs = instantsOf(day, from, zone).flatMap((fromMs) =>
    instantsOf(endDay, to, zone)
      .filter((toMs) => toMs > fromMs)
      .map((toMs) => [fromMs, toMs] as const),
  );
  const exact = pairs.filter(([fromMs, toMs]) => toMs - fromMs === namedMs);
  return exact.length > 0 ? exact : pairs;
}
