import { describe, expect, it } from 'vitest';
import { maintenance } from '../loops/maintenance/loop.ts';
import type { Command, Input, OperatorOrder } from './messages.ts';
import { mayBeat } from './pull-orders.ts';
import {
  accept,
  balances,
  fillOf,
  inYes,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  reconcile,
  scriptedLoop,
  type TestKernel,
  trading,
  venueOrder,
  wakes,
} from './test-support/test-kernel.ts';

const operator = (order: OperatorOrder): Input => ({
  kind: 'operator',
  order,
  by: 'test',
  reason: 'why not',
});

/** A market quoted on both sides, both orders resting. */
function quoted(withMaintenance = false): { test: TestKernel; orders: ReturnType<typeof placed> } {
  const { loop, script } = scriptedLoop();
  const test = trading(withMaintenance ? [maintenance, loop] : [loop]);
  script.push([
    quoteIntent(1, [
      ['BUY', 48, 10],
      ['SELL', 52, 10],
    ]),
  ]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  return { test, orders: placed(commands) };
}

const cancelsAll = (commands: readonly Command[]): number => ofKind(commands, 'cancelAll').length;

/** The venue's answer to a cancel of everything. */
const allCanceled = (orders: ReturnType<typeof placed>): Input => ({
  kind: 'cancelAnswered',
  requested: [],
  canceled: orders.map(({ clientId }) => orderIdOf(clientId)),
  notCanceled: [],
});

const listed = (test: TestKernel, orders: ReturnType<typeof placed>, askedAtMs = test.nowMs): Input => ({
  kind: 'openOrdersRead',
  orders: orders.map((order) => venueOrder(order)),
  askedAtMs,
});

/** Lets seconds pass until the run ends; the venue answers every read, has no order left, and says `canceled` of each of `orders`. */
function walk(
  test: TestKernel,
  seconds: number,
  wallet: Parameters<typeof balances>[1] = {},
  orders: ReturnType<typeof placed> = [],
): void {
  for (let second = 0; second < seconds && ofKind(test.commands, 'exit').length === 0; second += 1) {
    const askedAtMs = test.nowMs + 1_000;
    for (const command of wakes(test, 1, 1_000)) {
      const answer = answerTo(test, command, askedAtMs, wallet, orders);
      if (answer !== null) test.step(answer);
    }
  }
}

function answerTo(
  test: TestKernel,
  command: Command,
  askedAtMs: number,
  wallet: Parameters<typeof balances>[1],
  orders: ReturnType<typeof placed>,
): Input | null {
  if (command.kind === 'readOpenOrders') return { kind: 'openOrdersRead', orders: [], askedAtMs };
  if (command.kind === 'readTrades')
    return { kind: 'tradesRead', fills: [], sinceMs: command.sinceMs, askedAtMs };
  if (command.kind === 'readBalances') return { ...balances(test, wallet), askedAtMs };
  if (command.kind === 'cancelAll') return allCanceled([]);
  if (command.kind !== 'readOrder') return null;
  const { orderId } = command;
  const order = orders.find(({ clientId }) => orderIdOf(clientId) === orderId);
  if (order === undefined) throw new Error(`unknown order ${orderId}`);
  return { kind: 'orderRead', orderId, order: venueOrder(order, { status: 'CANCELED' }), askedAtMs };
}

describe('W12: whatever stops trading pulls what rests', () => {
  const causes: readonly (readonly [string, Input])[] = [
    ['a pause', operator('pause')],
    ['a halt', operator('halt')],
    ['a stop', operator('stop')],
    ['a lost heartbeat', { kind: 'feed', feed: 'heartbeat', up: false, reason: '10 s' }],
    ['a dead user socket', { kind: 'feed', feed: 'user', up: false, reason: 'closed' }],
    ['a dead market socket', { kind: 'feed', feed: 'market', up: false, reason: 'closed' }],
  ];

  it.each(causes)(
    'W12: %s cancels everything in the same step, and again until all is gone',
    (_name, input) => {
      const { test, orders } = quoted();
      expect(inYes(orders)).toEqual(['BUY 48 x 10', 'SELL 52 x 10']);
      expect(cancelsAll(test.step(input))).toBe(1);
      expect(cancelsAll(wakes(test, 1, 499))).toBe(0);
      expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(test.nowMs + 1);
      expect(cancelsAll(wakes(test, 1, 1))).toBe(1);
      // After half a second, a second, and then every two, for as long as it takes.
      expect(cancelsAll(wakes(test, 1, 999))).toBe(0);
      expect(cancelsAll(wakes(test, 1, 1))).toBe(1);
      expect(cancelsAll(wakes(test, 100, 100))).toBe(5);
      test.step(allCanceled(orders));
      expect(cancelsAll(wakes(test, 5, 2_000))).toBe(0);
      expect([...test.state.orders.byClientId.values()].map(({ state }) => state)).toEqual([
        'canceled',
        'canceled',
      ]);
    },
  );

  it('W12: an order that was being placed at the time is canceled when it turns up', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const commands = wakes(test, 1, 10_000);
    test.step(operator('pause'));
    expect(cancelsAll(accept(test, commands))).toBe(1);
    expect(cancelsAll(wakes(test, 1, 499))).toBe(0);
  });

  it('W12: reducing lets quotes rest, because the gate holds back what grows', () => {
    const { test } = quoted();
    expect(cancelsAll(test.step(operator('reduce')))).toBe(0);
  });
});

