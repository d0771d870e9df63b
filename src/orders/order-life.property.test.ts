import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, type OrderState } from '../domain/order.ts';
import type { Shares, Usd } from '../domain/units.ts';
import {
  applyAnswers,
  applyCancelAnswered,
  applyCancelFailed,
  applyMatched,
  applyOpenOrdersRead,
  applyOrderRead,
  applyOrderSeen,
  applyPrepared,
  markCancelAsked,
  recoverOrders,
} from './order-life.ts';
import { isRestUntold, possibleFill } from './order-size.ts';
import {
  addApproved,
  createOrderTable,
  liveOrders,
  nextRestTold,
  type OrderTable,
  releaseUntold,
} from './order-table.ts';
import { reservedCash } from './reserve.ts';
import { CONDITION, clientId, dollars, listed, orderId, QUOTE, request, shares, T0 } from './test-orders.ts';
import type { OrderRecord } from './types.ts';

type Step = (table: OrderTable, record: OrderRecord, atMs: number) => void;

const answers = ['live', 'matched', 'delayed', 'unmatched'] as const;
const statuses = ['LIVE', 'MATCHED', 'DELAYED', 'UNMATCHED', 'CANCELED', 'INVALID'] as const;
const size = fc.integer({ min: 0, max: 10 }).map(shares);

/** Steps that are news from elsewhere. `settles` marks those that are the venue's own word on this order. */
const steps: fc.Arbitrary<{ name: string; settles: boolean; step: Step }> = fc.oneof(
  fc.constant({
    name: 'prepared',
    settles: false,
    step: ((table, _record, atMs) => applyPrepared(table, [[clientId(1), orderId(1)]], atMs)) satisfies Step,
  }),
  fc.constantFrom(...answers).map((result) => ({
    name: result,
    settles: true,
    step: ((table, _record, atMs) => applyAnswers(table, [[clientId(1), { result }]], atMs)) satisfies Step,
  })),
  fc.constantFrom('unknown', 'rejected').map((result) => ({
    name: result,
    settles: result === 'rejected',
    step: ((table, _record, atMs) =>
      applyAnswers(table, [[clientId(1), { result, code: 'c', text: 't' }]], atMs)) satisfies Step,
  })),
  fc.tuple(fc.constantFrom(...statuses), size).map(([status, matched]) => ({
    name: `seen ${status}`,
    settles: true,
    step: ((table, _record, atMs) => applyOrderSeen(table, orderId(1), status, matched, atMs)) satisfies Step,
  })),
  fc.constant({
    name: 'cancel asked',
    settles: false,
    step: ((table, _record, atMs) => markCancelAsked(table, [orderId(1)], atMs)) satisfies Step,
  }),
  fc.boolean().map((done) => ({
    name: `cancel answered ${done}`,
    settles: done,
    step: ((table, _record, atMs) =>
      applyCancelAnswered(
        table,
        [orderId(1)],
        done ? [orderId(1)] : [],
        done ? [] : [[orderId(1), 'not found']],
        atMs,
      )) satisfies Step,
  })),
  fc.constant({
    name: 'cancel lost',
    settles: false,
    step: ((table, _record, atMs) => applyCancelFailed(table, [orderId(1)], 'lost', atMs)) satisfies Step,
  }),
  fc.boolean().map((isListed) => ({
    name: `list ${isListed}`,
    settles: isListed,
    step: ((table, record, atMs) =>
      applyOpenOrdersRead(
        table,
        isListed && record.orderId !== null ? [listed(record)] : [],
        atMs,
        atMs,
      )) satisfies Step,
  })),
  fc.option(fc.tuple(fc.constantFrom(...statuses), size), { nil: null }).map((found) => ({
    name: 'read',
    settles: true,
    step: ((table, record, atMs) =>
      applyOrderRead(
        table,
        orderId(1),
        found === null ? null : listed(record, { status: found[0], matchedSize: found[1] }),
        atMs,
        atMs,
      )) satisfies Step,
  })),
  fc.constant({
    name: 'untold rests are released',
    settles: false,
    step: ((table, _record, atMs) => {
      const due = [...table.byClientId.values()].filter((one) => (one.restUntoldUntilMs ?? atMs + 1) <= atMs);
      expect(releaseUntold(table, atMs)).toEqual(due);
    }) satisfies Step,
  }),
  fc.constant({
    name: 'restart',
    settles: false,
    step: ((table, _record, atMs) => recoverOrders(table, atMs)) satisfies Step,
  }),
);

const fills = fc.integer({ min: 1, max: 3 }).map(shares);
const history = fc.array(fc.oneof({ weight: 3, arbitrary: steps }, { weight: 1, arbitrary: fills }), {
  maxLength: 40,
});

describe('the life of an order under any order of news', () => {
  it('never loses a fill, never brings an order back, and leaves unknown only by the venue’s word', () => {
    fc.assert(
      fc.property(history, (events) => {
        const table = createOrderTable();
        const record = addApproved(table, request(1), QUOTE, 0 as Usd, T0);
        let matched = 0;
        let ended: OrderState | null = null;
        events.forEach((event, index) => {
          const atMs = T0 + index * 3_000;
          const before = record.state;
          if (typeof event === 'number') {
            matched += event;
            applyMatched(table, record, event, atMs);
          } else event.step(table, record, atMs);
          if (ended !== null) expect(record.state).toBe(ended);
          if (isTerminal(record.state)) ended = record.state;
          expect(record.matched).toBe(matched);
          const mayLeave = typeof event === 'number' ? matched >= record.request.size : event.settles;
          if (before === 'unknown' && record.state !== 'unknown') expect(mayLeave).toBe(true);
          if (!isTerminal(record.state)) {
            // Whatever may still be filled is held back, unknown or not.
            expect(liveOrders(table, CONDITION)).toEqual([record]);
            expect(possibleFill(record)).toBe(Math.max(0, record.request.size - matched) as Shares);
          }
          const isUntold = isRestUntold(record);
          expect([...table.untold]).toEqual(isUntold ? [clientId(1)] : []);
          expect(nextRestTold(table)).toBe(record.restUntoldUntilMs);
          if (isUntold) {
            // Only what is over can be untold, and all of it is held back that our fills do not cover.
            expect(record.state).toBe('canceled');
            expect(possibleFill(record)).toBe(record.request.size - matched);
          }
          expect(reservedCash(table)).toBe(dollars(possibleFill(record) / 2e6));
          const sums = table.reserved.byCondition.get(CONDITION);
          expect(sums?.bidShares ?? 0).toBe(possibleFill(record));
          expect([sums?.askShares ?? 0, sums?.yesSells ?? 0, sums?.noSells ?? 0]).toEqual([0, 0, 0]);
          expect(table.reserved.live).toBe(liveOrders(table, CONDITION).length);
        });
      }),
      { numRuns: 500 },
    );
  });
});
