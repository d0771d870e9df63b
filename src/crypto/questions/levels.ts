import { startsWith, type Taken, textOf, wordAt } from './periods.ts';
import { type NumberToken, scaled, type Token } from './tokens.ts';

export type Side = 'above' | 'below';

/** A price named in a text: with a side ("above $60,000"), two of them, or only named ("$60,000"). */
export type Level =
  | { readonly kind: 'side'; readonly side: Side; readonly strikeUsd: number; readonly text: string }
  | { readonly kind: 'range'; readonly lowUsd: number; readonly highUsd: number; readonly text: string }
  | {
      readonly kind: 'plain';
      readonly strikeUsd: number;
      /** From which side, where a small word says so: "past $70k", "as low as $50k". */
      readonly side: Side | null;
      /** Whether "to" stands in front: "Bitcoin to $150k". */
      readonly isAim: boolean;
      readonly text: string;
    };

/** The prices that a level names. */
export const strikesIn = (level: Level): readonly number[] =>
  level.kind === 'range' ? [level.lowUsd, level.highUsd] : [level.strikeUsd];

type Phrases = readonly (readonly [words: readonly string[], side: Side])[];
const phrases = (list: readonly (readonly [string, Side])[]): Phrases =>
  list.map(([words, side]) => [words.split(' '), side] as const).sort(([a], [b]) => b.length - a.length);

const SIDES = phrases([
  ['at or above', 'above'],
  ['above or equal to', 'above'],
  ['over or equal to', 'above'],
  ['equal to or above', 'above'],
  ['equal to or greater than', 'above'],
  ['equal to or higher than', 'above'],
  ['greater than or equal to', 'above'],
  ['higher than or equal to', 'above'],
  ['greater than', 'above'],
  ['higher than', 'above'],
  ['more than', 'above'],
  ['north of', 'above'],
  ['no less than', 'above'],
  ['no lower than', 'above'],
  ['at least', 'above'],
  ['above', 'above'],
  ['over', 'above'],
  ['at or below', 'below'],
  ['below or equal to', 'below'],
  ['under or equal to', 'below'],
  ['at or under', 'below'],
  ['equal to or below', 'below'],
  ['equal to or less than', 'below'],
  ['equal to or lower than', 'below'],
  ['less than or equal to', 'below'],
  ['lower than or equal to', 'below'],
  ['less than', 'below'],
  ['lower than', 'below'],
  ['south of', 'below'],
  ['no more than', 'below'],
  ['no higher than', 'below'],
  ['at most', 'below'],
  ['below', 'below'],
  ['beneath', 'below'],
  ['under', 'below'],
]);

const BEHIND = phrases(
  (
    [
      ['more above higher greater over up', 'above'],
      ['less below lower under fewer down', 'below'],
    ] as const
  ).flatMap(([words, side]) =>
    words.split(' ').flatMap((word) => [[`or ${word}`, side] as const, [`and ${word}`, side] as const]),
  ),
);

const AIMS = phrases([
  ['all the way to', 'above'],
  ['as high as', 'above'],
  ['up to', 'above'],
  ['past', 'above'],
  ['as low as', 'below'],
  ['down to', 'below'],
]);

const PLAIN_AIMS: readonly (readonly string[])[] = [
  ['back', 'to'],
  ['back', 'at'],
  ['to'],
  ['at'],
  ['through'],
  ['into'],
];

/** Words that may stand between a comparison and its amount: "above the $100k mark", "below a price of $50,000". */
const BETWEEN: readonly (readonly string[])[] = [['a', 'price', 'of'], ['the'], ['a'], ['usd'], []];

const SIGN_SIDE = { '>': 'above', '>=': 'above', '<': 'below', '<=': 'below' } as const;

const phraseAt = (tokens: readonly Token[], at: number, list: Phrases): readonly [number, Side] | null => {
  const found = list.find(([words]) => startsWith(tokens, at, words));
  return found === undefined ? null : [found[0].length, found[1]];
};

function amountAt(tokens: readonly Token[], at: number): Taken<NumberToken> | null {
  for (const words of BETWEEN) {
    const token = tokens[at + words.length];
    if (startsWith(tokens, at, words) && token?.kind === 'number' && !token.isOrdinal)
      return { item: token, length: words.length + 1 };
  }
  return null;
}

