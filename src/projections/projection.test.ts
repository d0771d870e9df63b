import { describe, expect, it } from 'vitest';
import { DAY_MS, isoDateOf, utcDayOf } from '../domain/utc-day.ts';
import { decodeState, encodeState } from '../kernel/codec.ts';
import { cents, conditionId, shares, T0 } from '../kernel/test-support/test-kernel.ts';
import type { Measures } from './measures.ts';
import { createProjection, project, refresh } from './projection.ts';
import { bidAndAsk, createTale } from './test-support/tale.ts';

/** The first half of a minute before midnight, UTC. */
const LATE = (utcDayOf(T0) + 1) * DAY_MS - 30_000;

describe('a fill', () => {
  it('W8: is measured against the mid just before it and the mids 30 s and 120 s later, on the day of the fill', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    tale.tell(tale.trade(bid, shares(10)), 'MATCHED');
    tale.setBook(1, 47, 51, 29_000);
    tale.setBook(1, 45, 49, 2_000);
    expect(tale.rows('mm_fills')[0]).toMatchObject({
      mid_at_fill: 0.5,
      mid_at_30s: 0.49,
      mid_at_120s: null,
      adverse_selection: null,
      residual_micro_usd: null,
    });
    tale.wait(120_000);
    const [fill] = tale.rows('mm_fills');
    expect(fill).toMatchObject({
      mid_at_120s: 0.47,
      quoted_spread_pts: 6,
      level: 0,
      spread_captured_micro_usd: 300_000,
      markout_micro_usd: -300_000,
      total_micro_usd: 0,
      residual_micro_usd: 0,
      quote_id: 'run-1/o-1',
    });
    expect([fill?.markout_30s_pts, fill?.markout_120s_pts]).toEqual([1, 3]);
    expect(fill?.adverse_selection).toBeCloseTo((3 / 50) * 10_000, 6);
    tale.look();
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({ fills_count: 1, markout_micro_usd: -300_000 });
  });

  it('W8: has the mid of the others, so that our own quote does not make each fill look good', () => {
    const tale = createTale();
    const [bid, ask] = tale.place(...bidAndAsk(1, 49, 51, shares(10)));
    if (bid === undefined || ask === undefined) throw new Error('two orders were placed');
    // The venue's book shows our bid at 49 and, above the others', nothing of our ask yet.
    tale.input({
      kind: 'levels',
      conditionId: conditionId(1),
      changes: [['BUY', cents(49), shares(10)]],
      hash: '',
      venueAtMs: 0,
    });
    tale.tell(tale.trade(bid, shares(5)), 'MATCHED');
    expect(tale.rows('mm_fills')[0]?.mid_at_fill).toBe(0.5);
  });

  it('has no mark-out where there was no book that measures anything, and still adds up', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    tale.tell(tale.trade(bid, shares(10)), 'MATCHED');
    tale.input({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'a gap' });
    tale.wait(121_000);
    expect(tale.rows('mm_fills')[0]).toMatchObject({
      mid_at_30s: null,
      mid_at_120s: null,
      adverse_selection: null,
      residual_micro_usd: 0,
    });
    tale.look();
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({
      adverse_selection_avg: null,
      residual_micro_usd: 0,
    });
  });

  it('has no mid when it is told long after it was made, as by a read after a lost connection', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    const report = tale.trade(bid, shares(10));
    tale.setBook(1, 38, 42, 60_000);
    tale.tell(report, 'CONFIRMED');
    tale.wait(121_000);
    expect(tale.rows('mm_fills')[0]).toMatchObject({
      mid_at_fill: null,
      mid_at_120s: null,
      residual_micro_usd: 0,
    });
    expect(tale.look()).toMatchObject({ total: -700_000, residual: 0 });
  });

  it('counts once, however often it is told, and is taken back when the chain fails it', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    const report = tale.trade(bid, shares(10));
    tale.tell(report, 'MATCHED');
    tale.tell(report, 'MATCHED');
    tale.tell(report, 'MINED');
    tale.setBook(1, 46, 50);
    tale.tell(report, 'FAILED');
    tale.tell(report, 'MINED');
    const day = tale.look();
    expect(day).toMatchObject({ total: 0, residual: 0, fills: 1 });
    expect(day.parts).toMatchObject({
      spreadCaptured: 300_000,
      markout: -200_000,
      reverts: -100_000,
      drift: 0,
    });
    expect(tale.rows('mm_fills')).toHaveLength(1);
    expect(tale.rows('mm_fills')[0]).toMatchObject({ status: 'FAILED', residual_micro_usd: 0 });
    expect(tale.rows('mm_round_trips')).toEqual([]);
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({
      fills_count: 1,
      fills_failed: 1,
      round_trips: 0,
    });
  });
});

