import type { ClockPhrase } from './clock.ts';
import type { Coin } from './coins.ts';
import type { Level, Side } from './levels.ts';
import { type ClassifiedKind, type Direction, type OtherPayoff, other, type PriceSource } from './payoff.ts';
import type { PeriodPhrase } from './periods.ts';
import type { Sentence } from './sentence.ts';

/** What a sentence asks, before its dates are put into a calendar. */
export interface Shape {
  readonly kind: ClassifiedKind;
  readonly coin: Coin;
  readonly direction: Direction | null;
  readonly strikesUsd: readonly number[];
  readonly period: PeriodPhrase | null;
  readonly clock: ClockPhrase | null;
  readonly source: PriceSource | null;
  /** Whether the words leave open if one moment or a whole window is meant: "above $100,000 by December 31". Only a description tells. */
  readonly isMomentOpen: boolean;
  /** Whether a close is named: of a day, a candle or a year. */
  readonly isAtClose: boolean;
  readonly texts: {
    readonly kind: string;
    readonly coin: string;
    readonly direction: string | null;
    readonly strikes: string;
  };
}

/** Things with a coin in their name that are not its price; the words say so plainly, whatever else stands there. */
const NOT_A_PRICE: readonly (readonly [RegExp, string])[] = [
  [/\b(market\s?cap|market capitali[sz]ation|fdv|fully diluted|valuation)\b/i, 'a market value'],
  [/\b(etfs?|etps?|inflows?|outflows?|netflows?|flows|ibit|gbtc|fbtc)\b/i, 'funds and what flows into them'],
  [/\b(dominance)\b/i, 'a share of the market'],
  [
    /\b(tvl|total value locked|open interest|funding rates?|volume|liquidations?)\b/i,
    'an amount traded or locked',
  ],
  [
    /\b(hash ?rate|difficulty|block size|block height|halving|nodes?|transactions?|fees?|gas|gwei)\b/i,
    'a network',
  ],
  [/\b(airdrops?|airdropped|launch(es|ed)?|token sale|tge|mainnet|listings?|listed|ipo)\b/i, 'a launch'],
  [
    /\b(reserves?|legal tender|holds?|holdings|held|treasury|buys?|bought|sells?|sold|purchases?|acquires?)\b/i,
    'who holds or trades it',
  ],
  [/\b(tweets?|posts?|says?|said|mentions?|speech)\b/i, 'what somebody says'],
  [
    /\b(flips?|flippening|outperforms?|ratio|vs\.?|versus|higher than (bitcoin|ethereum|gold|silver))(?=\W|$)/i,
    'a comparison',
  ],
  [/\b(volatility|implied vol|index|greed|yield|apy|staking)\b/i, 'an index or a rate'],
  [/\b(average|mean|median|vwap|lowest|highest)\b/i, 'a statistic of prices'],
  [/\b(stays?|remains?|holds above|never|not|n't|without)\b/i, 'what does not happen'],
  [
    /\b(stock|shares?|mstr|microstrategy|strategy|coinbase stock|s&p|nasdaq|dow|gold|silver|oil|nvidia|tesla)\b/i,
    'something else than a coin',
  ],
];

/** What a text is about, where that is plainly not the price of a coin; null otherwise. */
export function otherSubject(text: string): { readonly subject: string; readonly words: string } | null {
  for (const [pattern, subject] of NOT_A_PRICE) {
    const words = pattern.exec(text)?.[0];
    if (words !== undefined) return { subject, words };
  }
  return null;
}

/** What a sentence asks, or why that is nothing to trade. */
export function shapeOf(sentence: Sentence, text: string): Shape | OtherPayoff {
  const coin = soleCoin(sentence, text);
  if ('kind' in coin) return coin;
  const refusal = refusalOf(sentence, text);
  if (refusal !== null) return refusal;
  const asked = askedOf(sentence);
  if ('cause' in asked) return asked;
  const strikes = asked.strikesUsd;
  const wrong = strikes.find((strike) => strike < coin.coin.leastUsd || strike > coin.coin.mostUsd);
  if (wrong !== undefined)
    return other(
      'not-a-price',
      `$${wrong} cannot be a price of ${coin.coin.symbol} (expected $${coin.coin.leastUsd} to $${coin.coin.mostUsd})`,
    );
  return {
    ...asked,
    coin: coin.coin,
    period: sentence.periods[0] ?? null,
    clock: sentence.clocks[0] ?? null,
    source: sentence.sources[0] ?? null,
    isAtClose: sentence.isAtClose,
    texts: { ...asked.texts, coin: coin.text },
  };
}

function soleCoin(sentence: Sentence, text: string): { coin: Coin; text: string } | OtherPayoff {
  const [first] = sentence.coins;
  if (first === undefined) {
    const subject = otherSubject(text);
    return other(
      'no-coin',
      subject === null
        ? 'it names no coin'
        : `it names no coin; "${subject.words}" is about ${subject.subject}`,
    );
  }
  const second = sentence.coins.find(({ coin }) => coin !== first.coin);
  if (second !== undefined)
    return other('not-a-price', `it is about two coins, ${first.coin.symbol} and ${second.coin.symbol}`);
  return first;
}

function refusalOf(sentence: Sentence, text: string): OtherPayoff | null {
  const subject = otherSubject(text);
  if (subject !== null)
    return other(
      'not-a-price',
      `"${subject.words}" is about ${subject.subject}, not about what a coin costs`,
    );
  if (sentence.percent !== null) return other('not-a-price', `"${sentence.percent}" is no price in dollars`);
  if (sentence.isRecord && (sentence.levels.length === 0 || sentence.moves.length === 0))
    return other(
      'not-a-price',
      'it asks about a record high, and not if the price reaches one that is named',
    );
  if (sentence.asksWhen && !sentence.periods.some(({ bound }) => bound === 'by' || bound === 'before'))
    return other('not-a-price', 'it asks when, and has no date of its own');
  if (sentence.unread.length > 0)
    return other(
      'unread-words',
      `it says ${sentence.unread
        .slice(0, 6)
        .map((words) => `"${words}"`)
        .join(', ')}, which a question about a price does not`,
    );
  if (sentence.sources.some((source) => source !== sentence.sources[0]))
    return other('disagreement', `it names two sources, ${sentence.sources.join(' and ')}`);
  if (sentence.periods.length > 1)
    return other(
      'ambiguous',
      `it names several dates: ${sentence.periods.map(({ text: words }) => `"${words}"`).join(', ')}`,
    );
  if (sentence.clocks.length > 1) return other('ambiguous', 'it names several times of day');
  if (sentence.lengths.length > 0 && sentence.upOrDown === null)
    return other(
      'unread-words',
      `it says "${sentence.lengths[0]}", which a question about a price at a moment does not`,
    );
  return null;
}

type Asked = Pick<Shape, 'kind' | 'direction' | 'strikesUsd' | 'isMomentOpen'> & {
  readonly texts: Omit<Shape['texts'], 'coin'>;
};

function askedOf(sentence: Sentence): Asked | OtherPayoff {
  if (sentence.upOrDown !== null) return upOrDownOf(sentence, sentence.upOrDown);
  if (sentence.isFirst || sentence.isBeforeLevel) return firstToHitOf(sentence);
  const [level, second] = sentence.levels;
  if (level === undefined) return other('not-a-price', 'it names no price');
  if (second !== undefined)
    return other(
      'ambiguous',
      `it names several prices: ${sentence.levels.map(({ text }) => `"${text}"`).join(', ')}`,
    );
  return level.kind === 'range' ? rangeOf(sentence, level) : strikeOf(sentence, level);
}

function upOrDownOf(sentence: Sentence, text: string): Asked | OtherPayoff {
  if (
    sentence.levels.length > 0 ||
    sentence.moves.some(({ side }) => side !== null) ||
    sentence.arrows.length > 0
  )
    return other('ambiguous', 'it asks for up or down and names a price or a movement as well');
  const [period] = sentence.periods;
  if (
    period !== undefined &&
    (period.bound !== 'in' || period.period.kind !== 'days' || !isSameDay(period.period))
  )
    return other('ambiguous', `it asks for up or down, and "${period.text}" is no day`);
  return {
    kind: 'up-or-down',
    direction: 'up',
    strikesUsd: [],
    isMomentOpen: false,
    texts: { kind: text, direction: text, strikes: '' },
  };
}

/** "Will Bitcoin hit $80k or $150k first?", "Will Bitcoin hit $60k before $100k?" */
function firstToHitOf(sentence: Sentence): Asked | OtherPayoff {
  const prices = sentence.levels.flatMap((level) => (level.kind === 'plain' ? [level.strikeUsd] : []));
  const [one, two] = prices;
  if (sentence.levels.length !== 2 || one === undefined || two === undefined || one === two)
    return other('ambiguous', 'it asks what comes first and does not name two prices');
  const kind = sentence.isFirst ? 'first' : 'before';
  return {
    kind: 'first-to-hit',
    direction: null,
    strikesUsd: [one, two],
    isMomentOpen: false,
    texts: { kind, direction: null, strikes: sentence.levels.map(({ text }) => text).join(', ') },
  };
}

function rangeOf(sentence: Sentence, level: Extract<Level, { kind: 'range' }>): Asked | OtherPayoff {
  if (sentence.moves.length > 0 || sentence.arrows.length > 0 || sentence.isAnyMoment)
    return other('ambiguous', `it names the range "${level.text}" and a movement`);
  if (level.lowUsd >= level.highUsd)
    return other('disagreement', `the range "${level.text}" ends below where it begins`);
  return {
    kind: 'range',
    direction: null,
    strikesUsd: [level.lowUsd, level.highUsd],
    isMomentOpen: sentence.isLoose || !isMoment(sentence),
    texts: { kind: level.text, direction: null, strikes: level.text },
  };
}

/** Whether the dates name one moment: a day, a time, or the end of something. */
export function isMoment(sentence: Sentence): boolean {
  const [period] = sentence.periods;
  if (period === undefined) return sentence.clocks.length > 0;
  if (period.bound === 'end') return true;
  if (period.bound !== 'in') return false;
  if (period.period.kind === 'days') return isSameDay(period.period);
  return period.period.kind === 'weekday';
}

/** Whether a time of a day is named, which is one moment and no window: "at 5 PM ET on November 28". */
function isInstant({ clocks, periods }: Sentence): boolean {
  const [clock] = clocks;
  const [period] = periods;
  if (clock === undefined || clock.toMinutes !== null) return false;
  return period === undefined || (period.bound === 'in' && period.period.kind === 'days');
}

const isSameDay = ({ first, last }: { first: object; last: object }): boolean => first === last;

/** Verbs that take a price for their object. All others move by an amount as well as to a price, and need a word that says which. */
const TRANSITIVE =
  /^(reach|hit|surpass|exceed|top|break|cross|clear|pass|reclaim|touch|tap|test|retest|see|breach|attain|achieve)/i;
const POSITION =
  /^(at or|above|below|beneath|under|past|to|at(?! least| most)|as|up to|down to|all the way|back|through|into)\b/i;
const WANDERING = /^(go|get)/i;

/** "drop $5,000" and "rise more than $5,000" say by how much, and "drop to" and "rise above" to where. */
function isByHowMuch(sentence: Sentence, level: Level): boolean {
  return sentence.moves.some(({ text }) => {
    if (TRANSITIVE.test(text) || POSITION.test(level.text)) return false;
    return !(WANDERING.test(text) && /^over\b/i.test(level.text));
  });
}

function strikeOf(sentence: Sentence, level: Exclude<Level, { kind: 'range' }>): Asked | OtherPayoff {
  if (isByHowMuch(sentence, level))
    return other(
      'ambiguous',
      `"${sentence.moves[0]?.text} ${level.text}" may say by how much and not to where`,
    );
  const sides = sidesOf(sentence, level);
  if (sides.some(({ side }) => side !== sides[0]?.side))
    return other('disagreement', `it points both ways: ${sides.map(({ text }) => `"${text}"`).join(', ')}`);
  const [side] = sides;
  const isTouch =
    sentence.moves.length > 0 || sentence.arrows.length > 0 || sentence.isAnyMoment || sentence.asksWhen;
  if (isTouch && isInstant(sentence))
    return other(
      'ambiguous',
      `"${level.text}" is to be reached, and "${sentence.clocks[0]?.text}" is one moment: at it or until it, nobody says`,
    );
  if (isTouch && sentence.isAtClose)
    return other('ambiguous', `"${level.text}" is to be reached, and at a close: which close, nobody says`);
  const isAim = level.kind === 'plain' && level.isAim && !sentence.isState;
  if (!isTouch && !isAim && level.kind === 'plain')
    return other('ambiguous', `it names "${level.text}" and does not say above or below it`);
  if ((isTouch || isAim) && sentence.periods[0]?.bound === 'end')
    return other(
      'ambiguous',
      `"${sentence.periods[0].text}" is a moment, and "${level.text}" is asked of a stretch of time`,
    );
  const isLoose = sentence.isLoose && !isInstant(sentence);
  const isOpen = !isTouch && !isAim && (isLoose || !isMoment(sentence));
  return {
    kind: isTouch || isAim ? 'one-touch' : 'close',
    direction: side?.side ?? (isAim && !isTouch ? 'above' : null),
    strikesUsd: [level.strikeUsd],
    isMomentOpen: isOpen,
    texts: {
      kind: sentence.moves[0]?.text ?? sentence.arrows[0]?.text ?? level.text,
      direction: side?.text ?? null,
      strikes: level.text,
    },
  };
}

/** Every word that says a side. An arrow and a comparison overrule nothing: all of them have to agree. */
function sidesOf(
  sentence: Sentence,
  level: Exclude<Level, { kind: 'range' }>,
): readonly { readonly side: Side; readonly text: string }[] {
  const said: { side: Side | null; text: string }[] = [
    { side: level.side, text: level.text },
    // A ladder asks "what price will it hit", and its arrows say on which side: the verb then says nothing.
    ...(sentence.arrows.length > 0 ? [] : sentence.moves),
    ...sentence.arrows,
    ...(sentence.isRecord ? [{ side: 'above' as const, text: 'all-time high' }] : []),
  ];
  return said.flatMap(({ side, text }) => (side === null ? [] : [{ side, text }]));
}
