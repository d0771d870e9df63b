import type { Side } from './levels.ts';
import { scaled } from './tokens.ts';

/** A comparison in the rules: with an amount ("above $60,000", "$60,000 or lower"), or with the price that is named elsewhere (null). */
export interface Comparison {
  /** Null for a price that is reached, from either side. */
  readonly side: Side | null;
  readonly amountUsd: number | null;
  /** Whether a dollar sign says that the number is an amount. */
  readonly isDollar: boolean;
  readonly text: string;
}

/** What the rules put beside an outcome, or say without naming one. */
export interface RuleCondition {
  /** `first` for Yes and Up, `second` for No and Down; dollars where the outcome itself is a price; null without one. */
  readonly outcome: 'first' | 'second' | number | null;
  readonly comparisons: readonly Comparison[];
  /** "unless", or a denial before the comparison: what is beside the outcome is then what it is not paid for. */
  readonly isDenied: boolean;
  readonly isBetween: boolean;
  readonly isOutside: boolean;
  /** High and low are both named, as in the rules of a ladder with rungs on both sides. */
  readonly isTwoSided: boolean;
  /** Of two moments that are compared, the earlier one stands first: "the close of June 23 is lower than that of June 24". */
  readonly isEarlierFirst: boolean;
  /** Amounts that stand before any "before". */
  readonly earlierUsd: readonly number[];
  readonly text: string;
}

