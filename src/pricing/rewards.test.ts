import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../domain/book.ts';
import type { RewardTerms, Side } from '../domain/market.ts';
import { MICRO, price, shares, usd } from '../domain/units.ts';
import { optimalDepthPts } from './mark-out.ts';
import {
  adjustedMidPts,
  bestDepthPts,
  competingScores,
  expectReward,
  marginalRewardUsdPerDay,
  minScore,
  mostCompetition,
  orderScore,
  paidRatioOf,
  payableUsd,
  type RewardOrder,
  sideScores,
} from './rewards.ts';

const whole = (count: number) => shares(count * MICRO);
const order = (outcome: RewardOrder['outcome'], side: Side, units: number, count: number): RewardOrder => ({
  outcome,
  side,
  price: price(units),
  size: whole(count),
});
const TERMS: RewardTerms = { minSize: whole(50), maxSpread: price(300), dailyRate: usd(100 * MICRO) };

function bookOf(rows: readonly (readonly [Side, number, number])[]): TickBook {
  const book = createBook(price(100));
  for (const [side, at, count] of rows) setLevel(book, side, price(at), whole(count));
  return book;
}

describe('the score', () => {
  it('one tick from the mid is 11, 44 and 60 % of full for 1.5, 3 and 4.5 points', () => {
    expect(orderScore(1.5, 1)).toBeCloseTo(0.1111, 4);
    expect(orderScore(3, 1)).toBeCloseTo(0.4444, 4);
    expect(orderScore(4.5, 1)).toBeCloseTo(0.6049, 4);
  });

  it('is full at the mid, nothing from the widest spread on, and nothing without a spread', () => {
    expect(orderScore(3, 0)).toBe(1);
    expect(orderScore(3, 3)).toBe(0);
    expect(orderScore(3, 9)).toBe(0);
    expect(orderScore(0, 0)).toBe(0);
  });

  it('has the worked example: Q_one 111.111, Q_two 175.0, Q_min 111.111', () => {
    const scores = sideScores(
      [
        order('YES', 'BUY', 4_900, 100),
        order('YES', 'BUY', 4_800, 200),
        order('NO', 'SELL', 5_100, 100),
        order('YES', 'SELL', 5_150, 100),
        order('NO', 'BUY', 4_800, 100),
        order('NO', 'BUY', 4_950, 200),
      ],
      50,
      TERMS,
    );
    expect(scores.one).toBeCloseTo(111.111, 3);
    expect(scores.two).toBeCloseTo(175.0, 9);
    expect(minScore(scores, 50)).toBeCloseTo(111.111, 3);
  });

  it('gives one-sided quoting a third from 10 to 90 points, and nothing outside', () => {
    const oneSided = { one: 90, two: 0 };
    expect(minScore(oneSided, 10)).toBe(30);
    expect(minScore(oneSided, 90)).toBe(30);
    expect(minScore(oneSided, 9.99)).toBe(0);
    expect(minScore(oneSided, 90.01)).toBe(0);
    expect(minScore({ one: 90, two: 60 }, 50)).toBe(60);
  });

  it('mirrors: the same orders on the other outcome swap the sides', () => {
    const yes = sideScores([order('YES', 'BUY', 4_900, 100)], 50, TERMS);
    const no = sideScores([order('NO', 'BUY', 4_900, 100)], 50, TERMS);
    expect([no.two, no.one]).toEqual([yes.one, yes.two]);
  });

  it('leaves out orders under the least size and scales with the multiplier', () => {
    expect(sideScores([order('YES', 'BUY', 4_900, 49)], 50, TERMS)).toEqual({ one: 0, two: 0 });
    expect(sideScores([order('YES', 'BUY', 5_000, 50)], 50, TERMS, 2).one).toBe(100);
  });
});

describe('the adjusted mid', () => {
  it('leaves out levels under the least size', () => {
    const book = bookOf([
      ['BUY', 4_900, 10],
      ['BUY', 4_600, 100],
      ['SELL', 5_200, 100],
    ]);
    expect(adjustedMidPts(book, whole(5))).toBe(50.5);
    expect(adjustedMidPts(book, whole(50))).toBe(49);
    expect(adjustedMidPts(book, whole(500))).toBeNull();
  });
});

