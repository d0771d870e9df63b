import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { createOrderTable, liveOrders } from './order-table.ts';
import { type PlanInput, planQuotes } from './planner.ts';
import { moveGain, restingWorth } from './quote-worth.ts';
import { CONDITION, cents, dollars, NO, rest, shares, T0, YES } from './test-orders.ts';
import type { DesiredQuote } from './types.ts';

const K_PER_PT = 0.5;
const quoteAt = (at: number): DesiredQuote => ({ side: 'BUY', price: cents(at), size: shares(10), level: 0 });

describe('what resting at a price is worth', () => {
  it('is most at the wanted price, where a share earns 1/k behind nobody', () => {
    // 10 shares at 2 points each are 20 cents.
    expect(restingWorth(K_PER_PT, 0, shares(10), 0)).toBeCloseTo(200_000, 6);
    const away = fc.double({ min: 0.01, max: 20, noNaN: true });
    fc.assert(
      fc.property(away, fc.boolean(), (pts, isNearer) => {
        const there = restingWorth(K_PER_PT, isNearer ? -pts : pts, shares(10), 0);
        expect(there).toBeLessThan(restingWorth(K_PER_PT, 0, shares(10), 0));
      }),
    );
  });

  it('is nothing at 1/k nearer than wanted, and a loss beyond', () => {
    expect(restingWorth(K_PER_PT, -2, shares(10), 0)).toBeCloseTo(0, 9);
    expect(restingWorth(K_PER_PT, -3, shares(10), 0)).toBeLessThan(0);
  });

  it('falls with the queue ahead and grows with size', () => {
    const ahead = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(ahead, ahead, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const worth = (count: number) => restingWorth(K_PER_PT, 0.5, shares(10), shares(count));
        expect(worth(less)).toBeGreaterThanOrEqual(worth(more));
      }),
    );
  });

  it('weighs a move by the queue that is left and the one that is joined', () => {
    const model = (others: number) => ({ kPerPt: K_PER_PT, othersAt: () => shares(others) });
    const gain = (ahead: number, joins: number) =>
      moveGain(model(joins), quoteAt(48), cents(47), shares(10), shares(ahead));
    expect(gain(0, 100)).toBeLessThan(0);
    expect(gain(100, 0)).toBeGreaterThan(0);
  });
});

describe('a requote', () => {
  const plan = (queueAhead: number, others: number, at = 47) => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(at) }).queueAhead = shares(queueAhead);
    const input: PlanInput = {
      market: {
        conditionId: CONDITION,
        yesTokenId: YES,
        noTokenId: NO,
        negRisk: false,
        minOrderSize: shares(5),
      },
      desired: [quoteAt(48)],
      working: liveOrders(table, CONDITION),
      free: { cash: dollars(100) as Usd, yes: 0 as Shares, no: 0 as Shares },
      safe: { maxBid: null, minAsk: null },
      worth: { kPerPt: K_PER_PT, othersAt: () => shares(others) },
      waitsSinceMs: null,
      rules: {
        requoteThreshold: 50 as Price,
        cancelPriceThreshold: 150 as Price,
        sizeThresholdPct: 25,
        minLifetimeMs: 10_000,
        maxAgeMs: 3_600_000,
        cancelRetryMs: 2_000,
      },
      nowMs: T0 + 30_000,
    };
    return planQuotes(input);
  };

  it('waits while the place in the queue is worth more than the better price', () => {
    expect(plan(0, 200).keeps).toMatchObject([
      { reason: 'its place in the queue is worth more than the better price' },
    ]);
    expect(plan(200, 0).cancels).toHaveLength(1);
  });

  it('does not wait for a queue when the price is far or gives money away', () => {
    expect(plan(0, 200, 46).cancels).toMatchObject([{ reason: 'its price is far from the wanted one' }]);
    expect(plan(0, 200, 49).keeps).toEqual([]);
  });

  it('says what is at stake: the error times the size for as long as the order stood', () => {
    // One point on ten shares is ten cents, for thirty seconds.
    expect(plan(200, 0).changes).toMatchObject([{ tokens: 1, stake: 3_000_000 }]);
  });

  it('of a safe limit below what is wanted does not chase its own quote', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    const { cancels } = planQuotes({
      ...{
        market: {
          conditionId: CONDITION,
          yesTokenId: YES,
          noTokenId: NO,
          negRisk: false,
          minOrderSize: shares(5),
        },
      },
      desired: [quoteAt(48)],
      working: liveOrders(table, CONDITION),
      free: { cash: dollars(100), yes: 0 as Shares, no: 0 as Shares },
      safe: { maxBid: cents(47), minAsk: null },
      worth: null,
      waitsSinceMs: null,
      rules: {
        requoteThreshold: 50 as Price,
        cancelPriceThreshold: 150 as Price,
        sizeThresholdPct: 25,
        minLifetimeMs: 0,
        maxAgeMs: 3_600_000,
        cancelRetryMs: 2_000,
      },
      nowMs: T0 + 30_000,
    });
    expect(cancels).toEqual([]);
  });
});
