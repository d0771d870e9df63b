import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../../domain/random.ts';
import {
  type Candle,
  closesUntil,
  type EwmaTerms,
  ewmaVolatility,
  expectedVolatility,
  lambdaOfHalfLife,
  type PricePoint,
  regimeOf,
} from './ewma-volatility.ts';

const DAY = 86_400_000;
const TERMS: EwmaTerms = { lambdaPerDay: 0.94, spanDays: 30, leastReturns: 5, leastGapMs: 0 };
const dailyPath = (returns: readonly number[]): PricePoint[] => {
  let price = 100;
  return [0, ...returns].map((value, day) => {
    price *= Math.exp(value);
    return { atMs: day * DAY, price };
  });
};
const anyReturns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 5, maxLength: 60 });

describe('EWMA volatility', () => {
  it('is that of constant moves, whatever the seed', () => {
    const flat = ewmaVolatility(
      dailyPath(Array.from({ length: 30 }, (_, day) => (day % 2 === 0 ? 0.02 : -0.02))),
      TERMS,
    );
    expect(flat?.daily).toBeCloseTo(0.02, 12);
    expect(flat?.returns).toBe(30);
    expect(ewmaVolatility(dailyPath([0, 0, 0, 0, 0, 0]), TERMS)?.daily).toBe(0);
  });

  it('W23: gives the first return the weight of a return, and not of a seed', () => {
    // One crash 29 days ago, then calm. Seeded with the crash, 0.94^29 = 17 per cent of its variance would stand for good.
    const returns = [0.3, ...Array.from({ length: 29 }, () => 0.01)];
    const seeded = returns.slice(1).reduce((sum, value) => 0.94 * sum + 0.06 * value * value, 0.3 ** 2);
    const weights = returns.map((_, index) => 0.94 ** (29 - index));
    const fair =
      returns.reduce((sum, value, index) => sum + weights[index]! * value * value, 0) /
      weights.reduce((sum, value) => sum + value, 0);
    const found = ewmaVolatility(dailyPath(returns), TERMS)!.daily;
    expect(found).toBeCloseTo(Math.sqrt(fair), 12);
    expect(Math.sqrt(seeded) / found).toBeGreaterThan(2);
  });

  it('W23: a quarter of a day counts as a quarter of a day', () => {
    const days = dailyPath(Array.from({ length: 20 }, (_, day) => (day % 2 === 0 ? 0.02 : -0.02)));
    const last = days.at(-1)!;
    // The same volatility goes on: over a quarter of a day that is half the move.
    const running = { atMs: last.atMs + DAY / 4, price: last.price * Math.exp(0.01) };
    expect(ewmaVolatility([...days, running], TERMS)?.daily).toBeCloseTo(0.02, 12);
    // Taken for a whole day it would pull the estimate down.
    const asDay = ewmaVolatility([...days, { ...running, atMs: last.atMs + DAY }], TERMS);
    expect(asDay!.daily).toBeLessThan(0.0195);
  });

  it('closes: a running candle is a price now and no day', () => {
    const candle = (day: number, close: number): Candle => ({
      openAtMs: day * DAY,
      closeAtMs: (day + 1) * DAY,
      high: close,
      low: close,
      close,
    });
    const candles = [candle(0, 100), candle(1, 101), candle(2, 105)];
    const noon = 2.5 * DAY;
    expect(closesUntil(candles, null, noon)).toEqual([
      { atMs: DAY, price: 100 },
      { atMs: 2 * DAY, price: 101 },
    ]);
    expect(closesUntil(candles, { atMs: noon, price: 105 }, noon).at(-1)).toEqual({ atMs: noon, price: 105 });
    expect(closesUntil(candles, { atMs: noon + 1, price: 105 }, noon)).toHaveLength(2);
    expect(closesUntil(candles, { atMs: DAY, price: 99 }, noon)).toHaveLength(2);
  });

  it('does not depend on the unit of price, and doubles with doubled moves', () => {
    fc.assert(
      fc.property(anyReturns, (returns) => {
        const path = dailyPath(returns);
        const here = ewmaVolatility(path, TERMS)!.daily;
        const other = ewmaVolatility(
          path.map(({ atMs, price }) => ({ atMs, price: price * 7 })),
          TERMS,
        )!.daily;
        const doubled = ewmaVolatility(dailyPath(returns.map((value) => 2 * value)), TERMS)!.daily;
        expect(other).toBeCloseTo(here, 10);
        expect(doubled).toBeCloseTo(2 * here, 10);
      }),
    );
  });

  it('estimates the volatility that a random walk has, however often it is read', () => {
    const stream = streamOf(20_261_123, 'ewma');
    for (const [perDay, leastGapMs] of [
      [1, 0],
      [24, 0],
      [288, 30 * 60_000],
    ] as const) {
      let price = 100;
      const path = Array.from({ length: 400 * perDay }, (_, index) => {
        price *= Math.exp((0.03 / Math.sqrt(perDay)) * nextNormal(stream));
        return { atMs: (index * DAY) / perDay, price };
      });
      const terms = { ...TERMS, lambdaPerDay: lambdaOfHalfLife(100), spanDays: 400, leastGapMs };
      const found = ewmaVolatility(path, terms)!;
      expect(Math.abs(found.daily / 0.03 - 1)).toBeLessThan(perDay === 1 ? 0.2 : 0.07);
    }
  });

  it('looks back no farther than its span, thins out close prints, and needs enough returns', () => {
    const wild = dailyPath([
      ...Array.from({ length: 20 }, () => 0.2),
      ...Array.from({ length: 31 }, () => 0.01),
    ]);
    const found = ewmaVolatility(wild, TERMS)!;
    expect(found.daily).toBeCloseTo(0.01, 12);
    expect(found.observedDays).toBe(30);
    const doubledPrints = wild.flatMap((point) => [
      point,
      { atMs: point.atMs + 1_000, price: point.price * 1.05 },
    ]);
    expect(ewmaVolatility(doubledPrints, { ...TERMS, leastGapMs: 60_000 })!.daily).toBeLessThan(0.02);
    expect(ewmaVolatility(dailyPath([0.01, 0.01, 0.01, 0.01]), TERMS)).toBeNull();
    expect(ewmaVolatility([], TERMS)).toBeNull();
    expect(() => ewmaVolatility(wild, { ...TERMS, lambdaPerDay: 1 })).toThrow(RangeError);
  });
});

