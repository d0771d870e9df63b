import { describe, expect, it } from 'vitest';
import { fitFillIntensity } from './fill-intensity.ts';
import {
  createKappaWindow,
  forgetOlder,
  observeExposure,
  observeFillAtDepth,
  samplesOf,
} from './kappa-window.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('the window of fills', () => {
  it('sums exposure and fills by depth step', () => {
    const window = createKappaWindow(HOUR_MS);
    observeExposure(window, 1_000, 1.05, 10);
    observeExposure(window, 61_000, 0.95, 20);
    observeExposure(window, 61_000, 2, 5);
    observeFillAtDepth(window, 61_500, 1);
    expect(samplesOf(window)).toEqual([
      { depthPts: 1, exposureS: 30, fills: 1 },
      { depthPts: 2, exposureS: 5, fills: 0 },
    ]);
  });

  it('MM_AS_KAPPA_WINDOW_MINUTES: forgets what is older than the window', () => {
    const window = createKappaWindow(10 * MINUTE_MS);
    observeExposure(window, 0, 1, 10);
    observeFillAtDepth(window, 0, 1);
    observeExposure(window, 5 * MINUTE_MS, 2, 7);
    forgetOlder(window, 9 * MINUTE_MS);
    expect(samplesOf(window)).toHaveLength(2);
    forgetOlder(window, 11 * MINUTE_MS);
    expect(samplesOf(window)).toEqual([{ depthPts: 2, exposureS: 7, fills: 0 }]);
    forgetOlder(window, HOUR_MS);
    expect(samplesOf(window)).toEqual([]);
  });

  it('stays bounded however long it runs, and survives a journal', () => {
    const window = createKappaWindow(HOUR_MS);
    for (let beat = 0; beat < 5_000; beat += 1) observeExposure(window, beat * 10_000, beat % 7, 10);
    expect(window.slices.length).toBeLessThanOrEqual(61);
    const resumed: typeof window = JSON.parse(JSON.stringify(window));
    observeFillAtDepth(window, 50_000_000, 3);
    observeFillAtDepth(resumed, 50_000_000, 3);
    expect(samplesOf(resumed)).toEqual(samplesOf(window));
  });

  it('counts what comes too late or lies too deep, and takes a quote inside the reference as depth 0', () => {
    const window = createKappaWindow(HOUR_MS);
    observeExposure(window, HOUR_MS, 1, 10);
    observeFillAtDepth(window, 0, 1);
    observeExposure(window, HOUR_MS, 99, 4);
    observeExposure(window, HOUR_MS, -2, 3);
    expect(window.dropped).toEqual({ exposureS: 4, fills: 1 });
    expect(samplesOf(window)[0]).toEqual({ depthPts: 0, exposureS: 3, fills: 0 });
  });

  it('feeds the regression: one depth is unidentified, a second one is not', () => {
    const window = createKappaWindow(HOUR_MS);
    observeExposure(window, 0, 1, 100);
    for (let fill = 0; fill < 60; fill += 1) observeFillAtDepth(window, 0, 1);
    expect(fitFillIntensity(samplesOf(window))).toMatchObject({ kind: 'unidentified', because: 'oneDepth' });
    observeExposure(window, 0, 3, 100);
    for (let fill = 0; fill < 30; fill += 1) observeFillAtDepth(window, 0, 3);
    const fit = fitFillIntensity(samplesOf(window));
    expect(fit.kind === 'fitted' && fit.kPerPt).toBeCloseTo(Math.log(2) / 2, 6);
  });

  it('refuses a window that is no window', () => {
    expect(() => createKappaWindow(0)).toThrow('found 0');
    expect(() => createKappaWindow(HOUR_MS, 0)).toThrow('depth step above 0');
  });
});
