import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFloat, nextInt, streamOf } from '../domain/random.ts';
import { type Estimate, isTooFew } from './cluster-bootstrap.ts';
import {
  biasFindings,
  calibrationOf,
  confidenceBuckets,
  favouriteLongshotSlope,
  priceBands,
} from './forecast-bias.ts';
import { binOf, logLossOf, murphyParts, type ScoredForecast, scoreForecasts } from './forecast-scores.ts';

const forecast = (
  probability: number,
  outcome: 0 | 1,
  cluster = `${probability} ${outcome}`,
  marketProbability: number | null = null,
): ScoredForecast => ({ probability, marketProbability, outcome, cluster });

const anyForecasts = fc.array(
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1), fc.integer({ min: 0, max: 30 }))
    .map(([probability, outcome, cluster]) => forecast(probability, outcome as 0 | 1, String(cluster))),
  { minLength: 1, maxLength: 80 },
);

const value = (estimate: Estimate): number => {
  if (isTooFew(estimate)) throw new Error(estimate.tooFew);
  return estimate.value;
};

/** Forecasts in many events; what happens depends on what was said as `truth` tells. */
function world(name: string, truth: (probability: number) => number, events = 400): ScoredForecast[] {
  const stream = streamOf('forecasts', name);
  return Array.from({ length: events }, (_, event) => {
    const probability = 0.03 + 0.94 * nextFloat(stream);
    const outcome = nextFloat(stream) < truth(probability) ? 1 : 0;
    return Array.from({ length: nextInt(stream, 1, 4) }, () =>
      forecast(probability, outcome, String(event), 0.5),
    );
  }).flat();
}

describe('scores', () => {
  it('are those worked by hand', () => {
    const known = [
      [0.8, 1],
      [0.6, 0],
      [0.3, 0],
    ] as const;
    // Each four times in an event of its own, so that there are enough events.
    const scores = scoreForecasts(
      [0, 1, 2, 3].flatMap((n) => known.map(([p, y]) => forecast(p, y, `${n} ${p}`, 0.5))),
    );
    expect(scores).toMatchObject({ forecasts: 12, clusters: 12 });
    expect(scores.yesShare).toBeCloseTo(1 / 3, 12);
    expect(value(scores.brier)).toBeCloseTo((0.04 + 0.36 + 0.09) / 3, 12);
    expect(value(scores.logLoss)).toBeCloseTo((0.2231435513 + 0.9162907319 + 0.3566749439) / 3, 9);
    expect(value(scores.skill)).toBeCloseTo(1 - 0.49 / 3 / 0.25, 12);
  });

  it('of Murphy: two bins by hand', () => {
    // 0.2 twice, of which one happens; 0.8 twice, of which both do.
    const parts = murphyParts([forecast(0.2, 0), forecast(0.2, 1), forecast(0.8, 1), forecast(0.8, 1)]);
    expect(parts.reliability).toBeCloseTo((2 * 0.3 ** 2 + 2 * 0.2 ** 2) / 4, 12);
    expect(parts.resolution).toBeCloseTo((2 * 0.25 ** 2 + 2 * 0.25 ** 2) / 4, 12);
    expect(parts.uncertainty).toBeCloseTo(0.1875, 12);
    expect(parts.withinBinVariance).toBeCloseTo(0, 12);
  });

  it('of Murphy add up to the Brier score, whatever the forecasts', () => {
    fc.assert(
      fc.property(anyForecasts, (forecasts) => {
        const parts = murphyParts(forecasts);
        const brier =
          forecasts.reduce((sum, { probability, outcome }) => sum + (probability - outcome) ** 2, 0) /
          forecasts.length;
        const { reliability, resolution, uncertainty, withinBinVariance, withinBinCovariance } = parts;
        const again = reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance;
        expect(again).toBeCloseTo(brier, 10);
      }),
    );
  });

  it('are those of a second, naive way of computing them', () => {
    fc.assert(
      fc.property(anyForecasts, (forecasts) => {
        const scores = scoreForecasts(forecasts);
        expect(scores.clusters).toBe(new Set(forecasts.map(({ cluster }) => cluster)).size);
        if (isTooFew(scores.brier)) return;
        const losses = forecasts.map(({ probability, outcome }) => logLossOf(probability, outcome));
        expect(value(scores.logLoss)).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 10);
      }),
      { numRuns: 30 },
    );
  });

  it('take YES for NO without a change, but for the sign of what is biased', () => {
    fc.assert(
      fc.property(anyForecasts, (forecasts) => {
        const turned = forecasts.map((one) => ({
          ...one,
          probability: 1 - one.probability,
          outcome: (1 - one.outcome) as 0 | 1,
        }));
        const [ours, theirs] = [scoreForecasts(forecasts), scoreForecasts(turned)];
        const [slope, other] = [favouriteLongshotSlope(forecasts), favouriteLongshotSlope(turned)];
        if (isTooFew(ours.brier) || isTooFew(theirs.brier)) return;
        expect(theirs.brier.value).toBeCloseTo(ours.brier.value, 9);
        if (isTooFew(slope) || isTooFew(other)) return;
        // Where the probabilities hardly differ, their slope is nearly anything.
        expect(Math.abs(slope.value - other.value)).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope.value)));
      }),
      { numRuns: 30 },
    );
  });

  it('bound the loss of a forecast that was certain and wrong', () => {
    expect(logLossOf(0, 1)).toBeCloseTo(-Math.log(0.000_05), 12);
    expect(logLossOf(1, 1)).toBeCloseTo(0.000_05, 8);
    expect([0, 0.0999, 0.1, 0.95, 1].map(binOf)).toEqual([0, 0, 1, 9, 9]);
  });

  it('of nothing say that there is nothing', () => {
    expect(scoreForecasts([])).toMatchObject({ forecasts: 0, clusters: 0, yesShare: null, murphy: null });
    expect(isTooFew(scoreForecasts([]).brier)).toBe(true);
    expect(calibrationOf([])).toEqual([]);
  });
});

