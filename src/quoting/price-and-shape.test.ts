import { describe, expect, it } from 'vitest';
import { price } from '../domain/units.ts';
import { QUOTING_STAGES } from './compose.ts';
import { lotSize, priceAndShape, type QuotingInputs, rawSpreadCapPts } from './price-and-shape.ts';
import { toOutcomeOrder } from './proposal.ts';
import {
  bookOf,
  DEFAULT_QUOTING,
  dollars,
  inventoryOf,
  quotingInputs,
  WIDE_BOOK,
  wholeShares,
} from './test-support/quoting-cases.ts';

function quoted(change: Partial<QuotingInputs> = {}) {
  const result = priceAndShape(quotingInputs(change));
  if (result.kind === 'none') throw new Error(`expected a quote, found none: ${result.reason}`);
  return result;
}

const as = { ...DEFAULT_QUOTING, pricingEngine: 'as' } as const;

describe('priceAndShape', () => {
  it('quotes both sides from the first second, without any inventory', () => {
    const { bids, asks, trace } = quoted();
    expect(bids).toMatchObject([{ price: 4_800, size: wholeShares(10), funding: 'cash' }]);
    expect(asks).toMatchObject([{ price: 5_200, size: wholeShares(10), funding: 'cash' }]);
    expect(bids.map((level) => toOutcomeOrder(level, 'BUY'))).toEqual([
      { outcome: 'YES', side: 'BUY', price: 4_800, size: wholeShares(10) },
    ]);
    expect(asks.map((level) => toOutcomeOrder(level, 'SELL'))).toEqual([
      { outcome: 'NO', side: 'BUY', price: 4_800, size: wholeShares(10) },
    ]);
    expect(trace.map((entry) => entry.stage)).toEqual(QUOTING_STAGES.map((stage) => stage.name));
    for (const entry of trace) expect(entry.why).not.toBe('');
  });

  it('sells what it holds before it buys the other outcome', () => {
    const { bids, asks } = quoted({ inventory: inventoryOf(20, 20) });
    expect(bids.map((level) => toOutcomeOrder(level, 'BUY'))).toMatchObject([
      { outcome: 'NO', side: 'SELL', price: 5_200 },
    ]);
    expect(asks.map((level) => toOutcomeOrder(level, 'SELL'))).toMatchObject([
      { outcome: 'YES', side: 'SELL', price: 5_200 },
    ]);
  });

  it('leaves a trace whose every entry starts where the one before it ended', () => {
    const { trace } = quoted({ eventRisk: true, settings: { ...DEFAULT_QUOTING, multiLevelCount: 3 } });
    for (let index = 1; index < trace.length; index += 1)
      expect(trace[index]?.before).toBe(trace[index - 1]?.after);
  });

  it.each([DEFAULT_QUOTING, as])(
    'is what JSON gives back, so a journal can hold it ($pricingEngine)',
    (settings) => {
      const result = quoted({ settings });
      expect(JSON.parse(JSON.stringify(result))).toStrictEqual(result);
    },
  );

  it('does not follow its own quotes', () => {
    const ours = [
      { side: 'BUY', price: price(4_800), size: wholeShares(10) },
      { side: 'SELL', price: price(5_200), size: wholeShares(10) },
    ] as const;
    const book = bookOf(100, [
      ['BUY', 4_600, 100],
      ['BUY', 4_800, 10],
      ['SELL', 5_200, 10],
      ['SELL', 5_400, 100],
    ]);
    expect(quoted({ book, ownOrders: ours })).toEqual(quoted());
  });

  it.each([
    ['the book has no orders but ours and dust', bookOf(100, [['BUY', 4_600, 4]])],
    ['the book has no asks but ours and dust', bookOf(100, [['BUY', 4_600, 50]])],
    [
      'the book is crossed, so it is in the middle of an event or wrong',
      bookOf(100, [
        ['BUY', 4_600, 50],
        ['SELL', 4_500, 50],
      ]),
    ],
  ])('quotes nothing and says why: %s', (reason, book) => {
    expect(priceAndShape(quotingInputs({ book }))).toEqual({ kind: 'none', reason });
  });

  it('W2: on default settings the A-S quote is 2 to 4 points wide on a one-point grid, and follows kappa', () => {
    const width = (kappaPerPt: number | null, tick: number) => {
      const book = bookOf(tick, [
        ['BUY', 4_600, 100],
        ['SELL', 5_400, 100],
      ]);
      const { bids, asks } = quoted({ settings: as, kappaPerPt, book });
      return ((asks[0]?.price ?? 0) - (bids[0]?.price ?? 0)) / 100;
    };
    expect(width(null, 100)).toBe(2);
    expect(width(null, 10)).toBeCloseTo(1.4, 9);
    expect(width(0.5, 10)).toBeGreaterThan(3);
    expect(width(5, 10)).toBeLessThan(0.7);
  });

  it.each([DEFAULT_QUOTING, as])(
    'W3: a full position moves both quotes by at least a tick ($pricingEngine)',
    (settings) => {
      const relaxed = { ...settings, unwindThreshold: 1.1 };
      const flat = quoted({ settings: relaxed });
      const long = quoted({ settings: relaxed, inventory: inventoryOf(100, 0) });
      const short = quoted({ settings: relaxed, inventory: inventoryOf(0, 100) });
      const priceOf = (levels: readonly { readonly price: number }[]) => levels[0]?.price ?? Number.NaN;
      expect(priceOf(flat.bids) - priceOf(long.bids)).toBeGreaterThanOrEqual(100);
      expect(priceOf(flat.asks) - priceOf(long.asks)).toBeGreaterThanOrEqual(100);
      expect(priceOf(short.bids) - priceOf(flat.bids)).toBeGreaterThanOrEqual(100);
      expect(priceOf(short.asks) - priceOf(flat.asks)).toBeGreaterThanOrEqual(100);
    },
  );

  it('W3: net NO counts as short, and a YES and NO pair as nothing', () => {
    expect(quoted({ inventory: inventoryOf(0, 30) }).engineQuote.skewPts).toBeGreaterThan(0);
    expect(quoted({ inventory: inventoryOf(30, 30) }).engineQuote.skewPts).toBeCloseTo(0, 12);
  });

  it.each([DEFAULT_QUOTING, as])(
    'W5: a market that fell to 20 cents after a split at 50 is still quoted on both sides ($pricingEngine)',
    (settings) => {
      const book = bookOf(100, [
        ['BUY', 1_700, 100],
        ['SELL', 2_300, 100],
      ]);
      const { bids, asks } = quoted({ book, settings, inventory: inventoryOf(20, 20) });
      expect(asks[0]?.price).toBeLessThan(2_500);
      expect((asks[0]?.price ?? 0) - (bids[0]?.price ?? 0)).toBeLessThanOrEqual(1_200);
    },
  );

  it('W15: with 6 YES and little cash the ask is 6 and the bid what the cash pays at its price', () => {
    const { bids, asks } = quoted({ inventory: inventoryOf(6, 0), budget: dollars(3.36) });
    expect(asks).toMatchObject([{ size: wholeShares(6), funding: 'inventory' }]);
    expect(bids).toMatchObject([{ price: 4_800, size: wholeShares(6.93), funding: 'cash' }]);
  });

  it('keeps a lot to its dollar size on the dearer side, and above 5 shares for 5 dollars at every price', () => {
    expect(lotSize(5, 50)).toBe(wholeShares(10));
    expect(lotSize(5, 5)).toBe(lotSize(5, 95));
    for (let pts = 1; pts < 100; pts += 1) expect(lotSize(5, pts)).toBeGreaterThanOrEqual(wholeShares(5));
  });

  it('leaves room to round outwards within the widest spread', () => {
    expect([
      rawSpreadCapPts(12, 1),
      rawSpreadCapPts(12.5, 1),
      rawSpreadCapPts(12, 0.1),
      rawSpreadCapPts(1, 1),
    ]).toEqual([11, 11, 11.9, 1]);
    const wild = quoted({ volatilityPtsPerSqrtS: 5, settings: { ...as, maxSpreadPts: 6 }, book: WIDE_BOOK });
    expect((wild.asks[0]?.price ?? 0) - (wild.bids[0]?.price ?? 0)).toBeLessThanOrEqual(600);
  });
});
