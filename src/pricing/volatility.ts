/**
 * EWMA volatility of a market's fair value, as plain data with the functions that write it. Two clocks: one that counts
 * observations, as the predecessor did, and one that counts seconds, which is what everything but the comparison uses, because
 * a book that is read ten times as often is not ten times as calm.
 */

/** Half-life of the per-observation tracker. */
export const OBSERVATION_HALF_LIFE = 20;
/** Half-life of the time-aware tracker: 20 observations at the default beat of 10 s. */
export const VOLATILITY_HALF_LIFE_S = 200;
/** A volatility from a shorter stretch says more about one tick than about the market. */
export const VOLATILITY_WARM_UP_S = 30;

export interface ObservationVolTracker {
  readonly halfLifeObservations: number;
  lastPts: number | null;
  /** Variance of one observation's change, or null before the first change. */
  variancePts2: number | null;
}

export const createObservationVolTracker = (
  halfLifeObservations: number = OBSERVATION_HALF_LIFE,
): ObservationVolTracker => ({
  halfLifeObservations: assertPositive(halfLifeObservations, 'half-life in observations'),
  lastPts: null,
  variancePts2: null,
});

/**
 * Takes one observation of the fair value in points and returns the volatility in points per observation.
 * The first returns 0; the second seeds the variance with its own squared change; later ones weigh 1 - 0.5^(1/half-life).
 */
export function observePerObservation(tracker: ObservationVolTracker, fairPts: number): number {
  const previous = tracker.lastPts;
  tracker.lastPts = fairPts;
  if (previous === null) return 0;
  const squared = (fairPts - previous) ** 2;
  const weight = 1 - 0.5 ** (1 / tracker.halfLifeObservations);
  const before = tracker.variancePts2;
  tracker.variancePts2 = before === null ? squared : before + weight * (squared - before);
  return Math.sqrt(tracker.variancePts2);
}

/** Time-aware tracker. `weight` is the share of a full history that has been seen; dividing by it seeds the average without bias. */
export interface VolTracker {
  readonly halfLifeS: number;
  lastPts: number | null;
  lastAtMs: number;
  /** Decayed sum of squared changes, so that the variance a second is `sumPts2PerS / weight`. */
  sumPts2PerS: number;
  weight: number;
  /** Time between the first observation and the last. */
  observedS: number;
}

export const createVolTracker = (halfLifeS: number = VOLATILITY_HALF_LIFE_S): VolTracker => ({
  halfLifeS: assertPositive(halfLifeS, 'half-life in seconds'),
  lastPts: null,
  lastAtMs: 0,
  sumPts2PerS: 0,
  weight: 0,
  observedS: 0,
});

/**
 * Takes the fair value in points at `atMs`. The change since the last observation counts as squared points a second over the
 * time between them, weighed by 1 - 0.5^(dt/half-life), so that a hundred readings of one move and a single one agree.
 * An observation at the same millisecond, or an earlier one, waits for the next: its move is part of that one's.
 */
export function observeVolatility(tracker: VolTracker, fairPts: number, atMs: number): void {
  if (tracker.lastPts === null) {
    tracker.lastPts = fairPts;
    tracker.lastAtMs = atMs;
    return;
  }
  const dtS = (atMs - tracker.lastAtMs) / 1_000;
  if (dtS <= 0) return;
  const change = fairPts - tracker.lastPts;
  const keep = 0.5 ** (dtS / tracker.halfLifeS);
  tracker.sumPts2PerS = keep * tracker.sumPts2PerS + ((1 - keep) * change * change) / dtS;
  tracker.weight = keep * tracker.weight + (1 - keep);
  tracker.observedS += dtS;
  tracker.lastPts = fairPts;
  tracker.lastAtMs = atMs;
}

/** Volatility in points per square root of a second, or null until the tracker has seen `VOLATILITY_WARM_UP_S`. */
export function volatilityOf(tracker: VolTracker): number | null {
  if (tracker.observedS < VOLATILITY_WARM_UP_S || tracker.weight <= 0) return null;
  return Math.sqrt(tracker.sumPts2PerS / tracker.weight);
}

/** Standard deviation of the move over `seconds`, in points. */
export const volatilityOver = (volatilityPtsPerSqrtS: number, seconds: number): number =>
  volatilityPtsPerSqrtS * Math.sqrt(seconds);

function assertPositive(value: number, what: string): number {
  if (!(value > 0)) throw new RangeError(`${what} must be above 0, found ${value}`);
  return value;
}
