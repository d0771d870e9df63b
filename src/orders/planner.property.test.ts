import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { applyAnswers, applyCancelAnswered, applyPrepared, markCancelAsked } from './order-life.ts';
import { addApproved, createOrderTable, liveOrders, type OrderTable } from './order-table.ts';
import { inBatches, type Plan, type PlanInput, type PlanRules, planQuotes } from './planner.ts';
import { ownQuotes, reservedCash, reservedTokens } from './reserve.ts';
import { CONDITION, clientId, dollars, NO, orderId, QUOTE, request, shares, T0, YES } from './test-orders.ts';
import type { DesiredQuote } from './types.ts';

const RULES: PlanRules = {
  requoteThreshold: 50 as Price,
  cancelPriceThreshold: 150 as Price,
  sizeThresholdPct: 25,
  minLifetimeMs: 10_000,
  maxAgeMs: 10_000_000,
  cancelRetryMs: 2_000,
};
const MIN = shares(5);

/** Ladders of bids below ladders of asks. */
const ladder: fc.Arbitrary<DesiredQuote[]> = fc
  .record({
    bid: fc.integer({ min: 1_000, max: 4_900 }),
    gap: fc.integer({ min: 1, max: 3_000 }),
    bids: fc.array(fc.integer({ min: 5, max: 30 }), { maxLength: 3 }),
    asks: fc.array(fc.integer({ min: 5, max: 30 }), { maxLength: 3 }),
  })
  .map(({ bid, gap, bids, asks }) => [
    ...bids.map((size, level) => quoteAt('BUY', bid - level * 200, size, level)),
    ...asks.map((size, level) => quoteAt('SELL', bid + gap + level * 200, size, level)),
  ]);

const quoteAt = (side: 'BUY' | 'SELL', at: number, size: number, level: number): DesiredQuote => ({
  side,
  price: at as Price,
  size: shares(size),
  level,
});

/** The simplest venue there can be: what is placed rests, what is cancelled goes, when it gets round to it. */
interface World {
  readonly table: OrderTable;
  readonly cash: number;
  readonly held: { readonly yes: number; readonly no: number };
  nextId: number;
  nowMs: number;
  readonly openCancels: number[];
}

function planOf(world: World, desired: readonly DesiredQuote[]): { plan: Plan; input: PlanInput } {
  const reserved = reservedTokens(world.table, CONDITION);
  const input: PlanInput = {
    market: { conditionId: CONDITION, yesTokenId: YES, noTokenId: NO, negRisk: false, minOrderSize: MIN },
    desired,
    working: liveOrders(world.table, CONDITION),
    free: {
      cash: (world.cash - reservedCash(world.table)) as Usd,
      yes: (world.held.yes - reserved.yes) as Shares,
      no: (world.held.no - reserved.no) as Shares,
    },
    safe: { maxBid: null, minAsk: null },
    worth: null,
    waitsSinceMs: null,
    rules: RULES,
    nowMs: world.nowMs,
  };
  return { plan: planQuotes(input), input };
}

function send(world: World, plan: Plan): void {
  const cancels = plan.cancels.map((cancel) => cancel.orderId);
  markCancelAsked(world.table, cancels, world.nowMs);
  for (const { orderId: id } of plan.cancels) world.openCancels.push(Number(BigInt(id)));
  for (const place of plan.places) {
    const n = world.nextId;
    world.nextId += 1;
    const { outcome, side, price, size } = place;
    addApproved(
      world.table,
      request(n, { outcome, side, price, size }),
      { ...QUOTE, level: place.level },
      0 as Usd,
      world.nowMs,
    );
    applyPrepared(world.table, [[clientId(n), orderId(n)]], world.nowMs);
    applyAnswers(world.table, [[clientId(n), { result: 'live' }]], world.nowMs);
  }
}

function settleCancels(world: World): void {
  for (const n of world.openCancels.splice(0))
    applyCancelAnswered(world.table, [orderId(n)], [orderId(n)], [], world.nowMs);
}

