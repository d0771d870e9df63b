import { besideAgrees, datesAgree, rulesAgree, slugAgrees } from './agreement.ts';
import { HOUR_MS, parseInstant } from './civil-time.ts';
import { type DescribedRules, readRules } from './description.ts';
import { outcomesAgree } from './outcome-names.ts';
import {
  type ClassifiedPayoff,
  type Origin,
  type OtherPayoff,
  other,
  type Payoff,
  type PayoffFact,
  type QuestionField,
  type QuestionText,
} from './payoff.ts';
import { isBlank, type Reading, readingOf, subjectBeside, tooLong } from './reading.ts';
import { readSentence } from './sentence.ts';
import { lengthOf, settlementOf, sourceOf, twapOf } from './settlement.ts';
import { type Shape, shapeOf } from './shape.ts';
import { readSlug, type SlugFacts } from './slug.ts';
import { MOST_QUESTION_CHARACTERS } from './tokens.ts';
import { type DateHints, type ResolvedWindow, resolveWindow } from './window.ts';

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

function disagreementIn(
  text: QuestionText,
  shape: Shape,
  slug: SlugFacts | null,
  rules: DescribedRules | null,
): OtherPayoff | null {
  const title = readSentence((text.eventTitle ?? '').slice(0, MOST_QUESTION_CHARACTERS));
  const label = readSentence((text.groupItemTitle ?? '').slice(0, MOST_QUESTION_CHARACTERS));
  return (
    outcomesAgree(shape, text.outcomeNames) ??
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

/** "close above $70k on June 24" may be noon, midnight or the end of a daily candle. */
const isCloseUntimed = ({ isAtClose }: Shape, { time }: ResolvedWindow): boolean =>
  isAtClose && time?.field === 'habit';

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
  if (twap.value === null && rules?.namesAverage === true)
    return other('disagreement', 'the description names an average, and no TWAP settles the market');
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
      ...(isCloseUntimed(shape, resolved)
        ? ['the time of the close: noon is a guess where a close is named']
        : []),
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