describe('the volatility to expect', () => {
  const estimate = (daily: number) => ({ daily, returns: 100, observedDays: 10 });

  it('is the recent one for a moment, the usual one for long, and between them in between', () => {
    const [recent, usual] = [estimate(0.06), estimate(0.03)];
    expect(expectedVolatility(recent, usual, 0)).toBeCloseTo(0.06, 12);
    expect(expectedVolatility(recent, usual, 1e-6)).toBeCloseTo(0.06, 6);
    expect(expectedVolatility(recent, usual, 1_000)).toBeCloseTo(0.03, 4);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        (a, b) => {
          const [near, far] = [Math.min(a, b), Math.max(a, b)];
          expect(expectedVolatility(recent, usual, far)!).toBeLessThanOrEqual(
            expectedVolatility(recent, usual, near)! + 1e-15,
          );
        },
      ),
    );
  });

  it('is the only one known, or none', () => {
    expect(expectedVolatility(null, estimate(0.03), 1)).toBe(0.03);
    expect(expectedVolatility(estimate(0.02), null, 1)).toBe(0.02);
    expect(expectedVolatility(null, null, 1)).toBeNull();
  });
});

it('calls 1.4 per cent a day low, 1.5 normal and 3.5 high', () => {
  expect([0, 0.014, 0.015, 0.034, 0.035, 0.2].map(regimeOf)).toEqual([
    'low',
    'low',
    'normal',
    'normal',
    'high',
    'high',
  ]);
});
