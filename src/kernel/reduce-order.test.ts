import { describe, expect, it } from 'vitest';
import type { FillReport, TradeStatus } from '../domain/order.ts';
import { booksResidual } from '../orders/books.ts';
import type { Input } from './messages.ts';
import {
  accept,
  conditionId,
  fillOf,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  scriptedLoop,
  shares,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

/** A resting bid for 10 YES at 48 cents. */
function bidding() {
  const { loop, script, runs } = scriptedLoop();
  const test = trading([loop]);
  script.push([quoteIntent(1, [['BUY', 48, 10]])]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  const [order] = placed(commands);
  if (order === undefined) throw new Error('expected an order');
  const orderId = orderIdOf(order.clientId);
  const fill = (size: number, status: TradeStatus = 'MATCHED', tradeId = 't-1'): FillReport =>
    fillOf(order, tradeId, size, status, test.nowMs);
  return { test, order, orderId, fill, runs };
}

const yesOf = (test: TestKernel) => test.state.books.positions.get(conditionId(1))?.yes;
const residualOf = ({ state }: TestKernel): number =>
  booksResidual(state.books, (id) => state.markets.get(id)?.market ?? null);

describe('a fill', () => {
  it('W7: is booked once, whichever channels tell of it and in whatever order', () => {
    const { test, fill } = bidding();
    const reports = [fill(4), fill(4, 'MINED'), fill(4), fill(4, 'CONFIRMED'), fill(4, 'MINED')];
    const viaRead = (one: FillReport): Input => ({
      kind: 'tradesRead',
      fills: [one],
      sinceMs: 0,
      askedAtMs: test.nowMs,
    });
    reports.forEach((report, index) => {
      test.step(index % 2 === 0 ? { kind: 'fill', fill: report } : viaRead(report));
      expect(residualOf(test)).toBe(0);
    });
    expect(yesOf(test)).toEqual({ final: shares(4), provisionalIn: 0, provisionalOut: 0 });
    expect(test.state.counts).toMatchObject({ fills: 1, settledTrades: 1, failedTrades: 0 });
  });

  it('W7: that comes after the order was canceled counts like any other', () => {
    const { test, orderId, fill } = bidding();
    test.step({ kind: 'cancelAnswered', requested: [orderId], canceled: [orderId], notCanceled: [] });
    test.step({ kind: 'fill', fill: fill(10, 'CONFIRMED') });
    expect(yesOf(test)).toMatchObject({ final: shares(10) });
    expect(test.state.orders.byOrderId.get(orderId)).toMatchObject({
      state: 'canceled',
      matched: shares(10),
    });
  });

  it('that fails is reversed, and a person is told', () => {
    const { test, fill } = bidding();
    test.step({ kind: 'fill', fill: fill(4) });
    const told = ofKind(test.step({ kind: 'fill', fill: fill(4, 'FAILED') }), 'notify');
    expect(told.map(({ level }) => level)).toEqual(['warning']);
    expect(yesOf(test)).toEqual({ final: 0, provisionalIn: 0, provisionalOut: 0 });
    expect(residualOf(test)).toBe(0);
  });

  it('with other figures than before raises an alarm and changes nothing', () => {
    const { test, fill } = bidding();
    test.step({ kind: 'fill', fill: fill(4) });
    const told = ofKind(test.step({ kind: 'fill', fill: fill(5, 'CONFIRMED') }), 'notify');
    expect(told.map(({ level }) => level)).toEqual(['alarm']);
    expect(yesOf(test)).toMatchObject({ final: 0, provisionalIn: shares(4) });
  });

  it('in a market that was never listed raises an alarm and breaks nothing', () => {
    const { test, fill } = bidding();
    const told = test.step({ kind: 'fill', fill: { ...fill(4), conditionId: conditionId(9) } });
    expect(ofKind(told, 'notify').map(({ level }) => level)).toEqual(['alarm']);
    expect(test.state.counts.fills).toBe(0);
  });

  it('wakes the loops that quote its market', () => {
    const { test, fill, runs } = bidding();
    wakes(test, 1, 1_000);
    runs.length = 0;
    test.step({ kind: 'fill', fill: fill(4) }, 1_000);
    expect(runs).toEqual(['woken 1']);
  });
});

describe('fills before the books are open', () => {
  it('are left to the opening balances when no order of ours is known', () => {
    const { fill } = bidding();
    const fresh = trading([]);
    const before = fresh.state.books.ledger.openedAtMs ?? 0;
    fresh.step({ kind: 'fill', fill: { ...fill(4, 'CONFIRMED'), matchedAtMs: before - 5_000 } });
    expect(fresh.state.counts.fills).toBe(0);
    expect(fresh.state.books.fills.counts.beforeBooks).toBe(1);
  });
});

describe('answers', () => {
  it('count what the venue took and what it refused, by code', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([
      quoteIntent(1, [
        ['BUY', 48, 10],
        ['SELL', 52, 10],
      ]),
    ]);
    const [bid, ask] = placed(wakes(test, 1, 10_000));
    if (bid === undefined || ask === undefined) throw new Error('expected two orders');
    test.step({
      kind: 'ordersPrepared',
      orders: [bid, ask].map(({ clientId }) => [clientId, orderIdOf(clientId)]),
    });
    test.step({
      kind: 'ordersAnswered',
      answers: [
        [bid.clientId, { result: 'live' }],
        [ask.clientId, { result: 'rejected', code: 'notEnoughBalance', text: 'balance' }],
      ],
    });
    expect(test.state.counts).toMatchObject({ ordersPlaced: 1, rejected: { notEnoughBalance: 1 } });
    expect([...test.state.orders.byClientId.values()].map(({ state }) => state)).toEqual([
      'open',
      'rejected',
    ]);
  });

  it('to orders that nobody knows change nothing', () => {
    const { test } = bidding();
    const before = test.state.orders.byClientId.size;
    test.step({ kind: 'ordersPrepared', orders: [['o-77' as never, '0x77' as never]] });
    test.step({ kind: 'ordersAnswered', answers: [['o-77' as never, { result: 'live' }]] });
    test.step({ kind: 'orderSeen', orderId: '0x77' as never, status: 'CANCELED', matchedSize: null });
    test.step({ kind: 'cancelAnswered', requested: [], canceled: ['0x77' as never], notCanceled: [] });
    expect(test.state.orders.byClientId.size).toBe(before);
  });
});
