import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestAsk,
  bestBid,
  clearBook,
  createBook,
  isCrossed,
  levelsOf,
  onGrid,
  regrid,
  setLevel,
  sizeAt,
  type TickBook,
} from './book.ts';
import type { Side } from './market.ts';
import { PRICE_ONE, type Price, type Shares } from './units.ts';

/** The obvious book: a map of totals for each side, sorted whenever somebody asks. */
interface NaiveBook {
  tick: number;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

const sideOf = (naive: NaiveBook, side: Side): Map<number, number> =>
  side === 'BUY' ? naive.bids : naive.asks;

function naiveLevels(naive: NaiveBook, side: Side): [number, number][] {
  return [...sideOf(naive, side)].sort(([a], [b]) => (side === 'BUY' ? b - a : a - b));
}

function naiveSet(naive: NaiveBook, side: Side, at: number, size: number): boolean {
  if (at % naive.tick !== 0 || at < 0 || at > PRICE_ONE || size < 0) return false;
  if (size === 0) sideOf(naive, side).delete(at);
  else sideOf(naive, side).set(at, size);
  return true;
}

function naiveRegrid(naive: NaiveBook, tick: number): boolean {
  if ([...naive.bids.keys(), ...naive.asks.keys()].some((at) => at % tick !== 0)) return false;
  naive.tick = tick;
  return true;
}

function expectSame(book: TickBook, naive: NaiveBook): void {
  const bids = naiveLevels(naive, 'BUY');
  const asks = naiveLevels(naive, 'SELL');
  expect(book.tick).toBe(naive.tick);
  expect(bestBid(book)).toBe(bids[0]?.[0] ?? null);
  expect(bestAsk(book)).toBe(asks[0]?.[0] ?? null);
  expect(levelsOf(book, 'BUY', Infinity).map(({ price, size }) => [price, size])).toEqual(bids);
  expect(levelsOf(book, 'SELL', Infinity).map(({ price, size }) => [price, size])).toEqual(asks);
  expect(levelsOf(book, 'SELL', 2)).toHaveLength(Math.min(2, asks.length));
  expect(isCrossed(book)).toBe(bids[0] !== undefined && asks[0] !== undefined && bids[0][0] >= asks[0][0]);
  for (const [at, size] of bids) expect(sizeAt(book, 'BUY', at as Price)).toBe(size);
}

const TICKS = [1000, 100, 50, 25, 10, 1] as const;
const side = fc.constantFrom<Side>('BUY', 'SELL');
// A few prices often, so that levels are replaced, emptied and met by the other side; now and then any, on the grid or not.
const at = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }).map((step) => 4_000 + step * 100) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 1_000 }).map((step) => step * 10) },
  { weight: 1, arbitrary: fc.integer({ min: -50, max: PRICE_ONE + 50 }) },
);
const size = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 10 ** 12 }) },
);
const frame = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('set' as const), side, at, size }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('regrid' as const), tick: fc.constantFrom(...TICKS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
);

describe('the book on tick arrays', () => {
  it('shows what the obvious book shows after any frames, tick changes and clears', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TICKS), fc.array(frame, { maxLength: 80 }), (tick, frames) => {
        const book = createBook(tick as Price);
        const naive: NaiveBook = { tick, bids: new Map(), asks: new Map() };
        for (const step of frames) {
          if (step.kind === 'clear') {
            clearBook(book);
            naive.bids.clear();
            naive.asks.clear();
          } else if (step.kind === 'regrid')
            expect(regrid(book, step.tick as Price)).toBe(naiveRegrid(naive, step.tick));
          else
            expect(setLevel(book, step.side, step.at as Price, step.size as Shares)).toBe(
              naiveSet(naive, step.side, step.at, step.size),
            );
          expectSame(book, naive);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a tick that does not divide a dollar', () => {
    expect(() => createBook(30 as Price)).toThrow(/tick must divide one dollar, found 30\/10000/);
    expect(() => createBook(0 as Price)).toThrow(RangeError);
  });

  it('calls prices on the grid only strictly inside (0, 1)', () => {
    expect([0, 1, 100, 150, 9_900, 10_000].filter((value) => onGrid(100 as Price, value as Price))).toEqual([
      100, 9_900,
    ]);
  });
});
