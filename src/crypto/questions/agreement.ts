import { shownAt, yearOf } from './civil-time.ts';
import type { DescribedRules } from './description.ts';
import { strikesIn } from './levels.ts';
import { type OtherPayoff, other, type PayoffWindow } from './payoff.ts';
import type { WrittenPeriod } from './periods.ts';
import { contradictionIn } from './rules-contradict.ts';
import type { Sentence } from './sentence.ts';
import type { Shape } from './shape.ts';
import { namesDay, type SlugFacts } from './slug.ts';

/** Each check says why two parts of a listing contradict each other, or null where they do not. No trade beats a wrong trade. */
type Check = OtherPayoff | null;

const symbols = (coins: readonly { readonly symbol: string }[]): string =>
  coins.map(({ symbol }) => symbol).join(', ');

const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= Math.abs(a) * 1e-9;
const amounts = (values: readonly number[]): string => values.map((value) => `$${value}`).join(', ');

export function slugAgrees(shape: Shape, slug: SlugFacts): Check {
  if (slug.coins.length > 0 && !slug.coins.includes(shape.coin))
    return other(
      'disagreement',
      `the text is about ${shape.coin.symbol}, the slug about ${symbols(slug.coins)}`,
    );
  const [side] = slug.sides;
  const isSided = shape.kind === 'close' || shape.kind === 'one-touch';
  // A ladder's own slug says "hit" for rungs on both sides; only the slug of one market names a price as well.
  if (
    isSided &&
    slug.sides.length === 1 &&
    slug.strikesUsd.length > 0 &&
    shape.direction !== null &&
    side !== shape.direction
  )
    return other('disagreement', `the text says ${shape.direction}, the slug ${side}`);
  if (slug.strikesUsd.length === 0 || shape.strikesUsd.length === 0) return null;
  const known = [...slug.strikesUsd, ...slug.looseUsd];
  const lacking = shape.strikesUsd.find((strike) => !known.some((value) => isSame(strike, value)));
  if (lacking === undefined) return null;
  return other('disagreement', `the text says ${amounts([lacking])}, the slug ${amounts(slug.strikesUsd)}`);
}

/** The title of the event, or a ladder's label: what it says has to be what the question says. */
export function besideAgrees(shape: Shape, beside: Sentence, name: string): Check {
  const coins = beside.coins.map(({ coin }) => coin);
  if (coins.length > 0 && !coins.includes(shape.coin))
    return other(
      'disagreement',
      `the question is about ${shape.coin.symbol}, ${name} about ${symbols(coins)}`,
    );
  const strikes = beside.levels.flatMap(strikesIn);
  if (
    strikes.length > 0 &&
    shape.strikesUsd.some((strike) => !strikes.some((value) => isSame(strike, value)))
  )
    return other(
      'disagreement',
      `the question says ${amounts(shape.strikesUsd)}, ${name} ${amounts(strikes)}`,
    );
  const [arrow] = beside.arrows;
  if (arrow !== undefined && shape.direction !== null && shape.direction !== arrow.side)
    return other('disagreement', `the question says ${shape.direction}, ${name} "${arrow.text}"`);
  const [period, second] = beside.periods;
  if (period === undefined || second !== undefined || shape.period === null) return null;
  return isOtherPeriod(period.period, shape.period.period)
    ? other('disagreement', `the question says "${shape.period.text}", ${name} "${period.text}"`)
    : null;
}

/** Whether two periods of one kind name other dates. A year that only one of them has says nothing. */
function isOtherPeriod(a: WrittenPeriod, b: WrittenPeriod): boolean {
  const years = (one: number | null, two: number | null): boolean =>
    one !== null && two !== null && one !== two;
  if (a.kind === 'days' && b.kind === 'days')
    return (
      a.first.month !== b.first.month ||
      a.first.day !== b.first.day ||
      a.last.month !== b.last.month ||
      a.last.day !== b.last.day ||
      years(a.last.year, b.last.year)
    );
  if (a.kind === 'month' && b.kind === 'month') return a.month !== b.month || years(a.year, b.year);
  return a.kind === 'year' && b.kind === 'year' && years(a.year, b.year);
}

