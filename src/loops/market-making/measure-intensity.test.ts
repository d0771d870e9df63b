import { describe, expect, it } from 'vitest';
import { nextFloat, streamOf } from '../../domain/random.ts';
import { book, market, ofKind, type TestKernel } from '../../kernel/test-support/test-kernel.ts';
import { type FillIntensityFit, fitFillIntensity } from '../../pricing/fill-intensity.ts';
import { observeExposure, observeFillAtDepth, samplesOf } from '../../pricing/kappa-window.ts';
import {
  createMarketIntensity,
  explainIntensity,
  fitIntensities,
  type MarketIntensity,
  usedIntensity,
} from './measure-intensity.ts';
import { bidOf, hit, marketMemory, pass, quotingRun, resting, say } from './test-support/quoting-run.ts';

const HOUR_MS = 3_600_000;
const windowOf = (test: TestKernel, n = 1) => marketMemory(test, n).measures.intensity.window;
const samples = (test: TestKernel) => samplesOf(windowOf(test));
const exposureS = (test: TestKernel) => samples(test).reduce((sum, one) => sum + one.exposureS, 0);

describe('time at risk', () => {
  it("is counted at each quote's depth from the fair value, for as long as it rests", () => {
    const test = quotingRun({ staleThresholdSeconds: 86_400 });
    const restedFromMs = test.nowMs;
    pass(test, 300_000);
    const depths = resting(test).map(({ cents }) => Math.abs(cents - 50));
    expect(depths).toEqual([2, 2]);
    expect(samples(test).map(({ depthPts }) => depthPts)).toEqual([2]);
    // Two quotes, each since it was sent; the last look is at most a beat ago.
    expect(exposureS(test)).toBeGreaterThan((2 * (test.nowMs - restedFromMs - 10_000)) / 1_000);
    expect(exposureS(test)).toBeLessThan((2 * (test.nowMs - restedFromMs + 1_000)) / 1_000);
  });

  it('is not counted while a market is not quoted', () => {
    const test = quotingRun();
    pass(test, 60_000);
    say(test, { kind: 'bookUntrusted', conditionId: market(1).conditionId, reason: 'hash' });
    const before = exposureS(test);
    expect(resting(test)).toEqual([]);
    pass(test, 600_000);
    expect(exposureS(test)).toBeLessThan(before + 1);
  });

  it('reaches to the fill that ended an order, and a fill is counted at its depth', () => {
    const test = quotingRun({ cycleSeconds: 600, staleQuoteSeconds: 3_600 });
    pass(test, 100_000);
    const bid = bidOf(test);
    hit(test, bid, (bid?.size ?? 0) / 1e6);
    const [sample] = samples(test);
    expect(sample).toMatchObject({ depthPts: 2, fills: 1 });
    expect(sample?.exposureS).toBeGreaterThan(2 * 99);
  });

  it('MM_AS_KAPPA_WINDOW_MINUTES: is forgotten after the window, and a new window starts empty', () => {
    const test = quotingRun({ asKappaWindowMinutes: 10 });
    pass(test, 60_000);
    hit(test, bidOf(test));
    pass(test, 5 * 60_000);
    expect(samples(test).reduce((sum, { fills }) => sum + fills, 0)).toBe(1);
    pass(test, 10 * 60_000);
    expect(samples(test).reduce((sum, { fills }) => sum + fills, 0)).toBe(0);
    // The part-filled order and what was added beside it, and the other side: three orders.
    expect(exposureS(test)).toBeLessThan(3 * 10.5 * 60);
    const settings = { ...test.state.settings, mm: { ...test.state.settings.mm, asKappaWindowMinutes: 120 } };
    say(test, { kind: 'settingsChanged', settings, by: 'operator' });
    pass(test, 1_000);
    expect(windowOf(test).windowMs).toBe(120 * 60_000);
    expect(exposureS(test)).toBeLessThan(10);
  });
});

/** A market in which quotes at these depths rested an hour each and were hit as often as A e^(-k depth) says. */
function filled(
  aPerS: number,
  kPerPt: number,
  depths: readonly number[],
  atMs: number,
  seed: string,
): MarketIntensity {
  const intensity = createMarketIntensity(2 * HOUR_MS);
  const random = streamOf(seed, 'fills');
  for (const depth of depths) {
    observeExposure(intensity.window, atMs, depth, 3_600);
    const mean = 3_600 * aPerS * Math.exp(-kPerPt * depth);
    for (let draw = 0; draw < 2 * Math.ceil(mean); draw += 1)
      if (nextFloat(random) < mean / (2 * Math.ceil(mean))) observeFillAtDepth(intensity.window, atMs, depth);
  }
  intensity.newFills = 1;
  return intensity;
}
const asFit = (intensity: MarketIntensity): FillIntensityFit => {
  if (intensity.shrunk?.kind !== 'fitted') throw new Error('expected a fit');
  return intensity.shrunk;
};

