import { dayOf, isDate, type Zone } from './civil-time.ts';
import { COINS, type Coin, coinOf } from './coins.ts';
import type { Side } from './levels.ts';
import { PRICE_SOURCES, type PriceSource } from './payoff.ts';
import { conditionsIn, type RuleCondition } from './rule-conditions.ts';
import { otherTermIn, withoutSetAside } from './rule-terms.ts';
import { plainSpelling, scaled } from './tokens.ts';

/** What the rules of a market say of its settlement, as far as a pattern finds it; they are prose, and no grammar covers them. */
export interface DescribedRules {
  /** Coins of the pairs and streams named, such as `ETH/USDT`. */
  readonly pairedCoins: readonly string[];
  /** Pairs and currencies that are not in dollars: `BTC/EUR`, "euros". */
  readonly otherQuotes: readonly string[];
  /** Coins named in words. */
  readonly namedCoins: readonly string[];
  readonly source: PriceSource | null;
  /** Seconds of a TWAP, 0 where one is named without its length, null without one. */
  readonly twapSeconds: number | null;
  readonly payoff: 'touch' | 'close' | 'up-or-down' | null;
  /** For a touch, whether the high or the low of a candle decides. */
  readonly touchSide: Side | null;
  /** Fields of a candle that it names. */
  readonly fields: readonly CandleField[];
  /** What it says of each outcome. */
  readonly conditions: readonly RuleCondition[];
  /** Whether the candle is one of an hour. */
  readonly isHourly: boolean;
  /** The time of day at which the price is taken. */
  readonly closing: { readonly minutes: number; readonly zone: Zone; readonly text: string } | null;
  /** Amounts with a dollar sign, or behind "price of". */
  readonly amountsUsd: readonly number[];
  /** Days that are written with their year. */
  readonly days: readonly number[];
  readonly years: readonly number[];
  /** Whether the window begins when the market was made: what the price did before does not count. */
  readonly isFromCreation: boolean;
  /** Whether it names who decides; where that is nobody known, nobody can be assumed. */
  readonly namesSource: boolean;
  /** What it says to be about where that is no price: "market cap". */
  readonly notAPrice: string | null;
  /** A term under which it pays that no payoff here has: "for three consecutive days". */
  readonly otherTerm: string | null;
  /** Whether it names an average, which only a TWAP is. */
  readonly namesAverage: boolean;
}

export const CANDLE_FIELDS = ['open', 'high', 'low', 'close'] as const;
export type CandleField = (typeof CANDLE_FIELDS)[number];

/** More is not read; the rules of a price market are a fifth of it. */
const MOST_CHARACTERS = 10_000;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

export function readRules(description: string): DescribedRules {
  const text = plainSpelling(description.slice(0, MOST_CHARACTERS));
  const days = writtenDays(text);
  const deciding = withoutSetAside(text);
  const fields = CANDLE_FIELDS.filter((field) => fieldWords(field).test(deciding));
  return {
    pairedCoins: pairsIn(text),
    otherQuotes: otherQuotesIn(deciding),
    namedCoins: coinsIn(text),
    source: sourceIn(text),
    twapSeconds: twapIn(text),
    payoff: payoffIn(text),
    touchSide: touchSideOf(fields),
    fields,
    conditions: conditionsIn(text),
    isHourly: /\b(1|one)[- ]?(hour|h)\b[- ]candle|\b1h\b/i.test(text),
    closing: closingIn(text),
    amountsUsd: amountsIn(text),
    days: days.map(({ day }) => day),
    years: [...new Set(days.map(({ year }) => year))],
    isFromCreation: /\b(creation of this market|market('s)? creation|this market (was|is) created)\b/i.test(
      text,
    ),
    namesSource: /resolution source/i.test(text),
    notAPrice:
      /\b(market cap(itali[sz]ation)?|fully diluted|fdv|dominance|net (in|out)flows?|total value locked|open interest|gold|silver|comex|s&p 500|nasdaq|etfs?|hash ?rate|gas price|gwei|volatility index)\b/i.exec(
        text,
      )?.[0] ?? null,
    otherTerm: otherTermIn(deciding),
    namesAverage: /\baverages?\b|\b(?:mean|median) "?(?:price|value|close)\b/i.test(deciding),
  };
}

const unique = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];

