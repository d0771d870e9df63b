import { DAY_MS, HOUR_MS, instantsOf, MINUTE_MS, shownAt, startOfDay, type Zone } from './civil-time.ts';
import type { ClockPhrase } from './clock.ts';
import type { Origin, PayoffWindow, QuestionField } from './payoff.ts';
import type { Shape } from './shape.ts';
import type { DateHints, ResolvedWindow } from './window.ts';

/** First and last day of what a phrase means. `hasStart`: the first of them bounds the window too ("in June", and not "by June"). */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly hasStart: boolean;
}

const NOON = 720;
const LAST_MINUTE = 1_439;

export const origin = (field: QuestionField | 'habit', text: string): Origin => ({ field, text });

export const isSameMoment = (a: number, b: number): boolean => Math.abs(a - b) <= MINUTE_MS;

/** The window of a payoff in a stretch of days, or null where the end date, the slug or the description contradicts it. */
export function windowIn(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
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

const found = (window: PayoffWindow, time: Origin | null): ResolvedWindow => ({
  window,
  year: null,
  time,
  missing: [],
});

const utcMinutes = (atMs: number): number =>
  Math.floor((atMs - Math.floor(atMs / DAY_MS) * DAY_MS) / MINUTE_MS);

/** Whether an end date names no more than a day: listings give such days as midnight, noon or a minute to midnight UTC. */
const isBareDay = (atMs: number): boolean => [0, NOON, LAST_MINUTE].includes(utcMinutes(atMs));

/** From the first midnight to the one after the last day, or to the time that is named. */
function touchWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const zone = shape.clock?.zone ?? 'ET';
  const isTimed = shape.clock !== null && shape.clock.toMinutes === null;
  if (shape.clock !== null && !isTimed) return null;
  const untilMs =
    shape.clock === null
      ? startOfDay(span.last + 1, zone)
      : instantsOf(span.last, shape.clock.fromMinutes, zone)[0];
  if (untilMs === undefined || (endAtMs !== null && !endsWith(endAtMs, untilMs, span, isTimed))) return null;
  const startAtMs = span.hasStart && !hints.isFromCreation ? startOfDay(span.first, zone) : null;
  return found(
    { startAtMs, endAtMs: untilMs, zone },
    shape.clock === null ? null : origin('question', shape.clock.text),
  );
}

/**
 * Whether an end date goes with a window: it is its end (give or take the hour by which listings err when clocks change), it names its last day
 * or the one after, or it is some time of the last of several days.
 */
function endsWith(endAtMs: number, untilMs: number, span: Span, isTimed: boolean): boolean {
  if (Math.abs(endAtMs - untilMs) <= (isTimed ? MINUTE_MS : HOUR_MS + MINUTE_MS)) return true;
  const day = Math.floor(endAtMs / DAY_MS);
  if (isBareDay(endAtMs))
    return day === span.last || (day === span.last + 1 && utcMinutes(endAtMs) !== LAST_MINUTE);
  const isLongWindow = !span.hasStart || span.last > span.first;
  return isLongWindow && !isTimed && endAtMs < untilMs && endAtMs > untilMs - DAY_MS + HOUR_MS;
}

/** The moment at which the price is taken: the time that is named, else noon in New York, as the venue has always had it. */
function closeWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const { clock, period } = shape;
  if (clock !== null) {
    if (clock.toMinutes !== null) return null;
    if (hints.closing !== null && hints.closing.minutes !== clock.fromMinutes) return null;
    const time = {
      minutes: clock.fromMinutes,
      zone: clock.zone ?? 'ET',
      from: origin('question', clock.text),
    };
    return closeAt(span.last, time, endAtMs);
  }
  if (hints.closing !== null)
    return closeAt(span.last, { ...hints.closing, from: hints.closing.origin }, endAtMs);
  if (period?.bound === 'end')
    return closeAt(
      span.last + 1,
      { minutes: 0, zone: 'ET', from: origin('habit', 'midnight after the last day') },
      endAtMs,
      span.last,
    );
  const isMidnight = endAtMs !== null && shownAt(endAtMs, 'ET').minutes === 0;
  if (endAtMs === null || isBareDay(endAtMs) || isMidnight)
    return closeAt(
      span.last,
      { minutes: NOON, zone: 'ET', from: origin('habit', 'noon in New York') },
      endAtMs,
    );
  if (shownAt(endAtMs, 'ET').day !== span.last) return null;
  return found({ startAtMs: null, endAtMs, zone: 'ET' }, origin('endDate', hints.endDate ?? ''));
}

