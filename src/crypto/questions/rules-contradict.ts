import type { DescribedRules } from './description.ts';
import type { Side } from './levels.ts';
import { type OtherPayoff, other } from './payoff.ts';
import type { Comparison, RuleCondition } from './rule-conditions.ts';
import type { Shape } from './shape.ts';

/**
 * Why the rules pay another outcome, on another price or at another strike than the question asks, or null where they do not. Rules are
 * prose: what no pattern finds contradicts nothing, and what one finds is held against the question word by word.
 */
export function contradictionIn(shape: Shape, rules: DescribedRules): OtherPayoff | null {
  return (
    termContradicts(rules) ??
    quoteContradicts(rules) ??
    fieldContradicts(shape, rules) ??
    conditionContradicts(shape, rules)
  );
}

function termContradicts({ otherTerm }: DescribedRules): OtherPayoff | null {
  return otherTerm === null
    ? null
    : other('disagreement', `the description pays on other terms: "${otherTerm}"`);
}

function quoteContradicts({ otherQuotes }: DescribedRules): OtherPayoff | null {
  const [quote] = otherQuotes;
  return quote === undefined
    ? null
    : other('disagreement', `the description names "${quote}", and a price here is one in dollars`);
}

/** Which field of a candle decides. Rules that name none, or that of another as well, say nothing against it. */
function fieldContradicts(shape: Shape, { fields }: DescribedRules): OtherPayoff | null {
  if (fields.length === 0) return null;
  const named = `"${fields.join('", "')}"`;
  const isRight = (): boolean => {
    switch (shape.kind) {
      case 'close':
      case 'range':
        return fields.includes('close') && !fields.includes('high') && !fields.includes('low');
      case 'up-or-down':
        return !fields.includes('high') && !fields.includes('low');
      case 'first-to-hit':
        return fields.includes('high') || fields.includes('low');
      case 'one-touch':
        if (shape.direction === null) return fields.includes('high') || fields.includes('low');
        return fields.includes(shape.direction === 'above' ? 'high' : 'low');
    }
  };
  return isRight()
    ? null
    : other('disagreement', `the question asks for a ${shape.kind}, the description names ${named}`);
}

function conditionContradicts(shape: Shape, { conditions }: DescribedRules): OtherPayoff | null {
  const bad =
    shape.kind === 'range'
      ? conditions.find((condition) => isOutsideRange(shape, condition))
      : shape.kind === 'first-to-hit'
        ? conditions.find((condition) => isOtherRunner(shape, condition))
        : conditionAgainst(shape, conditions);
  if (bad === undefined) return null;
  const name = bad.outcome === null ? 'it asks' : `${nameOf(bad.outcome)} is paid for`;
  return other('disagreement', `the description turns the question round: ${name} "${bad.text}"`);
}

const nameOf = (outcome: RuleCondition['outcome']): string =>
  outcome === 'first' ? 'Yes' : outcome === 'second' ? 'No' : `$${outcome}`;
const isNear = (one: number, two: number): boolean =>
  Math.abs(one - two) <= Math.max(Math.abs(one) * 1e-9, one >= 10 ? 0.0101 : 0);
const turned = (side: Side): Side => (side === 'above' ? 'below' : 'above');

/** A condition that pays for the other side of the strike, or at another strike. */
function conditionAgainst(
  { kind, direction, strikesUsd }: Shape,
  conditions: readonly RuleCondition[],
): RuleCondition | undefined {
  const asked = direction === 'up' ? 'above' : direction;
  const [strike] = kind === 'up-or-down' ? [] : strikesUsd;
  const isAtStrike = ({ amountUsd }: Comparison): boolean =>
    amountUsd === null || strike === undefined || isNear(strike, amountUsd);
  // A small number may count something else: "more than 3 exchanges".
  const isElsewhere = (each: Comparison): boolean =>
    strike !== undefined &&
    !isAtStrike(each) &&
    (each.isDollar || ((each.amountUsd ?? 0) > strike / 10 && (each.amountUsd ?? 0) < strike * 10));
  const judged = conditions
    .filter(({ isTwoSided }) => !(kind === 'one-touch' && isTwoSided))
    .map((condition) => {
      const isStartFirst = kind === 'up-or-down' && condition.isEarlierFirst;
      const isTurned = (condition.isDenied !== (condition.outcome === 'second')) !== isStartFirst;
      // A price that is reached is what a touch asks, and says nothing of a close; one that a close breaks or crosses is below it.
      const reached = (words: string): Side | null =>
        kind === 'one-touch' ? asked : /^(?:br|cross)/i.test(words) ? 'above' : null;
      const sides = condition.comparisons
        .filter(isAtStrike)
        .flatMap(({ side, text }) => side ?? reached(text) ?? [])
        .map((side) => (isTurned ? turned(side) : side));
      return {
        condition,
        isFor: asked !== null && sides.includes(asked),
        isAgainst: asked !== null && sides.includes(turned(asked)),
        isElsewhere: condition.comparisons.some(isElsewhere),
      };
    });
  const isBorneOut = judged.some(({ isFor }) => isFor);
  return judged.find(({ condition: { outcome }, isAgainst, isElsewhere: isOther }) =>
    // What names no outcome may describe the other one, and then something else is said of this one.
    outcome === null ? isAgainst && !isBorneOut : isAgainst || isOther,
  )?.condition;
}

/** "No" for a price between the two, or "Yes" for one outside of them. */
function isOutsideRange({ strikesUsd: [low = 0, high = 0] }: Shape, condition: RuleCondition): boolean {
  if (typeof condition.outcome !== 'string') return false;
  const { comparisons, isBetween, isOutside, isDenied, outcome } = condition;
  const has = (side: Side, strike: number): boolean =>
    comparisons.some(
      (each) => each.side === side && each.amountUsd !== null && isNear(strike, each.amountUsd),
    );
  const isIn = isBetween || (has('above', low) && has('below', high));
  const isOut = isOutside || has('below', low) || has('above', high);
  const paysYes = (outcome === 'first') !== isDenied;
  return (isIn && !paysYes) || (isOut && paysYes);
}

/** Of two prices the first named pays Yes: a condition of the first outcome that names the second price alone pays the wrong one. */
function isOtherRunner({ strikesUsd: [one = 0, two = 0] }: Shape, condition: RuleCondition): boolean {
  const { outcome, isDenied, earlierUsd } = condition;
  if (outcome === null) return false;
  const isFirst = typeof outcome === 'number' ? isNear(one, outcome) : outcome === 'first';
  const isOwn = isFirst !== isDenied;
  const [own, another] = isOwn ? [one, two] : [two, one];
  const names = (strike: number): boolean => earlierUsd.some((amount) => isNear(strike, amount));
  return names(another) && !names(own);
}
