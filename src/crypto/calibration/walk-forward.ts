import { streamOf } from '../../domain/random.ts';
import { closeAbove } from '../model/close.ts';
import { standardisedReturn, volatilityAt } from '../model/coin-model.ts';
import type { EwmaTerms, PricePoint } from '../model/ewma-volatility.ts';
import {
  FIT_TERMS,
  type FitTerms,
  fitShape,
  type HorizonShape,
  plainShape,
  returnLaw,
  type StandardisedReturn,
} from '../model/horizon-shape.ts';
import { DAY_MS, dayOf } from '../questions/civil-time.ts';
import { type BootstrapMean, blockBootstrap } from './block-bootstrap.ts';

export interface WalkForwardTerms {
  readonly horizonsDays: readonly number[];
  /** Strikes in standard deviations of the plain estimate: volatility a day times the root of days. */
  readonly deviations: readonly number[];
  readonly ewma: EwmaTerms;
  /** Tail of a horizon that has too little past to fit one. */
  readonly nu: number;
  readonly fit: FitTerms;
  readonly refitEveryDays: number;
  /** Forecasts before this moment are not scored, only learnt from. */
  readonly scoredFromMs: number;
}

export const WALK_FORWARD_TERMS: WalkForwardTerms = {
  horizonsDays: [1, 3, 7, 30],
  deviations: [-2, -1, 0, 1, 2],
  ewma: { lambdaPerDay: 0.94, spanDays: 30, leastReturns: 5, leastGapMs: 0 },
  nu: 6,
  fit: FIT_TERMS,
  refitEveryDays: 60,
  scoredFromMs: dayOf({ year: 2020, month: 1, day: 1 }) * DAY_MS,
};

/** One question asked of the model on one day, and what came of it. */
export interface DailyForecast {
  readonly coin: string;
  readonly atMs: number;
  readonly horizonDays: number;
  readonly deviation: number;
  readonly spot: number;
  readonly strike: number;
  /** What was known of the law on that day. */
  readonly shape: HorizonShape;
  readonly dailyVolatility: number;
  readonly probability: number;
  readonly isAbove: boolean;
}

/**
 * Asks on every day of a coin's daily closes for the probability of a close above each strike after each horizon. Volatility comes
 * from closes up to that day; tail, scale and drift of a horizon from returns whose horizon had passed by then.
 */
export function walkForward(
  coin: string,
  closes: readonly PricePoint[],
  terms: WalkForwardTerms,
): DailyForecast[] {
  const volatilities = closes.map((_, day) => volatilityAt(closes, day, terms.ewma));
  return terms.horizonsDays.flatMap((horizon) => {
    const forecasts: DailyForecast[] = [];
    const past: StandardisedReturn[] = [];
    let [shape, fittedOn] = [{ ...plainShape(terms.nu), horizonDays: horizon }, -terms.refitEveryDays];
    for (let day = 0; day + horizon < closes.length; day += 1) {
      const learnt = standardisedReturn(closes, volatilities, day - horizon, horizon);
      if (learnt !== null) past.push(learnt);
      if (day - fittedOn >= terms.refitEveryDays) {
        shape = fitShape(past, horizon, terms.fit) ?? shape;
        fittedOn = day;
      }
      const dailyVolatility = volatilities[day] ?? null;
      if (closes[day]!.atMs < terms.scoredFromMs || dailyVolatility === null || !(dailyVolatility > 0))
        continue;
      const [spot, later] = [closes[day]!.price, closes[day + horizon]!.price];
      const law = returnLaw([shape], dailyVolatility, horizon);
      for (const deviation of terms.deviations) {
        const strike = spot * Math.exp(deviation * dailyVolatility * Math.sqrt(horizon));
        const probability = closeAbove(law, spot, strike);
        const asked = { coin, atMs: closes[day]!.atMs, horizonDays: horizon, deviation, spot, strike };
        forecasts.push({ ...asked, shape, dailyVolatility, probability, isAbove: later > strike });
      }
    }
    return forecasts;
  });
}

/** Forecasts of one coin, horizon and strike: what was said on average, and how often it happened. */
export interface Bucket {
  readonly coin: string;
  readonly horizonDays: number;
  readonly deviation: number;
  readonly count: number;
  readonly predicted: number;
  readonly realised: number;
  /** Realised less predicted, with its error over blocks of days. */
  readonly gap: BootstrapMean;
  /** Whether the 95 per cent band of the gap has zero in it. */
  readonly isInside: boolean;
  /** The gap in standard errors. */
  readonly errors: number;
}

/** Blocks have to be longer than the horizon, whose returns overlap, and than the weeks over which volatility and trend persist. */
export const blockDays = (horizonDays: number): number => Math.max(14, 2 * horizonDays);

/** Buckets of forecasts, which come in the order of days. `says` lets another model answer the same questions. */
export function bucketsOf(
  forecasts: readonly DailyForecast[],
  seed: number,
  says: (forecast: DailyForecast) => number = ({ probability }) => probability,
  blockOf: (horizonDays: number) => number = blockDays,
): Bucket[] {
  const groups = Map.groupBy(
    forecasts,
    ({ coin, horizonDays, deviation }) => `${coin} ${horizonDays} ${deviation}`,
  );
  return [...groups].map(([name, group]) => {
    const [{ coin, horizonDays, deviation }] = group as [DailyForecast];
    const gaps = group.map((forecast) => (forecast.isAbove ? 1 : 0) - says(forecast));
    const gap = blockBootstrap(gaps, blockOf(horizonDays), streamOf(seed, name));
    const realised = group.filter(({ isAbove }) => isAbove).length / group.length;
    return {
      coin,
      horizonDays,
      deviation,
      count: group.length,
      predicted: realised - gap.mean,
      realised,
      gap,
      isInside: gap.low <= 0 && gap.high >= 0,
      errors: gap.mean === 0 ? 0 : gap.mean / gap.standardError,
    };
  });
}

/** Whether closes are a day apart throughout: horizons are counted in rows. */
export function isDaily(closes: readonly PricePoint[]): boolean {
  return closes.every((close, index) => index === 0 || close.atMs - closes[index - 1]!.atMs === DAY_MS);
}