/** A price with what says its side. */
export function levelAt(tokens: readonly Token[], at: number): Taken<Level> | null {
  return rangeAt(tokens, at) ?? sideAt(tokens, at) ?? plainAt(tokens, at);
}

function sideAt(tokens: readonly Token[], at: number): Taken<Level> | null {
  const token = tokens[at];
  const [lead, side] =
    token?.kind === 'sign' ? [1, SIGN_SIDE[token.sign]] : (phraseAt(tokens, at, SIDES) ?? [0, null]);
  const amount = amountAt(tokens, at + lead);
  if (amount === null) return null;
  const end = at + lead + amount.length;
  const behind = amount.item.hasPlus ? ([0, 'above'] as const) : phraseAt(tokens, end, BEHIND);
  if (side === null && behind === null) return null;
  // "above $60,000 or lower" says two things.
  if (side !== null && behind !== null && behind[1] !== side) return null;
  const length = lead + amount.length + (behind?.[0] ?? 0);
  const found = side ?? behind?.[1] ?? 'above';
  return {
    item: { kind: 'side', side: found, strikeUsd: amount.item.value, text: textOf(tokens, at, length) },
    length,
  };
}

function plainAt(tokens: readonly Token[], at: number): Taken<Level> | null {
  const aim = phraseAt(tokens, at, AIMS);
  const plain = aim === null ? PLAIN_AIMS.find((words) => startsWith(tokens, at, words)) : undefined;
  const lead = aim?.[0] ?? plain?.length ?? 0;
  const amount = amountAt(tokens, at + lead);
  if (amount === null) return null;
  const length = lead + amount.length;
  const text = textOf(tokens, at, length);
  const behind = phraseAt(tokens, at + length, BEHIND);
  // "dips to $50,000 or lower": the words behind say the side.
  if (behind !== null || amount.item.hasPlus) {
    const [more, side] = behind ?? [0, 'above' as const];
    if (aim !== null && aim[1] !== side) return null;
    return {
      item: { kind: 'side', side, strikeUsd: amount.item.value, text: textOf(tokens, at, length + more) },
      length: length + more,
    };
  }
  return {
    item: {
      kind: 'plain',
      strikeUsd: amount.item.value,
      side: aim?.[1] ?? null,
      isAim: plain?.[plain.length - 1] === 'to',
      text,
    },
    length,
  };
}

const RANGE_LEADS: readonly (readonly string[])[] = [
  ['in', 'the', 'range', 'of'],
  ['in', 'a', 'range', 'of'],
  ['within', 'the', 'range', 'of'],
  ['in', 'the', 'range'],
  ['within', 'the', 'range'],
  ['in', 'the'],
  ['in', 'between'],
  ['inside'],
  ['between'],
  ['within'],
  ['from'],
  [],
];

function rangeAt(tokens: readonly Token[], at: number): Taken<Level> | null {
  const lead = RANGE_LEADS.find((words) => startsWith(tokens, at, words)) ?? [];
  const from = tokens[at + lead.length];
  if (from?.kind !== 'number' || from.isOrdinal || from.hasPlus) return null;
  const gap = at + lead.length + 1;
  const to = tokens[gap + 1];
  const isDash = tokens[gap]?.kind === 'dash';
  const joint = wordAt(tokens, gap);
  const isPair = joint === 'to' && from.isDollar && to?.kind === 'number' && to.isDollar;
  if (!isDash && !isPair && !(lead.length > 0 && (joint === 'and' || joint === 'to'))) return null;
  if (to?.kind !== 'number' || to.isOrdinal || to.hasPlus) return null;
  const ranged = wordAt(tokens, gap + 2) === 'range' ? 1 : 0;
  const length = lead.length + 3 + ranged;
  const lowUsd = sharedScale(from, to);
  return {
    item: { kind: 'range', lowUsd, highUsd: to.value, text: textOf(tokens, at, length) },
    length,
  };
}

/** "84-86k" means 84k: a lower end without a scale takes that of the upper one, where it fits under it. */
function sharedScale(from: NumberToken, to: NumberToken): number {
  if (from.scale !== null || to.scale === null || from.isGrouped) return from.value;
  const value = scaled(String(from.value), to.scale);
  return value < to.value ? value : from.value;
}
