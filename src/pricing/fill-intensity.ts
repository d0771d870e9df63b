/**
 * How often a quote is hit, by its depth: fills at depth d come as a Poisson process with intensity A e^(-k d). A in fills per
 * second, d in points from the reference price, k in 1/pt. Estimated by Poisson regression with exposure, because a depth that was
 * shown for an hour and one that was shown for a minute do not weigh the same. Source: pricing notes 5.8.
 */
export interface DepthSample {
  readonly depthPts: number;
  /** Seconds that an order rested at this depth. */
  readonly exposureS: number;
  /** Orders that were hit there: arrivals, not shares. */
  readonly fills: number;
}

/** What other markets of the category say: independent normal beliefs about ln A and k. */
export interface FillIntensityPrior {
  readonly lnA: number;
  readonly sdLnA: number;
  readonly kPerPt: number;
  readonly sdKPerPt: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface FillIntensityFit {
  readonly kind: 'fitted';
  readonly aPerS: number;
  readonly kPerPt: number;
  readonly lnA: number;
  /** Standard errors, from the inverse of the information matrix. */
  readonly seLnA: number;
  readonly seKPerPt: number;
  /** Two-sided 95 % intervals; that of A is symmetric in its logarithm. */
  readonly aInterval: Interval;
  readonly kInterval: Interval;
  readonly fills: number;
  readonly exposureS: number;
  readonly iterations: number;
}

/**
 * `noExposure` and `noFills` need time, `oneDepth` a second depth (the information matrix is singular), `edgeOnly` a fill that is
 * not at the outermost depth: there the likelihood rises for ever as k leaves for infinity.
 */
export type UnidentifiedBecause = 'noExposure' | 'noFills' | 'oneDepth' | 'edgeOnly' | 'noConvergence';

export interface Unidentified {
  readonly kind: 'unidentified';
  readonly because: UnidentifiedBecause;
  readonly fills: number;
  readonly exposureS: number;
}

export type FillIntensityResult = FillIntensityFit | Unidentified;

const Z_95 = 1.959963984540054;
const MOST_ITERATIONS = 60;
const MOST_HALVINGS = 40;
/** Newton's decrement: half of it is about how far the log-likelihood is below its top. */
const CONVERGED = 1e-12;

/**
 * Fits A and k by Newton's method. With a `prior` the estimate shrinks to it as far as its standard deviations outweigh what the
 * market's own fills say, and one depth is then enough; without one, what cannot be known is said to be unidentified.
 */
export function fitFillIntensity(
  samples: readonly DepthSample[],
  prior: FillIntensityPrior | null = null,
): FillIntensityResult {
  const used = samples.filter((sample) => sample.exposureS > 0);
  const fills = used.reduce((sum, sample) => sum + sample.fills, 0);
  const exposureS = used.reduce((sum, sample) => sum + sample.exposureS, 0);
  const because = prior === null ? unidentifiedBecause(used, fills) : null;
  if (because !== null) return { kind: 'unidentified', because, fills, exposureS };
  const start = prior ?? { lnA: Math.log(fills / exposureS), kPerPt: 0 };
  const top = climb(used, prior, start.lnA, start.kPerPt);
  if (top === null) return { kind: 'unidentified', because: 'noConvergence', fills, exposureS };
  const { lnA, k, information, iterations } = top;
  const determinant = determinantOf(information);
  const seLnA = Math.sqrt(information.kk / determinant);
  const seKPerPt = Math.sqrt(information.aa / determinant);
  return {
    kind: 'fitted',
    aPerS: Math.exp(lnA),
    kPerPt: k,
    lnA,
    seLnA,
    seKPerPt,
    aInterval: { low: Math.exp(lnA - Z_95 * seLnA), high: Math.exp(lnA + Z_95 * seLnA) },
    kInterval: { low: k - Z_95 * seKPerPt, high: k + Z_95 * seKPerPt },
    fills,
    exposureS,
    iterations,
  };
}

/** Fills per second expected at a depth. */
export const fillIntensityPerS = (fit: FillIntensityFit, depthPts: number): number =>
  fit.aPerS * Math.exp(-fit.kPerPt * depthPts);

/**
 * The k to quote with: the lower end of its interval, which quotes wider, but never above the estimate and never below `leastPerPt`.
 * Null while unidentified, so that the caller's default stands.
 */
export const cautiousKappaPerPt = (fit: FillIntensityResult, leastPerPt: number): number | null =>
  fit.kind === 'fitted' ? Math.max(leastPerPt, fit.kInterval.low) : null;

/** Widest belief about one market that its category supports: below it a prior would claim more than a handful of markets can know. */
const LEAST_PRIOR_SD_LN_A = 0.25;
const LEAST_PRIOR_RELATIVE_SD_K = 0.15;

/**
 * The category's belief from its markets' own fits (made without a prior): precision-weighted mean, and as spread the differences
 * between markets that their standard errors do not explain (DerSimonian and Laird's moment estimator). Null for fewer than two.
 */
export function categoryPriorOf(fits: readonly FillIntensityResult[]): FillIntensityPrior | null {
  const fitted = fits.filter((fit) => fit.kind === 'fitted');
  if (fitted.length < 2) return null;
  const lnA = randomEffects(fitted.map((fit) => ({ value: fit.lnA, se: fit.seLnA })));
  const k = randomEffects(fitted.map((fit) => ({ value: fit.kPerPt, se: fit.seKPerPt })));
  return {
    lnA: lnA.mean,
    sdLnA: Math.max(LEAST_PRIOR_SD_LN_A, lnA.sd),
    kPerPt: k.mean,
    sdKPerPt: Math.max(LEAST_PRIOR_RELATIVE_SD_K * Math.abs(k.mean), k.sd),
  };
}

function randomEffects(estimates: readonly { readonly value: number; readonly se: number }[]): {
  readonly mean: number;
  readonly sd: number;
} {
  const fixed = weightedMean(estimates, 0);
  const w = estimates.map(({ se }) => 1 / (se * se));
  const sumW = w.reduce((sum, value) => sum + value, 0);
  const sumW2 = w.reduce((sum, value) => sum + value * value, 0);
  const q = estimates.reduce((sum, { value, se }) => sum + ((value - fixed) / se) ** 2, 0);
  const between = Math.max(0, (q - (estimates.length - 1)) / (sumW - sumW2 / sumW));
  return { mean: weightedMean(estimates, between), sd: Math.sqrt(between) };
}

function weightedMean(
  estimates: readonly { readonly value: number; readonly se: number }[],
  between: number,
): number {
  let sum = 0;
  let weights = 0;
  for (const { value, se } of estimates) {
    const weight = 1 / (se * se + between);
    sum += weight * value;
    weights += weight;
  }
  return sum / weights;
}

interface Information {
  readonly aa: number;
  readonly ak: number;
  readonly kk: number;
}

const determinantOf = ({ aa, ak, kk }: Information): number => aa * kk - ak * ak;

function unidentifiedBecause(samples: readonly DepthSample[], fills: number): UnidentifiedBecause | null {
  if (samples.length === 0) return 'noExposure';
  if (fills === 0) return 'noFills';
  const depths = samples.map((sample) => sample.depthPts);
  const least = Math.min(...depths);
  const most = Math.max(...depths);
  if (least === most) return 'oneDepth';
  const inside = samples.some((sample) => sample.fills > 0 && sample.depthPts > least);
  const before = samples.some((sample) => sample.fills > 0 && sample.depthPts < most);
  return inside && before ? null : 'edgeOnly';
}

interface Top {
  readonly lnA: number;
  readonly k: number;
  readonly information: Information;
  readonly iterations: number;
}

/** Newton's method with halved steps on a concave function, so it climbs from anywhere. Null when it does not settle. */
function climb(
  samples: readonly DepthSample[],
  prior: FillIntensityPrior | null,
  lnA0: number,
  k0: number,
): Top | null {
  let lnA = lnA0;
  let k = k0;
  let height = logLikelihood(samples, prior, lnA, k);
  for (let iterations = 1; iterations <= MOST_ITERATIONS; iterations += 1) {
    const { slopeA, slopeK, information } = derivatives(samples, prior, lnA, k);
    const determinant = determinantOf(information);
    if (!(determinant > 0)) return null;
    const stepA = (information.kk * slopeA - information.ak * slopeK) / determinant;
    const stepK = (information.aa * slopeK - information.ak * slopeA) / determinant;
    if (!(slopeA * stepA + slopeK * stepK > CONVERGED)) return { lnA, k, information, iterations };
    let part = 1;
    let next = logLikelihood(samples, prior, lnA + stepA, k + stepK);
    for (let halvings = 0; !(next >= height) && halvings < MOST_HALVINGS; halvings += 1) {
      part /= 2;
      next = logLikelihood(samples, prior, lnA + part * stepA, k + part * stepK);
    }
    if (!(next >= height)) return { lnA, k, information, iterations };
    lnA += part * stepA;
    k += part * stepK;
    height = next;
  }
  return null;
}

function logLikelihood(
  samples: readonly DepthSample[],
  prior: FillIntensityPrior | null,
  lnA: number,
  k: number,
): number {
  let sum = 0;
  for (const { depthPts, exposureS, fills } of samples) {
    const log = lnA - k * depthPts;
    sum += fills * log - exposureS * Math.exp(log);
  }
  if (prior === null) return sum;
  const a = (lnA - prior.lnA) / prior.sdLnA;
  const b = (k - prior.kPerPt) / prior.sdKPerPt;
  return sum - (a * a + b * b) / 2;
}

function derivatives(
  samples: readonly DepthSample[],
  prior: FillIntensityPrior | null,
  lnA: number,
  k: number,
): { readonly slopeA: number; readonly slopeK: number; readonly information: Information } {
  let slopeA = 0;
  let slopeK = 0;
  let aa = 0;
  let ak = 0;
  let kk = 0;
  for (const { depthPts, exposureS, fills } of samples) {
    const mean = exposureS * Math.exp(lnA - k * depthPts);
    slopeA += fills - mean;
    slopeK -= depthPts * (fills - mean);
    aa += mean;
    ak -= mean * depthPts;
    kk += mean * depthPts * depthPts;
  }
  if (prior !== null) {
    const precisionA = 1 / (prior.sdLnA * prior.sdLnA);
    const precisionK = 1 / (prior.sdKPerPt * prior.sdKPerPt);
    slopeA += (prior.lnA - lnA) * precisionA;
    slopeK += (prior.kPerPt - k) * precisionK;
    aa += precisionA;
    kk += precisionK;
  }
  return { slopeA, slopeK, information: { aa, ak, kk } };
}
