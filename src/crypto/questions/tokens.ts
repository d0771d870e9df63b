/** A piece of a question. `text` is as it stands there, for people; everything else is for the grammar. */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly word: string; readonly isDollarSign: boolean }
  | NumberToken
  | TimeToken
  | { readonly kind: 'percent'; readonly text: string }
  | { readonly kind: 'arrow'; readonly text: string; readonly isUp: boolean }
  | { readonly kind: 'sign'; readonly text: string; readonly sign: '>' | '<' | '>=' | '<=' }
  | { readonly kind: 'dash'; readonly text: string }
  | { readonly kind: 'blank'; readonly text: string }
  | { readonly kind: 'slash'; readonly text: string }
  | { readonly kind: 'open' | 'shut' | 'mark'; readonly text: string }
  | { readonly kind: 'strange'; readonly text: string };

export interface NumberToken {
  readonly kind: 'number';
  readonly text: string;
  readonly value: number;
  readonly isDollar: boolean;
  /** `k`, `m`, `b` or `t` as written or spelled out; null without. */
  readonly scale: Scale | null;
  /** Written with a comma between thousands or with decimals: no day, no year. */
  readonly isGrouped: boolean;
  readonly hasDecimals: boolean;
  /** `24th`. */
  readonly isOrdinal: boolean;
  /** `100k+`. */
  readonly hasPlus: boolean;
}

export interface TimeToken {
  readonly kind: 'time';
  readonly text: string;
  readonly hour: number;
  readonly minute: number;
  /** Null where neither am nor pm is written. */
  readonly half: 'am' | 'pm' | null;
}

type Scale = 'k' | 'm' | 'b' | 't';

const SCALES: Readonly<Record<string, Scale>> = {
  k: 'k',
  thousand: 'k',
  grand: 'k',
  m: 'm',
  mm: 'm',
  mil: 'm',
  mln: 'm',
  million: 'm',
  b: 'b',
  bn: 'b',
  billion: 'b',
  t: 't',
  tn: 't',
  trillion: 't',
};
const POWER: Readonly<Record<Scale, number>> = { k: 3, m: 6, b: 9, t: 12 };

const scaleOf = (unit: string | undefined): Scale | null =>
  unit === undefined ? null : (SCALES[unit.toLowerCase()] ?? null);

/** Digits with what is written behind them, such as `k` or `million`: one decimal text, so that 1.1k is exactly 1100. */
export function scaled(digits: string, unit: string | undefined): number {
  const scale = scaleOf(unit);
  return Number(`${digits}e${scale === null ? 0 : POWER[scale]}`);
}

/** More characters are no question; the rest is not read, and the question is not traded. */
export const MOST_QUESTION_CHARACTERS = 500;

/** One spelling for what people type in many: dashes, arrows, quotes, spaces, full-width digits. The length may change. */
export function plainSpelling(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}|\uFE0E|\uFE0F/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[\u2010-\u2015\u2212\uFE58\uFE63]/g, '-')
    .replace(/[↑⬆▲△🔼⇧⇑⭡📈]/gu, '↑')
    .replace(/[↓⬇▼▽🔽⇩⇓⭣📉]/gu, '↓')
    .replace(/[\u2018\u2019\u201A\u201B\u0060\u00B4\u2032]/g, "'")
    .replace(/[\u201C-\u201F\u00AB\u00BB\u2033]/g, '"')
    .replace(/[⩾≧]/g, '≥')
    .replace(/[⩽≦]/g, '≤')
    .trim();
}

const NUMBER =
  /^(us\$|usd\$|\$)?\s?(\d{1,3}(?:,\d{3})+(?![\d,]*\d)|\d+)?(\.\d+)?(?:\s?(thousand|grand|million|billion|trillion|mil|mln|mm|bn|tn|[kmbt])(?![\p{L}\d]))?(st|nd|rd|th)?(?![\p{L}\d])(\s?\$)?(\+)?/iu;
