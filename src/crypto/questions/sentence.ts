import { type ClockPhrase, clockPhraseAt } from './clock.ts';
import { COIN_SPELLINGS, type Coin, coinOf } from './coins.ts';
import { type Level, levelAt, type Side } from './levels.ts';
import { PRICE_SOURCES, type PriceSource } from './payoff.ts';
import {
  closedPeriodAt,
  type PeriodPhrase,
  periodPhraseAt,
  startsWith,
  type Taken,
  textOf,
  wordAt,
} from './periods.ts';
import { type Token, tokensOf } from './tokens.ts';

/** What a sentence says, whatever its order. Whatever is not understood is in `unread`; a sentence with any of it means nothing. */
export interface Sentence {
  readonly coins: readonly { readonly coin: Coin; readonly text: string }[];
  readonly levels: readonly Level[];
  /** A verb of motion, such as "hit" or "dip", with the side that it implies; null for verbs such as "touch" and "go". */
  readonly moves: readonly { readonly side: Side | null; readonly text: string }[];
  /** "be", "close", "settle": the price at a moment. */
  readonly isState: boolean;
  /** "close", "closing", "end": of a day or a candle, whose time the word does not say. */
  readonly isAtClose: boolean;
  /** "trade": the price at a moment, or at any of them. */
  readonly isLoose: boolean;
  /** "5m", "15 minutes", "hourly": how long a window is. */
  readonly lengths: readonly string[];
  readonly periods: readonly PeriodPhrase[];
  readonly clocks: readonly ClockPhrase[];
  readonly arrows: readonly { readonly side: Side; readonly text: string }[];
  readonly sources: readonly PriceSource[];
  readonly upOrDown: string | null;
  /** "at any point", "at any time". */
  readonly isAnyMoment: boolean;
  readonly isFirst: boolean;
  /** A record high is named; without an amount nobody can say where it is. */
  readonly isRecord: boolean;
  readonly asksWhen: boolean;
  /** "before" in front of a price: "$60,000 before $100,000". */
  readonly isBeforeLevel: boolean;
  readonly percent: string | null;
  readonly unread: readonly string[];
}

const stem = (words: string, side: Side | null): readonly (readonly [string, Side | null])[] =>
  words.split(' ').map((word) => [word, side] as const);

/** Verbs of motion in the forms that questions use. The side is what the venue means by them; "reach" is up, "dip" is down. */
const MOVES: ReadonlyMap<string, Side | null> = new Map([
  ...stem('reach reaches reached reaching hit hits hitting surpass surpasses exceed exceeds', 'above'),
  ...stem('top tops cross crosses break breaks clear clears pass passes reclaim reclaims', 'above'),
  ...stem('climb climbs rise rises rally rallies surge surges jump jumps soar soars pump pumps', 'above'),
  ...stem(
    'rocket rockets skyrocket skyrockets peak peaks attain attains achieve achieves spike spikes moon moons recover recovers rebound rebounds',
    'above',
  ),
  ...stem('dip dips drop drops fall falls crash crashes decline declines sink sinks slide slides', 'below'),
  ...stem('plunge plunges plummet plummets tumble tumbles slip slips tank tanks dump dumps', 'below'),
  ...stem('collapse collapses slump slumps nosedive nosedives retreat retreats sag sags', 'below'),
  ...stem(
    'touch touches tap taps test tests retest retests see sees breach breaches go goes get gets move moves',
    null,
  ),
]);
/** These point up by themselves, but "break below" and "pass under" point down. */
const TURNING = new Set('break breaks pass passes cross crosses'.split(' '));

const STATES = new Set('be is are stand stands sit sits'.split(' '));
const CLOSES = new Set('close closes closed closing end ends finish finishes settle settles'.split(' '));
const ENDINGS = new Set('close closes end ends finish finishes settle settles'.split(' '));

/** Words that change nothing in a question about a price. What is not here and nowhere else is not understood. */
const FILLERS: ReadonlySet<string> = new Set(
  'will would can could does do did has have been the a an one back cost costs valued price prices value of going to usd usdt dollar dollars us u.s worth trading priced spot ever again what mark level it its et est edt'.split(
    ' ',
  ),
);

