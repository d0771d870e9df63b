import { dayOf, MINUTE_MS } from './civil-time.ts';
import type { Coin } from './coins.ts';
import type { Side } from './levels.ts';
import { readSentence } from './sentence.ts';

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

export function readSlug(slug: string): SlugFacts {
  const text = slug.toLowerCase();
  const epoch = EPOCH.exec(text)?.[1];
  const length = /-(?:updown|up-or-down)-(\d{1,4})([mhd])-/.exec(text);
  const words = text
    .replace(EPOCH, ' ')
    .replace(/(\d)pt(\d)/g, '$1.$2')
    .replace(/-(\d+(?:\.\d+)?k?)-(\d+(?:\.\d+)?k?)(?=-|$)/g, ' $1 - $2 ')
    .replaceAll('-', ' ')
    .replaceAll('  -  ', ' - ');
  const sentence = readSentence(words);
  return {
    coins: [...new Set(sentence.coins.map(({ coin }) => coin))],
    sides: [
      ...new Set([
        ...sentence.moves.flatMap(({ side }) => side ?? []),
        ...sentence.levels.flatMap((level) => (level.kind === 'range' ? [] : (level.side ?? []))),
      ]),
    ],
    strikesUsd: sentence.levels.flatMap((level) =>
      level.kind === 'range' ? [level.lowUsd, level.highUsd] : [level.strikeUsd],
    ),
    looseUsd: looseNumbers(text),
    monthDays: monthDaysIn(text),
    years: [...text.matchAll(YEAR)].map(([, year]) => Number(year)),
    startAtMs: epoch === undefined ? null : Number(epoch) * 1_000,
    lengthMs: length === null ? null : Number(length[1]) * (LENGTHS[length[2] ?? ''] ?? 0),
  };
}

function looseNumbers(slug: string): readonly number[] {
  const power = { k: 3, m: 6, b: 9 } as Readonly<Record<string, number>>;
  const number = (digits: string, scale: string | undefined): number =>
    Number(`${digits}e${power[scale ?? ''] ?? 0}`);
  const plain = [...slug.matchAll(/(?<![a-z\d])(\d+(?:pt\d+)?)([kmb])?(?=-|$)/g)].map(
    ([, digits = '', scale]) => number(digits.replace('pt', '.'), scale),
  );
  const split = [...slug.matchAll(/(?<![a-z\d])(\d+)-(\d+)([kmb])?(?=-|$)/g)].flatMap(
    ([, whole = '', rest = '', scale]) => [
      number(`${whole}.${rest}`, scale),
      number(`${whole}${rest}`, scale),
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