const TIME = /^(\d{1,2})(?::(\d{2}))?(?::00)?\s?([ap])\.?\s?m\.?(?![\p{L}\d])/iu;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::00)?(?!\d)/;
const WORD = /^(\$)?(\p{L}[\p{L}\d]*(?:['.&][\p{L}\d]+)*)/u;

/** Cuts a text into tokens. Nothing is dropped: what has no meaning here is a `strange` token, and no sentence with one is read. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = plainSpelling(text);
  while (rest !== '') {
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) rest = rest.slice(space);
    else {
      const token = nextToken(rest);
      tokens.push(token);
      rest = rest.slice(token.text.length);
    }
  }
  return tokens.map((token) => ({ ...token, text: token.text.trim() }));
}

function nextToken(rest: string): Token {
  return timeToken(rest) ?? numberToken(rest) ?? wordToken(rest) ?? markToken(rest);
}

function timeToken(rest: string): TimeToken | null {
  const half = TIME.exec(rest);
  if (half !== null) {
    const [text, hour = '', minute = '0', letter = ''] = half;
    return {
      kind: 'time',
      text,
      hour: Number(hour),
      minute: Number(minute),
      half: letter.toLowerCase() === 'a' ? 'am' : 'pm',
    };
  }
  const clock = CLOCK.exec(rest);
  if (clock === null) return null;
  const [text, hour = '', minute = ''] = clock;
  return { kind: 'time', text, hour: Number(hour), minute: Number(minute), half: null };
}

function numberToken(rest: string): Token | null {
  const found = NUMBER.exec(rest);
  if (found === null) return null;
  const [text, before, whole, fraction, unit, ordinal, after, plus] = found;
  if (whole === undefined && fraction === undefined) return null;
  const percent = /^\s?(%|percent\b|per cent\b|bps\b|x\b)/i.exec(rest.slice(text.length));
  if (percent !== null) return { kind: 'percent', text: text + percent[0] };
  // A digit or a decimal right behind it: "1,50,000" and "1.2.3" are not numbers that anybody may guess at.
  if (/^[.,]?\d/.test(rest.slice(text.length)))
    return { kind: 'strange', text: /^[^\s?!;]+/.exec(rest)?.[0] ?? text };
  const digits = `${(whole ?? '0').replaceAll(',', '')}${fraction ?? ''}`;
  return {
    kind: 'number',
    text,
    value: scaled(digits, unit),
    isDollar: before !== undefined || after !== undefined,
    scale: scaleOf(unit),
    isGrouped: whole?.includes(',') ?? false,
    hasDecimals: fraction !== undefined,
    isOrdinal: ordinal !== undefined,
    hasPlus: plus !== undefined,
  };
}

function wordToken(rest: string): Token | null {
  const found = WORD.exec(rest);
  if (found === null) return null;
  const [text, sign, word = ''] = found;
  // "'s" is a token of its own, so that "Bitcoin's price" names the coin.
  const owner = /^(.+)'s$/i.exec(word)?.[1];
  const kept = owner ?? word;
  return {
    kind: 'word',
    text: owner === undefined ? text : text.slice(0, -2),
    word: kept.toLowerCase(),
    isDollarSign: sign !== undefined,
  };
}

const SIGNS: readonly (readonly [string, '>' | '<' | '>=' | '<='])[] = [
  ['>=', '>='],
  ['=>', '>='],
  ['<=', '<='],
  ['=<', '<='],
  ['≥', '>='],
  ['≤', '<='],
  ['>', '>'],
  ['<', '<'],
];

function markToken(rest: string): Token {
  for (const [text, sign] of SIGNS) if (rest.startsWith(text)) return { kind: 'sign', text, sign };
  const arrow = /^[↑↓]/.exec(rest)?.[0];
  if (arrow !== undefined) return { kind: 'arrow', text: arrow, isUp: arrow === '↑' };
  const blank = /^(_+|\.{2,}|…)/.exec(rest)?.[0];
  if (blank !== undefined) return { kind: 'blank', text: blank };
  const owner = /^'s\b/i.exec(rest)?.[0];
  if (owner !== undefined) return { kind: 'mark', text: owner };
  const [first = ''] = rest;
  if (first === '-' || first === '~') return { kind: 'dash', text: first };
  if (first === '/') return { kind: 'slash', text: first };
  if (first === '(' || first === '[') return { kind: 'open', text: first };
  if (first === ')' || first === ']') return { kind: 'shut', text: first };
  if ('?!.,:;"\'|'.includes(first)) return { kind: 'mark', text: first };
  return { kind: 'strange', text: first };
}
