import { describe, expect, it } from 'vitest';
import type { Command, Input } from '../../kernel/messages.ts';
import {
  accept,
  balances,
  book,
  conditionId,
  feedsUp,
  fillOf,
  market,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  reconcile,
  runStarted,
  scriptedLoop,
  strategySettings,
  type TestKernel,
  testKernel,
  trading,
  venueOrder,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { maintenance } from './loop.ts';

const RECONCILING = ['readOpenOrders', 'readTrades', 'readBalances'];
const reads = (commands: readonly Command[]): string[] =>
  commands.map(({ kind }) => kind).filter((kind) => kind.startsWith('read'));

/** One resting order. */
function resting() {
  const { loop, script } = scriptedLoop();
  const test = trading([maintenance, loop]);
  script.push([quoteIntent(1, [['BUY', 48, 10]])]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  const [order] = placed([...test.commands]);
  if (order === undefined) throw new Error('expected an order');
  return { test, order, script };
}

const settle = (test: TestKernel): void => {
  reconcile(test);
  wakes(test, 1, 1_000);
};

describe('maintenance', () => {
  it('reads orders, trades and balances at start, and again once a lost feed is back', () => {
    const test = testKernel([maintenance]);
    expect(reads(test.step(runStarted()))).toEqual(RECONCILING);
    feedsUp(test);
    reconcile(test);
    wakes(test, 2, 1_000);
    reconcile(test);
    wakes(test, 2, 1_000);
    test.step({ kind: 'feed', feed: 'user', up: false, reason: 'closed' });
    const back = test.step({ kind: 'feed', feed: 'user', up: true, reason: 'connected' }, 5_000);
    expect([...new Set(reads([...back, ...wakes(test, 1, 1_000)]))].sort()).toEqual([...RECONCILING].sort());
    expect(test.state.trading.mode).toBe('starting');
    reconcile(test);
    expect(test.state.trading.mode).toBe('active');
  });

  it('reads all three every minute while everything is well', () => {
    const test = trading([maintenance]);
    settle(test);
    const found: string[] = [];
    for (let second = 0; second < 180; second += 1) {
      const commands = wakes(test, 1, 1_000);
      found.push(...reads(commands));
      if (reads(commands).length > 0) reconcile(test);
    }
    for (const read of RECONCILING) {
      const count = found.filter((kind) => kind === read).length;
      expect(count).toBeGreaterThanOrEqual(2);
      expect(count).toBeLessThanOrEqual(3);
    }
  });

  it('works in every trading state', () => {
    const { test } = resting();
    test.step({ kind: 'operator', order: 'halt', by: 'test', reason: 'test' });
    expect(reads(wakes(test, 120, 1_000))).toEqual(expect.arrayContaining(RECONCILING));
  });

  it('W6: looks an order up within seconds of losing its answer, and again until its fate is known', () => {
    const { loop, script } = scriptedLoop();
    // Its quote is wanted once, and stays on the book all the same.
    const test = trading([maintenance, loop], strategySettings({ staleQuoteSeconds: 3_600 }));
    settle(test);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const [order] = placed(wakes(test, 1, 10_000));
    if (order === undefined) throw new Error('expected an order');
    const { clientId } = order;
    const orderId = orderIdOf(clientId);
    const answer = { result: 'unknown', code: 'timeout', text: 'lost' } as const;
    test.step({ kind: 'ordersPrepared', orders: [[clientId, orderId]] });
    const lost = test.step({ kind: 'ordersAnswered', answers: [[clientId, answer]] });
    expect(ofKind([...lost, ...wakes(test, 2, 1_000)], 'readOrder')).toHaveLength(1);
    const again = ofKind(wakes(test, 9, 1_000), 'readOrder');
    expect(again).toHaveLength(3);
    expect(new Set(again.map((command) => command.orderId))).toEqual(new Set([orderId]));
    test.step({ kind: 'orderRead', orderId, order: venueOrder(order), askedAtMs: test.nowMs });
    expect(ofKind(wakes(test, 20, 1_000), 'readOrder')).toEqual([]);
    expect(test.state.orders.byOrderId.get(orderId)?.state).toBe('open');
  });

  it('W19: asks for a transaction by its hash until the chain tells its fate', () => {
    const { test, script } = resting();
    settle(test);
    script.push([
      {
        kind: 'transact',
        action: 'split',
        conditionId: conditionId(1),
        amount: 5_000_000 as never,
        why: 'test',
      },
    ]);
    wakes(test, 1, 10_000);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 4 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'unknown', text: 'no receipt yet' });
    const asked = ofKind(wakes(test, 10, 1_000), 'readTransaction');
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked[0]).toMatchObject({ txKey: 't-1', hash: '0xh', nonce: 4 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    expect(test.state.counts.splitMicroUsd).toBe(5_000_000);
    expect(ofKind(wakes(test, 10, 1_000), 'readTransaction')).toEqual([]);
  });

  it('reads trades back to the oldest fill that is not final', () => {
    const { test, order } = resting();
    const matchedAtMs = test.nowMs;
    test.step({ kind: 'fill', fill: fillOf(order, 'trade', 4, 'MATCHED', matchedAtMs) });
    settle(test);
    const later = ofKind(wakes(test, 300, 1_000), 'readTrades');
    expect(later.length).toBeGreaterThan(0);
    expect(later.at(-1)?.sinceMs).toBeLessThan(matchedAtMs);
  });

  it('reads trades from where the run before stopped, not from the beginning of the books', () => {
    const test = trading([maintenance]);
    settle(test);
    wakes(test, 100, 60_000);
    reconcile(test);
    const stoppedMs = test.nowMs;
    const [read] = ofKind(test.step(runStarted('run-2'), 3_600_000), 'readTrades');
    expect(read?.sinceMs).toBeGreaterThan(stoppedMs - 120_000);
    expect(read?.sinceMs).toBeLessThan(stoppedMs);
  });

  it('reads the balances of a market that is newly watched', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([maintenance, loop]);
    settle(test);
    test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
    script.push([{ kind: 'watch', conditionIds: [conditionId(2)] }]);
    const asked = ofKind(wakes(test, 45, 1_000), 'readBalances').flatMap(({ tokens }) => tokens);
    expect(asked).toEqual(expect.arrayContaining(['21', '22']));
  });

  it('asks for a watched book that stays dead, now and then, and not while the socket itself is down', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([maintenance, loop]);
    settle(test);
    script.push([{ kind: 'watch', conditionIds: [conditionId(1)] }]);
    wakes(test, 1, 10_000);
    test.step({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'hash' });
    const failed: Input = {
      kind: 'readFailed',
      read: 'book',
      key: conditionId(1),
      code: 'http',
      text: '500',
    };
    test.step(failed);
    const books = (commands: readonly Command[]): number => ofKind(commands, 'readBook').length;
    const within = books(wakes(test, 180, 1_000));
    expect(within).toBeGreaterThanOrEqual(2);
    expect(within).toBeLessThanOrEqual(9);
    test.step(book(1, 47, 53));
    expect(books(wakes(test, 120, 1_000))).toBe(0);
    test.step({ kind: 'feed', feed: 'market', up: false, reason: 'closed' });
    expect(books(wakes(test, 120, 1_000))).toBe(0);
  });

  it('does not look again and again when nothing is in doubt', () => {
    const { test } = resting();
    settle(test);
    const before = test.state.loops.get('maintenance')?.runs ?? 0;
    for (let second = 0; second < 60; second += 1) wakes(test, 1, 1_000);
    expect((test.state.loops.get('maintenance')?.runs ?? 0) - before).toBeLessThanOrEqual(3);
    expect(balances(test).tokens).toHaveLength(2);
  });

  it('forgets orders and fills that are long over, and recognises a late repeat of one all the same', () => {
    const { test, order } = resting();
    const fill = fillOf(order, 'trade', 10, 'CONFIRMED', test.nowMs);
    test.step({ kind: 'fill', fill });
    for (let minute = 0; minute < 90; minute += 1) wakes(test, 2, 30_000);
    expect(test.state.orders.byClientId.size).toBe(0);
    expect(test.state.books.fills.byKey.size).toBe(0);
    const { fills } = test.state.counts;
    test.step({ kind: 'fill', fill });
    expect(test.state.counts.fills).toBe(fills);
  });
});
