import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shares } from '../../domain/units.ts';
import { decodeState, encodeState } from '../../kernel/codec.ts';
import type { KernelState } from '../../kernel/state.ts';
import {
  book,
  cents,
  fillOf,
  market,
  shares,
  type TestKernel,
} from '../../kernel/test-support/test-kernel.ts';
import { createOrderTable, workingOrders } from '../../orders/order-table.ts';
import { CONDITION, rest } from '../../orders/test-orders.ts';
import type { DesiredQuote } from '../../orders/types.ts';
import { openLossEpoch, rebaseLossEpoch } from '../../pricing/loss-epoch.ts';
import { certifyQuotes, lossPositionOf } from './loss-epochs.ts';
import {
  answer,
  askOf,
  bidOf,
  hit,
  marketMemory,
  memoryOf,
  pass,
  quoting,
  quotingRun,
  resting,
  say,
} from './test-support/quoting-run.ts';

const { conditionId } = market(1);
const positionOf = (test: TestKernel) => lossPositionOf(test.state, conditionId);
const epochOf = (test: TestKernel) => marketMemory(test).measures.epoch?.epoch ?? null;

/** What the market ends with in its worse outcome, in dollars from first entry. */
function worstEndUsd(test: TestKernel): number {
  const { cashUsd, inventoryShares } = positionOf(test);
  return cashUsd + Math.min(0, inventoryShares);
}

const bounded = { pricingEngine: 'bounded', maxPerMarketUsd: 20, circuitBreakerThreshold: 1_000 } as const;

describe('the loss epoch of a market', () => {
  it('opens at the first entry with the whole budget, and only for the engine that needs one', () => {
    const test = quotingRun(bounded);
    expect(epochOf(test)).toEqual(openLossEpoch(0.5, 20));
    expect(epochOf(quotingRun({}))).toBeNull();
  });

  it('follows the fair value once the quotes of the old one are gone, and what it has cost counts on', () => {
    const test = quotingRun(bounded);
    pass(test, 5_000);
    hit(test, bidOf(test));
    const { cashUsd } = positionOf(test);
    expect(cashUsd).toBeLessThan(0);
    pass(test, 5_000);
    expect(epochOf(test)?.p0).toBe(0.5);
    const moved = test.step(book(1, 57, 63), 5_000);
    expect(moved.some(({ kind }) => kind === 'place')).toBe(false);
    expect(marketMemory(test).notQuotedBecause).toContain('its quotes leave');
    say(test, { kind: 'wake' });
    // The stop of the old quotes is confirmed only here, so nothing of the new epoch was sent before.
    pass(test, 30_000);
    expect(epochOf(test)).toMatchObject({ p0: 0.6, budgetUsd: 20, cashUsd, inventoryShares: 5 });
    expect(resting(test).length).toBeGreaterThan(0);
  });

  it('starts anew with another budget, when the setting changes', () => {
    const test = quotingRun(bounded);
    say(test, {
      kind: 'settingsChanged',
      settings: quoting({ ...bounded, maxPerMarketUsd: 40 }),
      by: 'operator',
    });
    pass(test, 30_000);
    expect(epochOf(test)).toEqual(openLossEpoch(0.5, 40));
    expect(resting(test)).toHaveLength(2);
  });

  it('W35: what a market that is flat again has cost still counts, after a restart too', () => {
    const test = quotingRun(bounded);
    pass(test, 5_000);
    hit(test, bidOf(test), 5);
    say(test, book(1, 27, 33), 5_000);
    pass(test, 30_000);
    hit(test, askOf(test), 5);
    const lost = positionOf(test);
    expect(lost.inventoryShares).toBe(0);
    expect(lost.cashUsd).toBeLessThan(-0.5);
    say(test, book(1, 37, 43), 5_000);
    pass(test, 30_000);
    expect(epochOf(test)).toMatchObject({ p0: 0.4, cashUsd: lost.cashUsd, inventoryShares: 0 });
    expect(epochOf(test)?.gammaPerUsd).toBeGreaterThan(openLossEpoch(0.4, 20).gammaPerUsd ?? 0);
    const copy = decodeState(encodeState(test.state)) as KernelState;
    expect(lossPositionOf(copy, conditionId)).toEqual(lost);
  });

  it('counts a pair as the dollar it is: a split and a merge change nothing', () => {
    const test = quotingRun({ ...bounded, useSplitMerge: true, splitSizeUsd: 10, mergeThreshold: 10 });
    pass(test, 20_000);
    const before = positionOf(test);
    for (const txKey of test.state.transactions.pending.keys()) {
      test.step({ kind: 'transactionPrepared', txKey, hash: '0x1', nonce: 0 });
      test.step({ kind: 'transactionEnded', txKey, status: 'confirmed', text: '' });
    }
    expect(test.state.books.positions.get(conditionId)).toMatchObject({ yes: { final: shares(10) } });
    expect(positionOf(test)).toEqual(before);
  });
});

