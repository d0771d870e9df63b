import { describe, expect, it } from 'vitest';
import {
  addMarkout,
  createMarkoutBooks,
  estimateMarkout,
  fillsNeeded,
  type MarkoutObservation,
  markoutKeys,
} from './mark-out-statistics.ts';

const observation = (
  adversePts: number,
  change: Partial<MarkoutObservation> = {},
  isLate = false,
): MarkoutObservation => ({
  marketId: 'm1',
  category: 'sports',
  side: 'BUY',
  level: 0,
  hourUtc: 13,
  ...change,
  markout: {
    fillId: 't',
    horizonMs: 120_000,
    adversePts,
    adverseBps: adversePts * 200,
    realizedSpreadPts: 0,
    lateMs: 0,
    isLate,
  },
});

describe('mark-outs by group', () => {
  it('go to their market, side, level, hour and category', () => {
    const books = createMarkoutBooks(120_000);
    addMarkout(books, observation(1));
    addMarkout(books, observation(3, { side: 'SELL', level: 1, hourUtc: 14 }));
    const mean = (key: string) => books.tallies.get(key)?.meanPts;
    expect(mean('market|m1')).toBe(2);
    expect(mean('side|m1|BUY')).toBe(1);
    expect(mean('side|m1|SELL')).toBe(3);
    expect(mean('level|m1|1')).toBe(3);
    expect(mean('hour|m1|13')).toBe(1);
    expect(mean('category|sports')).toBe(2);
    expect(books.tallies.get('market|m1')?.meanBps).toBe(400);
  });

  it('forget old fills at the pace of new ones, so that a market that turned toxic shows', () => {
    const books = createMarkoutBooks(120_000);
    for (let fill = 0; fill < 5_000; fill += 1) addMarkout(books, observation(fill % 2 === 0 ? 1 : -1));
    for (let fill = 0; fill < 1_500; fill += 1) addMarkout(books, observation(fill % 2 === 0 ? 3 : 1));
    const tally = books.tallies.get('market|m1');
    expect(tally?.count).toBe(500);
    expect(tally?.meanPts).toBeGreaterThan(1.85);
    expect(Math.sqrt((tally?.m2Pts ?? 0) / 499)).toBeCloseTo(1, 0);
  });

  it('leave out late ones and other horizons', () => {
    const books = createMarkoutBooks(30_000);
    expect(addMarkout(books, observation(1))).toBe(false);
    const same = createMarkoutBooks(120_000);
    expect(addMarkout(same, observation(1, {}, true))).toBe(false);
    expect([same.tallies.size, same.lateLeftOut]).toEqual([0, 1]);
  });
});

describe('how much a group may be believed', () => {
  const keys = markoutKeys(observation(0));

  it('needs 97 fills to see 0.3 pt at a deviation of 1.5 pt, 197 with 80 % power', () => {
    expect(fillsNeeded(1.5, 0.3)).toBe(97);
    expect(fillsNeeded(1.5, 0.3, true)).toBe(197);
  });

  it('is its category while it has no fills, and half its own at 25', () => {
    const books = createMarkoutBooks(120_000);
    expect(estimateMarkout(books, keys.market, keys.category)).toBeNull();
    for (let fill = 0; fill < 500; fill += 1)
      addMarkout(books, observation(fill % 2 === 0 ? 1.5 : -1.5, { marketId: 'other' }));
    const none = estimateMarkout(books, keys.market, keys.category);
    expect(none).toMatchObject({ count: 0, ownWeight: 0, isEnough: false });
    expect(none?.shrunkPts).toBeCloseTo(0, 9);
    for (let fill = 0; fill < 25; fill += 1) addMarkout(books, observation(fill % 2 === 0 ? 2.5 : -0.5));
    const half = estimateMarkout(books, keys.market, keys.category);
    expect(half?.ownWeight).toBeCloseTo(0.5, 1);
    expect(half?.shrunkPts).toBeGreaterThan(0.4);
    expect(half?.shrunkPts).toBeLessThan(half?.meanPts ?? 0);
  });

  it('says when it has enough', () => {
    const books = createMarkoutBooks(120_000);
    const add = (count: number) => {
      for (let fill = 0; fill < count; fill += 1) addMarkout(books, observation(fill % 2 === 0 ? 2 : -1));
    };
    add(90);
    expect(estimateMarkout(books, keys.market, keys.category)?.isEnough).toBe(false);
    add(110);
    const much = estimateMarkout(books, keys.market, keys.category);
    expect(much).toMatchObject({ count: 200, isEnough: true });
    expect(much?.sePts).toBeCloseTo(1.5 / Math.sqrt(200), 2);
  });
});
