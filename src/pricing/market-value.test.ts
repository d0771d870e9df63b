import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../domain/book.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import {
  type MarketValueInputs,
  marketValue,
  unmeasuredAdversePts,
  valuePerDollarDay,
} from './market-value.ts';

const bookOf = (halfPts: number, size = 1_000): TickBook => {
  const book = createBook(100 as Price);
  setLevel(book, 'BUY', ((50 - halfPts) * 100) as Price, (size * 1e6) as Shares);
  setLevel(book, 'SELL', ((50 + halfPts) * 100) as Price, (size * 1e6) as Shares);
  return book;
};

const inputs = (change: Partial<MarketValueInputs> = {}, halfPts = 3): MarketValueInputs => ({
  book: bookOf(halfPts),
  midPts: 50,
  halfSpreadPts: halfPts,
  tickPts: 1,
  nearestPts: 1,
  deepestPts: 6,
  lotShares: 10,
  flowSharesPerHour: 4_000,
  fills: null,
  markoutPts: null,
  volatilityPtsPerSqrtS: null,
  rewards: null,
  paidRatio: 0.1,
  ...change,
});

const worthOf = (change: Partial<MarketValueInputs> = {}, halfPts = 3): number => {
  const value = marketValue(inputs(change, halfPts));
  if (value === null) throw new Error('expected a value');
  return valuePerDollarDay(value, true);
};

describe('the value of a market', () => {
  it('with measured fills is best at 1/k + the measured adverse move, and worth what that depth earns', () => {
    // k = 0.5 a point and 1 point lost after fills: best at 3 points, where 20 e^-1.5 fills an hour earn 2 points each.
    const value = marketValue(inputs({ fills: { aPerHour: 20, kPerPt: 0.5 }, markoutPts: 1 }));
    expect(value?.depthPts).toBeCloseTo(3, 9);
    expect(value?.isMeasured).toBe(true);
    const filled = 2 * 24 * 20 * Math.exp(-1.5) * 10;
    expect(value?.filledShares).toBeCloseTo(filled, 6);
    expect(value?.tradingUsdPerDay).toBeCloseTo((filled * 2) / 100, 6);
    expect(value?.capitalUsd).toBeCloseTo(10 * (1 - 0.06 + 0.5), 9);
  });

  it('before anything is measured reckons with half of the spread, or a quarter of the typical two-minute move', () => {
    expect(unmeasuredAdversePts(3, null)).toBe(1.5);
    expect(unmeasuredAdversePts(3, 1)).toBeCloseTo(0.25 * Math.sqrt(120), 12);
    expect(marketValue(inputs())).toMatchObject({ adversePts: 1.5, isMeasured: false });
    // k is then 2 / half-spread, so that the touch is as good a place as any: 1/k + 1.5 = 3.
    expect(marketValue(inputs())?.depthPts).toBeCloseTo(3, 9);
  });

  it('rises with flow, and falls with competition, adverse moves and an agitated price', () => {
    const base = worthOf();
    expect(worthOf({ flowSharesPerHour: 8_000 })).toBeGreaterThan(base);
    expect(worthOf({ book: bookOf(3, 5_000) })).toBeLessThan(base);
    expect(worthOf({ markoutPts: 2.5 })).toBeLessThan(base);
    expect(worthOf({ markoutPts: 0.5 })).toBeGreaterThan(base);
    expect(worthOf({ volatilityPtsPerSqrtS: 1 })).toBeLessThan(base);
  });

  it('is less than nothing where fills lose more than the widest quote earns', () => {
    expect(worthOf({ markoutPts: 7, fills: { aPerHour: 5, kPerPt: 0.3 } })).toBeLessThan(0);
  });

  const rewards = { minSize: 20e6 as Shares, maxSpread: 400 as Price, dailyRate: 100e6 as Usd };

  it('adds the reward for resting, at what promises are worth, and only for lots of the least size', () => {
    expect(marketValue(inputs({ rewards }))?.promisedUsdPerDay).toBe(0);
    const lot = { rewards, lotShares: 20, nearestPts: 2, deepestPts: 2 };
    // 20 shares a side at 2 of 4 cents score 5; the others' 1,000 at 3 of 4 cents score 62.5.
    const value = marketValue(inputs(lot));
    expect(value?.promisedUsdPerDay).toBeCloseTo((100 * 5) / (5 + 62.5), 9);
    expect(value?.rewardUsdPerDay).toBeCloseTo((10 * 5) / (5 + 62.5), 9);
    expect(worthOf({ ...lot, paidRatio: 1 })).toBeGreaterThan(worthOf(lot));
  });

  it('moves the best depth towards the mid where the reward is worth it', () => {
    const plain = marketValue(inputs({ lotShares: 20 }))?.depthPts ?? 0;
    const rich = { ...rewards, dailyRate: 5_000e6 as Usd };
    expect(marketValue(inputs({ lotShares: 20, rewards: rich }))?.depthPts).toBeLessThan(plain);
  });

  it('is null where the settings leave no depth inside (0, 1), or no size', () => {
    expect(marketValue(inputs({ nearestPts: 7 }))).toBeNull();
    expect(marketValue(inputs({ lotShares: 0 }))).toBeNull();
    expect(marketValue(inputs({ midPts: 1 }))).toBeNull();
  });

  const anyInputs = fc
    .record({
      half: fc.integer({ min: 1, max: 20 }),
      flowSharesPerHour: fc.double({ min: 0, max: 1e6, noNaN: true }),
      lotShares: fc.integer({ min: 5, max: 1_000 }),
      markoutPts: fc.option(fc.double({ min: -5, max: 10, noNaN: true })),
      paidRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ half, ...change }) => inputs({ ...change, rewards }, half));

  it('is a number at an allowed depth, and never promises more than the pot', () => {
    fc.assert(
      fc.property(anyInputs, (given) => {
        const value = marketValue(given);
        if (value === null) throw new Error('expected a value');
        expect(Number.isFinite(valuePerDollarDay(value, true))).toBe(true);
        expect(value.depthPts).toBeGreaterThanOrEqual(given.nearestPts);
        expect(value.depthPts).toBeLessThanOrEqual(given.deepestPts);
        expect(value.promisedUsdPerDay).toBeLessThanOrEqual(100);
        expect(value.filledShares).toBeLessThanOrEqual(2 * 24 * 30 * given.lotShares + 1e-6);
      }),
    );
  });

  it('is the same for the mirrored market', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 80 }), fc.integer({ min: 1, max: 9 }), (mid, half) => {
        const at = (midPts: number): MarketValueInputs => {
          const book = createBook(100 as Price);
          setLevel(book, 'BUY', ((midPts - half) * 100) as Price, 1e9 as Shares);
          setLevel(book, 'SELL', ((midPts + half) * 100) as Price, 1e9 as Shares);
          return inputs({ book, midPts, rewards, lotShares: 30 }, half);
        };
        const [one, other] = [marketValue(at(mid)), marketValue(at(100 - mid))];
        expect(other?.depthPts).toBeCloseTo(one?.depthPts ?? Number.NaN, 9);
        expect(other?.tradingUsdPerDay).toBeCloseTo(one?.tradingUsdPerDay ?? Number.NaN, 6);
        expect(other?.promisedUsdPerDay).toBeCloseTo(one?.promisedUsdPerDay ?? Number.NaN, 6);
      }),
    );
  });
});
