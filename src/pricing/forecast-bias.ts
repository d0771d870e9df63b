import { clusterEstimate, type Estimate, isTooFew, LEAST_CLUSTERS } from './cluster-bootstrap.ts';
import { BINS, binOf, clusterSums, ratio, type ScoredForecast } from './forecast-scores.ts';

/** How forecasts of one kind turned out. */
export interface ForecastGroup {
  readonly name: string;
  readonly forecasts: number;
  readonly clusters: number;
  /** Mean probability given, and share of what it was given to that happened; null where there is none. */
  readonly claimed: number | null;
  readonly happened: number | null;
  /** Happened - claimed: positive where it happens more often than was said. */
  readonly bias: Estimate;
}

/** Groups that hold nothing are left out; `claimOf` says what was claimed, and whether it happened. */
export function groupForecasts<Row extends ScoredForecast>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  names: readonly string[] | null = null,
  claimOf: (row: Row) => readonly [claimed: number, happened: 0 | 1] = ({ probability, outcome }) => [
    probability,
    outcome,
  ],
): ForecastGroup[] {
  const groups = new Map<string, Row[]>((names ?? []).map((name) => [name, []]));
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups].flatMap(([name, members]) =>
    members.length === 0 ? [] : [groupOf(name, members, claimOf)],
  );
}

function groupOf<Row extends ScoredForecast>(
  name: string,
  rows: readonly Row[],
  claimOf: (row: Row) => readonly [number, 0 | 1],
): ForecastGroup {
  let [claimed, happened] = [0, 0];
  const sums = clusterSums(rows, 2, (row, add) => {
    const [said, came] = claimOf(row);
    claimed += said;
    happened += came;
    add(0, 1);
    add(1, came - said);
  });
  const share = claimed / rows.length;
  return {
    name,
    forecasts: rows.length,
    clusters: sums.length,
    claimed: share,
    happened: happened / rows.length,
    bias: biasOf(sums, share),
  };
}

/** So many independent outcomes of the rarer kind have to be expected. */
const LEAST_EXPECTED = 5;

/**
 * Among few forecasts near 0 or 1 the rarer outcome may not come up at all, and drawing them again then shows no chance where
 * there is some: the bootstrap would call every such group biased. So enough of it has to be expected beforehand.
 */
function biasOf(sums: readonly Float64Array[], claimed: number): Estimate {
  const expected = sums.length * Math.min(claimed, 1 - claimed);
  if (sums.length >= LEAST_CLUSTERS && expected < LEAST_EXPECTED)
    return {
      tooFew: `${expected.toFixed(1)} of the rarer outcome are expected among ${sums.length} markets or events, ${LEAST_EXPECTED} are needed`,
      clusters: sums.length,
    };
  return clusterEstimate(sums, ratio(1, 0));
}

const percent = (share: number): string => `${Math.round(share * 100)}`;
const BIN_NAMES = Array.from(
  { length: BINS },
  (_, bin) => `${percent(bin / BINS)}-${percent((bin + 1) / BINS)}%`,
);

/** What happened by tenths of the probability given: a reliability diagram in numbers. */
export const calibrationOf = (forecasts: readonly ScoredForecast[]): ForecastGroup[] =>
  groupForecasts(forecasts, ({ probability }) => BIN_NAMES[binOf(probability)] as string, BIN_NAMES);

/** |2p - 1|: 0 is a coin, 1 is certain. */
const confidenceOf = ({ probability }: ScoredForecast): number => Math.abs(2 * probability - 1);
const CONFIDENCE_NAMES = ['high (0.7 and more)', 'middle (0.4 to 0.7)', 'low (below 0.4)'] as const;

/** How often the outcome that was thought likelier came, by how sure the forecast was. */
export const confidenceBuckets = (forecasts: readonly ScoredForecast[]): ForecastGroup[] =>
  groupForecasts(
    forecasts,
    (forecast) => {
      const confidence = confidenceOf(forecast);
      return CONFIDENCE_NAMES[confidence >= 0.7 ? 0 : confidence >= 0.4 ? 1 : 2];
    },
    CONFIDENCE_NAMES,
    ({ probability, outcome }) =>
      probability >= 0.5 ? [probability, outcome] : [1 - probability, outcome === 1 ? 0 : 1],
  );

/** Edges of the price bands in probability, and how they are called. */
const BANDS: readonly (readonly [upTo: number, name: string])[] = [
  [0.1, 'longshots (under 10%)'],
  [0.3, '10-30%'],
  [0.7, '30-70%'],
  [0.9, '70-90%'],
  [Number.POSITIVE_INFINITY, 'favourites (90% and more)'],
];
const bandOf = ({ probability }: ScoredForecast): string =>
  (BANDS.find(([upTo]) => probability < upTo) as (typeof BANDS)[number])[1];

export const priceBands = (forecasts: readonly ScoredForecast[]): ForecastGroup[] =>
  groupForecasts(
    forecasts,
    bandOf,
    BANDS.map(([, name]) => name),
  );

/**
 * Slope of (outcome - p) over p, by least squares (the test of Mincer and Zarnowitz 1969). 0 where forecasts mean what they say;
 * above 0 favourites come more often and longshots more rarely than was said (the favourite-longshot bias), below 0 forecasts
 * are too bold. Taking NO for YES leaves it as it is.
 */
export function favouriteLongshotSlope(forecasts: readonly ScoredForecast[]): Estimate {
  const sums = clusterSums(forecasts, 5, ({ probability, outcome }, add) => {
    const error = outcome - probability;
    for (const [place, amount] of [1, probability, error, probability ** 2, probability * error].entries())
      add(place, amount);
  });
  return clusterEstimate(sums, ([count = 0, p = 0, error = 0, squared = 0, product = 0]) => {
    const spread = squared - (p * p) / count;
    // Equal probabilities have no slope; what is left of their spread is rounding.
    return spread <= 1e-9 * count ? Number.NaN : (product - (p * error) / count) / spread;
  });
}

/** What the figures show beyond chance, in words. One group in twenty shows something by chance alone. */
export function biasFindings(groups: readonly ForecastGroup[], slope: Estimate): string[] {
  const findings = groups.flatMap(({ name, bias }) => {
    if (isTooFew(bias) || (bias.low <= 0 && bias.high >= 0)) return [];
    return [`${name}: happens ${bias.value > 0 ? 'more often' : 'more rarely'} than the forecasts say`];
  });
  if (!isTooFew(slope) && (slope.low > 0 || slope.high < 0))
    findings.push(
      slope.value > 0
        ? 'favourite-longshot: favourites come more often, longshots more rarely than the forecasts say'
        : 'overconfidence: the forecasts are bolder than what happens',
    );
  return findings;
}