export function rulesAgree(shape: Shape, rules: DescribedRules): Check {
  if (rules.notAPrice !== null)
    return other('not-a-price', `the description is about "${rules.notAPrice}", not about what a coin costs`);
  const coins = rules.pairedCoins.length > 0 ? rules.pairedCoins : rules.namedCoins;
  if (coins.length > 0 && !coins.includes(shape.coin.symbol))
    return other(
      'disagreement',
      `the question is about ${shape.coin.symbol}, the description about ${coins.join(', ')}`,
    );
  if (shape.source !== null && rules.source !== null && shape.source !== rules.source)
    return other('disagreement', `the question names ${shape.source}, the description ${rules.source}`);
  return payoffAgrees(shape, rules) ?? amountsAgree(shape, rules) ?? contradictionIn(shape, rules);
}

function payoffAgrees(shape: Shape, { payoff, touchSide }: DescribedRules): Check {
  if (payoff === null) return null;
  const asked = {
    close: 'close',
    range: 'close',
    'one-touch': 'touch',
    'first-to-hit': 'touch',
    'up-or-down': 'up-or-down',
  } as const;
  if (asked[shape.kind] !== payoff)
    return other(
      'disagreement',
      `the question asks for a ${shape.kind}, the description settles a ${payoff}`,
    );
  if (
    shape.kind === 'one-touch' &&
    touchSide !== null &&
    shape.direction !== null &&
    touchSide !== shape.direction
  )
    return other(
      'disagreement',
      `the question says ${shape.direction}, the description takes the ${touchSide === 'above' ? 'high' : 'low'}`,
    );
  return null;
}

/** Rules often say "$1,700.01 or more" for "above $1,700", so a cent is no difference. Where they name no amount, they name none to contradict. */
function amountsAgree(shape: Shape, { amountsUsd }: DescribedRules): Check {
  if (amountsUsd.length === 0 || shape.strikesUsd.length === 0) return null;
  const isNear = (strike: number, value: number): boolean =>
    isSame(strike, value) || (strike >= 10 && Math.abs(strike - value) < 0.0101);
  const lacking = shape.strikesUsd.find((strike) => !amountsUsd.some((value) => isNear(strike, value)));
  if (lacking === undefined) return null;
  return other(
    'disagreement',
    `the question says ${amounts([lacking])}, the description ${amounts(amountsUsd.slice(0, 4))}`,
  );
}

/** Whether the dates of slug and description are those of the window, where they name any. */
export function datesAgree(
  window: PayoffWindow,
  slug: SlugFacts | null,
  rules: DescribedRules | null,
): Check {
  const days = daysOfWindow(window);
  if (days === null) return null;
  if (slug !== null && slug.monthDays.length > 0 && !namesDay(slug.monthDays, days.ends, days.years))
    return other('disagreement', 'the slug names another day than the question and the end date');
  if (slug !== null && slug.years.length > 0 && !slug.years.some((year) => days.years.includes(year)))
    return other(
      'disagreement',
      `the slug is of ${slug.years.join(', ')}, the window of ${days.years.join(', ')}`,
    );
  if (rules !== null && rules.days.length > 0 && !rules.days.some((day) => days.ends.includes(day)))
    return other('disagreement', 'the description names other days than the question and the end date');
  return null;
}

/** The days that may be named as first and last of a window: that of its start, that of its end, and the one that its end closes. */
function daysOfWindow({
  startAtMs,
  endAtMs,
  zone,
}: PayoffWindow): { ends: readonly number[]; years: readonly number[] } | null {
  if (endAtMs === null) return null;
  const { day } = shownAt(endAtMs, zone);
  const before = shownAt(endAtMs - 1, zone).day;
  const start = startAtMs === null ? [] : [shownAt(startAtMs, zone).day];
  const ends = [...start, before, day];
  return { ends, years: [...new Set(ends.map((each) => yearOf(each)))] };
}
