import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFloat, type RandomStream, streamOf } from '../domain/random.ts';
import {
  categoryPriorOf,
  cautiousKappaPerPt,
  type DepthSample,
  type FillIntensityFit,
  type FillIntensityPrior,
  fillIntensityPerS,
  fitFillIntensity,
} from './fill-intensity.ts';

const samplesAt = (depths: readonly number[], exposureS: number, counts: readonly number[]): DepthSample[] =>
  depths.map((depthPts, index) => ({ depthPts, exposureS, fills: counts[index] ?? 0 }));

function fitted(samples: readonly DepthSample[], prior: FillIntensityPrior | null = null): FillIntensityFit {
  const fit = fitFillIntensity(samples, prior);
  if (fit.kind !== 'fitted') throw new Error(`expected a fit, found unidentified because ${fit.because}`);
  return fit;
}

/** Knuth's product of uniforms: exact, and quick for the means used here. */
function poisson(stream: RandomStream, mean: number): number {
  const limit = Math.exp(-mean);
  let product = nextFloat(stream);
  let count = 0;
  while (product > limit) {
    product *= nextFloat(stream);
    count += 1;
  }
  return count;
}

const NOTES = samplesAt([1, 2, 3], 100, [67, 49, 37]);

describe('the regression', () => {
  it('gives the numbers of the pricing notes (k there in 1/USD, here in 1/pt)', () => {
    const fit = fitted(NOTES);
    expect(fit.aPerS).toBeCloseTo(0.89952, 5);
    expect(fit.kPerPt * 100).toBeCloseTo(29.847, 3);
    expect(fit.seLnA).toBeCloseTo(0.1997, 4);
    expect(fit.seKPerPt * 100).toBeCloseTo(10.12, 2);
    expect(fit.seKPerPt / fit.kPerPt).toBeCloseTo(0.34, 2);
    expect(fit.fills).toBe(153);
    expect(fit.iterations).toBeLessThan(10);
  });

  it('makes expected and observed totals and depths agree, as at any top of the likelihood', () => {
    const fit = fitted(NOTES);
    const mean = (sample: DepthSample) => sample.exposureS * fillIntensityPerS(fit, sample.depthPts);
    expect(NOTES.reduce((sum, sample) => sum + mean(sample), 0)).toBeCloseTo(153, 6);
    expect(NOTES.reduce((sum, sample) => sum + mean(sample) * sample.depthPts, 0)).toBeCloseTo(276, 6);
  });

  it('scales as its units say: depth by c divides k by c, exposure by c divides A by c', () => {
    const fit = fitted(NOTES);
    const cents = fitted(NOTES.map((sample) => ({ ...sample, depthPts: sample.depthPts / 100 })));
    expect(cents.kPerPt).toBeCloseTo(fit.kPerPt * 100, 6);
    expect(cents.seKPerPt).toBeCloseTo(fit.seKPerPt * 100, 6);
    const hours = fitted(NOTES.map((sample) => ({ ...sample, exposureS: sample.exposureS * 60 })));
    expect(hours.aPerS).toBeCloseTo(fit.aPerS / 60, 9);
    expect(hours.kPerPt).toBeCloseTo(fit.kPerPt, 9);
  });

  it('finds the exact curve when the counts lie on it, from any start', () => {
    const value = fc.double({ min: 0.05, max: 3, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, k) => {
        const exact = [0.5, 1, 2, 4].map((depthPts) => ({
          depthPts,
          exposureS: 1_000,
          fills: 1_000 * a * Math.exp(-k * depthPts),
        }));
        const fit = fitted(exact);
        expect(fit.aPerS / a).toBeCloseTo(1, 4);
        expect(fit.kPerPt).toBeCloseTo(k, 4);
      }),
    );
  });

  it('covers the true k with its 95 % interval in 95 +- 2 % of 2,000 simulations', () => {
    const stream = streamOf(20_261_122, 'kappa coverage');
    const depths = [1, 2, 3];
    const truth = { aPerS: 0.9, kPerPt: 0.3 };
    let covered = 0;
    for (let run = 0; run < 2_000; run += 1) {
      const counts = depths.map((depth) =>
        poisson(stream, 100 * truth.aPerS * Math.exp(-truth.kPerPt * depth)),
      );
      const { kInterval } = fitted(samplesAt(depths, 100, counts));
      if (kInterval.low <= truth.kPerPt && truth.kPerPt <= kInterval.high) covered += 1;
    }
    expect(covered / 2_000).toBeGreaterThan(0.93);
    expect(covered / 2_000).toBeLessThan(0.97);
  });
});

