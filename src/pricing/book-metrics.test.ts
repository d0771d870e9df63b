import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../domain/book.ts';
import { PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { bookMetrics } from './book-metrics.ts';

type Levels = readonly (readonly [cents: number, shares: number])[];

const bookOf = (bids: Levels, asks: Levels): TickBook => {
  const book = createBook(100 as Price);
  for (const [cents, size] of bids) setLevel(book, 'BUY', (cents * 100) as Price, (size * 1e6) as Shares);
  for (const [cents, size] of asks) setLevel(book, 'SELL', (cents * 100) as Price, (size * 1e6) as Shares);
  return book;
};

describe('the metrics of a book', () => {
  it('add up dollars within 1, 2 and 5 points of the mid, a bid at its price and an ask at what NO costs', () => {
    const book = bookOf(
      [
        [49, 100],
        [48, 100],
        [44, 1_000],
      ],
      [
        [51, 200],
        [55, 100],
      ],
    );
    expect(bookMetrics(book)).toEqual({
      bidPts: 49,
      askPts: 51,
      midPts: 50,
      spreadPts: 2,
      bidDepthUsd: [49, 49 + 48, 49 + 48],
      askDepthUsd: [98, 98, 98 + 45],
      imbalance: (200 - 300) / 500,
    });
  });

  it('are null while a side is empty or the sides cross', () => {
    expect(bookMetrics(bookOf([[49, 10]], []))).toBeNull();
    expect(bookMetrics(bookOf([], [[51, 10]]))).toBeNull();
    expect(bookMetrics(bookOf([[52, 10]], [[51, 10]]))).toBeNull();
  });

  const side = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 49 }), fc.integer({ min: 1, max: 500 })), {
    selector: ([cents]) => cents,
    minLength: 1,
    maxLength: 8,
  });

  it('mirror when YES and NO change places', () => {
    fc.assert(
      fc.property(side, side, (low, high) => {
        const asks = high.map(([cents, size]) => [cents + 50, size] as const);
        const flip = (levels: Levels) =>
          levels.map(([cents, size]) => [PRICE_ONE / 100 - cents, size] as const);
        const one = bookMetrics(bookOf(low, asks));
        const other = bookMetrics(bookOf(flip(asks), flip(low)));
        if (one === null || other === null) throw new Error('both books have two sides');
        expect(other.midPts).toBeCloseTo(100 - one.midPts, 9);
        expect(other.spreadPts).toBeCloseTo(one.spreadPts, 9);
        expect(other.imbalance).toBeCloseTo(-one.imbalance, 9);
        for (const [index, usd] of one.bidDepthUsd.entries())
          expect(other.askDepthUsd[index]).toBeCloseTo(usd, 6);
      }),
    );
  });
});
