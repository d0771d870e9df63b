import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import { complement, type Price, price, type Shares, shares } from '../domain/units.ts';
import { type FairValue, type FairValueMethod, fairValue, type OwnOrder, othersBest } from './fair-value.ts';

type Row = readonly [side: Side, at: number, sizeShares: number];

const DUST = shares(5_000_000);
const METHODS: readonly FairValueMethod[] = ['mid', 'weightedMid', 'microprice'];

function bookOf(rows: readonly Row[], tick = 100): TickBook {
  const book = createBook(price(tick));
  for (const [side, at, size] of rows) setLevel(book, side, price(at), shares(size * 1e6));
  return book;
}

const own = (side: Side, at: number, size: number): OwnOrder => ({
  side,
  price: price(at),
  size: shares(size * 1e6),
});

function value(book: TickBook, method: FairValueMethod, ownOrders: readonly OwnOrder[] = []): FairValue {
  const result = fairValue(book, ownOrders, DUST, method);
  if ('none' in result) throw new Error(`expected a fair value, found none: ${result.none}`);
  return result;
}

const ROWS: readonly Row[] = [
  ['BUY', 4_000, 30],
  ['BUY', 3_900, 70],
  ['SELL', 4_200, 10],
  ['SELL', 4_300, 90],
];

describe('fair value', () => {
  it('is the middle, leans by depth, or leans by the touch', () => {
    const book = bookOf(ROWS);
    expect(value(book, 'mid').fairPts).toBe(41);
    expect(value(book, 'weightedMid').fairPts).toBe(41);
    expect(value(book, 'microprice').fairPts).toBeCloseTo((40 * 10 + 42 * 30) / 40, 12);
    expect(value(book, 'mid').uncertaintyPts).toBeCloseTo(2 / Math.sqrt(12), 12);
  });

  it('W1: reads the best prices, however many levels lie behind them', () => {
    const deep: Row[] = [...ROWS, ['BUY', 100, 5_000], ['SELL', 9_900, 5_000]];
    expect(value(bookOf(deep), 'mid')).toMatchObject({
      fairPts: 41,
      spreadPts: 2,
      bestBid: 4_000,
      bestAsk: 4_200,
    });
  });

  it('leaves out our own orders, alone at a level or beside others', () => {
    const crowded: Row[] = [...ROWS.slice(1), ['BUY', 4_000, 38], ['BUY', 4_100, 8], ['SELL', 4_150, 20]];
    const fine = bookOf(crowded, 50);
    const ours = [own('BUY', 4_000, 8), own('BUY', 4_100, 8), own('SELL', 4_150, 20)];
    for (const method of METHODS) expect(value(fine, method, ours)).toEqual(value(bookOf(ROWS, 50), method));
  });

  it('leaves out dust, but a post-only order still may not reach it', () => {
    const book = bookOf([...ROWS, ['BUY', 4_100, 4.99]]);
    expect(value(book, 'mid').fairPts).toBe(41);
    expect(othersBest(book, 'BUY', [])).toBe(4_100);
    expect(othersBest(book, 'BUY', [own('BUY', 4_100, 4.99)])).toBe(4_000);
    expect(othersBest(book, 'SELL', [])).toBe(4_200);
  });

  it.each([
    ['empty', [], []],
    ['noBids', [['SELL', 4_200, 10]], []],
    ['noAsks', [['BUY', 4_000, 10]], []],
    ['noBids', ROWS, [own('BUY', 4_000, 30), own('BUY', 3_900, 70)]],
    [
      'crossed',
      [
        ['BUY', 4_200, 10],
        ['SELL', 4_200, 10],
      ],
      [],
    ],
  ] as const)('says %s instead of guessing', (none, rows, ours) => {
    expect(fairValue(bookOf(rows), ours, DUST, 'mid')).toEqual({ none });
  });

  it('gives NO the complement of YES, by every method', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 5, max: 1_000 }));
    const sideLevels = fc.array(level, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sideLevels, sideLevels, fc.constantFrom(...METHODS), (bids, asks, method) => {
        const book = createBook(100 as Price);
        const mirror = createBook(100 as Price);
        const put = (side: Side, other: Side, cents: number, size: number) => {
          setLevel(book, side, (cents * 100) as Price, (size * 1e6) as Shares);
          setLevel(mirror, other, complement((cents * 100) as Price), (size * 1e6) as Shares);
        };
        for (const [cents, size] of bids) put('BUY', 'SELL', cents, size);
        for (const [cents, size] of asks) put('SELL', 'BUY', cents, size);
        const yes = fairValue(book, [], DUST, method);
        const no = fairValue(mirror, [], DUST, method);
        if ('none' in yes || 'none' in no) {
          expect('none' in yes).toBe('none' in no);
          return;
        }
        expect(yes.fairPts + no.fairPts).toBeCloseTo(100, 9);
        expect(yes.imbalance).toBeCloseTo(-no.imbalance, 12);
        expect(yes.fairPts).toBeGreaterThan(yes.bestBid / 100);
        expect(yes.fairPts).toBeLessThan(yes.bestAsk / 100);
      }),
    );
  });
});
