import { DAY_MS, parseInstant } from './civil-time.ts';
import { coinOf } from './coins.ts';
import { strikesIn } from './levels.ts';
import { parseQuestion, payoffFor } from './parse-question.ts';
import {
  CLASSIFIED_KINDS,
  type ClassifiedKind,
  type Direction,
  type OtherPayoff,
  other,
  type Payoff,
  type QuestionText,
} from './payoff.ts';
import { isBlank, type Reading, readingOf, subjectBeside, tooLong } from './reading.ts';
import type { Sentence } from './sentence.ts';
import { isMoment, otherSubject, type Shape } from './shape.ts';

/** What a model says of a question that the grammar could not read. */
export interface PayoffAnswer {
  readonly kind: ClassifiedKind | 'other';
  /** Ticker in upper case; null for `other`. */
  readonly coin: string | null;
  readonly strikesUsd: readonly number[];
  readonly direction: Direction | null;
  /** ISO 8601; null where the model names no end. */
  readonly end: string | null;
}

const KINDS: ReadonlySet<unknown> = new Set([...CLASSIFIED_KINDS, 'other']);
const DIRECTIONS: ReadonlySet<unknown> = new Set(['above', 'below', 'up', null]);
const KEYS = ['kind', 'coin', 'strikesUsd', 'direction', 'end'];
const STRIKES: Readonly<Record<ClassifiedKind, number>> = {
  close: 1,
  'one-touch': 1,
  range: 2,
  'first-to-hit': 2,
  'up-or-down': 0,
};

/** Takes parsed JSON for an answer, or says what is wrong with it. Nothing is converted and nothing is left out. */
export function payoffAnswerIn(row: unknown): PayoffAnswer | string {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'the answer is no object';
  const { kind, coin, strikesUsd, direction, end, ...rest } = row as Readonly<Record<string, unknown>>;
  const strange = Object.keys(rest)[0];
  if (strange !== undefined)
    return `the answer has "${strange.slice(0, 40)}", expected only ${KEYS.join(', ')}`;
  if (!KINDS.has(kind)) return 'kind: expected close, range, one-touch, up-or-down, first-to-hit or other';
  if (coin !== null && (typeof coin !== 'string' || coin.length > 20))
    return 'coin: expected a ticker or null';
  if (!Array.isArray(strikesUsd) || strikesUsd.length > 2 || !strikesUsd.every(isStrike))
    return 'strikesUsd: expected at most two prices in dollars';
  if (!DIRECTIONS.has(direction)) return 'direction: expected above, below, up or null';
  if (end !== null && (typeof end !== 'string' || parseInstant(end) === null))
    return 'end: expected an ISO 8601 time or null';
  return { kind, coin, strikesUsd, direction, end } as PayoffAnswer;
}

const isStrike = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

/**
 * Whether an answer could make a market of this text: the grammar cannot read it, and nothing in it says already that no answer would be
 * believed. Everything else a model need not be asked.
 */
export function couldBeAnswered(text: QuestionText): boolean {
  if (!isUnread(text)) return false;
  const reading = tooLong(text) ?? readingOf(text);
  if ('cause' in reading || subjectBeside(text) !== null) return false;
  const { sentence } = reading;
  return (
    new Set(sentence.coins.map(({ coin }) => coin)).size === 1 &&
    sentence.levels.length + (sentence.upOrDown === null ? 0 : 1) > 0 &&
    sentence.periods.length <= 1 &&
    sentence.clocks.length <= 1 &&
    subjectOf(sentence, reading.text) === null
  );
}

/** What can be read in two ways without any rules a model cannot read either. */
function isUnread(text: QuestionText): boolean {
  const own = parseQuestion(text);
  if (own.kind !== 'other') return false;
  return own.cause === 'unread-words' || (own.cause === 'ambiguous' && !isBlank(text.description));
}

/**
 * Takes a model's answer only as far as the text bears it out: the coin is the only one named, its strikes are exactly the amounts in
 * the text, nothing points the other way, and the window is the one that we read, not the model's. What the grammar reads itself, and what is plainly no
 * price, no answer changes.
 */