/** `BTC/USDT`, `ETH_USDT`, `SOLUSDT`, `btc-usd`, and streams such as `btc-usd-twap-60s-streams`. */
function pairsIn(text: string): readonly string[] {
  const found = [...text.matchAll(/\b([a-z]{2,8})[/_-]?(?:usdt|usdc|usd)(?![a-z])/gi)].flatMap(
    ([, base = '']) => {
      const coin = coinOf(base.toUpperCase());
      return coin === undefined ? [] : [coin.symbol];
    },
  );
  return unique(found);
}

function coinsIn(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const isNamed = ({ names }: Coin): boolean =>
    names.some((name) =>
      new RegExp(`(?<![\\p{L}\\d.])${name.replaceAll('.', '\\.')}(?![\\p{L}\\d])`, 'u').test(lower),
    );
  const named = COINS.filter(isNamed).map(({ symbol }) => symbol);
  // "Bitcoin Cash" names bitcoin as well, and "Chainlink" is a source of prices more often than a coin.
  return named.filter(
    (symbol) => symbol !== 'LINK' && !(symbol === 'BTC' && (named.includes('BCH') || named.includes('BSV'))),
  );
}

/** The source is what decides; others are named to say that they do not ("not according to other sources"). */
function sourceIn(text: string): PriceSource | null {
  const decisive = /resolution source[^.]*?(?:is|will be)\b(.{0,200})/i.exec(text)?.[1] ?? '';
  const named = (part: string): PriceSource | null => {
    const places = PRICE_SOURCES.map((source) => ({
      source,
      at: part.toLowerCase().search(sourceWord(source)),
    }));
    return places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.source ?? null;
  };
  return named(decisive) ?? named(text);
}

const sourceWord = (source: string): RegExp =>
  source === 'chainlink' ? /\bchain\.?link\b/ : new RegExp(`\\b${source}\\b`);

export function twapIn(text: string): number | null {
  if (!/\btwap\b|time[- ]weighted/i.test(text)) return null;
  const seconds =
    /twap-(\d{1,4})s/i.exec(text)?.[1] ??
    /(\d{1,4})[- ]?(?:s|sec|seconds?)[- ](?:twap|time[- ]weighted)/i.exec(text)?.[1] ??
    /(?:twap|time[- ]weighted).{0,80}?\b(\d{1,4})[- ]?(?:s|sec|seconds?)\b/i.exec(text)?.[1];
  return seconds === undefined ? 0 : Number(seconds);
}

