import { besideAgrees, datesAgree, rulesAgree, slugAgrees } from './agreement.ts';
import { parseInstant } from './civil-time.ts';
import { type DescribedRules, readRules, settlementOf, twapIn } from './description.ts';
import type { Level } from './levels.ts';
import {
  type ClassifiedPayoff,
  type Origin,
  type OtherPayoff,
  other,
  type Payoff,
  type PayoffFact,
  PRICE_SOURCES,
  type PriceSource,
  type QuestionField,
  type QuestionText,
} from './payoff.ts';
import { readSentence, type Sentence } from './sentence.ts';
import { otherSubject, type Shape, shapeOf } from './shape.ts';
import { readSlug, type SlugFacts, slugWords } from './slug.ts';
import { MOST_QUESTION_CHARACTERS, plainSpelling } from './tokens.ts';
import { type DateHints, type ResolvedWindow, resolveWindow } from './window.ts';

const HOUR_MS = 3_600_000;
/** From this day on the venue settles up-or-down markets of minutes on a TWAP of Chainlink (its listings carry the seconds). */
const TWAP_SINCE_MS = parseInstant('2026-08-07') ?? 0;

/**
 * Classifies a market by what it pays on. It needs no model and no network, never throws, and answers `other` with a sentence wherever
 * the text is not wholly understood, or where two parts of the listing contradict each other.
 */
export function parseQuestion(text: QuestionText): Payoff {
  const long = tooLong(text);
  if (long !== null) return long;
  const reading = readingOf(text);
  if ('cause' in reading) return reading;
  const beside = subjectBeside(text);
  if (beside !== null) return beside;
  const shape = shapeOf(reading.sentence, reading.text);
  return 'cause' in shape ? shape : payoffFor(shape, text, reading);
}

/** Holds what a sentence asks against the rest of its listing, and puts it into a calendar. */
export function payoffFor(shape: Shape, text: QuestionText, reading: Reading): Payoff {
  const slug = text.slug === undefined || text.slug === '' ? null : readSlug(text.slug);
  const rules = isBlank(text.description) ? null : readRules(text.description ?? '');
  const settled = settleMoment(withSide(shape, slug, rules), rules);
  if ('cause' in settled) return settled;
  const disagreement = disagreementIn(text, settled, slug, rules);
  if (disagreement !== null) return disagreement;
  const window = resolveWindow(settled, hintsOf(text, reading, slug, rules));
  if ('cause' in window) return window;
  return datesAgree(window.window, slug, rules) ?? payoffOf(settled, window, text, reading, rules);
}

