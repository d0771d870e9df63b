import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complement, price } from '../domain/units.ts';
import {
  adverseMovePts,
  cancelMarkouts,
  capturedSpreadPts,
  createMarkoutTimers,
  type MarkoutFill,
  measureMarkout,
  nextMarkoutAtMs,
  optimalDepthCaraPts,
  optimalDepthPts,
  scheduleMarkouts,
  takeDueMarkouts,
} from './mark-out.ts';

const BUY_YES: MarkoutFill = {
  fillId: 't1',
  outcome: 'YES',
  side: 'BUY',
  price: price(4_800),
  atMs: 1_000_000,
  midAtFillPts: 50,
};
const BUY_NO: MarkoutFill = { ...BUY_YES, outcome: 'NO' };

describe('the sign of a mark-out', () => {
  it.each([
    ['BUY', 'YES', 2],
    ['SELL', 'YES', -2],
    ['BUY', 'NO', -2],
    ['SELL', 'NO', 2],
  ] as const)('%s %s, YES then falls 2 pts: %d pts adverse', (side, outcome, expected) => {
    expect(adverseMovePts({ ...BUY_YES, side, outcome }, 48)).toBe(expected);
  });

  it('W8: is measured from the mid at the fill in bps of the outcome traded: 200 for a penny of 50', () => {
    const pending = { fill: BUY_YES, horizonMs: 120_000, dueAtMs: 1_120_000 };
    expect(measureMarkout(pending, 49, 1_120_000)).toEqual({
      fillId: 't1',
      horizonMs: 120_000,
      adversePts: 1,
      adverseBps: 200,
      realizedSpreadPts: 1,
      lateMs: 0,
      isLate: false,
    });
  });

  it('mirrors: NO at the mirrored mid gives the same points, basis points and captured spread', () => {
    const pts = fc.double({ min: 1, max: 99, noNaN: true });
    fc.assert(
      fc.property(pts, pts, fc.constantFrom('BUY', 'SELL'), (mid, later, side) => {
        const yes: MarkoutFill = { ...BUY_YES, side, midAtFillPts: mid };
        const no: MarkoutFill = { ...BUY_NO, side, midAtFillPts: 100 - mid };
        const marked = (fill: MarkoutFill, at: number) =>
          measureMarkout({ fill, horizonMs: 30_000, dueAtMs: 0 }, at, 0);
        const one = marked(yes, later);
        const other = marked(no, 100 - later);
        expect(other.adversePts).toBeCloseTo(one.adversePts, 9);
        expect(other.adverseBps).toBeCloseTo(one.adverseBps, 6);
        expect(other.realizedSpreadPts).toBeCloseTo(one.realizedSpreadPts, 9);
      }),
    );
  });

  it('buying NO is selling YES at one minus the price, and captures the same', () => {
    const sold: MarkoutFill = { ...BUY_YES, side: 'SELL', price: complement(price(4_800)) };
    expect(capturedSpreadPts(sold)).toBe(capturedSpreadPts(BUY_NO));
    expect(adverseMovePts(sold, 53)).toBe(adverseMovePts(BUY_NO, 53));
  });
});

describe('the timers', () => {
  it('fall due at 30 and 120 seconds after the fill, exactly, and once', () => {
    const timers = createMarkoutTimers();
    scheduleMarkouts(timers, BUY_YES);
    expect(nextMarkoutAtMs(timers)).toBe(1_030_000);
    expect(takeDueMarkouts(timers, 1_029_999)).toEqual([]);
    expect(takeDueMarkouts(timers, 1_030_000).map((due) => due.horizonMs)).toEqual([30_000]);
    expect(takeDueMarkouts(timers, 1_030_000)).toEqual([]);
    expect(nextMarkoutAtMs(timers)).toBe(1_120_000);
    expect(takeDueMarkouts(timers, 1_200_000).map((due) => due.horizonMs)).toEqual([120_000]);
    expect(nextMarkoutAtMs(timers)).toBeNull();
  });

  it('marks a measurement late from more than a second on', () => {
    const pending = { fill: BUY_YES, horizonMs: 30_000, dueAtMs: 1_030_000 };
    expect(measureMarkout(pending, 50, 1_031_000)).toMatchObject({ lateMs: 1_000, isLate: false });
    expect(measureMarkout(pending, 50, 1_031_001)).toMatchObject({ lateMs: 1_001, isLate: true });
  });

  it('come due in time order whatever order fills are learned in, and can be cancelled', () => {
    const timers = createMarkoutTimers();
    for (const [fillId, atMs] of [
      ['late', 90_000],
      ['early', 0],
      ['middle', 40_000],
    ] as const)
      scheduleMarkouts(timers, { ...BUY_YES, fillId, atMs });
    cancelMarkouts(timers, 'middle');
    const due = takeDueMarkouts(timers, 1_000_000).map((entry) => entry.dueAtMs);
    expect(due).toEqual([30_000, 120_000, 120_000, 210_000]);
  });

  it('are bounded: the oldest are given up and counted', () => {
    const timers = createMarkoutTimers();
    for (let fill = 0; fill < 10_050; fill += 1)
      scheduleMarkouts(timers, { ...BUY_YES, fillId: `t${fill}`, atMs: fill * 1_000 });
    expect(timers.pending).toHaveLength(20_000);
    expect(timers.dropped).toBe(100);
  });
});

describe('the depth that pays for adverse selection', () => {
  it('has the numbers of the pricing notes', () => {
    expect(optimalDepthPts(0.6, 0.4)).toBeCloseTo(2.0667, 4);
    expect(optimalDepthPts(0.6, 0.4, 0.25)).toBeCloseTo(2.2, 4);
    expect(() => optimalDepthPts(0.6, 0.4, 1)).toThrow('below 1');
  });

  it('is where a grid search finds the most', () => {
    const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(float(0.2, 3), float(-0.2, 2), float(-0.5, 0.7), (k, m0, m1) => {
        const earned = (depth: number) => Math.exp(-k * depth) * (depth - m0 - m1 * depth);
        let best = 0;
        for (let depth = 0; depth <= 20; depth += 0.001) if (earned(depth) > earned(best)) best = depth;
        expect(best).toBeCloseTo(Math.max(0, optimalDepthPts(k, m0, m1)), 2);
      }),
      { numRuns: 40 },
    );
  });

  it('with risk aversion is nearer, and tends to the risk-neutral one as gamma goes to 0', () => {
    expect(optimalDepthCaraPts(1e-9, 0.6, 0.4)).toBeCloseTo(optimalDepthPts(0.6, 0.4), 6);
    expect(optimalDepthCaraPts(0.5, 0.6, 0.4)).toBeLessThan(optimalDepthPts(0.6, 0.4));
  });
});
