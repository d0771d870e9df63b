import { strikesIn } from './levels.ts';
import { type OtherPayoff, other, type QuestionField, type QuestionText } from './payoff.ts';
import { readSentence, type Sentence } from './sentence.ts';
import { otherSubject } from './shape.ts';
import { slugWords } from './slug.ts';
import { MOST_QUESTION_CHARACTERS, plainSpelling } from './tokens.ts';

export const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

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

/** Everything that a grammar reads is short; more is nobody's title. */
export function tooLong({
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
