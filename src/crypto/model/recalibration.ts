/** What was said of a market, and what became of it. */
export interface ResolvedForecast {
  readonly probability: number;
  readonly isYes: boolean;
  readonly resolvedAtMs: number;
  /** Several forecasts of one market share its weight of 1, since it resolved only once. */
  readonly weight: number;
}

/** Log-odds of what was said times slope plus intercept are the log-odds of what happens. */
export interface Recalibration {
  readonly intercept: number;
  readonly slope: number;
  /** Weight of the resolved markets it was fitted on; 0 for the one that changes nothing. */
  readonly markets: number;
}

export const NO_RECALIBRATION: Recalibration = { intercept: 0, slope: 1, markets: 0 };

/** With fewer resolved markets nothing is corrected. */
export const LEAST_RESOLVED = 50;
/** How many markets near even odds weigh as much as the belief that nothing needs correcting. */
const PRIOR_MARKETS = 20;
const LEAST_SLOPE = 0.1;
const LEAST_PROBABILITY = 1e-6;
const MOST_ROUNDS = 50;

const logit = (p: number): number => {
  const inside = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, p));
  return Math.log(inside / (1 - inside));
};
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Fits the map by penalised logistic regression (Platt 1999) on what had resolved by `asOfMs` and nothing else: a forecast whose
 * market resolves later is not looked at, so a past decision cannot know its own outcome.
 */
export function fitRecalibration(forecasts: readonly ResolvedForecast[], asOfMs: number): Recalibration {
  const known = forecasts
    .filter(({ resolvedAtMs, weight }) => resolvedAtMs <= asOfMs && weight > 0)
    .map(({ probability, isYes, weight }) => ({ x: logit(probability), y: isYes ? 1 : 0, weight }));
  const markets = known.reduce((sum, { weight }) => sum + weight, 0);
  // Weights of thirds and sevenths do not add up to whole numbers.
  if (markets < LEAST_RESOLVED - 1e-6) return NO_RECALIBRATION;
  const held = PRIOR_MARKETS / 4;
  let [intercept, slope] = [0, 1];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let [g0, g1, h00, h01, h11] = [-held * intercept, held * (1 - slope), held, 0, held];
    for (const { x, y, weight } of known) {
      const p = logistic(intercept + slope * x);
      const spread = weight * p * (1 - p);
      g0 += weight * (y - p);
      g1 += weight * (y - p) * x;
      h00 += spread;
      h01 += spread * x;
      h11 += spread * x * x;
    }
    const determinant = h00 * h11 - h01 * h01;
    // Where the line would fall, its slope is held and the intercept is fitted to that slope.
    const isFlat = slope <= LEAST_SLOPE && g1 < 0;
    const by0 = isFlat ? g0 / h00 : (h11 * g0 - h01 * g1) / determinant;
    const by1 = isFlat ? 0 : (h00 * g1 - h01 * g0) / determinant;
    // A step of Newton's method, held short: a whole one may overshoot where the odds saturate.
    const length = Math.max(1, Math.abs(by0), Math.abs(by1));
    intercept += by0 / length;
    slope = Math.max(LEAST_SLOPE, slope + by1 / length);
    if (Math.abs(by0) + Math.abs(by1) < 1e-10) break;
  }
  return { intercept, slope, markets };
}

/**
 * The corrected probability of YES; that of NO is one less it. Rises with `probability`. Certainties stay certain, and nothing becomes one:
 * a steep map would otherwise round what is likely up to 1.
 */
export function recalibrated(map: Recalibration, probability: number): number {
  if (map.markets === 0 || probability <= 0 || probability >= 1) return probability;
  const corrected = logistic(map.intercept + map.slope * logit(probability));
  return Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, corrected));
}