function closeAt(
  day: number,
  { minutes, zone, from }: { readonly minutes: number; readonly zone: Zone; readonly from: Origin },
  endAtMs: number | null,
  endDay = day,
): ResolvedWindow | null {
  const shown = instantsOf(day, minutes, zone);
  const atMs = shown.find((each) => endAtMs !== null && isSameMoment(each, endAtMs)) ?? shown[0];
  if (atMs === undefined) return null;
  if (endAtMs !== null && !isSameMoment(endAtMs, atMs)) {
    const utcDay = Math.floor(endAtMs / DAY_MS);
    const isMidnightAfter = utcDay === endDay + 1 && shownAt(endAtMs, 'ET').minutes === 0;
    const isNextBareDay = day > endDay && utcDay === day && isBareDay(endAtMs);
    if (!isMidnightAfter && !isNextBareDay && !(isBareDay(endAtMs) && utcDay === endDay)) return null;
  }
  return found({ startAtMs: null, endAtMs: atMs, zone }, from);
}

/** The hour or the minutes that are named, else the day from noon to noon. */
function upOrDownWindow(
  span: Span,
  shape: Shape,
  endAtMs: number | null,
  hints: DateHints,
): ResolvedWindow | null {
  const { clock } = shape;
  if (span.first !== span.last) return null;
  const zone = clock?.zone ?? 'ET';
  const agreeing = pairsFor(span.last, clock, zone).filter(
    ([fromMs, toMs]) =>
      (endAtMs === null || isSameMoment(endAtMs, toMs) || isDayOf(endAtMs, span.last, clock, toMs)) &&
      (hints.startAtMs === null || isSameMoment(hints.startAtMs.atMs, fromMs)) &&
      (hints.lengthMs === null || isSameMoment(hints.lengthMs, toMs - fromMs)),
  );
  const [only] = agreeing;
  if (only === undefined || agreeing.length > 1) return null;
  const time =
    clock === null ? origin('habit', 'from noon to noon in New York') : origin('question', clock.text);
  return found({ startAtMs: only[0], endAtMs: only[1], zone }, time);
}

type Pair = readonly [fromMs: number, toMs: number];

function pairsFor(day: number, clock: ClockPhrase | null, zone: Zone): readonly Pair[] {
  if (clock === null) return noonToNoon(day);
  return clock.toMinutes === null
    ? hoursFrom(day, clock, zone)
    : clockPairs(day, clock.fromMinutes, clock.toMinutes, zone);
}

/** Whether an end date is no more than the day of the window or of its end. */
function isDayOf(endAtMs: number, day: number, clock: ClockPhrase | null, toMs: number): boolean {
  if (utcMinutes(endAtMs) !== 0) return false;
  const named = Math.floor(endAtMs / DAY_MS);
  return named === day || (clock !== null && named === shownAt(toMs, 'ET').day);
}

function noonToNoon(day: number): readonly Pair[] {
  const [from] = instantsOf(day - 1, NOON, 'ET');
  const [to] = instantsOf(day, NOON, 'ET');
  return from === undefined || to === undefined ? [] : [[from, to]];
}

/** "4AM" is the hour from four to five. A single time that is no full hour says too little. */
function hoursFrom(day: number, clock: ClockPhrase, zone: Zone): readonly Pair[] {
  if (clock.fromMinutes % 60 !== 0) return [];
  return instantsOf(day, clock.fromMinutes, zone).map((fromMs) => [fromMs, fromMs + HOUR_MS] as const);
}

/** Every pair of instants that the clock shows so, the end within a day of the start; in the repeated hour the named length decides. */
function clockPairs(day: number, from: number, to: number, zone: Zone): readonly Pair[] {
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
