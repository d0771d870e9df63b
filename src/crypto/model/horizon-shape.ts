import { gammaRatio, unitVarianceFactor } from '../../pricing/student-t.ts';
import type { ReturnLaw } from './return-law.ts';

/**
 * What returns over one horizon look like, in units of the volatility a day to expect times the square root of days: shift + scale * Z,
 * with Z Student-t of variance 1 with `nu` degrees of freedom. To expect is the estimated volatility times (usual / estimated) to the
 * power of `reversion`: after wild days calmer ones are ahead than the estimate says, and after calm ones wilder.
 */
export interface HorizonShape {
  readonly horizonDays: number;
  readonly nu: number;
  readonly scale: number;
  readonly shift: number;
  /** From 0, what is estimated stays, to 1, all of it has returned to the usual by the end of the horizon. */
  readonly reversion: number;
  readonly usualVolatility: number;
}

/** What is assumed before anything is fitted: the tail of the setting, the estimated volatility as it is, and no drift. */
export const plainShape = (nu: number): HorizonShape => ({
  horizonDays: 1,
  nu,
  scale: 1,
  shift: 0,
  reversion: 0,
  usualVolatility: 1,
});

export interface FitTerms {
  readonly leastNu: number;
  readonly mostNu: number;
  /** Whether the deviation is fitted too; without, it is the estimated volatility. */
  readonly fitsScale: boolean;
  /**
   * How strongly drift is held to zero: the days of evidence that weigh as much as the belief that there is none. 365 says that a
   * year's mean over its deviation is around zero with deviation 1. Infinity allows no drift.
   */
  readonly driftPriorDays: number;
  /** Standard deviation of what is believed of `reversion` before any evidence, around none. 0 allows none. */
  readonly reversionPrior: number;
}

export const FIT_TERMS: FitTerms = {
  leastNu: 3,
  mostNu: 30,
  fitsScale: true,
  driftPriorDays: 365,
  reversionPrior: 0.15,
};

/** A return over one horizon, in units of the volatility a day that was known at its start times the root of days. */
export interface StandardisedReturn {
  readonly value: number;
  readonly volatility: number;
}

/** With fewer a tail cannot be told from chance. */
export const LEAST_RETURNS_TO_FIT = 250;

/**
 * Shape by maximum likelihood. Returns may overlap, one from every day: then each stands for 1 / horizonDays of evidence, which the
 * beliefs about drift and reversion are weighed against in the same measure. Null with fewer than 250.
 */
export function fitShape(
  returns: readonly StandardisedReturn[],
  horizonDays: number,
  terms: FitTerms = FIT_TERMS,
): HorizonShape | null {
  if (returns.length < LEAST_RETURNS_TO_FIT) return null;
  const logs = returns.map(({ volatility }) => Math.log(volatility));
  const usual = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  // Around the mean logarithm the factors multiply to one, so likelihoods of different reversions compare as they are.
  const reverted = (reversion: number): number[] =>
    returns.map(({ value }, index) => value * Math.exp(reversion * (logs[index]! - usual)));
  const first = tailAndPlace(reverted(0), terms);
  const held = horizonDays / (2 * terms.reversionPrior ** 2);
  const explained = (reversion: number): number => {
    const values = reverted(reversion);
    const place = placeFor(values, first.nu, terms, first);
    return penalisedLikelihood(values, first.nu, place, terms) - held * reversion ** 2;
  };
  const reversion = terms.reversionPrior > 0 ? highest(explained, 0, 1) : 0;
  const fitted = reversion === 0 ? first : tailAndPlace(reverted(reversion), terms);
  return { horizonDays, ...fitted, reversion, usualVolatility: Math.exp(usual) };
}

function tailAndPlace(values: readonly number[], terms: FitTerms): Place & { readonly nu: number } {
  let place: Place = { shift: 0, scale: 1 };
  const at = (logNu: number): number => {
    place = placeFor(values, Math.exp(logNu), terms, place);
    return penalisedLikelihood(values, Math.exp(logNu), place, terms);
  };
  const nu = Math.exp(highest(at, Math.log(terms.leastNu), Math.log(terms.mostNu)));
  return { nu, ...placeFor(values, nu, terms, place) };
}

interface Place {
  readonly shift: number;
  readonly scale: number;
}