type Move =
  | { readonly kind: 'hit'; readonly pick: number; readonly part: number }
  | { readonly kind: 'move'; readonly cents: number }
  | { readonly kind: 'race'; readonly cents: number; readonly pick: number; readonly part: number }
  | { readonly kind: 'pass'; readonly seconds: number };

const cent = fc.oneof(fc.integer({ min: 8, max: 92 }), fc.constantFrom(20, 80));
const pick = fc.nat(20);
const part = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(100));
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hit' as const), pick, part }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), cents: cent }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('race' as const), cents: cent, pick, part }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
);

function hitOne(test: TestKernel, which: number, partPct: number): void {
  // What is not signed yet has not left the machine.
  const orders = resting(test).filter(({ orderId }) => orderId !== null);
  const order = orders[which % Math.max(1, orders.length)];
  if (order !== undefined) hit(test, order, Math.ceil((order.size / 1e6) * partPct) / 100);
}

function make(test: TestKernel, move: Move): void {
  switch (move.kind) {
    case 'move':
      say(test, book(1, move.cents - 4, move.cents + 4), 500);
      return;
    case 'race': {
      // Orders are hit while their cancels are on the way, and the venue confirms those only then.
      const commands = test.step(book(1, move.cents - 4, move.cents + 4), 500);
      hitOne(test, move.pick, move.part);
      hitOne(test, move.pick + 1, move.part);
      answer(test, commands);
      return;
    }
    case 'pass':
      pass(test, move.seconds * 1_000);
      return;
    case 'hit':
      hitOne(test, move.pick, move.part);
  }
}

/** Every order of one side is hit in one report, so that no decision comes between. */
function hitAll(test: TestKernel, isBid: boolean): void {
  const fills = resting(test)
    .filter((order) => order.isBid === isBid)
    .map(({ request, size }) =>
      fillOf(request, `all-${request.clientId}`, size / 1e6, 'CONFIRMED', test.nowMs),
    );
  say(test, { kind: 'tradesRead', fills, sinceMs: 0, askedAtMs: test.nowMs });
}