const ANY_MOMENT = ['at any point', 'at any time', 'at any moment', 'anytime', 'at some point'].map((words) =>
  words.split(' '),
);
const RECORDS = ['all time highs', 'all time high', 'all-time high', 'record high', 'aths', 'ath'].map(
  (words) => words.split(/[ -]/),
);
const UP_OR_DOWN = ['up or down', 'up down', 'updown', 'higher or lower'].map((words) => words.split(' '));
const SOURCE_LEADS = ['according to', 'as per', 'per', 'on', 'via', 'using', 'from'].map((words) =>
  words.split(' '),
);

/** What counts by being there. */
type PlainItem =
  | 'state'
  | 'at-close'
  | 'loose'
  | 'length'
  | 'filler'
  | 'any-moment'
  | 'first'
  | 'record'
  | 'up-or-down'
  | 'when'
  | 'before'
  | 'percent';

type Item =
  | { readonly as: 'coin'; readonly coin: Coin }
  | { readonly as: 'level'; readonly level: Level }
  | { readonly as: 'period'; readonly period: PeriodPhrase }
  | { readonly as: 'clock'; readonly clock: ClockPhrase }
  | { readonly as: 'move'; readonly side: Side | null }
  | { readonly as: 'arrow'; readonly side: Side }
  | { readonly as: 'source'; readonly source: PriceSource }
  | { readonly as: PlainItem };

/** Reads a text from left to right; at each place the first phrase that fits is taken, the longest ones first. */
export function readSentence(text: string): Sentence {
  return sentenceOf(tokensOf(text), /\p{Ll}/u.test(text));
}

/** Reads tokens. `isMixedCase`: the text has small letters, so that a word in capitals is a ticker. */
export function sentenceOf(tokens: readonly Token[], isMixedCase: boolean): Sentence {
  const found: { readonly item: Item; readonly text: string }[] = [];
  const unread: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const taken = itemAt(tokens, at, isMixedCase);
    const length = taken?.length ?? 1;
    const text = textOf(tokens, at, length);
    if (taken === null) unread.push(text);
    else found.push({ item: taken.item, text });
    at += length;
  }
  return summaryOf(found, unread);
}

function summaryOf(
  found: readonly { readonly item: Item; readonly text: string }[],
  unread: string[],
): Sentence {
  const has = (as: Item['as']): boolean => found.some(({ item }) => item.as === as);
  const textFor = (as: Item['as']): string | null => found.find(({ item }) => item.as === as)?.text ?? null;
  return {
    coins: found.flatMap(({ item, text }) => (item.as === 'coin' ? [{ coin: item.coin, text }] : [])),
    levels: found.flatMap(({ item }) => (item.as === 'level' ? [item.level] : [])),
    moves: found.flatMap(({ item, text }) => (item.as === 'move' ? [{ side: item.side, text }] : [])),
    isState: has('state') || has('at-close'),
    isAtClose: has('at-close'),
    isLoose: has('loose'),
    lengths: found.flatMap(({ item, text }) => (item.as === 'length' ? [text] : [])),
    periods: found.flatMap(({ item }) => (item.as === 'period' ? [item.period] : [])),
    clocks: found.flatMap(({ item }) => (item.as === 'clock' ? [item.clock] : [])),
    arrows: found.flatMap(({ item, text }) => (item.as === 'arrow' ? [{ side: item.side, text }] : [])),
    sources: found.flatMap(({ item }) => (item.as === 'source' ? [item.source] : [])),
    upOrDown: textFor('up-or-down'),
    isAnyMoment: has('any-moment'),
    isFirst: has('first'),
    isRecord: has('record'),
    asksWhen: has('when'),
    isBeforeLevel: has('before'),
    percent: textFor('percent'),
    unread,
  };
}

