import { describe, expect, it } from 'vitest';
import type { Side } from '../domain/market.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { applyAnswers, applyMatched, markCancelAsked } from './order-life.ts';
import { createOrderTable, liveOrders, type OrderTable } from './order-table.ts';
import { inBatches, type PlanInput, type PlanRules, planQuotes } from './planner.ts';
import {
  CONDITION,
  cents,
  clientId,
  dollars,
  NO,
  orderId,
  QUOTE,
  rest,
  send,
  shares,
  T0,
  YES,
} from './test-orders.ts';
import type { DesiredQuote } from './types.ts';

const RULES: PlanRules = {
  requoteThreshold: 50 as Price,
  cancelPriceThreshold: 150 as Price,
  sizeThresholdPct: 25,
  minLifetimeMs: 10_000,
  maxAgeMs: 3_600_000,
  cancelRetryMs: 2_000,
};

const quote = (side: Side, at: number, count = 10, level = 0): DesiredQuote => ({
  side,
  price: cents(at),
  size: shares(count),
  level,
});

const input = (
  table: OrderTable,
  desired: readonly DesiredQuote[],
  change: Partial<PlanInput> = {},
): PlanInput => ({
  market: { conditionId: CONDITION, yesTokenId: YES, noTokenId: NO, negRisk: false, minOrderSize: shares(5) },
  desired,
  working: liveOrders(table, CONDITION),
  free: { cash: dollars(1_000), yes: 0 as Shares, no: 0 as Shares },
  safe: { maxBid: null, minAsk: null },
  worth: null,
  waitsSinceMs: null,
  rules: RULES,
  nowMs: T0 + 30_000,
  ...change,
});

describe('the form of a new order', () => {
  it('without inventory bids for YES and asks by bidding for NO', () => {
    const plan = planQuotes(input(createOrderTable(), [quote('BUY', 48), quote('SELL', 52)]));
    expect(plan.places).toMatchObject([
      { tokenId: YES, side: 'BUY', price: cents(48), size: shares(10) },
      { tokenId: NO, side: 'BUY', price: cents(48), size: shares(10) },
    ]);
  });

  it('sells what is held before it spends cash, and splits a quote where both parts are large enough', () => {
    const free = { cash: dollars(1_000), yes: shares(6), no: shares(30) };
    const plan = planQuotes(
      input(createOrderTable(), [quote('BUY', 48, 12), quote('SELL', 52, 12)], { free }),
    );
    expect(plan.places).toMatchObject([
      { outcome: 'NO', side: 'SELL', price: cents(52), size: shares(12) },
      { outcome: 'YES', side: 'SELL', price: cents(52), size: shares(6) },
      { outcome: 'NO', side: 'BUY', price: cents(48), size: shares(6) },
    ]);
  });

  it('W15: sizes each side by itself: the bid by cash, the ask by tokens held', () => {
    const free = { cash: dollars(4.8), yes: shares(7.5), no: 0 as Shares };
    const plan = planQuotes(
      input(createOrderTable(), [quote('BUY', 48, 40), quote('SELL', 52, 7.5)], { free }),
    );
    expect(plan.places).toMatchObject([
      { outcome: 'YES', side: 'BUY', size: shares(10) },
      { outcome: 'YES', side: 'SELL', size: shares(7.5) },
    ]);
  });

  it('spends cash once over both sides', () => {
    const free = { cash: dollars(6), yes: 0 as Shares, no: 0 as Shares };
    const plan = planQuotes(input(createOrderTable(), [quote('BUY', 48), quote('SELL', 52)], { free }));
    expect(plan.places).toHaveLength(1);
    expect(plan.deferred).toMatchObject([{ reason: 'neither tokens nor cash for the smallest order' }]);
  });
});