describe('round trips and the profit factor', () => {
  /** Buys and sells YES of one market at these prices, each confirmed. */
  function trades(...steps: readonly (readonly ['BUY' | 'SELL', number])[]) {
    const tale = createTale();
    tale.operate(1, 'split', shares(50));
    for (const [side, at] of steps) {
      const [order] = tale.place({ n: 1, outcome: 'YES', side, price: cents(at), size: shares(10) });
      if (order === undefined) throw new Error('an order was placed');
      const report = tale.trade(order, shares(10));
      tale.tell(report, 'MATCHED');
      tale.tell(report, 'CONFIRMED');
    }
    tale.look();
    return tale;
  }

  it('W33: buy .60, sell .30, buy .20, sell .70 is a factor of 1.67', () => {
    const tale = trades(['BUY', 60], ['SELL', 30], ['BUY', 20], ['SELL', 70]);
    expect(tale.rows('mm_round_trips').map(({ net_pnl }) => net_pnl)).toEqual([-3, 5]);
    const [day] = tale.rows('mm_daily_metrics');
    expect(day?.profit_factor).toBeCloseTo(5 / 3, 9);
    expect(day).toMatchObject({ round_trips: 2, pnl_net: 2 });
  });

  it('W33: shares that are not sold are no loss, and no number stands for one that there is not', () => {
    const tale = trades(['BUY', 50]);
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({
      pnl_net: 0,
      profit_factor: null,
      sharpe_7d: null,
      spread_capture_rate: null,
      round_trips: 0,
    });
  });

  it('W33: a complete set that is bought and merged earns a dollar less what it cost, and no more', () => {
    const tale = createTale();
    const legs = tale.place(
      { n: 1, outcome: 'YES', side: 'BUY', price: cents(48), size: shares(50) },
      { n: 1, outcome: 'NO', side: 'BUY', price: cents(50), size: shares(50) },
    );
    for (const leg of legs) {
      const report = tale.trade(leg, shares(50));
      tale.tell(report, 'MATCHED');
      tale.tell(report, 'CONFIRMED');
    }
    tale.operate(1, 'merge', shares(50));
    const day = tale.look();
    expect(day).toMatchObject({ total: 1_000_000, residual: 0 });
    expect(day.parts.chainOperations).toBe(0);
    expect(tale.rows('mm_round_trips').map(({ net_pnl }) => net_pnl)).toEqual([1]);
    for (const row of tale.rows('mm_inventory'))
      expect(row).toMatchObject({ net_position: 0, unrealized_pnl: 0 });
    expect(tale.rows('mm_inventory').reduce((sum, row) => sum + Number(row.realized_pnl), 0)).toBeCloseTo(
      1,
      9,
    );
  });

  it('W35: a split costs what its outcomes are worth then, and a redemption ends what was open', () => {
    const tale = createTale();
    tale.setBook(1, 78, 82);
    tale.operate(1, 'split', shares(10));
    expect(
      tale.rows('mm_inventory').map(({ outcome, avg_entry_price }) => [outcome, avg_entry_price]),
    ).toEqual([
      ['YES', 0.8],
      ['NO', 0.2],
    ]);
    const [sale] = tale.place({ n: 1, outcome: 'NO', side: 'SELL', price: cents(21), size: shares(10) });
    if (sale === undefined) throw new Error('an order was placed');
    const report = tale.trade(sale, shares(10));
    tale.tell(report, 'MATCHED');
    tale.tell(report, 'CONFIRMED');
    tale.input({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'NO' });
    tale.operate(1, 'redeem', shares(10));
    const day = tale.look();
    expect(day).toMatchObject({ total: -7_900_000, residual: 0 });
    // Sold NO at 21 is bought YES at 79, and YES paid nothing.
    expect(tale.rows('mm_round_trips')[0]).toMatchObject({ net_pnl: -7.9, exit_fill_id: 't-2' });
    const realized = tale.rows('mm_inventory').map(({ outcome, realized_pnl }) => [outcome, realized_pnl]);
    expect(realized).toEqual([
      ['YES', -8],
      ['NO', 0.1],
    ]);
  });
});

