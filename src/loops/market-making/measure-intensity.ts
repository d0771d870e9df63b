import type { ClientId } from '../../domain/order.ts';
import { POINT } from '../../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../../domain/yes-coordinates.ts';
import { restingSize } from '../../orders/order-size.ts';
import type { OrderRecord } from '../../orders/types.ts';
import {
  categoryPriorOf,
  type FillIntensityFit,
  type FillIntensityPrior,
  type FillIntensityResult,
  fitFillIntensity,
} from '../../pricing/fill-intensity.ts';
import {
  createKappaWindow,
  forgetOlder,
  type KappaWindow,
  observeExposure,
  observeFillAtDepth,
  samplesOf,
} from '../../pricing/kappa-window.ts';

/** How often quotes of one market are hit, by depth: what was observed, and what was last made of it. Plain data. */
export interface MarketIntensity {
  window: KappaWindow;
  /** The fair value that quotes rest around since the last look; null while there is none. */
  fairPts: number | null;
  /** Time at risk is counted up to here. */
  countedToMs: number;
  /** Fills since the last fit. */
  newFills: number;
  fittedAtMs: number;
  /** From this market alone, and the same shrunk to its category. Null before the first fit. */
  own: FillIntensityResult | null;
  shrunk: FillIntensityResult | null;
}

export const createMarketIntensity = (windowMs: number): MarketIntensity => ({
  window: createKappaWindow(windowMs),
  fairPts: null,
  countedToMs: 0,
  newFills: 0,
  fittedAtMs: Number.MIN_SAFE_INTEGER,
  own: null,
  shrunk: null,
});

/** Starts anew when the window is set to another length: its parts are a sixtieth of it and fit no other. */
export function setWindow(intensity: MarketIntensity, windowMs: number): void {
  if (intensity.window.windowMs === windowMs) return;
  const { fairPts, countedToMs } = intensity;
  Object.assign(intensity, createMarketIntensity(windowMs), { fairPts, countedToMs });
}

/**
 * Counts the time that quotes have rested since the last look, at their depths from the fair value of that look, and notes the
 * new one. `ended` is an order that a fill has just ended, so that it is not among the working ones any more.
 */
export function observeResting(
  intensity: MarketIntensity,
  working: ReadonlyMap<ClientId, OrderRecord> | undefined,
  nowMs: number,
  ended: OrderRecord | null = null,
): void {
  const { fairPts, countedToMs } = intensity;
  intensity.countedToMs = nowMs;
  if (fairPts === null || nowMs <= countedToMs) return;
  if (working !== undefined)
    for (const record of working.values())
      if (isResting(record)) countRest(intensity, record, fairPts, countedToMs, nowMs);
  if (ended !== null && !isResting(ended)) countRest(intensity, ended, fairPts, countedToMs, nowMs);
}

/** Only what the venue has acknowledged can be hit, and until its cancel is confirmed it still can. */
const isResting = (record: OrderRecord): boolean =>
  (record.state === 'open' || record.state === 'partiallyFilled' || record.state === 'cancelInFlight') &&
  restingSize(record) > 0;

function countRest(
  { window }: MarketIntensity,
  record: OrderRecord,
  fairPts: number,
  countedToMs: number,
  nowMs: number,
): void {
  if (record.tags.purpose !== 'quote') return;
  const fromMs = Math.max(countedToMs, record.inFlightAtMs ?? record.approvedAtMs);
  if (nowMs > fromMs) observeExposure(window, nowMs, depthPts(record, fairPts), (nowMs - fromMs) / 1_000);
}

/** Points that an order rests from the fair value; below 0 on its wrong side. */
function depthPts({ request }: OrderRecord, fairPts: number): number {
  const pricePts = yesPriceOf(request) / POINT;
  return yesSideOf(request) === 'BUY' ? fairPts - pricePts : pricePts - fairPts;
}

/** Counts a fill of a quote at its depth, after the time that the market's quotes rested until then. */
export function observeFill(
  intensity: MarketIntensity,
  working: ReadonlyMap<ClientId, OrderRecord> | undefined,
  order: OrderRecord,
  nowMs: number,
): void {
  observeResting(intensity, working, nowMs, order);
  if (intensity.fairPts === null || order.tags.purpose !== 'quote') return;
  observeFillAtDepth(intensity.window, nowMs, depthPts(order, intensity.fairPts));
  intensity.newFills += 1;
}