/** Whether any two orders of ours that may be live could trade with each other. */
function isSelfCrossed(table: OrderTable): boolean {
  const own = ownQuotes(table, CONDITION);
  const bids = own.filter(({ side }) => side === 'BUY').map(({ price }) => price);
  const asks = own.filter(({ side }) => side === 'SELL').map(({ price }) => price);
  return bids.length > 0 && asks.length > 0 && Math.max(...bids) >= Math.min(...asks);
}

const world = (cash: number, held: World['held']): World => ({
  table: createOrderTable(),
  cash,
  held,
  nextId: 1,
  nowMs: T0,
  openCancels: [],
});

const holdings = fc.record({
  yes: fc.integer({ min: 0, max: 40 }).map(shares),
  no: fc.integer({ min: 0, max: 40 }).map(shares),
});

describe('the planner against a simple venue', () => {
  it('never lets two own orders meet, never spends what it has not, and stays within a batch, at any instant', () => {
    const moves = fc.array(
      fc.record({ desired: ladder, settle: fc.boolean(), waitMs: fc.integer({ min: 0, max: 15_000 }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 60 }), holdings, (steps, cash, held) => {
        const venue = world(dollars(cash), held);
        for (const { desired, settle, waitMs } of steps) {
          venue.nowMs += waitMs;
          const { plan, input } = planOf(venue, desired);
          send(venue, plan);
          expect(isSelfCrossed(venue.table)).toBe(false);
          expect(reservedCash(venue.table)).toBeLessThanOrEqual(venue.cash);
          const reserved = reservedTokens(venue.table, CONDITION);
          expect(reserved.yes).toBeLessThanOrEqual(held.yes);
          expect(reserved.no).toBeLessThanOrEqual(held.no);
          for (const place of plan.places) expect(place.size).toBeGreaterThanOrEqual(MIN);
          for (const batch of inBatches(plan.places, 15)) expect(batch.length).toBeLessThanOrEqual(15);
          const named = [
            ...plan.cancels.map((one) => one.clientId),
            ...plan.keeps.map((one) => one.clientId),
          ];
          // Every order gets one verdict and no other.
          expect([...named].sort()).toEqual(input.working.map((one) => one.request.clientId).sort());
          if (settle) settleCancels(venue);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('reaches what is wanted within its thresholds, then sends nothing more', () => {
    fc.assert(
      fc.property(fc.array(ladder, { minLength: 1, maxLength: 4 }), holdings, (wishes, held) => {
        const venue = world(dollars(100_000), held);
        for (const desired of wishes) {
          for (let round = 0; round < 4; round += 1) {
            venue.nowMs += RULES.minLifetimeMs;
            send(venue, planOf(venue, desired).plan);
            settleCancels(venue);
          }
          expectReached(venue, desired);
          const { plan } = planOf(venue, desired);
          expect([plan.cancels, plan.places]).toEqual([[], []]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('places each quote of an empty book once, in as few orders as its form allows', () => {
    fc.assert(
      fc.property(ladder, (desired) => {
        const { plan } = planOf(world(dollars(100_000), { yes: 0, no: 0 }), desired);
        expect(plan.cancels).toEqual([]);
        expect(plan.places.map((place) => place.quote)).toEqual(desired);
      }),
      { numRuns: 100 },
    );
  });
});

function expectReached(venue: World, desired: readonly DesiredQuote[]): void {
  const live = liveOrders(venue.table, CONDITION);
  for (const side of ['BUY', 'SELL'] as const) {
    const wanted = desired.filter((quote) => quote.side === side);
    const resting = live.filter((record) => yesSideOf(record.request) === side);
    if (wanted.length === 0) expect(resting).toEqual([]);
    for (const record of resting) {
      const distance = Math.min(...wanted.map((quote) => Math.abs(quote.price - yesPriceOf(record.request))));
      expect(distance).toBeLessThan(RULES.requoteThreshold);
    }
    const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
    const want = total(wanted.map((quote) => quote.size));
    const have = total(resting.map((record) => record.request.size));
    // A difference below the smallest order or below the threshold may stay, for each quote.
    const slack = total(wanted.map((quote) => Math.max(MIN, quote.size * 0.25)));
    expect(Math.abs(have - want)).toBeLessThanOrEqual(slack);
  }
}