describe('a quote', () => {
  it('W4: stands with both sides, is replaced by the next of its level, and keeps what was filled', () => {
    const tale = createTale();
    const [bid, ask] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined || ask === undefined) throw new Error('two orders were placed');
    tale.tell(tale.trade(bid, shares(4)), 'MATCHED');
    const [higher] = tale.place({ n: 1, outcome: 'YES', side: 'BUY', price: cents(48), size: shares(10) });
    tale.cancel(bid);
    const [first, second] = tale.rows('mm_quotes');
    // The ask was kept, so the first quote still stands on that side.
    expect(first).toMatchObject({ status: 'active', filled_size: 4, bid_price: 0.47, ask_price: 0.53 });
    expect(second).toMatchObject({ status: 'active', bid_price: 0.48, ask_price: 0.53, filled_size: 0 });
    expect(second).toMatchObject({ bid_order_id: higher?.orderId, ask_order_id: ask.orderId });
    tale.cancel(ask);
    expect(tale.rows('mm_quotes')[0]).toMatchObject({ status: 'replaced', filled_size: 4 });
    expect(tale.rows('mm_quotes')[0]).toMatchObject({ bid_order_id: bid.orderId, ask_order_id: ask.orderId });
    if (higher !== undefined) tale.tell(tale.trade(higher, shares(10)), 'MATCHED');
    expect(tale.rows('mm_quotes')[1]).toMatchObject({ status: 'filled', filled_size: 10 });
    tale.look();
    expect(tale.rows('mm_daily_metrics')[0]).toMatchObject({ quotes_placed: 2, markets_quoted: 1 });
  });
});

describe('a day', () => {
  it('ends at midnight UTC: what is held then drifts from there, and both days add up', () => {
    const tale = createTale(1, LATE);
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    tale.tell(tale.trade(bid, shares(10)), 'MATCHED');
    tale.setBook(1, 49, 53, 10_000);
    tale.wait(60_000);
    tale.setBook(1, 44, 48);
    tale.wait(60_000);
    const today = tale.look();
    const [first, second] = tale.rows('mm_daily_metrics');
    expect([first?.date, second?.date]).toEqual([isoDateOf(utcDayOf(LATE)), isoDateOf(utcDayOf(LATE) + 1)]);
    expect(first).toMatchObject({
      spread_captured_micro_usd: 300_000,
      markout_micro_usd: 100_000,
      drift_micro_usd: 0,
      total_micro_usd: 400_000,
      residual_micro_usd: 0,
      fills_count: 1,
    });
    expect(today.parts).toMatchObject({ spreadCaptured: 0, markout: 0, drift: -500_000 });
    expect(today).toMatchObject({ total: -500_000, residual: 0, fills: 0 });
    // The fill itself is measured to its own horizon, across midnight.
    expect(tale.rows('mm_fills')[0]).toMatchObject({ mid_at_120s: 0.46, markout_micro_usd: -400_000 });
    expect(second?.sharpe_7d).toBeCloseTo(-Math.SQRT2 * Math.sqrt(365) * (1 / 18), 1);
  });
});

describe('what is carried over', () => {
  it('is plain data: a projection that is taken apart and put together in the middle gives the same rows', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 47, 53, shares(10)));
    if (bid === undefined) throw new Error('two orders were placed');
    tale.tell(tale.trade(bid, shares(10)), 'MATCHED');
    tale.wait(40_000);
    const cut = tale.entries.length;
    tale.setBook(1, 45, 49, 20_000);
    tale.wait(120_000);
    const whole = tale.look();
    let again = createProjection(null, null);
    for (const entry of tale.entries) {
      project(again, entry, () => undefined);
      if (entry.seq === cut) {
        const { facts, measures } = decodeState(encodeState(again)) as typeof again;
        again = createProjection(facts, measures as Measures);
      }
    }
    const rows: unknown[] = [];
    expect(refresh(again, (row) => rows.push(row))).toEqual(whole);
    expect(rows.length).toBeGreaterThan(2);
  });
});