describe('the estimate', () => {
  it('is unidentified with one depth, and then the settings stand', () => {
    const intensity = filled(0.02, 1, [2], 0, 'one depth');
    fitIntensities(new Map(), [{ category: 'other', intensity }], 0);
    expect(intensity.shrunk).toMatchObject({ kind: 'unidentified', because: 'oneDepth' });
    expect(usedIntensity(intensity.shrunk)).toBeNull();
    expect(explainIntensity(intensity.shrunk)).toMatchObject({ unidentified: 'oneDepth' });
  });

  it('quotes by a k that is surely above 0, and the wider the less it is known', () => {
    const known = (seKPerPt: number): FillIntensityFit => ({
      ...(fitFillIntensity([
        { depthPts: 1, exposureS: 100, fills: 67 },
        { depthPts: 2, exposureS: 100, fills: 49 },
        { depthPts: 3, exposureS: 100, fills: 37 },
      ]) as FillIntensityFit),
      kPerPt: 1,
      seKPerPt,
      kInterval: { low: 1 - 1.96 * seKPerPt, high: 1 + 1.96 * seKPerPt },
    });
    expect(usedIntensity(known(0.01))?.kappaPerPt).toBeCloseTo(1, 3);
    expect(usedIntensity(known(0.3))?.kappaPerPt).toBeCloseTo(0.91, 9);
    expect(usedIntensity(known(0.52))).toBeNull();
  });

  it('takes the best depth on average where k is uncertain: k - se^2/k against a search', () => {
    const [mean, sd] = [2, 0.6];
    const [shape, rate] = [(mean / sd) ** 2, mean / sd ** 2];
    // With k ~ Gamma, the mean of e^(-k d) is (1 + d/rate)^-shape.
    let [best, bestDepth] = [0, 0];
    for (let depth = 0; depth < 3; depth += 0.0005) {
      const earned = depth * (1 + depth / rate) ** -shape;
      if (earned > best) [best, bestDepth] = [earned, depth];
    }
    expect(1 / (mean - sd ** 2 / mean)).toBeCloseTo(bestDepth, 3);
  });

  it('shrinks to the category: a market with few fills learns from its like, and from no other category', () => {
    const priors = new Map();
    const rich = Array.from({ length: 8 }, (_, n) => ({
      category: 'sports',
      intensity: filled(0.05, 1, [0.5, 1, 1.5, 2, 3], 0, `rich ${n}`),
    }));
    const poor = { category: 'sports', intensity: filled(0.05, 1, [2], 0, 'poor') };
    const alone = { category: 'crypto', intensity: filled(0.05, 1, [2], 0, 'poor') };
    const all = [...rich, poor, alone];
    fitIntensities(priors, all, 0);
    expect(poor.intensity.own).toMatchObject({ kind: 'unidentified' });
    expect(Math.abs(asFit(poor.intensity).kPerPt - 1)).toBeLessThan(0.25);
    expect(usedIntensity(alone.intensity.shrunk)).toBeNull();
    expect(priors.get('crypto') ?? null).toBeNull();
  });

  it('is fitted only where there is something new', () => {
    const known = Array.from({ length: 50 }, (_, n) => ({
      category: 'other',
      intensity: filled(0.02, 1, [1, 2], 0, `market ${n}`),
    }));
    const priors = new Map();
    fitIntensities(priors, known, 0);
    const fitted = () => known.filter(({ intensity }) => intensity.newFills === 0).length;
    expect(fitted()).toBe(20);
    fitIntensities(priors, known, 10_000);
    fitIntensities(priors, known, 20_000);
    expect(fitted()).toBe(50);
    const before = known.map(({ intensity }) => intensity.own);
    fitIntensities(priors, known, 30_000);
    expect(known.map(({ intensity }) => intensity.own)).toEqual(before);
    for (const [index, { intensity }] of known.entries()) expect(intensity.own).toBe(before[index]);
  });
});

describe('quotes', () => {
  /** Quotes of market 1 move between two depths and are hit at both, the nearer ones much more often. */
  function learned(pricingEngine: 'as' | 'glft' | 'bounded'): TestKernel {
    const test = quotingRun({
      pricingEngine,
      maxPerMarketUsd: 10_000,
      requoteThresholdPts: 0.01,
      cancelPriceThresholdPts: 0.01,
      multiLevelCount: 3,
      levelSpreadMult: 1.6,
      levelSizeMult: 1,
      asFeedbackEnabled: false,
      circuitBreakerThreshold: 1_000,
      adverseSelectionWindowSeconds: 5,
    });
    const whole = (isBid: boolean, isNear: boolean) => {
      const orders = resting(test).filter((order) => order.isBid === isBid);
      const order = orders.find(({ cents }) => Math.abs(cents - 50) < 1.5 === isNear);
      if (order !== undefined) hit(test, order, order.size / 1e6);
    };
    for (let round = 0; round < 60; round += 1) {
      pass(test, 10_000);
      whole(true, true);
      pass(test, 2_000);
      whole(false, true);
      if (round % 10 !== 9) continue;
      whole(true, false);
      whole(false, false);
    }
    pass(test, 20_000);
    return test;
  }

  it.each(['as', 'glft', 'bounded'] as const)(
    'of engine %s use what was learned, and say so with its interval',
    (engine) => {
      const test = learned(engine);
      const { intensity } = marketMemory(test).measures;
      const used = usedIntensity(intensity.shrunk);
      if (used === null)
        throw new Error(`expected k to be known: ${JSON.stringify(explainIntensity(intensity.shrunk))}`);
      const commands = say(test, book(1, 37, 43));
      const text = JSON.stringify(ofKind(commands, 'decision').at(-1));
      expect(text).toContain(`"kappaPerPt":${Math.round(used.kappaPerPt * 1e4) / 1e4}`);
      expect(text).toMatch(
        /"measured":\{"intensity":\{"kappaPerPt":[\d.]+,"kappaLowPerPt":[\d.]+,"kappaHighPerPt":[\d.]+/,
      );
    },
  );
});