function payoffIn(text: string): DescribedRules['payoff'] {
  if (/resolves? to "?up\b|greater than or equal to the (open|price at the beginning)/i.test(text))
    return 'up-or-down';
  const isTouch =
    /\bany\b.{0,60}\bcandles?\b.{0,300}\b(high|low|close)\b/i.test(text) ||
    /\bat any (point|time|moment)\b/i.test(text) ||
    /immediately resolve/i.test(text);
  if (isTouch) return 'touch';
  return /"close" price|clos(e|ing) price|titled "?12:00|candle.{0,60}\b12:00/i.test(text) ? 'close' : null;
}

/** `"High"`, "High price", "the highest price", "final High", "the candle's High". */
function fieldWords(field: CandleField): RegExp {
  const forms = { open: 'open(?:ing)?', high: 'high(?:est)?', low: 'low(?:est)?', close: 'clos(?:e|ing)' }[
    field
  ];
  return new RegExp(
    `["'(]\\s?${field}\\s?["')]|\\b${forms} (?:prices?|values?)\\b|\\bfinal ${field}\\b|\\bcandle(?:'s)? ${field}\\b|\\b${field} of (?:the|any|a) [^.]{0,40}\\bcandle`,
    'i',
  );
}

function touchSideOf(fields: readonly CandleField[]): Side | null {
  const [high, low] = [fields.includes('high'), fields.includes('low')];
  if (high === low) return null;
  return high ? 'above' : 'below';
}

const DOLLARS = new Set(['USD', 'USDT', 'USDC']);
const CURRENCIES =
  'EUR GBP JPY KRW AUD CAD CHF CNY INR BRL MXN RUB ZAR PLN BTC ETH BNB BUSD TUSD FDUSD DAI'.split(' ');
const SYMBOLS = COINS.map(({ symbol }) => symbol).join('|');
const SLASHED = new RegExp(String.raw`\b(?:${SYMBOLS})\s?/\s?([A-Z]{2,6})\b`, 'g');
const JOINED = new RegExp(String.raw`\b(?:${SYMBOLS})[-_/]?(?:${CURRENCIES.join('|')})(?![a-z\d])`, 'gi');
const CURRENCY =
  /[€£¥₩]|\b(?:EUR|GBP|JPY|KRW|AUD|CAD|CHF|CNY|INR|BRL|MXN)\b|\b[Ee]uros?\b|\b[Pp]ounds? sterling\b|\b[Yy]en\b/g;

/** A pair with anything but dollars and what is pegged to them, or another currency, in which every strike would be another one. */
function otherQuotesIn(text: string): readonly string[] {
  const slashed = [...text.matchAll(SLASHED)].filter(([, quote = '']) => !DOLLARS.has(quote));
  return [...slashed, ...text.matchAll(JOINED), ...text.matchAll(CURRENCY)].map(([words]) => words);
}

const TIME = String.raw`(\d{1,2})(?::(\d{2}))?\s?([ap])\.?m\.?`;

/** The time of the deciding candle: "12:00 in the ET timezone (noon)", "(12 PM ET)", "at 5:00 PM ET". */
function closingIn(text: string): DescribedRules['closing'] {
  const candle = /\b(\d{1,2}):(\d{2})\s+in the (ET|UTC) time ?zone(?: \((noon)\))?/i.exec(text);
  if (candle !== null) {
    const [words, hour = '', minute = '', zone = ''] = candle;
    return { minutes: Number(hour) * 60 + Number(minute), zone: zoneOf(zone), text: words };
  }
  const named = new RegExp(`\\b${TIME}\\s?\\(?(ET|EST|EDT|UTC)\\b`, 'i').exec(text);
  if (named === null) return null;
  const [words, hour = '', minute = '0', half = '', zone = ''] = named;
  const ofDay = (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  // A minute to midnight is a deadline, and no moment at which a price is taken.
  if (ofDay === 23 && Number(minute) === 59) return null;
  return { minutes: ofDay * 60 + Number(minute), zone: zoneOf(zone), text: words };
}

const zoneOf = (text: string): Zone => (text.toUpperCase() === 'UTC' ? 'UTC' : 'ET');

function amountsIn(text: string): readonly number[] {
  const found = [
    ...text.matchAll(/\$\s?(\d[\d,]*(?:\.\d+)?)\s?([kmb])?\b|price of (\d[\d,]*(?:\.\d+)?)(?![\d:%])/gi),
  ];
  return unique(
    found.flatMap(([, dollars, scale, plain]) => {
      const digits = (dollars ?? plain ?? '').replaceAll(',', '').replace(/\.$/, '');
      return digits === '' ? [] : [scaled(digits, scale)];
    }),
  );
}

const monthNumber = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

function writtenDays(text: string): readonly { readonly day: number; readonly year: number }[] {
  const inWords = [...text.matchAll(/\b([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (20\d{2})\b/gi)].map(
    ([, month = '', day = '', year = '']) => ({
      year: Number(year),
      month: monthNumber(month),
      day: Number(day),
    }),
  );
  const dayFirst = [...text.matchAll(/\b(\d{1,2}) ([a-z]{3,9})\.? (20\d{2})\b/gi)].map(
    ([, day = '', month = '', year = '']) => ({
      year: Number(year),
      month: monthNumber(month),
      day: Number(day),
    }),
  );
  const shortYears = [
    ...text.matchAll(/\b(?:(\d{1,2}) ([a-z]{3,9})|([a-z]{3,9}) (\d{1,2})),? '(\d{2})\b/gi),
  ].map(([, dayBefore, monthAfter, monthBefore, dayAfter, year = '']) => ({
    year: 2000 + Number(year),
    month: monthNumber(monthAfter ?? monthBefore ?? ''),
    day: Number(dayBefore ?? dayAfter),
  }));
  const inDigits = [...text.matchAll(/\b(20\d{2})[-/](\d{2})[-/](\d{2})\b/g)].map(
    ([, year = '', month = '', day = '']) => ({ year: Number(year), month: Number(month), day: Number(day) }),
  );
  return [...inWords, ...dayFirst, ...shortYears, ...inDigits]
    .filter(isDate)
    .map((date) => ({ day: dayOf(date), year: date.year }));
}