/** A fit costs some tens of microseconds, and a beat looks at every market: the rest waits for the next beat. */
const MOST_FITS_A_BEAT = 20;
/** Without new fills, time at risk alone moves the estimate slowly: as often as the window forgets is enough. */
const REFITS_A_WINDOW = 60;

/** What the loop keeps of a market for this, with what the market is about. */
export interface CategorisedIntensity {
  readonly category: string;
  readonly intensity: MarketIntensity;
}

/**
 * Brings estimates up to date where there is something new, and the categories' beliefs with them. A market's own fit makes its
 * category; what quotes use is shrunk to that.
 */
export function fitIntensities(
  priors: Map<string, FillIntensityPrior | null>,
  markets: readonly CategorisedIntensity[],
  nowMs: number,
): void {
  const due = markets.filter(({ category, intensity }) =>
    isFitDue(intensity, priors.get(category) ?? null, nowMs),
  );
  const now = due.slice(0, MOST_FITS_A_BEAT);
  const changed = new Set<string>();
  for (const { category, intensity } of now) if (fitOwn(intensity, nowMs)) changed.add(category);
  for (const category of changed) {
    const fits = markets.flatMap((one) =>
      one.category === category && one.intensity.own !== null ? [one.intensity.own] : [],
    );
    priors.set(category, categoryPriorOf(fits));
  }
  for (const { category, intensity } of now) {
    const prior = priors.get(category) ?? null;
    intensity.shrunk = prior === null ? intensity.own : fitFillIntensity(samplesOf(intensity.window), prior);
  }
}

function isFitDue(intensity: MarketIntensity, prior: FillIntensityPrior | null, nowMs: number): boolean {
  if (intensity.newFills > 0) return true;
  // Nothing was ever hit and nothing is known of its like: there is nothing to fit.
  if (intensity.own === null && prior === null) return false;
  return nowMs - intensity.fittedAtMs >= intensity.window.windowMs / REFITS_A_WINDOW;
}

/** Returns whether the market said something about its category, before or after. */
function fitOwn(intensity: MarketIntensity, nowMs: number): boolean {
  forgetOlder(intensity.window, nowMs);
  const before = intensity.own;
  intensity.own = fitFillIntensity(samplesOf(intensity.window));
  intensity.newFills = 0;
  intensity.fittedAtMs = nowMs;
  return before?.kind === 'fitted' || intensity.own.kind === 'fitted';
}

/** A k outside of this says more about few fills than about the market; in 1/pt. */
const LEAST_KAPPA_PER_PT = 0.1;
const MOST_KAPPA_PER_PT = 20;

/** What quotes use: k in 1/pt, A in fills an hour on each side at the fair value. */
export interface UsedIntensity {
  readonly kappaPerPt: number;
  readonly fillsPerHour: number;
}

/**
 * The k and A to quote with, or null while they are not known well enough and the settings stand. Known is a k whose 95 % interval
 * lies above 0. Of an uncertain k, the depth that earns most on average is that of k - se^2/k (the best depth under a Gamma belief of
 * that mean and deviation): wider than 1/k, the more so the less is known.
 */
export function usedIntensity(fit: FillIntensityResult | null): UsedIntensity | null {
  if (fit === null || fit.kind !== 'fitted' || !(fit.kInterval.low > 0)) return null;
  const cautious = fit.kPerPt - (fit.seKPerPt * fit.seKPerPt) / fit.kPerPt;
  return {
    kappaPerPt: Math.max(LEAST_KAPPA_PER_PT, Math.min(MOST_KAPPA_PER_PT, cautious)),
    fillsPerHour: fit.aPerS * 3_600,
  };
}

/** The estimate in a form worth keeping beside a decision; null before there was a fit. */
export function explainIntensity(
  fit: FillIntensityResult | null,
): Readonly<Record<string, number | string>> | null {
  if (fit === null) return null;
  const { fills, exposureS } = fit;
  if (fit.kind === 'unidentified') return { unidentified: fit.because, fills, exposureS: rounded(exposureS) };
  return { ...intervalsOf(fit), fills, exposureS: rounded(exposureS) };
}

const intervalsOf = (fit: FillIntensityFit) => ({
  kappaPerPt: rounded(fit.kPerPt),
  kappaLowPerPt: rounded(fit.kInterval.low),
  kappaHighPerPt: rounded(fit.kInterval.high),
  fillsPerHour: rounded(fit.aPerS * 3_600),
  fillsLowPerHour: rounded(fit.aInterval.low * 3_600),
  fillsHighPerHour: rounded(fit.aInterval.high * 3_600),
});

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
