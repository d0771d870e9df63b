import type { DepthSample } from './fill-intensity.ts';

/**
 * The last minutes of one market's quoting, from which its fill intensity is estimated: for every minute and depth step, how long
 * orders rested and how often they were hit. Plain data of bounded size, so it can be journaled and resumed.
 */
export interface KappaWindow {
  readonly windowMs: number;
  readonly depthStepPts: number;
  /** Oldest first. */
  slices: KappaSlice[];
  /** Seconds and fills that came too late for the window or lie too deep for it. */
  dropped: { exposureS: number; fills: number };
}

/** One part of the window. Index i of both arrays is the depth i * depthStepPts. */
export interface KappaSlice {
  readonly startMs: number;
  exposureS: number[];
  fills: number[];
}

const SLICES = 60;
const MOST_STEPS = 200;
const DEFAULT_STEP_PTS = 0.25;

/** `windowMs` is forgotten a sixtieth at a time. Depths are rounded to `depthStepPts`, so that jitter of the mid makes no new depth. */
export function createKappaWindow(windowMs: number, depthStepPts = DEFAULT_STEP_PTS): KappaWindow {
  if (!(windowMs >= SLICES) || !(depthStepPts > 0))
    throw new RangeError(
      `the window needs at least ${SLICES} ms and a depth step above 0 pts, found ${windowMs} and ${depthStepPts}`,
    );
  return { windowMs, depthStepPts, slices: [], dropped: { exposureS: 0, fills: 0 } };
}

/** An order rested `exposureS` seconds, up to `atMs`, `depthPts` from the reference price. */
export function observeExposure(
  window: KappaWindow,
  atMs: number,
  depthPts: number,
  exposureS: number,
): void {
  const slice = sliceAt(window, atMs);
  const step = stepOf(window, depthPts);
  if (slice === null || step === null) window.dropped.exposureS += exposureS;
  else addAt(slice.exposureS, step, exposureS);
}

/** An order was hit `depthPts` from the reference price as it stood just before. Once an order and arrival, whatever the size. */
export function observeFillAtDepth(window: KappaWindow, atMs: number, depthPts: number): void {
  const slice = sliceAt(window, atMs);
  const step = stepOf(window, depthPts);
  if (slice === null || step === null) window.dropped.fills += 1;
  else addAt(slice.fills, step, 1);
}

/** Drops the slices that ended before the window of `nowMs` began. */
export function forgetOlder(window: KappaWindow, nowMs: number): void {
  const from = nowMs - window.windowMs;
  const length = sliceMs(window);
  window.slices = window.slices.filter((slice) => slice.startMs + length > from);
}

/** What the window holds, summed by depth, shallow first. Depths without exposure are left out. */
export function samplesOf(window: KappaWindow): DepthSample[] {
  const exposure: number[] = [];
  const fills: number[] = [];
  for (const slice of window.slices) {
    for (let step = 0; step < Math.max(slice.exposureS.length, slice.fills.length); step += 1) {
      exposure[step] = (exposure[step] ?? 0) + (slice.exposureS[step] ?? 0);
      fills[step] = (fills[step] ?? 0) + (slice.fills[step] ?? 0);
    }
  }
  const samples: DepthSample[] = [];
  for (let step = 0; step < exposure.length; step += 1) {
    const exposureS = exposure[step] ?? 0;
    if (exposureS > 0)
      samples.push({ depthPts: step * window.depthStepPts, exposureS, fills: fills[step] ?? 0 });
  }
  return samples;
}

const sliceMs = (window: KappaWindow): number => window.windowMs / SLICES;

/** A quote on the wrong side of the reference price is at depth 0: it cannot be nearer than touching. */
function stepOf(window: KappaWindow, depthPts: number): number | null {
  const step = Math.max(0, Math.round(depthPts / window.depthStepPts));
  return step < MOST_STEPS ? step : null;
}

function sliceAt(window: KappaWindow, atMs: number): KappaSlice | null {
  const length = sliceMs(window);
  const startMs = Math.floor(atMs / length) * length;
  const newest = window.slices.at(-1);
  if (newest?.startMs === startMs) return newest;
  if (newest === undefined || startMs > newest.startMs) {
    forgetOlder(window, atMs);
    const slice: KappaSlice = { startMs, exposureS: [], fills: [] };
    window.slices.push(slice);
    return slice;
  }
  return window.slices.find((slice) => slice.startMs === startMs) ?? null;
}

/** Arrays end at the deepest step seen: most markets use a handful of the steps, and there are many markets. */
function addAt(values: number[], step: number, amount: number): void {
  while (values.length <= step) values.push(0);
  values[step] = (values[step] ?? 0) + amount;
}