describe('whatever is filled, and wherever the market goes', () => {
  it.each([1, 3])('the market ends with at least minus the budget, with %i levels', (multiLevelCount) => {
    const anyRun = fc.record({
      moves: fc.array(anyMove, { minLength: 5, maxLength: 60 }),
      budgetUsd: fc.constantFrom(10, 20, 50),
      quoteSizeUsd: fc.constantFrom(3, 5, 20),
    });
    fc.assert(
      fc.property(anyRun, ({ moves, budgetUsd, quoteSizeUsd }) => {
        const test = quotingRun({ ...bounded, maxPerMarketUsd: budgetUsd, quoteSizeUsd, multiLevelCount });
        for (const move of moves) {
          make(test, move);
          expect(worstEndUsd(test)).toBeGreaterThanOrEqual(-budgetUsd - 1e-4);
        }
        // All of one side is hit at once, before the loop can answer, and then all that it has put up since.
        for (const isBid of [true, false, true]) {
          hitAll(test, isBid);
          expect(worstEndUsd(test)).toBeGreaterThanOrEqual(-budgetUsd - 1e-4);
        }
        expect(memoryOf(test).markets.size).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it('a maker without the epoch, who follows the market all the same, loses more: the bound is no accident of the moves', () => {
    const test = quotingRun({
      ...bounded,
      pricingEngine: 'legacy',
      maxPerMarketUsd: 20,
      inventorySkewFactor: 0,
    });
    let worst = 0;
    for (let swing = 0; swing < 60; swing += 1) {
      say(test, book(1, swing % 2 === 0 ? 76 : 16, swing % 2 === 0 ? 84 : 24), 500);
      pass(test, 30_000);
      const order = resting(test).find(({ isBid }) => isBid === (swing % 2 === 0));
      if (order !== undefined) hit(test, order, order.size / 1e6);
      worst = Math.min(worst, worstEndUsd(test));
    }
    expect(worst).toBeLessThan(-20);
  });
});

/** A wanted quote, or one that rests, in whole cents and shares. */
const anyQuote = fc.record({
  isBid: fc.boolean(),
  cents: fc.integer({ min: 2, max: 98 }),
  size: fc.integer({ min: 1, max: 120 }),
});
type AnyQuote = typeof anyQuote extends fc.Arbitrary<infer Value> ? Value : never;

const desiredOf = ({ isBid, cents: at, size }: AnyQuote, level: number): DesiredQuote => ({
  side: isBid ? 'BUY' : 'SELL',
  price: cents(at),
  size: shares(size),
  level,
});

describe('quotes beside orders that may still fill', () => {
  it('lose no more than the budget, whatever part of old and new is filled', () => {
    const anyCase = fc.record({
      cashUsd: fc.double({ min: -15, max: 5, noNaN: true }),
      inventoryShares: fc.integer({ min: -40, max: 40 }),
      p: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      first: fc.array(anyQuote, { maxLength: 6 }),
      second: fc.array(anyQuote, { maxLength: 6 }),
      parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
    });
    let cut = 0;
    fc.assert(
      fc.property(anyCase, ({ p, first, second, parts, ...position }) => {
        const budgetUsd = 20;
        const epoch = rebaseLossEpoch(p, position, budgetUsd);
        // A position that has lost the budget already can only be kept from losing more.
        const floorUsd = Math.min(-budgetUsd, position.cashUsd + Math.min(0, position.inventoryShares));
        const table = createOrderTable();
        const keepWithin = cents(1);
        const place = (quotes: readonly AnyQuote[]) => {
          const working = workingOrders(table, CONDITION);
          const allowed = certifyQuotes({ epoch, position, working, keepWithin }, quotes.map(desiredOf));
          cut += allowed.length < quotes.length ? 1 : 0;
          for (const { side, price, size } of allowed) {
            const there = working
              .filter(({ request }) => request.side === side && request.price === price)
              .reduce((sum, { request }) => sum + request.size, 0);
            // The planner may add all that is missing at this price, and cancels of the others may come too late.
            if (size > there)
              rest(table, table.byClientId.size, { side, price, size: (size - there) as Shares });
          }
        };
        place(distinct(first));
        place(distinct(second));
        let cash = position.cashUsd;
        let held = position.inventoryShares;
        for (const [index, { request }] of workingOrders(table, CONDITION).entries()) {
          const filled = ((parts[index] ?? 0) > 0.3 ? 1 : (parts[index] ?? 0)) * (request.size / 1e6);
          const sign = request.side === 'BUY' ? 1 : -1;
          cash -= (sign * filled * request.price) / 10_000;
          held += sign * filled;
        }
        expect(cash + Math.min(0, held)).toBeGreaterThanOrEqual(floorUsd - 1e-4);
      }),
      { numRuns: 2_000 },
    );
    expect(cut).toBeGreaterThan(100);
  });
});

/** One quote a side and price, as a pipeline makes them. */
const distinct = (quotes: readonly AnyQuote[]): AnyQuote[] => [
  ...new Map(quotes.map((quote) => [`${quote.isBid} ${quote.cents}`, quote])).values(),
];