describe('a halt', () => {
  it('does not wake itself once nothing is left to cancel', () => {
    const { test, orders } = quoted();
    test.step(operator('halt'));
    test.step(allCanceled(orders));
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    wakes(test, 1, 5_000);
    expect(test.kernel.nextWakeAtMs()).toBeGreaterThan(test.nowMs);
  });

  it('is lifted only after orders, trades and balances have been read anew', () => {
    const { test, orders } = quoted();
    test.step(operator('halt'));
    test.step(allCanceled(orders));
    test.step(operator('resume'), 5_000);
    expect(test.state.trading.mode).toBe('starting');
    reconcile(test);
    expect(test.state.trading.mode).toBe('active');
  });
});

describe('orders that must go', () => {
  it('are read as soon as their cancel is confirmed, and until a list shows none', () => {
    const { test, orders } = quoted();
    test.step(operator('halt'));
    expect(ofKind(test.step(allCanceled(orders), 80), 'readOpenOrders')).toHaveLength(1);
    expect(ofKind(test.step(listed(test, orders), 80), 'cancelAll')).toHaveLength(0);
    const again = wakes(test, 5, 100);
    expect(ofKind(again, 'cancelAll')).toHaveLength(1);
    expect(ofKind(again, 'readOpenOrders')).toHaveLength(1);
    expect(mayBeat(test.state)).toBe(false);
    test.step(listed(test, []), 80);
    expect(test.state.withdrawal?.goneAtMs).toBe(test.nowMs);
    const rest = wakes(test, 60, 1_000);
    expect([...ofKind(rest, 'cancelAll'), ...ofKind(rest, 'readOpenOrders')]).toEqual([]);
  });

  it('are not gone by a list that was asked for before, nor while one of ours may be on its way', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const commands = wakes(test, 1, 10_000);
    const before = test.nowMs - 1;
    test.step(operator('halt'));
    test.step(listed(test, [], before));
    test.step(listed(test, []), 300);
    expect(test.state.withdrawal?.goneAtMs).toBeNull();
    expect(cancelsAll(accept(test, commands))).toBe(1);
    test.step(allCanceled(placed(commands)));
    test.step(listed(test, []));
    expect(test.state.withdrawal?.goneAtMs).toBe(test.nowMs);
  });

  it('keep the heartbeat back until they are gone, so that the venue takes what no cancel reaches', () => {
    const { test, orders } = quoted();
    expect(mayBeat(test.state)).toBe(true);
    test.step(operator('halt'));
    expect(mayBeat(test.state)).toBe(false);
    wakes(test, 120, 1_000);
    expect(mayBeat(test.state)).toBe(false);
    // The sweep has taken them; the first list that gets through shows it.
    test.step(allCanceled(orders));
    test.step(listed(test, []));
    expect(mayBeat(test.state)).toBe(true);
    // One that comes back to life afterwards is taken back like all others.
    const [bid] = orders;
    if (bid === undefined) throw new Error('expected an order');
    test.step(listed(test, [bid]), 5_000);
    expect(mayBeat(test.state)).toBe(false);
  });

  it('whose answer was lost are looked for, and count as gone only when the venue says so', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const [order] = placed(wakes(test, 1, 10_000));
    if (order === undefined) throw new Error('expected an order');
    const orderId = orderIdOf(order.clientId);
    test.step({ kind: 'ordersPrepared', orders: [[order.clientId, orderId]] });
    test.step(operator('halt'));
    const answer = { result: 'unknown', code: 'timeout', text: 'no answer' } as const;
    const lost = test.step({ kind: 'ordersAnswered', answers: [[order.clientId, answer]] });
    expect(ofKind(lost, 'readOrder')).toHaveLength(1);
    test.step(listed(test, []), 700);
    expect(test.state.withdrawal?.goneAtMs).toBeNull();
    expect(cancelsAll(wakes(test, 10, 500))).toBeGreaterThanOrEqual(2);
    test.step({
      kind: 'orderRead',
      orderId,
      order: venueOrder(order, { status: 'CANCELED' }),
      askedAtMs: test.nowMs,
    });
    test.step(listed(test, []));
    expect(test.state.withdrawal?.goneAtMs).toBe(test.nowMs);
  });
});