export function checkPayoffAnswer(answer: PayoffAnswer, text: QuestionText): Payoff {
  if (!isUnread(text)) return parseQuestion(text);
  const reading = tooLong(text) ?? readingOf(text);
  if ('cause' in reading) return reading;
  const shape = answeredShape(answer, reading);
  if ('cause' in shape) return shape;
  const beside = subjectBeside(text);
  if (beside !== null) return beside;
  const payoff = payoffFor(shape, text, reading);
  if (payoff.kind === 'other') return payoff;
  return (
    endAgrees(answer, payoff.window.endAtMs) ?? {
      ...payoff,
      from: { ...payoff.from, kind: { field: 'model', text: answer.kind } },
    }
  );
}

function endAgrees({ end }: PayoffAnswer, endAtMs: number | null): OtherPayoff | null {
  const answered = end === null ? null : parseInstant(end);
  if (answered === null || endAtMs === null || Math.abs(answered - endAtMs) <= DAY_MS) return null;
  return other('disagreement', `the model ends it on ${end}, the text on another day`);
}

function answeredShape(answer: PayoffAnswer, { sentence, text }: Reading): Shape | OtherPayoff {
  const { kind, coin: symbol, strikesUsd, direction } = answer;
  if (kind === 'other') return other('unread-words', 'neither the grammar nor the model can read it');
  const coin = symbol === null ? undefined : coinOf(symbol);
  const named = new Set(sentence.coins.map((each) => each.coin));
  if (coin === undefined || named.size !== 1 || !named.has(coin))
    return other(
      'disagreement',
      `the model says ${symbol ?? 'no coin'}, the text ${[...named].map((each) => each.symbol).join(' and ') || 'none'}`,
    );
  // Without an amount there would be nothing in the text to hold the answer against.
  if (kind === 'up-or-down' && sentence.upOrDown === null)
    return other('disagreement', 'the model says up or down, and the text does not');
  const refusal =
    subjectOf(sentence, text) ?? digitsAgree(answer, sentence) ?? sidesAgree(direction, sentence, kind);
  if (refusal !== null) return refusal;
  if (strikesUsd.some((strike) => strike < coin.leastUsd || strike > coin.mostUsd))
    return other('not-a-price', `$${strikesUsd.join(', $')} cannot be a price of ${coin.symbol}`);
  if (sentence.periods.length > 1 || sentence.clocks.length > 1)
    return other('ambiguous', 'it names several dates or times');
  return {
    kind,
    coin,
    // The side of a touch is the one that the text names; where it names none, the one that the price is not on.
    direction: kind === 'one-touch' ? (sidesIn(sentence)[0] ?? null) : direction,
    strikesUsd,
    period: sentence.periods[0] ?? null,
    clock: sentence.clocks[0] ?? null,
    source: sentence.sources[0] ?? null,
    isAtClose: sentence.isAtClose,
    // What is asked of a whole month is no close, whatever a model says: the rules have to say which.
    isMomentOpen: (kind === 'close' || kind === 'range') && !isMoment(sentence),
    texts: {
      kind: sentence.unread.join(' '),
      coin: sentence.coins[0]?.text ?? '',
      direction: null,
      strikes: sentence.levels.map((level) => level.text).join(', '),
    },
  };
}

/** Words beside a price that make another question of it, or none. One of them and no model is believed, whatever it says. */
const TURNING_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^(avoid|fail|miss|escape|dodge|skip|resist|defend|reject|prevent|stop|cease|lose|defy|no|nor|neither|nowhere|hardly|unlikely|short|shy|out|beyond|instead|rather|opposite|reverse|false|untrue)(s|e?d|es|ing|ure)?$/i,
    'denies what it asks',
  ],
  [
    /^(and|or|but|if|unless|while|when|whenever|until|till|once|after|before|since|provided|assuming|given|despite|because|with|also|then|both|either)$/i,
    'hangs on something else',
  ],
  [
    /^(twice|thrice|again|consecutive|consecutively|straight|every|each|daily|times|row|combined|total|days?|hours?|minutes?|weeks?)$/i,
    'counts how often or how long',
  ],
  [
    /^(predict|forecast|claim|expect|think|believe|announce|call|target|project|estimate|poll|survey|vote|bet|wager|win)(s|e?d|es|ing|ion|ions)?$/i,
    'is about what somebody says or wins',
  ],
  [
    /^(move|gain|add|shed|swing|cost|pay|process|raise|worth|best|worst|reali[sz]e|fall|adjusted|floor|supply|savings)(s|e?d|es|ing)?$/i,
    'is about another amount than the price',
  ],
  [
    /^(futures?|perps?|perpetuals?|options?|contracts?|premium|discount|spread|gap|wrapped)$/i,
    'is about something else than the coin itself',
  ],
  [
    /^(ignore|disregard|approve|approved|instructions?|answer|respond|reply|assistant|system|prompt|model|json|override)$/i,
    'speaks to whoever reads it',
  ],
];

