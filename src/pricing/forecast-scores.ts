import { clusterEstimate, type Estimate } from './cluster-bootstrap.ts';

/** A probability that was given before the outcome was known, and what came of it. Void markets have no outcome and are left out. */
export interface ScoredForecast {
  /** Of YES. */
  readonly probability: number;
  /** What the market itself said at that moment; null where it said nothing. */
  readonly marketProbability: number | null;
  readonly outcome: 0 | 1;
  /** What shares its luck: the event, or the market where it stands alone. */
  readonly cluster: string;
}

export interface ForecastScores {
  readonly forecasts: number;
  readonly clusters: number;
  /** Share of YES among the outcomes. */
  readonly yesShare: number | null;
  /** Mean of (p - y)^2: 0 is perfect, 0.25 is what a coin gets. */
  readonly brier: Estimate;
  /** Mean of -ln of the probability given to what happened, in nats: 0 is perfect, 0.693 is what a coin gets. */
  readonly logLoss: Estimate;
  /** 1 - Brier / Brier of the market's own probability: positive is better than the market. */
  readonly skill: Estimate;
  /** Null where nothing was scored. */
  readonly murphy: MurphyParts | null;
}

/** Brier = reliability - resolution + uncertainty + within-bin variance - within-bin covariance, exactly. */
export interface MurphyParts {
  /** How far the probabilities of a bin are from what happened in it: 0 is perfect. */
  readonly reliability: number;
  /** How far what happened in the bins is from what happened on the whole: more is better. */
  readonly resolution: number;
  /** Variance of the outcomes: how hard they were. */
  readonly uncertainty: number;
  readonly withinBinVariance: number;
  readonly withinBinCovariance: number;
}

/** Half the smallest tick: a probability of 0 or 1 counts as this far from it, since the logarithm of 0 would drown all else. */
export const LEAST_PROBABILITY = 0.000_05;
/** Tenths. */
export const BINS = 10;

export const binOf = (probability: number): number => Math.min(BINS - 1, Math.floor(probability * BINS));

/** Scores of Brier (1950) and of logarithmic loss, with intervals over clusters, and Murphy's parts. */
export function scoreForecasts(forecasts: readonly ScoredForecast[]): ForecastScores {
  const sums = clusterSums(forecasts, 3, (forecast, add) => {
    add(0, 1);
    add(1, squaredError(forecast.probability, forecast.outcome));
    add(2, logLossOf(forecast.probability, forecast.outcome));
  });
  const compared = clusterSums(
    forecasts.filter(({ marketProbability }) => marketProbability !== null),
    2,
    ({ probability, marketProbability, outcome }, add) => {
      add(0, squaredError(probability, outcome));
      add(1, squaredError(marketProbability as number, outcome));
    },
  );
  const yes = forecasts.reduce((count, { outcome }) => count + outcome, 0);
  return {
    forecasts: forecasts.length,
    clusters: sums.length,
    yesShare: forecasts.length === 0 ? null : yes / forecasts.length,
    brier: clusterEstimate(sums, ratio(1, 0)),
    logLoss: clusterEstimate(sums, ratio(2, 0)),
    skill: clusterEstimate(compared, ([own = 0, market = 0]) =>
      market === 0 ? Number.NaN : 1 - own / market,
    ),
    murphy: forecasts.length === 0 ? null : murphyParts(forecasts),
  };
}

const squaredError = (probability: number, outcome: 0 | 1): number => (probability - outcome) ** 2;

export function logLossOf(probability: number, outcome: 0 | 1): number {
  const given = outcome === 1 ? probability : 1 - probability;
  return -Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, given)));
}

/** One sum over another, each by its place. */
export const ratio =
  (above: number, below: number) =>
  (sums: Float64Array): number =>
    sums[below] === 0 ? Number.NaN : (sums[above] as number) / (sums[below] as number);

/** Each cluster's sums, in the order in which clusters first appear. */
export function clusterSums<Row extends Pick<ScoredForecast, 'cluster'>>(
  rows: readonly Row[],
  size: number,
  enter: (row: Row, add: (place: number, amount: number) => void) => void,
): Float64Array[] {
  const byCluster = new Map<string, Float64Array>();
  for (const row of rows) {
    let sums = byCluster.get(row.cluster);
    if (sums === undefined) {
      sums = new Float64Array(size);
      byCluster.set(row.cluster, sums);
    }
    const into = sums;
    enter(row, (place, amount) => {
      into[place] = (into[place] as number) + amount;
    });
  }
  return [...byCluster.values()];
}

/** Mean of a figure over all rows, with its interval over clusters. */
export const clusterMean = <Row extends Pick<ScoredForecast, 'cluster'>>(
  rows: readonly Row[],
  of: (row: Row) => number,
): Estimate =>
  clusterEstimate(
    clusterSums(rows, 2, (row, add) => {
      add(0, 1);
      add(1, of(row));
    }),
    ratio(1, 0),
  );

/** Murphy (1973) with the terms of Stephenson, Coelho and Jolliffe (2008) for probabilities that differ within a bin. */
export function murphyParts(
  forecasts: readonly Pick<ScoredForecast, 'probability' | 'outcome'>[],
): MurphyParts {
  const total = forecasts.length;
  const bins = Array.from({ length: BINS }, () => ({ count: 0, probability: 0, outcome: 0 }));
  for (const { probability, outcome } of forecasts) {
    const bin = bins[binOf(probability)] as (typeof bins)[number];
    bin.count += 1;
    bin.probability += probability;
    bin.outcome += outcome;
  }
  const yesShare = bins.reduce((sum, { outcome }) => sum + outcome, 0) / total;
  let [reliability, resolution, variance, covariance] = [0, 0, 0, 0];
  for (const { count, probability, outcome } of bins) {
    if (count === 0) continue;
    reliability += count * (probability / count - outcome / count) ** 2;
    resolution += count * (outcome / count - yesShare) ** 2;
  }
  for (const { probability, outcome } of forecasts) {
    const bin = bins[binOf(probability)] as (typeof bins)[number];
    const apart = probability - bin.probability / bin.count;
    variance += apart ** 2;
    covariance += 2 * apart * (outcome - bin.outcome / bin.count);
  }
  return {
    reliability: reliability / total,
    resolution: resolution / total,
    uncertainty: yesShare * (1 - yesShare),
    withinBinVariance: variance / total,
    withinBinCovariance: covariance / total,
  };
}
