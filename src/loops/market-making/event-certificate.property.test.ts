import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../../domain/market.ts';
import type { Shares } from '../../domain/units.ts';
import type { KernelState } from '../../kernel/state.ts';
import { cents, conditionId, shares } from '../../kernel/test-support/test-kernel.ts';
import { createOrderTable, type OrderTable, workingOrders } from '../../orders/order-table.ts';
import { rest } from '../../orders/test-orders.ts';
import { rebaseGroupEpoch } from '../../pricing/event-group.ts';
import { certifyInEvent, type EventQuoting } from './event-quoting.ts';
import { quotingRun } from './test-support/quoting-run.ts';

const BUDGET_USD = 20;
const COUNT = 3;
const CONDITIONS: readonly ConditionId[] = [1, 2, 3].map(conditionId);

/** A wanted quote in whole cents and shares, in one of the markets. */
const anyQuote = fc.record({
  market: fc.nat(COUNT - 1),
  isBid: fc.boolean(),
  at: fc.integer({ min: 2, max: 98 }),
  size: fc.integer({ min: 1, max: 60 }),
});
type AnyQuote = typeof anyQuote extends fc.Arbitrary<infer Value> ? Value : never;

/** The event as a look opens it: what rests in the table counts, by prices and sizes. */
function opened(table: OrderTable, cashUsd: number, held: readonly number[]): EventQuoting {
  const position = { cashUsd, held };
  const probabilities = held.map(() => 1 / held.length);
  const orders = held.map((_, index) => {
    const sums = { bidsUsd: 0, asksUsd: 0 };
    const condition = CONDITIONS[index];
    if (condition === undefined) return sums;
    for (const { request } of workingOrders(table, condition)) {
      const [priceUsd, size] = [request.price / 10_000, request.size / 1e6];
      if (request.side === 'BUY') sums.bidsUsd += priceUsd * size;
      else sums.asksUsd += (1 - priceUsd) * size;
    }
    return sums;
  });
  return {
    eventId: '0xe1',
    epoch: rebaseGroupEpoch(probabilities, position, BUDGET_USD),
    conditionIds: CONDITIONS,
    position,
    orders,
  };
}

/** One quote a market, side and price, as a pipeline makes them. */
const distinct = (quotes: readonly AnyQuote[]): AnyQuote[] => [
  ...new Map(quotes.map((quote) => [`${quote.market} ${quote.isBid} ${quote.at}`, quote])).values(),
];

describe('quotes on several outcomes beside orders that may still fill', () => {
  it('end with at least minus the budget whatever wins and whatever parts of old and new are filled', () => {
    const { state } = quotingRun({ pricingEngine: 'bounded' });
    let [cut, whole] = [0, 0];
    const anyCase = fc.record({
      cashUsd: fc.double({ min: -25, max: 5, noNaN: true }),
      held: fc.array(fc.integer({ min: -10, max: 30 }), { minLength: COUNT, maxLength: COUNT }),
      hasRest: fc.boolean(),
      looks: fc.array(fc.array(anyQuote, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
    });
    fc.assert(
      fc.property(anyCase, ({ cashUsd, held, hasRest, looks, parts }) => {
        const all = hasRest ? [...held, 0] : held;
        // An event that has lost the budget already can only be kept from losing more.
        const floorUsd = Math.min(-BUDGET_USD, cashUsd + Math.min(...all));
        const table = createOrderTable();
        const now: KernelState = { ...state, orders: table };
        for (const look of looks) {
          const quoting = opened(table, cashUsd, all);
          const wanted = distinct(look);
          const sent = CONDITIONS.map((condition, market) =>
            certifyInEvent(
              now,
              quoting,
              condition,
              wanted
                .filter((quote) => quote.market === market)
                .map(({ isBid, at, size }, level) => ({
                  side: isBid ? 'BUY' : 'SELL',
                  price: cents(at),
                  size: shares(size),
                  level,
                })),
            ),
          );
          const asked = wanted.reduce((sum, { size }) => sum + shares(size), 0);
          const given = sent.flat().reduce((sum, { size }) => sum + size, 0);
          if (given < asked) cut += 1;
          else if (asked > 0) whole += 1;
          // All of a look is sent together, and the planner may add all that is missing at a price.
          for (const [market, quotes] of sent.entries()) {
            const working = workingOrders(table, CONDITIONS[market] as ConditionId);
            for (const { side, price, size } of quotes) {
              const there = working
                .filter(({ request }) => request.side === side && request.price === price)
                .reduce((sum, { request }) => sum + request.size, 0);
              if (size > there)
                rest(table, table.byClientId.size, {
                  conditionId: CONDITIONS[market] as ConditionId,
                  side,
                  price,
                  size: (size - there) as Shares,
                });
            }
          }
        }
        const ends = [...all];
        let cash = cashUsd;
        for (const [index, { request }] of [...table.byClientId.values()].entries()) {
          const part = parts[index % parts.length] ?? 0;
          const filled = (part > 0.3 ? 1 : part) * (request.size / 1e6);
          const sign = request.side === 'BUY' ? 1 : -1;
          const market = CONDITIONS.indexOf(request.conditionId);
          cash -= (sign * filled * request.price) / 10_000;
          ends[market] = (ends[market] ?? 0) + sign * filled;
        }
        expect(cash + Math.min(...ends)).toBeGreaterThanOrEqual(floorUsd - 1e-4);
      }),
      { numRuns: 2_000 },
    );
    expect(cut).toBeGreaterThan(100);
    expect(whole).toBeGreaterThan(100);
  });
});