describe('what cannot be known', () => {
  const because = (samples: readonly DepthSample[]) => {
    const fit = fitFillIntensity(samples);
    return fit.kind === 'unidentified' ? fit.because : null;
  };

  it('is unidentified with one depth, without exposure or without fills', () => {
    expect(because(samplesAt([2], 1_000, [80]))).toBe('oneDepth');
    expect(because([...samplesAt([2], 1_000, [80]), ...samplesAt([2], 50, [3])])).toBe('oneDepth');
    expect(because([])).toBe('noExposure');
    expect(because(samplesAt([1, 2], 100, [0, 0]))).toBe('noFills');
  });

  it('is unidentified when every fill is at the outermost depth, where k runs away', () => {
    expect(because(samplesAt([1, 2, 3], 100, [9, 0, 0]))).toBe('edgeOnly');
    expect(because(samplesAt([1, 2, 3], 100, [0, 0, 9]))).toBe('edgeOnly');
    expect(because(samplesAt([1, 2, 3], 100, [0, 9, 0]))).toBeNull();
  });

  it('gives the caller no k to quote with, and the lower bound when there is one', () => {
    expect(cautiousKappaPerPt(fitFillIntensity([]), 0.05)).toBeNull();
    const fit = fitted(NOTES);
    expect(cautiousKappaPerPt(fit, 0.05)).toBe(fit.kInterval.low);
    expect(cautiousKappaPerPt(fit, 0.2)).toBe(0.2);
  });
});

describe('shrinking to the category', () => {
  const prior: FillIntensityPrior = { lnA: Math.log(0.5), sdLnA: 0.5, kPerPt: 0.6, sdKPerPt: 0.1 };

  it('is the prior without a market of its own, and the market with a prior that says nothing', () => {
    const alone = fitted([], prior);
    expect(alone.kPerPt).toBeCloseTo(0.6, 9);
    expect(alone.seKPerPt).toBeCloseTo(0.1, 9);
    const vague = fitted(NOTES, { ...prior, sdLnA: 1e6, sdKPerPt: 1e6 });
    expect(vague.kPerPt).toBeCloseTo(fitted(NOTES).kPerPt, 6);
  });

  it('lies between the two, nearer to the market the more it has seen, and narrower than either', () => {
    const own = fitted(NOTES);
    const shrunk = fitted(NOTES, prior);
    const much = fitted(
      NOTES.map((sample) => ({ ...sample, exposureS: sample.exposureS * 20, fills: sample.fills * 20 })),
      prior,
    );
    expect(shrunk.kPerPt).toBeGreaterThan(own.kPerPt);
    expect(shrunk.kPerPt).toBeLessThan(0.6);
    expect(much.kPerPt).toBeLessThan(shrunk.kPerPt);
    expect(shrunk.seKPerPt).toBeLessThan(Math.min(own.seKPerPt, prior.sdKPerPt));
  });

  it('makes one depth enough', () => {
    const fit = fitted(samplesAt([2], 1_000, [80]), prior);
    expect(fillIntensityPerS(fit, 2)).toBeCloseTo(0.08, 2);
    expect(fit.seKPerPt).toBeLessThanOrEqual(prior.sdKPerPt);
  });

  it('comes from the fits of two markets or more, as wide as they differ', () => {
    const slow = fitted(samplesAt([1, 2, 3], 1_000, [670, 490, 370]));
    const steep = fitted(samplesAt([1, 2, 3], 1_000, [670, 245, 92]));
    expect(categoryPriorOf([slow, fitFillIntensity([])])).toBeNull();
    const made = categoryPriorOf([slow, steep, fitFillIntensity([])]);
    expect(made?.kPerPt).toBeGreaterThan(slow.kPerPt);
    expect(made?.kPerPt).toBeLessThan(steep.kPerPt);
    expect(made?.sdKPerPt).toBeGreaterThan(0.3);
    expect(categoryPriorOf([slow, slow])?.sdKPerPt).toBeCloseTo(0.15 * slow.kPerPt, 9);
  });
});