const NAME = 'yes|no|up|down';
/** "no" and "up" are words as well: an outcome is quoted, or stands where only an outcome does. */
const OUTCOME = new RegExp(
  String.raw`["'](${NAME})["']|(?:\b(?:to|as|otherwise|else|in favou?r of),?\s+|(?:[-=]>|→)\s?)(${NAME})\b|\b(${NAME})(?=\s?[:=]|\s+(?:if|when|unless|pays?|wins?|shares?|otherwise)\b)|\b(?:to|as)\s+["'](\$?\d[\d,]*(?:\.\d+)?\s?[kmb]?)["']`,
  'gi',
);
const LEAD =
  /^["']?\s*(?:shares?\s+)?(?:(?:pays?|wins?|resolves?|settles?)\b\s*)?(?:(?:out|only|immediately)\s+)*,?\s*(?::|=|if\b|when(?:ever)?\b|as soon as\b|once\b|(unless)\b|should\b|in (?:case|the event)\b|provided\b|where\b|for\b)|^["']?\s*(?:shares?\s+)?(?:pays?|wins?)\b/i;
/** A full stop that ends a sentence: not that of "12 p.m." or "i.e.". */
const SENTENCE_END = /(?<!\b[a-z])\.(?=\s|$)|[;!?](?=\s|$)/i;

export const conditionsIn = (text: string): readonly RuleCondition[] =>
  text.split(SENTENCE_END).flatMap(conditionsOf);

/** Words behind an outcome belong to it where they begin like a condition, else those before it that belong to no other. */
function conditionsOf(sentence: string): readonly RuleCondition[] {
  const found: RuleCondition[] = [];
  const mentions = [...sentence.matchAll(OUTCOME)];
  let free = 0;
  for (const [index, mention] of mentions.entries()) {
    const end = mention.index + mention[0].length;
    const next = mentions[index + 1]?.index ?? sentence.length;
    const behind = sentence.slice(end, next);
    const before = sentence.slice(free, mention.index);
    const outcome = outcomeOf(mention);
    const lead = LEAD.exec(behind);
    if (lead !== null) found.push(conditionOf(outcome, behind, lead[1] !== undefined));
    // "Otherwise No" repeats what was said of the other outcome.
    else if (!/\b(otherwise|else)\b/i.test(sentence.slice(free, end)))
      found.push(conditionOf(outcome, before, /\bunless\b/i.test(before)));
    free = lead !== null ? next : end;
  }
  const rest = sentence.slice(free);
  return rest.trim() === '' ? found : [...found, conditionOf(null, rest, false)];
}

function outcomeOf([, quoted, behindWord, beforeWord, price]: RegExpExecArray): RuleCondition['outcome'] {
  if (price !== undefined) return amountOf(price);
  const name = (quoted ?? behindWord ?? beforeWord ?? '').toLowerCase();
  return name === 'yes' || name === 'up' ? 'first' : 'second';
}

function conditionOf(outcome: RuleCondition['outcome'], words: string, isUnless: boolean): RuleCondition {
  const text = amountsBehind(words);
  const starts = [COMPARED, COMPARED_BEHIND, INSIDE, PRICED].map((pattern) => text.search(pattern));
  const start = Math.min(...starts.filter((at) => at >= 0), text.length);
  const isDenied = DENIAL.test(text.slice(0, start)) !== isUnless;
  const [earlier = ''] = text.split(/\bbefore\b/i);
  return {
    outcome,
    comparisons: comparisonsIn(text),
    isDenied,
    isBetween: INSIDE.test(text),
    isOutside: /\boutside\b/i.test(text),
    isTwoSided: /\bhigh\b/i.test(text) && /\blow\b/i.test(text),
    isEarlierFirst: isEarlierFirst(text),
    earlierUsd: [...earlier.matchAll(PRICED_ALL)].map(([words]) => amountOf(words)),
    text: words.trim().slice(0, 80),
  };
}

/** "$62,000 < Close" is a close above $62,000. */
function amountsBehind(text: string): string {
  return text.replace(
    AMOUNT_FIRST,
    (_, amount: string, sign: string) =>
      `${sign.startsWith('<') || sign === '≤' ? ' above' : ' below'} ${amount}, `,
  );
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_DAY = new RegExp(String.raw`\b(${MONTHS.join('|')})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b`, 'i');
const START = /\b(?:open|opening|start|beginning|previous)\b/i;
const END = /\b(?:close|closing|end|final|following)\b/i;
/** Windows last days at most, so a later date that seems half a year earlier is in the next year. */
const HALF_A_YEAR_DAYS = 186;

function isEarlierFirst(text: string): boolean {
  const at = text.search(COMPARED);
  if (at < 0) return false;
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const [first, second] = [dayIn(before), dayIn(after)];
  if (first !== null && second !== null && first !== second)
    return first < second === Math.abs(second - first) < HALF_A_YEAR_DAYS;
  return START.test(before) && !END.test(before) && END.test(after);
}

/** A number that grows with the day of the year; null where no day is named. */
function dayIn(text: string): number | null {
  const [, month, day] = MONTH_DAY.exec(text) ?? [];
  return month === undefined ? null : 31 * MONTHS.indexOf(month.toLowerCase()) + Number(day);
}

/** A word before a comparison that denies it or what is compared; "no lower than" is a comparison, and "no other source" is none. */
const DENIAL =
  /\b(?:not|never|neither|nor|fails? to|without|cannot)\b|n't\b|\bno\b(?! (?:less|lower|more|greater|higher|other|later|earlier)\b)/i;
const INSIDE = /\b(?:between|within|inside)\s+(?:the\b|\$|\d[\d,.]*(?![\d,.:]))/i;

const AMOUNT = String.raw`\$?\s?\d[\d,]{0,20}(?:\.\d{1,20})?(?:\s?[kmb]\b)?(?![\d:%]|\.\d|\s?(?:seconds?|minutes?|hours?|days?|decimals?|[ap]\.?m\b))`;
const MORE = `no (?:less|lower) than|at or (?:above|over)|above|over|greater than|higher than|more than|at least|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|tops|topped|clears|cleared|north of|(?:rises?|climbs?) to|>=?|≥`;
const LESS = `no (?:more|greater|higher) than|at or (?:below|under)|below|under|beneath|less than|lower than|at most|south of|(?:falls?|drops?|dips?) to|<=?|≤`;
const REACHED = '(?:reach(?:es|ed)?|hits?|touch(?:es|ed)?|break(?:s|ing)?|broke|cross(?:es|ed|ing)?)';
const DAY = String.raw`(?:${MONTHS.join('|')})[a-z]{0,6}\.?\s\d{1,2}(?:st|nd|rd|th)?,?(?:\s(?:20|')\d{2},?)?`;
const TIME_OF_DAY = String.raw`noon|midnight|\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?|et|utc`;
const BETWEEN = String.raw`(?:(?:or|equal|to|than|the|a|of|its|final|specified|stated|named|reference|opening|previous|yesterday's|target|strike|usd|level|mark|price|value|amount|"close"|"open"|${DAY}|${TIME_OF_DAY})\s+){0,16}`;
const PLACE = String.raw`(?:price|value|amount|one|title|question|strike|threshold|level|mark|that of|open|opening|"open|"?clos(?:e|ing))\b`;
const COMPARED = new RegExp(
  String.raw`(?:(?<![\w-])(${MORE})|(?<![\w-])(${LESS})|\b${REACHED}\b)\s*${BETWEEN}(?:(${AMOUNT})|${PLACE})`,
  'gi',
);
const COMPARED_BEHIND = new RegExp(
  String.raw`(?:(${AMOUNT})(?:\s(?:usd[tc]?|dollars?))?|\b(?:title|price|one|strike))\s*,?\s*(?:or|and)\s+(?:(more|above|higher|greater|over)|(?:less|below|lower|under|fewer))\b(?!\s+(?:than\s+)?(?:\$|\d|equal))`,
  'gi',
);

const AMOUNT_FIRST = new RegExp(String.raw`(${AMOUNT})\s?([<>]=?|[≤≥])\s?(?=["(]?[a-z])`, 'gi');
const PRICED = new RegExp(AMOUNT, 'i');
const PRICED_ALL = new RegExp(AMOUNT, 'gi');

function comparisonsIn(text: string): readonly Comparison[] {
  const comparison = (words: string, side: Side | null, amount: string | undefined): Comparison => ({
    side,
    amountUsd: amount === undefined ? null : amountOf(amount),
    isDollar: amount?.includes('$') === true,
    text: words.trim(),
  });
  return [
    ...[...text.matchAll(COMPARED)].map(([words, more, less, amount]) =>
      comparison(words, more !== undefined ? 'above' : less !== undefined ? 'below' : null, amount),
    ),
    ...[...text.matchAll(COMPARED_BEHIND)].map(([words, amount, more]) =>
      comparison(words, more !== undefined ? 'above' : 'below', amount),
    ),
  ];
}

function amountOf(words: string): number {
  const [, digits = '', scale] = /(\d[\d,]*(?:\.\d+)?)\s?([kmb])?/i.exec(words) ?? [];
  return scaled(digits.replaceAll(',', ''), scale);
}