describe('our share', () => {
  const rows = [
    ['BUY', 4_900, 300],
    ['SELL', 5_100, 300],
  ] as const;

  it('is against everybody else in the book, our own orders taken out', () => {
    const ours = [order('YES', 'BUY', 4_900, 100), order('NO', 'BUY', 4_900, 100)];
    const expected = expectReward(bookOf(rows), ours, TERMS, 0.1);
    expect(expected?.share).toBeCloseTo(1 / 3, 9);
    expect(expected?.promisedUsdPerDay).toBeCloseTo(33.333, 3);
    expect(expected?.expectedUsdPerDay).toBeCloseTo(3.333, 3);
    expect(expectReward(bookOf([]), ours, TERMS, 0.1)).toBeNull();
  });

  it('is never promised above what any split of the others into makers would leave', () => {
    const score = fc.double({ min: 0, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ one: score, two: score }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(5, 50, 95),
        (makers, mid) => {
          const together = {
            one: makers.reduce((sum, maker) => sum + maker.one, 0),
            two: makers.reduce((sum, maker) => sum + maker.two, 0),
          };
          const counted = makers.reduce((sum, maker) => sum + minScore(maker, mid), 0);
          expect(counted).toBeLessThanOrEqual(mostCompetition(together, mid) + 1e-6);
        },
      ),
    );
  });

  it('sees competition only at levels that qualify', () => {
    const thin = bookOf([
      ['BUY', 4_900, 100],
      ['BUY', 4_800, 49],
      ['SELL', 5_100, 100],
    ]);
    expect(competingScores(thin, [], 50, TERMS).one).toBeCloseTo(44.444, 3);
    expect(competingScores(thin, [order('YES', 'BUY', 4_900, 51)], 50, TERMS).one).toBe(0);
  });

  it('more on the side that does not limit is worth nothing, on the limiting one it is worth something', () => {
    const ours = { one: 100, two: 50 };
    expect(marginalRewardUsdPerDay(ours, 'one', 200, 50, 0.44, 100)).toBe(0);
    expect(marginalRewardUsdPerDay(ours, 'two', 200, 50, 0.44, 100)).toBeGreaterThan(0);
  });
});

describe('what is paid', () => {
  it('is nothing under a dollar a day for the account', () => {
    expect(payableUsd(0.99)).toBe(0);
    expect(payableUsd(1)).toBe(1);
  });

  it('starts at a tenth of the promise and follows what was paid', () => {
    expect(paidRatioOf({ predictedUsd: 0, paidUsd: 0 })).toBeCloseTo(0.1, 9);
    expect(paidRatioOf({ predictedUsd: 50, paidUsd: 25 })).toBeCloseTo(0.3, 9);
    expect(paidRatioOf({ predictedUsd: 5_000, paidUsd: 2_500 })).toBeCloseTo(0.5, 2);
    expect(paidRatioOf({ predictedUsd: 10, paidUsd: 500 })).toBe(1);
  });
});

describe('the depth worth most', () => {
  const inputs = {
    aPerHour: 20,
    kPerPt: 0.6,
    m0Pts: 0.4,
    m1: 0,
    sizeShares: 100,
    maxSpreadPts: 3,
    rewardUsdPerHourPerScore: 0,
    capitalUsdPerHour: 0,
  };

  it('without rewards is 1/k plus the cost of fills', () => {
    expect(bestDepthPts(inputs, 0.01, 12)?.depthPts).toBeCloseTo(optimalDepthPts(0.6, 0.4), 1);
  });

  it('comes nearer the more the reward is worth, and is none when nothing pays for the capital', () => {
    const near = bestDepthPts({ ...inputs, rewardUsdPerHourPerScore: 1 }, 0.1, 12);
    expect(near?.depthPts).toBeLessThan(optimalDepthPts(0.6, 0.4));
    expect(bestDepthPts({ ...inputs, capitalUsdPerHour: 1e6 }, 0.1, 12)).toBeNull();
  });
});