function itemAt(tokens: readonly Token[], at: number, isMixedCase: boolean): Taken<Item> | null {
  return (
    phraseItemAt(tokens, at) ??
    mapped(coinAt(tokens, at, isMixedCase), (coin) => ({ as: 'coin', coin })) ??
    sourceAt(tokens, at) ??
    mapped(clockPhraseAt(tokens, at), (clock) => ({ as: 'clock', clock })) ??
    mapped(periodPhraseAt(tokens, at), (period) => ({ as: 'period', period })) ??
    lengthAt(tokens, at) ??
    mapped(levelAt(tokens, at), (level) => ({ as: 'level', level })) ??
    verbAt(tokens, at) ??
    smallItemAt(tokens, at)
  );
}

const mapped = <A>(taken: Taken<A> | null, map: (item: A) => Item): Taken<Item> | null =>
  taken === null ? null : { item: map(taken.item), length: taken.length };

/** How many tokens the words of a phrase take, dashes between them allowed; 0 where they do not stand here. */
function phraseLength(tokens: readonly Token[], at: number, words: readonly string[]): number {
  let next = at;
  for (const [index, word] of words.entries()) {
    if (index > 0 && ['dash', 'slash'].includes(tokens[next]?.kind ?? '')) next += 1;
    if (wordAt(tokens, next) !== word) return 0;
    next += 1;
  }
  return next - at;
}

const longestOf = (tokens: readonly Token[], at: number, phrases: readonly (readonly string[])[]): number =>
  Math.max(...phrases.map((words) => phraseLength(tokens, at, words)));

function phraseItemAt(tokens: readonly Token[], at: number): Taken<Item> | null {
  const upOrDown = longestOf(tokens, at, UP_OR_DOWN);
  if (upOrDown > 0) return { item: { as: 'up-or-down' }, length: upOrDown };
  const lead = ['a', 'an', 'its'].includes(wordAt(tokens, at) ?? '') ? 1 : 0;
  const isNew = wordAt(tokens, at + lead) === 'new' ? 1 : 0;
  const record = longestOf(tokens, at + lead + isNew, RECORDS);
  if (record > 0) return { item: { as: 'record' }, length: lead + isNew + record };
  const any = longestOf(tokens, at, ANY_MOMENT);
  // "at any point in June" is a period too; what follows reads it.
  return any > 0 ? { item: { as: 'any-moment' }, length: any } : null;
}

const DOLLARS = ['usd', 'usdt', 'usdc', 'dollar'];

/** A coin by name or ticker, with its ticker in brackets and its pair against the dollar: "Bitcoin (BTC)", "$ETH", "BTC/USDT". */
function coinAt(tokens: readonly Token[], at: number, isMixedCase: boolean): Taken<Coin> | null {
  // "1 BTC" is the coin as well.
  const first = tokens[at];
  const one =
    first?.kind === 'number' && first.value === 1 && !first.isDollar && first.scale === null ? 1 : 0;
  const named = coinNameAt(tokens, at + one, isMixedCase);
  if (named === null) return null;
  let length = one + named.length;
  if (tokens[at + length]?.kind === 'open') {
    const inner = coinNameAt(tokens, at + length + 1, isMixedCase);
    if (
      inner !== null &&
      inner.item === named.item &&
      tokens[at + length + 1 + inner.length]?.kind === 'shut'
    )
      length += inner.length + 2;
  }
  const joint = tokens[at + length]?.kind;
  if ((joint === 'slash' || joint === 'dash') && DOLLARS.includes(wordAt(tokens, at + length + 1) ?? ''))
    length += 2;
  return { item: named.item, length };
}

function coinNameAt(tokens: readonly Token[], at: number, isMixedCase: boolean): Taken<Coin> | null {
  const token = tokens[at];
  if (token?.kind !== 'word') return null;
  const symbol = token.text.replace('$', '');
  const exact = coinOf(symbol.toUpperCase());
  if (exact !== undefined && (token.isDollarSign || (isMixedCase && symbol === exact.symbol)))
    return { item: exact, length: 1 };
  if (token.isDollarSign) return null;
  const spelled = COIN_SPELLINGS.find(({ words }) => startsWith(tokens, at, words));
  if (spelled !== undefined) return { item: spelled.coin, length: spelled.words.length };
  // "BTCUSDT" is one word on exchanges.
  const pair = /^([a-z]{2,6})(?:usdt|usdc|usd)$/.exec(token.word)?.[1];
  const paired = pair === undefined ? undefined : coinOf(pair.toUpperCase());
  return paired === undefined ? null : { item: paired, length: 1 };
}

