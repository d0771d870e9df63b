import { below, type ReturnLaw, survival } from './return-law.ts';

/** Probability that the price is at or above `strike` at the horizon. Prices in one unit, above 0. */
export const closeAbove = (law: ReturnLaw, spot: number, strike: number): number =>
  survival(law, logDistance(spot, strike));

/** Probability that it is below `strike`; with `closeAbove` it is one. */
export const closeBelow = (law: ReturnLaw, spot: number, strike: number): number =>
  below(law, logDistance(spot, strike));

/** Probability of a close at or above `low` and below `high`: a difference, taken in the tail that both lie in, where digits remain. */
export function closeInside(law: ReturnLaw, spot: number, low: number, high: number): number {
  if (!(high > low)) throw new RangeError(`a range needs its lower end first, found ${low} to ${high}`);
  const [from, to] = [logDistance(spot, low), logDistance(spot, high)];
  return from >= law.drift
    ? survival(law, from) - survival(law, to)
    : Math.max(0, below(law, to) - below(law, from));
}

/** ln(level / spot); a price that is not a positive number is a broken invariant of whoever asks. */
export function logDistance(spot: number, level: number): number {
  if (!(spot > 0 && level > 0 && spot < Number.POSITIVE_INFINITY && level < Number.POSITIVE_INFINITY))
    throw new RangeError(`prices must be above 0, found spot ${spot} and level ${level}`);
  return Math.log(level / spot);
}
