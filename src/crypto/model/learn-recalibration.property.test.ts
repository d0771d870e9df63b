import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgedMarket } from '../../domain/directional.ts';
import { streamOf } from '../../domain/random.ts';
import { DAY_MS } from '../../domain/utc-day.ts';
import { LEAST_DAYS, learnRecalibration } from './learn-recalibration.ts';
import { LEAST_RESOLVED, NO_RECALIBRATION, recalibrated } from './recalibration.ts';
import { type JudgedTerms, judgedMarkets } from './test-support/judged-markets.ts';

const LATE = 1_000_000 * DAY_MS;
const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];

const arbitraryTerms: fc.Arbitrary<JudgedTerms> = fc.record({
  coins: fc.integer({ min: 1, max: 4 }).map((count) => COINS.slice(0, count)),
  days: fc.integer({ min: 5, max: 70 }),
  intercept: fc.double({ min: -1, max: 1, noNaN: true }),
  slope: fc.double({ min: -0.5, max: 2, noNaN: true }),
  mostMarkets: fc.integer({ min: 1, max: 4 }),
  mostForecasts: fc.integer({ min: 1, max: 4 }),
});
const arbitraryJudged = fc
  .tuple(fc.integer({ min: 0, max: 1e9 }), arbitraryTerms)
  .map(([seed, terms]) => judgedMarkets(streamOf(seed, 'judged'), terms));

/** What one pays for a map: the surprise of each coin and day on average over what was said of it, and the distance from changing nothing. */
function priceOf(known: readonly JudgedMarket[], intercept: number, slope: number): number {
  let price = 2.5 * (intercept ** 2 + (slope - 1) ** 2);
  for (const { coin, endAtMs, isYes, forecasts } of known) {
    const sharers = known.filter(
      (other) => other.coin === coin && Math.floor(other.endAtMs / DAY_MS) === Math.floor(endAtMs / DAY_MS),
    ).length;
    for (const { yesProbability } of forecasts) {
      const yes = 1 / (1 + Math.exp(-intercept - slope * Math.log(yesProbability / (1 - yesProbability))));
      price -= Math.log(isYes ? yes : 1 - yes) / sharers / forecasts.length;
    }
  }
  return price;
}

/** The lowest point of a function with one valley, by halving what it can lie in. */
function lowest(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (high - low > 1e-3) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (of(left) < of(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

describe('what is learnt of resolved markets', () => {
  it('is what a naive search finds, and nothing where there is too little', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryJudged, fc.integer({ min: 90, max: 180 }), (judged, day) => {
        const { map, markets, coinDays, days } = learnRecalibration(judged, day * DAY_MS);
        const known = judged.filter(({ knownAtMs }) => knownAtMs <= day * DAY_MS);
        const ended = known.map(({ endAtMs }) => Math.floor(endAtMs / DAY_MS));
        expect({ markets, coinDays, days }).toEqual({
          markets: known.length,
          coinDays: new Set(known.map(({ coin }, index) => `${coin}${ended[index]}`)).size,
          days: new Set(ended).size,
        });
        if (coinDays < LEAST_RESOLVED || days < LEAST_DAYS) {
          expect(map).toBe(NO_RECALIBRATION);
          return;
        }
        const found = priceOf(known, map.intercept, map.slope);
        expect(map.slope).toBeGreaterThanOrEqual(0.1);
        // The line is held to rise, so a lower price may be found below.
        for (const [by0, by1] of [
          [0.01, 0],
          [-0.01, 0],
          [0, 0.01],
          [0, -0.01],
        ] as const)
          if (map.slope + by1 >= 0.1)
            expect(priceOf(known, map.intercept + by0, map.slope + by1)).toBeGreaterThan(found);
      }),
      { numRuns: 60 },
    );
    const judged = judgedMarkets(streamOf(1, 'naive'), {
      coins: ['BTC', 'ETH'],
      days: 30,
      intercept: 0.5,
      slope: 0.6,
      mostMarkets: 3,
      mostForecasts: 3,
    });
    const { map } = learnRecalibration(judged, LATE);
    const bestAt = (slope: number): number => lowest((x) => priceOf(judged, x, slope), -3, 3);
    const slope = lowest((x) => priceOf(judged, bestAt(x), x), -3, 3);
    expect(map.slope).toBeCloseTo(slope, 2);
    expect(map.intercept).toBeCloseTo(bestAt(slope), 2);
    expect(map.markets).toBeCloseTo(60, 6);
  });

  it('never comes from markets that were paid, or ended, later', () => {
    fc.assert(
      fc.property(arbitraryJudged, fc.integer({ min: 100, max: 180 }), (judged, day) => {
        const asOfMs = day * DAY_MS;
        const turned = judged.map((one) =>
          one.knownAtMs > asOfMs
            ? { ...one, isYes: !one.isYes, forecasts: [{ day: day - 1, yesProbability: 0.999 }] }
            : one,
        );
        expect(learnRecalibration(turned, asOfMs)).toEqual(learnRecalibration(judged, asOfMs));
      }),
    );
  });

  it('keeps the order of probabilities, and makes none certain', () => {
    const anyP = fc.oneof(
      fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }),
      fc.constantFrom(1e-9, 1e-6, 1 - 1e-6, 1 - 1e-9),
    );
    fc.assert(
      fc.property(arbitraryJudged, anyP, anyP, (judged, a, b) => {
        const { map } = learnRecalibration(judged, LATE);
        const [low, high] = [recalibrated(map, Math.min(a, b)), recalibrated(map, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThan(0);
        expect(high).toBeLessThan(1);
      }),
    );
  });
});

describe('enough to learn from', () => {
  const terms = { intercept: 1, slope: 0.5 };
  const learnt = (coins: readonly string[], days: number, mostMarkets = 1) =>
    learnRecalibration(judgedMarkets(streamOf(2, 'enough'), { ...terms, coins, days, mostMarkets }), LATE);

  it('are fifty coins and days, however many markets end together and however often each was asked', () => {
    expect(learnt(['BTC'], LEAST_RESOLVED - 1, 9)).toMatchObject({ map: NO_RECALIBRATION, coinDays: 49 });
    expect(learnt(['BTC'], LEAST_RESOLVED - 1, 9).markets).toBeGreaterThan(150);
    expect(learnt(['BTC'], LEAST_RESOLVED, 9).map.intercept).toBeGreaterThan(0.3);
    expect(learnt(['BTC'], LEAST_RESOLVED, 3).map.intercept).toBeGreaterThan(0.3);
  });

  it('are ten days besides, since all coins move together', () => {
    const coins = Array.from({ length: 8 }, (_, index) => `C${index}`);
    expect(learnt(coins, 9)).toMatchObject({ map: NO_RECALIBRATION, coinDays: 72, days: 9 });
    expect(learnt(coins, 10).map.intercept).toBeGreaterThan(0.3);
  });
});