describe('a cancel of everything', () => {
  it('leaves the orders that its answer does not name in doubt, so that they are looked up', () => {
    const { test, orders } = quoted(true);
    const [bid, ask] = orders;
    if (bid === undefined || ask === undefined) throw new Error('expected two orders');
    test.step(operator('halt'));
    test.step(allCanceled([bid]));
    const lookUps = ofKind(test.step({ kind: 'wake' }), 'readOrder');
    expect(
      new Set([...ofKind(test.commands, 'readOrder'), ...lookUps].map(({ orderId }) => orderId)),
    ).toEqual(new Set([orderIdOf(ask.clientId)]));
  });

  it('whose answer is lost leaves all of them in doubt', () => {
    const { test, orders } = quoted(true);
    test.step(operator('halt'));
    const lookUps = test.step({ kind: 'cancelFailed', requested: [], code: 'timeout', text: 'no answer' });
    expect(ofKind(lookUps, 'readOrder')).toHaveLength(orders.length);
    // Once a second, for as long as nobody knows.
    expect(ofKind(wakes(test, 1, 999), 'readOrder')).toHaveLength(0);
    expect(ofKind(wakes(test, 1, 1), 'readOrder')).toHaveLength(orders.length);
  });
});

describe('W13: a stop', () => {
  it('W13: cancels, sees by a read that nothing is left, compares the wallet once more, and ends the run', () => {
    const { test, orders } = quoted();
    const stopped = test.step(operator('stop'));
    expect(stopped.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['cancelAll', 'readOpenOrders']));
    test.step(allCanceled(orders));
    expect(ofKind(test.commands, 'exit')).toEqual([]);
    walk(test, 10);
    expect(ofKind(test.commands, 'exit').map(({ reason }) => reason)).toEqual([
      'all orders are gone, everything is settled',
    ]);
    const walked = test.commands.slice(test.commands.findLastIndex(({ kind }) => kind === 'cancelAll'));
    const reads = walked.map(({ kind }) => kind).filter((kind) => kind.startsWith('read'));
    expect([...new Set(reads)]).toEqual(['readOpenOrders', 'readTrades', 'readBalances']);
    expect(test.state.endedClean).toBe(true);
    const after = [...wakes(test, 20, 1_000), ...test.step(operator('resume')), ...reconcile(test)];
    expect(after.filter(({ kind }) => kind !== 'notify')).toEqual([]);
  });

  it('W13: does not believe a list that was asked for before it, or that still shows an order', () => {
    const { test, orders } = quoted();
    const before = test.nowMs;
    test.step(operator('stop'));
    test.step(allCanceled(orders));
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: before });
    expect(test.state.shutdown?.ordersGoneAtMs).toBeNull();
    test.step({
      kind: 'openOrdersRead',
      orders: orders.map((order) => venueOrder(order)),
      askedAtMs: test.nowMs,
    });
    expect(test.state.shutdown?.ordersGoneAtMs).toBeNull();
    const asked = ofKind(wakes(test, 3, 1_000), 'readOpenOrders');
    expect(asked).toHaveLength(3);
  });

  it('W13: cancels again what the list still shows after the cancel was confirmed', () => {
    const { test, orders } = quoted();
    test.step(operator('stop'));
    test.step(allCanceled(orders));
    wakes(test, 3, 1_000);
    const askedAtMs = test.nowMs;
    const commands = test.step({
      kind: 'openOrdersRead',
      orders: orders.map((order) => venueOrder(order)),
      askedAtMs,
    });
    expect(ofKind(commands, 'cancel').flatMap(({ orderIds }) => orderIds)).toHaveLength(2);
  });

  it('W13: waits until trades have settled, reading them', () => {
    const { test, orders } = quoted();
    const [bid, ask] = orders;
    if (bid === undefined || ask === undefined) throw new Error('expected two orders');
    test.step({ kind: 'fill', fill: fillOf(bid, 't1', 10, 'MATCHED', test.nowMs) });
    test.step(operator('stop'));
    test.step(allCanceled([ask]));
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    const reads = ofKind(wakes(test, 2, 1_000), 'readTrades');
    expect(reads).toHaveLength(2);
    expect(reads[0]?.sinceMs).toBeLessThan(test.nowMs - 2_000);
    expect(ofKind(test.commands, 'exit')).toEqual([]);
    test.step({ kind: 'fill', fill: fillOf(bid, 't1', 10, 'CONFIRMED', test.nowMs) });
    walk(test, 10, { cash: 995.2, tokens: { 11: 10 } });
    expect(ofKind(test.commands, 'exit')).toHaveLength(1);
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: 0, tokenResidual: 0 });
  });

  it.each([
    ['the venue never confirms that no order is left', false, /did not confirm/],
    ['a trade does not settle', true, /not everything settled/],
  ])('W13: ends in bounded time though %s', (_name, gone, reason) => {
    const { test, orders } = quoted();
    const [bid] = orders;
    if (bid === undefined) throw new Error('expected an order');
    test.step({ kind: 'fill', fill: fillOf(bid, 't1', 10, 'MATCHED', test.nowMs) });
    test.step(operator('stop'));
    if (gone) {
      test.step(allCanceled(orders));
      test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    }
    const exits = ofKind(wakes(test, 70, 1_000), 'exit');
    expect(exits.map((exit) => exit.reason)).toEqual([expect.stringMatching(reason)]);
    expect(test.state.endedClean).toBe(false);
  });

  it('W13: finds out about an order whose frames were all lost, by reading it', () => {
    const { test, orders } = quoted(true);
    test.step(operator('stop'));
    // The orders were gone before the cancel came, so it names none; no frame ever tells.
    test.step(allCanceled([]));
    walk(test, 30, {}, orders);
    expect(test.state.endedClean).toBe(true);
  });
});