const MOST_ROUNDS = 60;
const CLOSE = 1e-5;

/** Shift and scale for a given nu, by expectation and maximisation: far returns get little weight (Lange, Little and Taylor 1989). */
function placeFor(returns: readonly number[], nu: number, terms: FitTerms, start: Place): Place {
  const stretch = unitVarianceFactor(nu);
  let { shift, scale } = start;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const variance = (scale / stretch) ** 2;
    let [weights, weighted, squares] = [0, 0, 0];
    for (const value of returns) {
      const weight = (nu + 1) / (nu + (value - shift) ** 2 / variance);
      weights += weight;
      weighted += weight * value;
      squares += weight * value * value;
    }
    const moved = weighted / (weights + terms.driftPriorDays * variance);
    const spread = squares - 2 * moved * weighted + moved * moved * weights;
    const widened = terms.fitsScale ? stretch * Math.sqrt(spread / returns.length) : 1;
    const settled = Math.abs(moved - shift) < CLOSE && Math.abs(widened - scale) < CLOSE;
    [shift, scale] = [moved, widened];
    if (settled) break;
  }
  return { shift, scale };
}

function penalisedLikelihood(returns: readonly number[], nu: number, place: Place, terms: FitTerms): number {
  const width = place.scale / unitVarianceFactor(nu);
  const front = Math.log(gammaRatio(nu / 2)) - Math.log(Math.PI * nu) / 2 - Math.log(width);
  let logs = 0;
  for (const value of returns) logs += Math.log1p(((value - place.shift) / width) ** 2 / nu);
  const held = place.shift === 0 ? 0 : (terms.driftPriorDays * place.shift ** 2) / 2;
  return returns.length * front - ((nu + 1) / 2) * logs - held;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const BRACKET = 0.01;

/** Where a function with one peak is highest between two bounds, by golden section. */
function highest(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [of(left), of(right)];
  while (high - low > BRACKET) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = of(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = of(right);
    }
  }
  const middle = (low + high) / 2;
  const ends = [from, to].map((x) => [x, of(x)] as const);
  return ends.reduce((best, end) => (end[1] > best[1] ? end : best), [middle, of(middle)] as const)[0];
}

/**
 * The law over `horizonDays` for a volatility a day: shapes between two fitted horizons follow the logarithm of time; below the
 * shortest and above the longest one drift changes with the root of time, and reversion vanishes with it. `shapes` in order of horizon, at least one.
 */
export function returnLaw(
  shapes: readonly HorizonShape[],
  dailyVolatility: number,
  horizonDays: number,
): ReturnLaw {
  if (!(dailyVolatility > 0 && dailyVolatility < Number.POSITIVE_INFINITY))
    throw new RangeError(`volatility a day must be above 0, found ${dailyVolatility}`);
  const days = Math.max(0, horizonDays);
  const { nu, scale, shift, reversion, usualVolatility } = shapeAt(shapes, days);
  const unit = dailyVolatility * (usualVolatility / dailyVolatility) ** reversion * Math.sqrt(days);
  return { sd: unit * scale, nu, drift: unit * shift };
}

function shapeAt(shapes: readonly HorizonShape[], days: number): Omit<HorizonShape, 'horizonDays'> {
  const [first, last] = [shapes[0], shapes.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a law needs at least one shape');
  if (days <= first.horizonDays) {
    const part = days / first.horizonDays;
    return { ...first, shift: first.shift * Math.sqrt(part), reversion: first.reversion * part };
  }
  if (days >= last.horizonDays) return { ...last, shift: last.shift * Math.sqrt(days / last.horizonDays) };
  const index = shapes.findIndex(({ horizonDays }) => horizonDays > days);
  const [before, after] = [shapes[index - 1] ?? first, shapes[index] ?? last];
  const part = Math.log(days / before.horizonDays) / Math.log(after.horizonDays / before.horizonDays);
  const between = (a: number, b: number): number => a + part * (b - a);
  return {
    nu: 1 / between(1 / before.nu, 1 / after.nu),
    scale: between(before.scale, after.scale),
    shift: between(before.shift, after.shift),
    reversion: between(before.reversion, after.reversion),
    usualVolatility: between(before.usualVolatility, after.usualVolatility),
  };
}