function sourceAt(tokens: readonly Token[], at: number): Taken<Item> | null {
  const lead = tokens[at]?.kind === 'open' ? 1 : longestOf(tokens, at, SOURCE_LEADS);
  if (lead === 0) return null;
  const name = wordAt(tokens, at + lead);
  const source = PRICE_SOURCES.find((each) => each === name);
  return source === undefined ? null : { item: { as: 'source', source }, length: lead + 1 };
}

const LENGTH_WORDS = new Set('minute minutes min mins hour hours hourly daily'.split(' '));

/** "5 minutes", "15-min", "hourly". Short forms such as "5m" read as millions, so they count in front of "up or down" only. */
function lengthAt(tokens: readonly Token[], at: number): Taken<Item> | null {
  const isNumber = tokens[at]?.kind === 'number';
  const dash = isNumber && tokens[at + 1]?.kind === 'dash' ? 1 : 0;
  const length = (isNumber ? 1 + dash : 0) + 1;
  if (LENGTH_WORDS.has(wordAt(tokens, at + length - 1) ?? '')) return { item: { as: 'length' }, length };
  const isShort = /^(5|15)m$/i.test(tokens[at]?.text ?? '');
  return isShort && tokens.some((_, index) => longestOf(tokens, index, UP_OR_DOWN) > 0)
    ? { item: { as: 'length' }, length: 1 }
    : null;
}

function verbAt(tokens: readonly Token[], at: number): Taken<Item> | null {
  const word = wordAt(tokens, at) ?? '';
  const closed = ENDINGS.has(word) ? closedPeriodAt(tokens, at + 1) : null;
  if (closed !== null) return { item: { as: 'period', period: closed.item }, length: 1 + closed.length };
  if (CLOSES.has(word)) return { item: { as: 'at-close' }, length: 1 };
  if (STATES.has(word)) return { item: { as: 'state' }, length: 1 };
  if (word === 'trade' || word === 'trades') return { item: { as: 'loose' }, length: 1 };
  const side = MOVES.get(word);
  if (side === undefined) return null;
  const isTurned = TURNING.has(word) && ['below', 'under', 'beneath'].includes(wordAt(tokens, at + 1) ?? '');
  return { item: { as: 'move', side: isTurned ? 'below' : side }, length: 1 };
}

function smallItemAt(tokens: readonly Token[], at: number): Taken<Item> | null {
  const token = tokens[at];
  switch (token?.kind) {
    case 'percent':
      return { item: { as: 'percent' }, length: 1 };
    case 'arrow':
      return { item: { as: 'arrow', side: token.isUp ? 'above' : 'below' }, length: 1 };
    case 'mark':
    case 'open':
    case 'shut':
    case 'dash':
    case 'blank':
      return { item: { as: 'filler' }, length: 1 };
    case 'word':
      return wordItem(tokens, at, token.word);
    default:
      return null;
  }
}

function wordItem(tokens: readonly Token[], at: number, word: string): Taken<Item> | null {
  if (word === 'first') return { item: { as: 'first' }, length: 1 };
  if (word === 'when') return { item: { as: 'when' }, length: 1 };
  // Between two prices only: everything else behind "before" or "or" has to be a date or a word that is known.
  const isNumberNext = tokens[at + 1]?.kind === 'number';
  if (word === 'before' && isNumberNext) return { item: { as: 'before' }, length: 1 };
  if (word === 'or' && isNumberNext) return { item: { as: 'filler' }, length: 1 };
  return FILLERS.has(word) ? { item: { as: 'filler' }, length: 1 } : null;
}
