import { mulDiv, type Price, type Shares } from '../domain/units.ts';

/** One market in a conversion: whether it gives NO or gets YES, and what its YES share is worth. */
export interface ConversionSide {
  readonly givesNo: boolean;
  readonly mark: Price;
}

/** What a conversion does to one market: shares, and the dollars that belong to them (in positive, paid negative). */
export interface ConversionChange {
  readonly yesShares: number;
  readonly noShares: number;
  readonly yesUsd: number;
  readonly noUsd: number;
}

/**
 * Shares a conversion of `amount` NO each out over its markets, so that nothing is made or lost. One YES of every question is a
 * dollar; it is divided as the marks say, to the micro-dollar. Then NO is worth what is left of a dollar, and what the markets get
 * comes to `amount` times (m - 1), which is what the chain pays out.
 */
export function conversionChanges(amount: Shares, sides: readonly ConversionSide[]): ConversionChange[] {
  const yesWorth = shareDollar(
    amount,
    sides.map(({ mark }) => mark),
  );
  return sides.map(({ givesNo }, index) => {
    const worth = yesWorth[index] as number;
    return givesNo
      ? { yesShares: 0, noShares: -amount, yesUsd: 0, noUsd: amount - worth }
      : { yesShares: amount, noShares: 0, yesUsd: -worth, noUsd: 0 };
  });
}

/** `amount` divided in the proportion of the marks, evenly where all are 0; what rounding leaves goes to the largest. */
function shareDollar(amount: Shares, marks: readonly Price[]): number[] {
  const total = marks.reduce((sum: number, mark) => sum + mark, 0);
  const weights: readonly number[] = total === 0 ? marks.map(() => 1) : marks;
  const whole = total === 0 ? marks.length : total;
  const parts = weights.map((weight) => mulDiv(amount, weight, whole, 'down'));
  const largest = weights.indexOf(Math.max(...weights));
  const left = amount - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, index) => (index === largest ? part + left : part));
}
