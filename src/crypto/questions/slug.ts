import { dayOf, MINUTE_MS } from './civil-time.ts';
import type { Coin } from './coins.ts';
import type { Side } from './levels.ts';
import { readSentence } from './sentence.ts';
import { scaled } from './tokens.ts';

/** What the address of a market says. A slug has lost its dollar signs and its punctuation, and often ends in numbers that mean nothing. */
export interface SlugFacts {
  readonly coins: readonly Coin[];
  readonly sides: readonly Side[];
  /** Prices behind words such as "above" and "reach". */
  readonly strikesUsd: readonly number[];
  /** Every run of digits in it, joined over a single dash as decimals are: "1-5k" may be 1.5k. */
  readonly looseUsd: readonly number[];
  readonly monthDays: readonly { readonly month: number; readonly day: number }[];
  readonly years: readonly number[];
  readonly startAtMs: number | null;
  readonly lengthMs: number | null;
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const LENGTHS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS };
/** A year behind a month, a day or a small word: anywhere else it may be a price. */
const YEAR = new RegExp(
  `(?<=^|-)(?:(?:${MONTHS.map((name) => `${name}|${name.slice(0, 3)}`).join('|')})(?:-\\d{1,2}){0,2}|in|before|by|of)-(20[1-4]\\d)(?=-|$)`,
  'g',
);
/** Unix seconds from 2015 to 2050: what ends a slug such as `btc-updown-5m-1773307200`. */
const EPOCH = /-(1[4-9]\d{8}|2[0-4]\d{8})(?:-|$)/;

/** The words of a slug, as the lexer reads them. */
export const slugWords = (slug: string): string =>
  slug
    .replace(EPOCH, ' ')
    .replace(/(\d)pt(\d)/g, '$1.$2')
    // "june-22-28" and "82000-84000" are spans; the lexer takes ~ for a dash. A year behind a day is none.
    .replace(/-(\d[\d.]*[km]?)-(?!20[1-4]\d(?:-|$))(\d[\d.]*[km]?)(?=-|$)/g, ' $1 ~ $2')
    .replaceAll('-', ' ');

export function readSlug(slug: string): SlugFacts {
  const text = slug.toLowerCase();
  const epoch = EPOCH.exec(text)?.[1];
  const length = /-(?:updown|up-or-down)-(\d{1,4})([mhd])-/.exec(text);
  const sentence = readSentence(slugWords(text));
  return {
    coins: [...new Set(sentence.coins.map(({ coin }) => coin))],
    sides: [
      ...new Set([
        // A slug says "hit" for the rungs of a ladder on both sides.
        ...sentence.moves.flatMap(({ side, text: verb }) => (verb === 'hit' || side === null ? [] : [side])),
        ...sentence.levels.flatMap((level) => (level.kind === 'range' ? [] : (level.side ?? []))),
      ]),
    ],
    strikesUsd: comparedNumbers(text),
    looseUsd: looseNumbers(text),
    monthDays: monthDaysIn(text),
    years: [...text.matchAll(YEAR)].map(([, year]) => Number(year)),
    startAtMs: epoch === undefined ? null : Number(epoch) * 1_000,
    lengthMs: length === null ? null : Number(length[1]) * (LENGTHS[length[2] ?? ''] ?? 0),
  };
}

const COMPARED =
  /(?<=^|-)(?:above|below|over|under|than|reach|reaches|hits?|to|at|past|touch|exceeds?|surpass|crosse?s?|breaks?|tops?|least|between)-(\d+(?:pt\d+)?)([kmb])?(?=-|$)/g;

/** Numbers behind a word such as "above" or "reach": those are prices, whatever else the slug ends in. */
function comparedNumbers(slug: string): readonly number[] {
  return [...slug.matchAll(COMPARED)].map(([, digits = '', scale]) =>
    scaled(digits.replace('pt', '.'), scale),
  );
}

function looseNumbers(slug: string): readonly number[] {
  const plain = [...slug.matchAll(/(?<![a-z\d])(\d+(?:pt\d+)?)([kmb])?(?=-|$)/g)].map(
    ([, digits = '', scale]) => scaled(digits.replace('pt', '.'), scale),
  );
  const split = [...slug.matchAll(/(?<![a-z\d])(\d+)-(\d+)([kmb])?(?=-|$)/g)].flatMap(
    ([, whole = '', rest = '', scale]) => [
      scaled(`${whole}.${rest}`, scale),
      scaled(`${whole}${rest}`, scale),
    ],
  );
  return [...plain, ...split];
}

function monthDaysIn(slug: string): readonly { month: number; day: number }[] {
  return [...slug.matchAll(/([a-z]+)-(\d{1,2})(?=-|$)/g)].flatMap(([, name = '', day = '']) => {
    const month = MONTHS.findIndex((each) => each === name || each.slice(0, 3) === name) + 1;
    return month === 0 ? [] : [{ month, day: Number(day) }];
  });
}

/** Whether a day of some year has one of these months and days. */
export const namesDay = (
  monthDays: readonly { readonly month: number; readonly day: number }[],
  days: readonly number[],
  years: readonly number[],
): boolean =>
  monthDays.some(({ month, day }) => years.some((year) => days.includes(dayOf({ year, month, day }))));
