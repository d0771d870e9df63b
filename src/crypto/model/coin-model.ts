import {
  type EwmaTerms,
  ewmaVolatility,
  expectedVolatility,
  lambdaOfHalfLife,
  type PricePoint,
  regimeOf,
  type VolatilityEstimate,
  type VolatilityRegime,
} from './ewma-volatility.ts';
import {
  FIT_TERMS,
  type FitTerms,
  fitShape,
  type HorizonShape,
  plainShape,
  returnLaw,
  type StandardisedReturn,
} from './horizon-shape.ts';
import type { ReturnLaw } from './return-law.ts';

const DAY_MS = 86_400_000;

export interface CoinTerms {
  /** How daily closes are weighed. */
  readonly daily: EwmaTerms;
  /** How the prices of the last days are weighed. */
  readonly recent: EwmaTerms;
  /** Degrees of freedom where there is too little past to fit any. */
  readonly nu: number;
  readonly fit: FitTerms;
  readonly horizonsDays: readonly number[];
}

/** From the settings: `CD_STUDENT_T_NU`, `CD_EWMA_LAMBDA`, `CD_EWMA_SPAN`. */
export const coinTerms = (nu: number, lambdaPerDay: number, spanDays: number): CoinTerms => ({
  daily: { lambdaPerDay, spanDays, leastReturns: 5, leastGapMs: DAY_MS / 8 },
  recent: { lambdaPerDay: lambdaOfHalfLife(0.5), spanDays: 2, leastReturns: 12, leastGapMs: 300_000 },
  nu,
  fit: FIT_TERMS,
  horizonsDays: [1, 3, 7, 30],
});

/**
 * Shapes by horizon from daily closes, each standardised by the volatility that was known at its start. Without enough past the
 * plain one: the tail of the setting, the volatility as it is estimated, no drift.
 */
export function shapesOf(dailyCloses: readonly PricePoint[], terms: CoinTerms): HorizonShape[] {
  const volatilities = dailyCloses.map((_, day) => volatilityAt(dailyCloses, day, terms.daily));
  const fitted = terms.horizonsDays.flatMap((horizon) => {
    const past: StandardisedReturn[] = [];
    for (let day = horizon; day < dailyCloses.length; day += 1) {
      const value = standardisedReturn(dailyCloses, volatilities, day - horizon, horizon);
      if (value !== null) past.push(value);
    }
    return fitShape(past, horizon, terms.fit) ?? [];
  });
  return fitted.length > 0 ? fitted : [plainShape(terms.nu)];
}

/** Volatility a day that was known at the close of row `day`. */
export function volatilityAt(closes: readonly PricePoint[], day: number, terms: EwmaTerms): number | null {
  const from = Math.max(0, day - terms.spanDays);
  return ewmaVolatility(closes.slice(from, day + 1), terms)?.daily ?? null;
}

/** Log return from row `from` over `horizon` rows in units of the volatility known at its start; null where none was known. */
export function standardisedReturn(
  closes: readonly PricePoint[],
  volatilities: readonly (number | null)[],
  from: number,
  horizon: number,
): StandardisedReturn | null {
  const [start, end, volatility] = [closes[from], closes[from + horizon], volatilities[from] ?? null];
  if (start === undefined || end === undefined || volatility === null || volatility <= 0) return null;
  return { value: Math.log(end.price / start.price) / (volatility * Math.sqrt(horizon)), volatility };
}

/** What is known at one moment of how a coin's price moves. */
export interface CoinModel {
  readonly recent: VolatilityEstimate | null;
  readonly usual: VolatilityEstimate | null;
  readonly shapes: readonly HorizonShape[];
  /** Volatility to expect over the next day, and how that is called. */
  readonly dailyVolatility: number;
  readonly regime: VolatilityRegime;
}

/** Daily closes that end longer ago than this say nothing of today's volatility. */
const STALE_CLOSES_MS = 3 * DAY_MS;

/**
 * The model at `atMs` from daily closes (the running day as a price, see `closesUntil`), the prices of the last days and shapes that
 * were fitted before. Later prices are not looked at. Null while no volatility is known: then nothing can be priced.
 */
export function coinModel(
  dailyCloses: readonly PricePoint[],
  recentPrices: readonly PricePoint[],
  shapes: readonly HorizonShape[],
  atMs: number,
  terms: CoinTerms,
): CoinModel | null {
  const usual = freshVolatility(dailyCloses, atMs, terms.daily, STALE_CLOSES_MS);
  const recent = freshVolatility(recentPrices, atMs, terms.recent, terms.recent.spanDays * DAY_MS);
  const dailyVolatility = expectedVolatility(recent, usual, 1);
  if (dailyVolatility === null || !(dailyVolatility > 0)) return null;
  return { recent, usual, shapes, dailyVolatility, regime: regimeOf(dailyVolatility) };
}

function freshVolatility(
  points: readonly PricePoint[],
  atMs: number,
  terms: EwmaTerms,
  mostAgeMs: number,
): VolatilityEstimate | null {
  const fromMs = atMs - (terms.spanDays + 1) * DAY_MS;
  const known = points.filter((point) => point.atMs <= atMs && point.atMs >= fromMs);
  const last = known.at(-1);
  return last === undefined || atMs - last.atMs > mostAgeMs ? null : ewmaVolatility(known, terms);
}

/** The law over a number of days from the model's moment. */
export function lawOf(model: CoinModel, days: number): ReturnLaw {
  const volatility = expectedVolatility(model.recent, model.usual, days) ?? model.dailyVolatility;
  return returnLaw(model.shapes, volatility > 0 ? volatility : model.dailyVolatility, days);
}

/**
 * The same model that expects no drift. What a decade of rising prices taught of drift is thin: it helps to be right on average and
 * shows in no horizon's log loss beyond chance. So an entry should have its edge with drift and without; see `entryCandidates`.
 */
export const withoutDrift = (model: CoinModel): CoinModel => ({
  ...model,
  shapes: model.shapes.map((shape) => ({ ...shape, shift: 0 })),
});