/** Everything that a grammar reads is short; more is nobody's title. */
function tooLong({
  eventTitle,
  slug,
  groupItemTitle,
  endDate,
  eventStartTime,
}: QuestionText): OtherPayoff | null {
  const parts = { eventTitle, slug, groupItemTitle, endDate, eventStartTime };
  const [name] =
    Object.entries(parts).find(([, part]) => (part?.length ?? 0) > MOST_QUESTION_CHARACTERS) ?? [];
  return name === undefined
    ? null
    : other('unread-words', `${name} has more than ${MOST_QUESTION_CHARACTERS} characters`);
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

export interface Reading {
  readonly sentence: Sentence;
  readonly text: string;
  /** Where the sentence stands. */
  readonly field: QuestionField;
  /** Where its dates stand, if elsewhere. */
  readonly datesField?: QuestionField;
}

/** The sentence to read: the question, or the title of its event with the question as a label in it ("↑ 150,000"). */
export function readingOf(text: QuestionText): Reading | OtherPayoff {
  const question = plainSpelling(text.question.slice(0, 2 * MOST_QUESTION_CHARACTERS));
  if (question === '') return other('unread-words', 'the question is empty');
  if (question.length > MOST_QUESTION_CHARACTERS)
    return other('unread-words', `the question has more than ${MOST_QUESTION_CHARACTERS} characters`);
  const sentence = readSentence(question);
  if (isLabel(sentence)) {
    const title = titleOf(text);
    if (title === null)
      return other('no-coin', 'the question is a label, and no title of its event says of what');
    const slugSentence = title.field === 'slug' ? readSentence(title.text) : null;
    return slugSentence === null || slugSentence.levels.length === 0
      ? labelled(title.text, question, title.field)
      : slugOf(slugSentence, title.text, sentence);
  }
  const label = plainSpelling(text.groupItemTitle ?? '');
  if (
    sentence.levels.length === 0 &&
    sentence.upOrDown === null &&
    label !== '' &&
    isLabel(readSentence(label))
  )
    return labelled(question, label, 'question');
  return datedByTitle({ sentence, text: question, field: 'question' }, text);
}

/** "Bitcoin Up or Down" in the event "Bitcoin Up or Down - August 15, 9:35PM-9:40PM ET": the date stands in the title only. */
function datedByTitle(reading: Reading, { eventTitle }: QuestionText): Reading {
  const { sentence } = reading;
  if (isBlank(eventTitle) || sentence.periods.length > 0 || sentence.clocks.length > 0) return reading;
  const title = readSentence(plainSpelling(eventTitle ?? '').slice(0, MOST_QUESTION_CHARACTERS));
  if (title.unread.length > 0 || title.periods.length !== 1) return reading;
  return {
    ...reading,
    sentence: { ...sentence, periods: title.periods, clocks: title.clocks },
    datesField: 'eventTitle',
  };
}

/** Nothing but a price, an arrow or a date. */
const isLabel = (sentence: Sentence): boolean =>
  sentence.coins.length === 0 &&
  sentence.unread.length === 0 &&
  sentence.moves.length === 0 &&
  !sentence.isState &&
  sentence.levels.length + sentence.periods.length > 0;

function titleOf(text: QuestionText): { readonly text: string; readonly field: QuestionField } | null {
  if (!isBlank(text.eventTitle)) return { text: plainSpelling(text.eventTitle ?? ''), field: 'eventTitle' };
  return isBlank(text.slug) ? null : { text: slugWords((text.slug ?? '').toLowerCase()), field: 'slug' };
}

/** The slug of the market itself asks the whole question; the label then has to say the same. */
function slugOf(slug: Sentence, text: string, label: Sentence): Reading | OtherPayoff {
  const strikes = slug.levels.flatMap(strikesIn);
  const arrow = label.arrows[0]?.side;
  const isOther =
    label.levels.flatMap(strikesIn).some((strike) => !strikes.includes(strike)) ||
    (arrow !== undefined && slug.moves.some(({ side }) => side !== null && side !== arrow));
  return isOther
    ? other('disagreement', 'the label and the slug say different things')
    : { sentence: { ...slug, arrows: label.arrows }, text, field: 'slug' };
}

const strikesIn = (level: Level): readonly number[] =>
  level.kind === 'range' ? [level.lowUsd, level.highUsd] : [level.strikeUsd];

function labelled(title: string, label: string, field: QuestionField): Reading {
  const isBlanked = /_+|\.{2,}|…/.test(title);
  const text = isBlanked ? title.replace(/_+|\.{2,}|…/, ` ${label} `) : `${title} ? ${label}`;
  const sentence = readSentence(text);
  // "When will Bitcoin hit $150k?", "December 31": by then, not on that day.
  const periods = sentence.asksWhen
    ? sentence.periods.map((period) => (period.bound === 'in' ? { ...period, bound: 'by' as const } : period))
    : sentence.periods;
  return { sentence: { ...sentence, periods }, text, field };
}

/** A title or a slug that is about something else overrules a question that sounds like a price. */
export function subjectBeside(text: QuestionText): OtherPayoff | null {
  const named = [
    ['title of the event', text.eventTitle ?? ''],
    ['slug', (text.slug ?? '').replaceAll('-', ' ')],
  ] as const;
  for (const [name, words] of named) {
    const subject = otherSubject(words);
    if (subject !== null)
      return other('not-a-price', `the ${name} says "${subject.words}", which is about ${subject.subject}`);
  }
  return null;
}

function disagreementIn(
  text: QuestionText,
  shape: Shape,
  slug: SlugFacts | null,
  rules: DescribedRules | null,
): OtherPayoff | null {
  const title = readSentence((text.eventTitle ?? '').slice(0, MOST_QUESTION_CHARACTERS));
  const label = readSentence((text.groupItemTitle ?? '').slice(0, MOST_QUESTION_CHARACTERS));
  return (
    (slug === null ? null : slugAgrees(shape, slug)) ??
    besideAgrees(shape, title, 'the title of the event') ??
    besideAgrees(shape, label, 'the label') ??
    (rules === null ? null : rulesAgree(shape, rules))
  );
}

/** "touch $45,000" names no side; slug and rules may. */
function withSide(shape: Shape, slug: SlugFacts | null, rules: DescribedRules | null): Shape {
  if (shape.kind !== 'one-touch' || shape.direction !== null) return shape;
  const fromSlug =
    slug !== null && slug.sides.length === 1 && slug.strikesUsd.length > 0 ? slug.sides[0] : undefined;
  const direction = rules?.touchSide ?? fromSlug ?? null;
  return { ...shape, direction };
}

/** "above $100,000 by December 31" and "trade above $60,000" are a touch or a close: the rules have to say. */
function settleMoment(shape: Shape, rules: DescribedRules | null): Shape | OtherPayoff {
  if (!shape.isMomentOpen) return shape;
  const settled = { ...shape, isMomentOpen: false };
  if (shape.kind === 'close' && rules?.payoff === 'touch') return { ...settled, kind: 'one-touch' };
  const isDay = shape.period?.bound === 'in' && shape.period.period.kind === 'days';
  if (rules?.payoff === 'close' && isDay) return settled;
  const words = shape.period === null ? 'no date' : `"${shape.period.text}"`;
  return other(
    'ambiguous',
    `"${shape.texts.strikes}" with ${words} can mean one moment or any, and no description says which`,
  );
}

function hintsOf(
  text: QuestionText,
  reading: Reading,
  slug: SlugFacts | null,
  rules: DescribedRules | null,
): DateHints {
  const startMs = parseInstant(text.eventStartTime ?? '') ?? slug?.startAtMs ?? null;
  const startField = text.eventStartTime === undefined ? 'slug' : 'eventStartTime';
  const title = reading.field === 'eventTitle' ? [] : yearsIn(text.eventTitle ?? '', 'eventTitle');
  return {
    endDate: text.endDate,
    years: [
      ...(slug?.years ?? [])
        .slice(0, 1)
        .map((year) => ({ year, origin: { field: 'slug' as const, text: String(year) } })),
      ...title,
      ...(rules !== null && rules.years.length === 1 ? rules.years : []).map((year) => ({
        year,
        origin: { field: 'description' as const, text: String(year) },
      })),
    ],
    startAtMs:
      startMs === null
        ? null
        : { atMs: startMs, origin: { field: startField, text: text.eventStartTime ?? text.slug ?? '' } },
    lengthMs: slug?.lengthMs ?? null,
    isFromCreation: rules?.isFromCreation ?? false,
    closing:
      rules?.closing == null
        ? null
        : { ...rules.closing, origin: { field: 'description', text: rules.closing.text } },
  };
}

function yearsIn(text: string, field: QuestionField): readonly { year: number; origin: Origin }[] {
  return [...text.matchAll(/\b(20[1-4]\d)\b/g)].map(([year]) => ({
    year: Number(year),
    origin: { field, text: year },
  }));
}

interface Stated<T> {
  readonly value: T;
  readonly origin: Origin;
}

function payoffOf(
  shape: Shape,
  resolved: ResolvedWindow,
  text: QuestionText,
  reading: Reading,
  rules: DescribedRules | null,
): Payoff {
  const source = sourceOf(shape, resolved, text, rules);
  const twap = twapOf(shape, resolved, text, rules, source.value);
  if ('cause' in twap) return twap;
  const side = shape.direction === 'up' ? null : shape.direction;
  const isHourLong = lengthOf(shape, resolved) === HOUR_MS;
  const settlement =
    twap.value === null ? settlementOf(shape.kind, side, rules, isHourLong, source.value) : 'twap';
  const isDescribed = rules !== null && (rules.payoff !== null || rules.source !== null);
  return {
    kind: shape.kind,
    coin: shape.coin.symbol,
    direction: shape.direction,
    strikesUsd: shape.strikesUsd,
    window: resolved.window,
    source: source.value,
    settlement,
    twapLookbackSeconds: twap.value === null || twap.value === 0 ? null : twap.value,
    from: originsOf(shape, resolved, reading, {
      source: source.origin,
      settlement:
        twap.value === null && isDescribed
          ? { field: 'description', text: rules?.payoff ?? source.origin.text }
          : twap.origin,
    }),
    missing: [
      ...resolved.missing,
      ...(source.value === 'unnamed' ? ['the source: the description names none that is known'] : []),
      ...(twap.value === 0 ? ['the seconds of the TWAP that settles it'] : []),
    ],
  } satisfies ClassifiedPayoff;
}

function originsOf(
  shape: Shape,
  resolved: ResolvedWindow,
  { field, datesField }: Reading,
  stated: Pick<Record<PayoffFact, Origin>, 'source' | 'settlement'>,
): ClassifiedPayoff['from'] {
  const at = (words: string | null | undefined): Origin | null => (words ? { field, text: words } : null);
  const all: readonly (readonly [PayoffFact, Origin | null])[] = [
    ['kind', at(shape.texts.kind)],
    ['coin', at(shape.texts.coin)],
    ['direction', at(shape.texts.direction)],
    ['strikes', at(shape.texts.strikes)],
    ['window', shape.period === null ? null : { field: datesField ?? field, text: shape.period.text }],
    ['year', resolved.year],
    ['time', resolved.time],
    ['source', stated.source],
    ['settlement', stated.settlement],
  ];
  return Object.fromEntries(all.filter(([, origin]) => origin !== null));
}

/** How long an up-or-down window is by its words, even where its year is unknown: noon to noon, an hour, or from one time to another. */
function lengthOf({ clock }: Shape, { window }: ResolvedWindow): number {
  if (window.startAtMs !== null && window.endAtMs !== null) return window.endAtMs - window.startAtMs;
  if (clock === null) return 24 * HOUR_MS;
  const minutes = clock.toMinutes === null ? 60 : (clock.toMinutes - clock.fromMinutes + 1_440) % 1_440;
  return (minutes * HOUR_MS) / 60;
}

/** Who publishes the deciding price: by the rules, the listing or the question, else as the venue has always had it. */
function sourceOf(
  shape: Shape,
  resolved: ResolvedWindow,
  text: QuestionText,
  rules: DescribedRules | null,
): Stated<PriceSource> {
  if (rules?.source != null)
    return { value: rules.source, origin: { field: 'description', text: rules.source } };
  const address = (text.resolutionSource ?? '').toLowerCase();
  const listed = PRICE_SOURCES.find((source) =>
    address.includes(source === 'chainlink' ? 'chain.link' : source),
  );
  if (listed !== undefined) return { value: listed, origin: { field: 'resolutionSource', text: address } };
  if (shape.source !== null)
    return { value: shape.source, origin: { field: 'question', text: shape.source } };
  if (rules?.namesSource === true)
    return { value: 'unnamed', origin: { field: 'description', text: 'resolution source' } };
  const length = lengthOf(shape, resolved);
  const isShort = shape.kind === 'up-or-down' && length !== HOUR_MS && length < 12 * HOUR_MS;
  return isShort
    ? { value: 'chainlink', origin: { field: 'habit', text: 'windows of minutes settle on Chainlink' } }
    : { value: 'binance', origin: { field: 'habit', text: 'candles of Binance' } };
}

/** Seconds of the TWAP; 0 where there is one of unknown length, null where spot settles. */
function twapOf(
  shape: Shape,
  resolved: ResolvedWindow,
  text: QuestionText,
  rules: DescribedRules | null,
  source: PriceSource,
): Stated<number | null> | OtherPayoff {
  const habit: Origin = { field: 'habit', text: 'by the kind of the market' };
  const listed = twapIn(text.resolutionSource ?? '');
  const stated: Stated<number | null>[] = [];
  if (text.twapLookbackSeconds != null)
    stated.push({
      value: text.twapLookbackSeconds,
      origin: { field: 'cryptoMarketConfig', text: `${text.twapLookbackSeconds} s` },
    });
  if (listed !== null)
    stated.push({ value: listed, origin: { field: 'resolutionSource', text: text.resolutionSource ?? '' } });
  if (rules?.twapSeconds != null)
    stated.push({ value: rules.twapSeconds, origin: { field: 'description', text: 'TWAP' } });
  const lengths = new Set(stated.flatMap(({ value }) => (value === null || value === 0 ? [] : [value])));
  if (lengths.size > 1)
    return other('disagreement', `the TWAP has ${[...lengths].join(' and ')} seconds in different places`);
  const [length] = lengths;
  const [first] = stated;
  if (first !== undefined) return { value: length ?? 0, origin: first.origin };
  const isTwapTime =
    shape.kind === 'up-or-down' &&
    source === 'chainlink' &&
    (resolved.window.endAtMs ?? 0) >= TWAP_SINCE_MS &&
    text.twapLookbackSeconds !== null;
  return isTwapTime
    ? { value: 0, origin: { field: 'habit', text: 'Chainlink markets settle on a TWAP since 7 August 2026' } }
    : { value: null, origin: habit };
}