describe('bias', () => {
  const all = (forecasts: readonly ScoredForecast[]) => [
    ...priceBands(forecasts),
    ...confidenceBuckets(forecasts),
    ...calibrationOf(forecasts),
  ];

  it('is found in forecasts that mean what they say as seldom as chance shows it', () => {
    const worlds = Array.from({ length: 25 }, (_, n) => world(`fair ${n}`, (p) => p, 150));
    const groups = worlds.flatMap(all);
    const judged = groups.filter(({ bias }) => !isTooFew(bias));
    const found = biasFindings(judged, { tooFew: '', clusters: 0 }).length;
    const slopes = worlds.filter((one) => biasFindings([], favouriteLongshotSlope(one)).length > 0).length;
    // One in twenty of several hundred, many of them of the same forecasts; and one in twenty of 25.
    expect(judged.length).toBeGreaterThan(200);
    expect(found / judged.length).toBeLessThan(0.09);
    expect(slopes).toBeLessThanOrEqual(5);
  });

  it('of favourites and longshots is found, and so is boldness', () => {
    const shaped = world('shaped', (p) => Math.min(1, Math.max(0, p + 0.35 * (p - 0.5))));
    expect(biasFindings([], favouriteLongshotSlope(shaped)).join()).toContain('favourite-longshot');
    const bold = world('bold', (p) => 0.5 + 0.5 * (p - 0.5));
    const findings = biasFindings(confidenceBuckets(bold), favouriteLongshotSlope(bold));
    expect(findings.join()).toContain('overconfidence');
    expect(findings.join()).toContain('high (0.7 and more): happens more rarely');
  });

  it('towards one outcome is found in its group', () => {
    const yes = world('yes', (p) => p * 0.7);
    const [group] = priceBands(yes).filter(({ name }) => name === '30-70%');
    expect(group?.claimed ?? 0).toBeGreaterThan(group?.happened ?? 1);
    expect(biasFindings(priceBands(yes), { tooFew: '', clusters: 0 }).join()).toContain('more rarely');
  });

  it('groups hold every forecast once, and count the likelier outcome by its own claim', () => {
    fc.assert(
      fc.property(anyForecasts, (forecasts) => {
        for (const groups of [priceBands, confidenceBuckets, calibrationOf])
          expect(groups(forecasts).reduce((sum, group) => sum + group.forecasts, 0)).toBe(forecasts.length);
      }),
      { numRuns: 30 },
    );
    const [high] = confidenceBuckets([forecast(0.1, 0), forecast(0.9, 1)]);
    expect(high).toMatchObject({ forecasts: 2, claimed: 0.9, happened: 1 });
  });
});
