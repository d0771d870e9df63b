import { describe, expect, it } from 'vitest';
import { createBook, setLevel } from '../../../domain/book.ts';
import type { Price } from '../../../domain/units.ts';
import { createSlot } from '../../../kernel/market-slots.ts';
import {
  cents,
  dollars,
  market,
  shares,
  strategySettings,
  T0,
} from '../../../kernel/test-support/test-kernel.ts';
import { scannerLimits } from '../settings.ts';
import { createMarketFigures, renewMarketFigures, toRenew } from './market-figures.ts';
import type { Measured } from './measured.ts';

const limits = scannerLimits(strategySettings().mm);
const unmeasured: Measured = { markoutPts: () => null, fills: () => null };

const bookOf = (bid: number, ask: number) => {
  const book = createBook(100 as Price);
  setLevel(book, 'BUY', cents(bid), shares(1_000));
  setLevel(book, 'SELL', cents(ask), shares(1_000));
  return book;
};

describe('what is known of a watched market', () => {
  it('is renewed for markets never seen at once, and for the oldest others a few at a time', () => {
    const figures = Array.from({ length: 100 }, (_, n) => [n, { asOfMs: n < 10 ? null : T0 + n }] as const);
    const renewed = toRenew(figures, T0 + 60_000);
    expect([...renewed].sort((a, b) => a - b)).toEqual(Array.from({ length: 34 }, (_, n) => n));
    expect(toRenew(figures, T0 + 10_005).size).toBe(10);
  });

  it('counts changes and trades a minute as averages that forget, with the time they are of', () => {
    const figures = createMarketFigures();
    const slot = createSlot(market(1));
    const look = (atMs: number) =>
      renewMarketFigures(figures, slot, bookOf(47, 53), limits, unmeasured, 0.1, atMs);
    look(T0);
    expect(figures.activity).toMatchObject({ changesPerMin: null, asOfMs: T0 });
    slot.bookChanges += 30;
    slot.publicTrades += 2;
    slot.publicTradedMicro += 50e6;
    look(T0 + 60_000);
    expect(figures.activity).toMatchObject({
      changesPerMin: 30,
      tradesPerMin: 2,
      tradedSharesPerHour: 3_000,
      asOfMs: T0 + 60_000,
      observedMs: 60_000,
    });
    // Ten quiet minutes halve it.
    look(T0 + 660_000);
    expect(figures.activity.changesPerMin).toBeCloseTo(15, 9);
    slot.bookChanges = 0;
    look(T0 + 720_000);
    expect(figures.activity).toMatchObject({ changesPerMin: figures.activity.changesPerMin, changes: 0 });
  });

  it('takes the venue history in once, and each observation of its own step', () => {
    const figures = createMarketFigures();
    const slot = createSlot(market(1));
    slot.venueHistory = {
      points: [{ atMs: T0 - 3_600_000, price: 4_500 as Price }],
      asOfMs: T0 - 1_000,
    };
    renewMarketFigures(figures, slot, bookOf(47, 53), limits, unmeasured, 0.1, T0);
    renewMarketFigures(figures, slot, bookOf(48, 54), limits, unmeasured, 0.1, T0 + 1_000);
    expect(figures.history).toEqual({
      points: [
        { atMs: T0 - 3_600_000, pts: 45 },
        { atMs: T0, pts: 50 },
      ],
      venueAsOfMs: T0 - 1_000,
    });
  });

  it('values by what was measured where it was, and not at all for the seed ranking', () => {
    const slot = createSlot(market(1, { volume24h: dollars(50_000) }));
    const valueWith = (measured: Measured, by = limits) => {
      const figures = createMarketFigures();
      renewMarketFigures(figures, slot, bookOf(47, 53), by, measured, 0.1, T0);
      return figures.value;
    };
    expect(valueWith(unmeasured)).toMatchObject({ isMeasured: false, adversePts: 1.5 });
    const lost = valueWith({ markoutPts: () => 2, fills: () => ({ aPerHour: 10, kPerPt: 0.5 }) });
    expect(lost).toMatchObject({ isMeasured: true, adversePts: 2 });
    // 1/k + 2 is 4; depths go in ticks from the nearest, 1.5.
    expect(Math.abs((lost?.depthPts ?? 0) - 4)).toBeCloseTo(0.5, 9);
    const seed = scannerLimits(strategySettings({ scannerRanking: 'seed' }).mm);
    expect(valueWith(unmeasured, seed)).toBeNull();
  });

  it('a book without two sides leaves metrics and value empty, and the history as it was', () => {
    const figures = createMarketFigures();
    const empty = createBook(100 as Price);
    renewMarketFigures(figures, createSlot(market(1)), empty, limits, unmeasured, 0.1, T0);
    expect([figures.metrics, figures.value, figures.history.points]).toEqual([null, null, []]);
    expect(figures.asOfMs).toBe(T0);
  });
});
