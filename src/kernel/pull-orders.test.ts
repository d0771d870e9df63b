import { describe, expect, it } from 'vitest';
import type { OrderAnswer, OrderRequest } from '../domain/order.ts';
import type { Command, Input } from './messages.ts';
import { mayBeat, noteListed } from './pull-orders.ts';
import {
  accept,
  fillOf,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  reconcile,
  scriptedLoop,
  shares,
  type TestKernel,
  trading,
  venueOrder,
  wakes,
} from './test-support/test-kernel.ts';

const HALT: Input = { kind: 'operator', order: 'halt', by: 'test', reason: 'why not' };
const RESUME: Input = { ...HALT, order: 'resume' };

const count = (commands: readonly Command[], kind: Command['kind']): number =>
  commands.filter((command) => command.kind === kind).length;
const listed = (orders: readonly OrderRequest[], askedAtMs: number): Input & { kind: 'openOrdersRead' } => ({
  kind: 'openOrdersRead',
  orders: orders.map((order) => venueOrder(order)),
  askedAtMs,
});

/** A market quoted with one bid, on its way to the venue: approved and neither signed nor answered. */
function onItsWay(): { test: TestKernel; commands: Command[]; bid: OrderRequest } {
  const { loop, script } = scriptedLoop();
  const test = trading([loop]);
  script.push([quoteIntent(1, [['BUY', 48, 10]])]);
  const commands = wakes(test, 1, 10_000);
  const [bid] = placed(commands);
  if (bid === undefined) throw new Error('expected an order');
  return { test, commands, bid };
}

const canceled = (bid: OrderRequest): Input => ({
  kind: 'cancelAnswered',
  requested: [],
  canceled: [orderIdOf(bid.clientId)],
  notCanceled: [],
});

const readCanceled = (test: TestKernel, bid: OrderRequest): Input => ({
  kind: 'orderRead',
  orderId: orderIdOf(bid.clientId),
  order: venueOrder(bid, { status: 'CANCELED' }),
  askedAtMs: test.nowMs,
});

/** The bid on its way is signed, and its answer says this. */
function answered(test: TestKernel, bid: OrderRequest, answer: OrderAnswer): Command[] {
  test.step({ kind: 'ordersPrepared', orders: [[bid.clientId, orderIdOf(bid.clientId)]] });
  return test.step({ kind: 'ordersAnswered', answers: [[bid.clientId, answer]] });
}

describe('the list of what the venue has left', () => {
  it('counts from the very moment at which orders had to go, and not from a moment before', () => {
    const test = trading([]);
    expect(count(test.step(HALT), 'readOpenOrders')).toBe(1);
    const haltedAtMs = test.nowMs;
    test.step(listed([], haltedAtMs - 1));
    expect(test.state.withdrawal?.goneAtMs).toBeNull();
    expect(mayBeat(test.state)).toBe(false);
    test.step(listed([], haltedAtMs));
    expect(test.state.withdrawal?.goneAtMs).toBe(test.nowMs);
    expect(mayBeat(test.state)).toBe(true);
  });

  it('that is empty shows nothing while an order of ours may be live, whoever looks first', () => {
    const { test } = onItsWay();
    test.step(HALT);
    noteListed(test.state, listed([], test.nowMs));
    expect(test.state.withdrawal?.goneAtMs).toBeNull();
    // And what was shown before does not hold back the cancel of an order that may be live now.
    if (test.state.withdrawal !== null) test.state.withdrawal.goneAtMs = test.nowMs;
    expect(count(wakes(test, 1, 2_000), 'cancelAll')).toBe(1);
    expect(mayBeat(test.state)).toBe(false);
  });

  it('that shows none again changes nothing about since when they are gone', () => {
    const test = trading([]);
    test.step(HALT);
    test.step(listed([], test.nowMs));
    const goneAtMs = test.state.withdrawal?.goneAtMs;
    test.step(listed([], test.nowMs), 5_000);
    expect(test.state.withdrawal?.goneAtMs).toBe(goneAtMs);
  });

  it('ends the cancels for what it showed once it shows none, though one of ours is still in doubt', () => {
    const { test, bid } = onItsWay();
    test.step(HALT);
    answered(test, bid, { result: 'unknown', code: 'timeout', text: 'no answer' });
    const stranger = { ...bid, clientId: 'o-999' as OrderRequest['clientId'] };
    test.step(listed([stranger], test.nowMs), 100);
    test.step(listed([], test.nowMs), 100);
    test.step(readCanceled(test, bid));
    const after = wakes(test, 100, 100);
    expect(count(after, 'cancelAll')).toBe(0);
    expect(count(after, 'readOpenOrders')).toBeGreaterThan(3);
  });

  it('is asked for less and less often while nothing changes, and soon again after a new cancel', () => {
    const { test, commands, bid } = onItsWay();
    test.step(HALT);
    const waiting = wakes(test, 200, 100);
    // Cancels and reads every two seconds, after the first few.
    expect(count(waiting, 'cancelAll')).toBeLessThanOrEqual(12);
    expect(count(waiting, 'readOpenOrders')).toBeLessThanOrEqual(13);
    expect(count(waiting, 'readOpenOrders')).toBeGreaterThanOrEqual(9);
    wakes(test, 1, 1_700);
    expect(count(accept(test, commands), 'cancelAll')).toBe(1);
    test.step(canceled(bid));
    expect(count(test.commands.slice(-2), 'readOpenOrders')).toBe(1);
  });
});

