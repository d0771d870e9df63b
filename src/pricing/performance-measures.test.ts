import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, Side } from '../domain/market.ts';
import { MICRO, notional, price, shares, usd } from '../domain/units.ts';
import {
  fillQualityBps,
  inventoryTurnsPerDay,
  profitFactor,
  type QuotedFill,
  roundTripsOf,
  settleLots,
  sharpe7d,
  spreadCapture,
  type TradeFill,
} from './performance-measures.ts';

const dollars = (amount: number) => usd(Math.round(amount * MICRO));
let clock = 0;
const fill = (side: Side, units: number, count: number, change: Partial<QuotedFill> = {}): QuotedFill => {
  clock += 1;
  return {
    fillId: `f${clock}`,
    marketId: 'm1',
    outcome: 'YES',
    side,
    price: price(units),
    size: shares(Math.round(count * MICRO)),
    fee: usd(0),
    atMs: clock,
    midAtFillPts: 50,
    quoteId: 'q1',
    quotedSpreadPts: 4,
    ...change,
  };
};

describe('round trips and profit factor', () => {
  it('W33: buy .60, sell .30, buy .20, sell .70 is a factor of 1.67, not infinity', () => {
    const { trips } = roundTripsOf([
      fill('BUY', 6_000, 10),
      fill('SELL', 3_000, 10),
      fill('BUY', 2_000, 10),
      fill('SELL', 7_000, 10),
    ]);
    expect(trips.map((trip) => trip.pnl)).toEqual([dollars(-3), dollars(5)]);
    const factor = profitFactor(trips);
    expect(factor.value).toBeCloseTo(5 / 3, 9);
    expect([factor.gains, factor.losses]).toEqual([dollars(5), dollars(3)]);
  });

  it('W33: unsold shares are no loss, and markets do not close each other', () => {
    const { trips, open } = roundTripsOf([
      fill('BUY', 6_000, 10),
      fill('SELL', 7_000, 4, { marketId: 'm2' }),
    ]);
    expect(trips).toEqual([]);
    expect(open.map((lot) => [lot.marketId, lot.direction, lot.size])).toEqual([
      ['m1', 'long', 10 * MICRO],
      ['m2', 'short', 4 * MICRO],
    ]);
    expect(profitFactor(trips)).toMatchObject({ value: null, because: 'noRoundTrips' });
  });

  it('W33: buying both outcomes of a complete set earns the difference to a dollar, and is no sale of 98 cents', () => {
    const { trips } = roundTripsOf([fill('BUY', 4_500, 50), fill('BUY', 4_800, 50, { outcome: 'NO' })]);
    expect(trips.map((trip) => trip.pnl)).toEqual([dollars(50 * 0.07)]);
    expect(profitFactor(trips)).toMatchObject({ value: null, because: 'noLosses' });
  });

  it('closes first in, first out, by parts, net of fees', () => {
    const { trips, open } = roundTripsOf([
      fill('BUY', 4_000, 10, { fee: dollars(0.1) }),
      fill('BUY', 5_000, 10),
      fill('SELL', 6_000, 15, { fee: dollars(0.3) }),
    ]);
    expect(trips.map((trip) => trip.pnl)).toEqual([dollars(2 - 0.1 - 0.2), dollars(0.5 - 0.1)]);
    expect(open.map((lot) => lot.size)).toEqual([5 * MICRO]);
  });

  it('loses no micro-dollar, however fills are cut', () => {
    const anyFill = fc.record({
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      outcome: fc.constantFrom<Outcome>('YES', 'NO'),
      units: fc.integer({ min: 1, max: 9_999 }),
      size: fc.integer({ min: 1, max: 5_000_000 }),
      fee: fc.integer({ min: 0, max: 9_999 }),
    });
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 30 }), (rows) => {
        const fills: TradeFill[] = rows.map((row, index) => ({
          fillId: `f${index}`,
          marketId: 'm1',
          outcome: row.outcome,
          side: row.side,
          price: price(row.units),
          size: shares(row.size),
          fee: usd(row.fee),
          atMs: index,
        }));
        const { trips, open } = roundTripsOf(fills);
        let cash = 0;
        for (const row of fills) {
          const yes = row.outcome === 'YES';
          const value = notional(price(yes ? row.price : 10_000 - row.price), row.size);
          cash += ((row.side === 'BUY') === yes ? -value : value) - row.fee;
        }
        for (const lot of open) cash += (lot.direction === 'long' ? lot.value : -lot.value) + lot.fee;
        expect(trips.reduce((sum, trip) => sum + trip.pnl, 0)).toBe(cash);
        expect(new Set(open.map((lot) => lot.direction)).size).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('Sharpe over seven days', () => {
  const day = (pnl: number, value = 100) => ({ pnlNet: dollars(pnl), openingValue: dollars(value) });

  it('is mean over sample deviation times the root of 365', () => {
    const measured = sharpe7d([day(1), day(2), day(3)]);
    expect(measured.value).toBeCloseTo(2 * Math.sqrt(365), 9);
  });

  it('W33: three equal days have no ratio, not 191', () => {
    expect(sharpe7d([day(1), day(1), day(1)])).toEqual({ value: null, because: 'noVariance' });
    expect(sharpe7d([day(0), day(0)])).toEqual({ value: null, because: 'noVariance' });
  });

  it('needs two days with an opening value, and looks at the last seven', () => {
    expect(sharpe7d([day(1)])).toEqual({ value: null, because: 'tooFewDays' });
    expect(sharpe7d([day(1), day(1, 0)])).toEqual({ value: null, because: 'noValue' });
    const week = [1, 2, 1, 2, 1, 2, 1].map((pnl) => day(pnl));
    expect(sharpe7d([day(-50), ...week])).toEqual(sharpe7d(week));
  });

  it('does not change when account and profits double', () => {
    const doubled = sharpe7d([day(2, 200), day(4, 200), day(6, 200)]).value;
    expect(doubled).toBeCloseTo(sharpe7d([day(1), day(2), day(3)]).value ?? 0, 9);
  });
});

describe('fill quality and spread capture', () => {
  it('is 400 bps for a purchase at 48 with the mid at 50, whichever outcome', () => {
    expect(fillQualityBps([fill('BUY', 4_800, 10)])).toBeCloseTo(400, 9);
    expect(fillQualityBps([fill('BUY', 4_800, 10, { outcome: 'NO' })])).toBeCloseTo(400, 9);
    expect(fillQualityBps([fill('SELL', 4_800, 10)])).toBeCloseTo(-400, 9);
    expect(fillQualityBps([])).toBeNull();
  });

  it('weights by shares', () => {
    expect(fillQualityBps([fill('BUY', 4_800, 30), fill('BUY', 5_000, 10)])).toBeCloseTo(300, 9);
  });

  it('is the part of the quoted spread between the mean sale and the mean purchase', () => {
    expect(spreadCapture([fill('BUY', 4_800, 10), fill('SELL', 5_200, 10)])).toBeCloseTo(1, 9);
    expect(spreadCapture([fill('BUY', 4_800, 10), fill('BUY', 4_900, 10, { outcome: 'NO' })])).toBeCloseTo(
      0.75,
      9,
    );
    expect(spreadCapture([fill('BUY', 4_800, 10)])).toBeNull();
    expect(spreadCapture([fill('BUY', 4_800, 10), fill('SELL', 5_200, 10, { marketId: 'm2' })])).toBeNull();
    expect(
      spreadCapture([fill('BUY', 4_800, 10), fill('SELL', 5_200, 10, { quotedSpreadPts: null })]),
    ).toBeNull();
  });

  it('shows what was lost to a mid that moved between the purchase of one quote and the sale of another', () => {
    const moved = [
      fill('BUY', 4_800, 10, { quoteId: 'q1' }),
      fill('SELL', 4_900, 20, { quoteId: 'q2', quotedSpreadPts: 6 }),
    ];
    expect(spreadCapture(moved)).toBeCloseTo(1 / ((4 * 10 + 6 * 20) / 30), 9);
  });
});

describe('inventory turns', () => {
  it('are shares through over mean shares held, a day', () => {
    const hour = 3_600_000;
    const points = [
      { atMs: 0, netShares: shares(0) },
      { atMs: 6 * hour, netShares: shares(20 * MICRO) },
      { atMs: 12 * hour, netShares: shares(-20 * MICRO) },
    ];
    const traded = [fill('BUY', 5_000, 20, { atMs: 6 * hour }), fill('SELL', 5_000, 40, { atMs: 12 * hour })];
    expect(inventoryTurnsPerDay(traded, points, 0, 24 * hour)).toBeCloseTo(30 / 15, 9);
    expect(inventoryTurnsPerDay(traded, points, 0, 12 * hour)).toBeCloseTo((10 / 10) * 2, 9);
    expect(inventoryTurnsPerDay(traded, points, 0, 0)).toBeNull();
    expect(inventoryTurnsPerDay([], [], 0, hour)).toBeNull();
  });
});

describe('a settlement', () => {
  it('closes everything that is open at what the market paid out, so that a lost bet counts as lost', () => {
    const { open } = roundTripsOf([fill('BUY', 6_000, 10, { fee: dollars(0.1) }), fill('BUY', 2_000, 5)]);
    const lots = [...open];
    const trips = settleLots(lots, price(0), 't-1', 99);
    expect(trips.map(({ pnl, exitFillId }) => [pnl, exitFillId])).toEqual([
      [dollars(-6.1), 't-1'],
      [dollars(-1), 't-1'],
    ]);
    expect(lots).toEqual([]);
  });
});