describe('what rests', () => {
  it('is kept, in its place in the queue, while price and size may stay', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    rest(table, 2, { outcome: 'NO', price: cents(48) });
    const plan = planQuotes(input(table, [quote('BUY', 48.4, 11), quote('SELL', 51.7, 9)]));
    expect([plan.cancels, plan.places]).toEqual([[], []]);
    expect(plan.keeps).toHaveLength(2);
  });

  it('is topped up beside the order when a part is filled', () => {
    const table = createOrderTable();
    const record = rest(table, 1, { price: cents(48) });
    applyMatched(table, record, shares(6), T0);
    const plan = planQuotes(input(table, [quote('BUY', 48)]));
    expect(plan.cancels).toEqual([]);
    expect(plan.places).toMatchObject([{ size: shares(6) }]);
  });

  it('is moved once it is older than its minimum lifetime, and at any age when the price is far', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    const young = { nowMs: T0 + 9_999 };
    expect(planQuotes(input(table, [quote('BUY', 47)], young)).cancels).toEqual([]);
    expect(planQuotes(input(table, [quote('BUY', 47)])).cancels).toHaveLength(1);
    expect(planQuotes(input(table, [quote('BUY', 46.5)], young)).cancels).toHaveLength(1);
  });

  it('goes at once when it is dangerous at the new limits, however young', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    const safe = { maxBid: cents(47.5), minAsk: null };
    const plan = planQuotes(input(table, [quote('BUY', 47.5)], { nowMs: T0 + 1, safe }));
    expect(plan.cancels).toMatchObject([{ orderId: orderId(1), reason: 'dangerous: bid above its limit' }]);
  });

  it('is withdrawn when nothing is wanted on its side, and replaced when it is too old', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    expect(planQuotes(input(table, [], { nowMs: T0 + 1 })).cancels).toHaveLength(1);
    const aged = planQuotes(input(table, [quote('BUY', 48)], { nowMs: T0 + RULES.maxAgeMs }));
    expect([aged.cancels.length, aged.places.length]).toEqual([1, 1]);
  });

  it('loses its newest part when more rests than is wanted', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    rest(table, 2, { price: cents(48) });
    expect(planQuotes(input(table, [quote('BUY', 48)])).cancels).toMatchObject([{ clientId: clientId(2) }]);
  });

  it('moves one level of a ladder instead of all when the market moves by one step', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(48) });
    rest(table, 2, { price: cents(46) });
    const plan = planQuotes(input(table, [quote('BUY', 50, 10, 0), quote('BUY', 48, 10, 1)]));
    expect(plan.cancels).toMatchObject([{ clientId: clientId(2) }]);
    expect(plan.places).toMatchObject([{ price: cents(50) }]);
  });

  it('W32: is compared by the price that rests, not by the one that was once wanted', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(46) });
    const plan = planQuotes(input(table, [quote('BUY', 48)]));
    expect(plan.cancels).toMatchObject([{ orderId: orderId(1) }]);
  });

  it('leaves orders of other loops alone', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(30) }, T0, { ...QUOTE, loop: 'cd-exit', purpose: 'exit' });
    expect(planQuotes(input(table, [])).cancels).toEqual([]);
  });
});

describe('what has to wait', () => {
  it('is a quote that could trade with an order of ours that has not left yet', () => {
    const table = createOrderTable();
    rest(table, 1, { outcome: 'NO', price: cents(48) });
    const desired = [quote('BUY', 52), quote('SELL', 55)];
    const first = planQuotes(input(table, desired));
    expect(first.cancels).toMatchObject([{ clientId: clientId(1) }]);
    expect(first.places.map((place) => place.quote.side)).toEqual(['SELL']);
    expect(first.deferred[0]?.reason).toContain('could trade with our own o-1');
    markCancelAsked(table, [orderId(1)], T0 + 30_000);
    const second = planQuotes(input(table, desired));
    expect([second.cancels.length, second.places.length]).toEqual([0, 1]);
  });

  it('is a quote that needs the money of a cancel', () => {
    const table = createOrderTable();
    rest(table, 1, { price: cents(46) });
    const free = { cash: 0 as Usd, yes: 0 as Shares, no: 0 as Shares };
    const plan = planQuotes(input(table, [quote('BUY', 49)], { free }));
    expect(plan.cancels).toHaveLength(1);
    expect(plan.deferred[0]?.reason).toContain('needs what a cancel will free');
  });

  it('W6: is every quote beside an order of unknown state, which is cancelled until its fate is known', () => {
    const table = createOrderTable();
    send(table, 1, { price: cents(48) });
    applyAnswers(table, [[clientId(1), { result: 'unknown', code: 'TIMEOUT', text: '' }]], T0);
    const plan = planQuotes(input(table, [quote('BUY', 48)]));
    expect([plan.cancels.length, plan.places.length]).toEqual([1, 0]);
    expect(plan.deferred[0]?.reason).toContain('unknown');
    markCancelAsked(table, [orderId(1)], T0 + 30_000);
    expect(planQuotes(input(table, [quote('BUY', 48)])).cancels).toEqual([]);
    expect(planQuotes(input(table, [quote('BUY', 48)], { nowMs: T0 + 32_000 })).cancels).toHaveLength(1);
  });

  it('is the cancel of an order that is not answered yet, unless it is dangerous', () => {
    const table = createOrderTable();
    send(table, 1, { price: cents(48) });
    expect(planQuotes(input(table, [quote('BUY', 44)])).cancels).toEqual([]);
    const safe = { maxBid: cents(45), minAsk: null };
    expect(planQuotes(input(table, [quote('BUY', 44)], { safe })).cancels).toHaveLength(1);
  });
});

it('cuts lists into batches that the venue takes', () => {
  const batches = inBatches(
    Array.from({ length: 31 }, (_, index) => index),
    15,
  );
  expect(batches.map((batch) => batch.length)).toEqual([15, 15, 1]);
});