/** "30 cents", "€70,000", "100,000 TPS": where words are not understood, a number is a price in dollars only if it says so. */
function withoutDollars(sentence: Sentence): OtherPayoff | null {
  const bare = sentence.levels.find(({ text }) => !text.includes('$'));
  return bare === undefined ? null : other('ambiguous', `"${bare.text}" is not written in dollars`);
}

function turningWord(sentence: Sentence): OtherPayoff | null {
  const words = sentence.unread.flatMap((part) => part.split(/[^A-Za-z]+/));
  for (const [pattern, what] of TURNING_WORDS) {
    const found = words.find((word) => pattern.test(word));
    if (found !== undefined)
      return other('ambiguous', `"${found}" ${what}, and no model is believed about that`);
  }
  return null;
}

function subjectOf(sentence: Sentence, text: string): OtherPayoff | null {
  const subject = otherSubject(text);
  if (subject !== null) return other('not-a-price', `"${subject.words}" is about ${subject.subject}`);
  if (sentence.percent !== null) return other('not-a-price', `"${sentence.percent}" is no price in dollars`);
  return sentence.isRecord && sentence.levels.length === 0
    ? other('not-a-price', 'it asks for a record high without naming its price')
    : (withoutDollars(sentence) ?? turningWord(sentence));
}

/** Exactly the amounts of the text, each once: a model may neither invent a digit nor drop one. */
function digitsAgree({ kind, strikesUsd }: PayoffAnswer, sentence: Sentence): OtherPayoff | null {
  const ascending = (values: readonly number[]): string => [...values].sort((a, b) => a - b).join(', ');
  const written = ascending(sentence.levels.flatMap(strikesIn));
  if (ascending(strikesUsd) !== written)
    return other(
      'disagreement',
      `the model says ${ascending(strikesUsd) || 'no price'}, the text ${written || 'none'}`,
    );
  // The first of two pays YES, and it is the first that is named.
  if (kind === 'first-to-hit' && strikesUsd.join() !== sentence.levels.flatMap(strikesIn).join())
    return other('disagreement', 'the model has the two prices the other way round');
  const [low, high] = strikesUsd;
  const isWrong = kind === 'other' || strikesUsd.length !== STRIKES[kind];
  if (isWrong || (kind === 'range' && low !== undefined && high !== undefined && low >= high))
    return other('disagreement', `a ${kind} has not the strikes ${strikesUsd.join(', ') || 'none'}`);
  return null;
}

function sidesAgree(
  direction: Direction | null,
  sentence: Sentence,
  kind: ClassifiedKind,
): OtherPayoff | null {
  const isSided = kind === 'close' || kind === 'one-touch';
  if (kind === 'up-or-down' ? direction !== 'up' : isSided ? direction === 'up' : direction !== null)
    return other('disagreement', `a ${kind} has not the direction ${direction ?? 'none'}`);
  if (kind === 'close' && direction === null) return other('disagreement', 'a close has a direction');
  if (!isSided) return null;
  const sides = sidesIn(sentence);
  if (new Set(sides).size > 1) return other('ambiguous', 'its words point both ways');
  if (direction !== null && sides.some((side) => side !== direction))
    return other('disagreement', `the model says ${direction}, and the text points the other way`);
  return kind === 'close' && sides.length === 0
    ? other('disagreement', `the model says ${direction}, and no word of the text does`)
    : null;
}

/** Which way the words of a sentence point. */
const sidesIn = (sentence: Sentence): Direction[] =>
  [
    ...sentence.moves.map(({ side }) => side),
    ...sentence.arrows.map(({ side }) => side),
    ...sentence.levels.map((level) => (level.kind === 'range' ? null : level.side)),
  ].filter((side) => side !== null);