describe('an order that turns up while all have to go', () => {
  it.each<readonly [string, (test: TestKernel, bid: OrderRequest) => Command[]]>([
    ['resting', (test, bid) => answered(test, bid, { result: 'live' })],
    ['delayed', (test, bid) => answered(test, bid, { result: 'delayed' })],
    [
      'half filled',
      (test, bid) => {
        test.step({ kind: 'ordersPrepared', orders: [[bid.clientId, orderIdOf(bid.clientId)]] });
        test.step({ kind: 'fill', fill: fillOf(bid, 't1', 4, 'MATCHED', test.nowMs) });
        const orderId = orderIdOf(bid.clientId);
        return test.step({ kind: 'orderSeen', orderId, status: 'LIVE', matchedSize: shares(4) });
      },
    ],
  ])('%s, is cancelled in the same step, and counted', (_how, turnUp) => {
    const { test, bid } = onItsWay();
    test.step(HALT);
    const before = test.state.counts.cancelRequests;
    expect(count(turnUp(test, bid), 'cancelAll')).toBe(1);
    expect(test.state.counts.cancelRequests).toBe(before + 1);
  });
});

it('a second halt begins anew: nothing that was read before it counts', () => {
  const { test, commands, bid } = onItsWay();
  accept(test, commands);
  test.step(HALT);
  const first = test.nowMs;
  test.step(canceled(bid));
  test.step(listed([], test.nowMs));
  test.step(RESUME);
  reconcile(test);
  expect(test.state.trading.mode).toBe('active');
  expect(test.state.withdrawal).toBeNull();
  const between = test.nowMs;
  test.step(HALT);
  test.step(listed([], between));
  expect(test.state.withdrawal).toMatchObject({ cancels: 0, goneAtMs: null });
  expect(test.state.withdrawal?.sinceMs).toBeGreaterThan(first);
});

it('a loop that breaks takes its own orders with it, and those of no other', () => {
  const maker = scriptedLoop();
  const other = scriptedLoop({ name: 'arbitrage', wakesOn: [] });
  const test = trading([maker.loop, other.loop]);
  maker.script.push([quoteIntent(1, [['BUY', 48, 10]])]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  other.script.push(new Error('broken'));
  maker.script.push([quoteIntent(1, [['BUY', 48, 10]])]);
  expect(count(wakes(test, 1, 10_000), 'cancel')).toBe(0);
  expect(test.state.loops.get('arbitrage')?.fault).not.toBeNull();
  maker.script.push(new Error('broken'));
  const [order] = placed(commands);
  if (order === undefined) throw new Error('expected an order');
  const pulled = ofKind(wakes(test, 1, 10_000), 'cancel').flatMap(({ orderIds }) => orderIds);
  expect(pulled).toEqual([orderIdOf(order.clientId)]);
});
