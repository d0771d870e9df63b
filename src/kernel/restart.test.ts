import { describe, expect, it } from 'vitest';
import type { OrderState } from '../domain/order.ts';
import { booksResidual } from '../orders/books.ts';
import {
  accept,
  balances,
  conditionId,
  dollars,
  feedsUp,
  fillOf,
  inYes,
  laterProcess,
  market,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  reconcile,
  runStarted,
  scriptedLoop,
  shares,
  type TestKernel,
  trading,
  venueOrder,
  wakes,
} from './test-support/test-kernel.ts';
import { allTransactions } from './transactions.ts';

function restart(test: TestKernel, afterMs = 5_000) {
  const scripted = scriptedLoop();
  const next = laterProcess(test, [scripted.loop], afterMs);
  return { next, ...scripted, first: next.step(runStarted('run-2')) };
}

/** One order in each early state: approved, in flight, open. */
function onTheWay() {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], undefined, [market(1), market(2), market(3)]);
  script.push([1, 2, 3].map((n) => quoteIntent(n, [['BUY', 48, 10]])));
  const orders = placed(wakes(test, 1, 10_000));
  const [, second, third] = orders;
  if (second === undefined || third === undefined) throw new Error('expected three orders');
  const pair = [second, third].map(({ clientId }) => [clientId, orderIdOf(clientId)] as const);
  test.step({ kind: 'ordersPrepared', orders: pair });
  test.step({ kind: 'ordersAnswered', answers: [[third.clientId, { result: 'live' }]] });
  return { test, orders, second, third };
}

const states = (test: TestKernel): OrderState[] =>
  [...test.state.orders.byClientId.values()].map(({ state }) => state);

describe('a restart', () => {
  it('drops orders that were never signed, and doubts all others until the venue has told', () => {
    const { test, second, third } = onTheWay();
    const { next } = restart(test);
    expect(states(next)).toEqual(['refused', 'unknown', 'cancelInFlight']);
    expect(next.state.orders.byOrderId.get(orderIdOf(third.clientId))?.doubt).toBe('restarted');
    feedsUp(next);
    const orphan = venueOrder({ ...third, clientId: 'o-99' as never });
    const read = next.step(
      {
        kind: 'openOrdersRead',
        orders: [second, third].map((order) => venueOrder(order)).concat(orphan),
        askedAtMs: next.nowMs + 20_000,
      },
      20_000,
    );
    expect(ofKind(read, 'cancel').flatMap(({ orderIds }) => orderIds)).toEqual([orphan.orderId]);
    // Both are found alive, and canceled again, because nothing may rest before the books are confirmed.
    expect(states(next)).toEqual(['refused', 'cancelInFlight', 'cancelInFlight']);
    expect([...next.state.orders.byClientId.values()].map(({ doubt }) => doubt)).toEqual([null, null, null]);
  });

  it('W13: takes no order as gone because the process that knew it is', () => {
    const { test } = onTheWay();
    const { first } = restart(test);
    // Until books are confirmed nothing may rest, so everything that may be live is canceled at once.
    expect(ofKind(first, 'cancelAll')).toHaveLength(1);
  });

  it('keeps one record an order: a fill after it is seen wherever the order is looked up', () => {
    const { test, third } = onTheWay();
    const { next } = restart(test);
    const record = next.state.orders.byOrderId.get(orderIdOf(third.clientId));
    expect(next.state.orders.byClientId.get(third.clientId)).toBe(record);
    next.step({ kind: 'fill', fill: fillOf(third, 'trade', 10, 'CONFIRMED', next.nowMs) });
    expect(next.state.orders.byClientId.get(third.clientId)?.state).toBe('filled');
    expect(next.state.orders.workingByCondition.has(conditionId(3))).toBe(false);
  });

  it('books a fill once, that was told before it and is read again after it', () => {
    const { test, third } = onTheWay();
    const fill = fillOf(third, 'trade', 4, 'MATCHED', test.nowMs);
    test.step({ kind: 'fill', fill });
    const { next } = restart(test);
    feedsUp(next);
    reconcile(next, {
      fills: [{ ...fill, status: 'CONFIRMED' }, fill],
      cash: 1_000 - 4 * 0.48,
      tokens: { 31: 4 },
    });
    expect(next.state.books.positions.get(conditionId(3))).toMatchObject({
      yes: { final: shares(4), provisionalIn: 0 },
    });
    expect(booksResidual(next.state.books, (id) => next.state.markets.get(id)?.market ?? null)).toBe(0);
  });

  it.each([
    ['pause', 'halted'],
    ['halt', 'halted'],
    ['reduce', 'reducing'],
  ] as const)('keeps the operator’s %s until the operator resumes', (order, mode) => {
    const { test } = onTheWay();
    test.step({ kind: 'operator', order, by: 'test', reason: 'careful' });
    const { next } = restart(test);
    feedsUp(next);
    reconcile(next);
    expect(next.state.trading.mode).toBe(mode);
    expect(next.state.trading.blocks.size).toBe(1);
    next.step({ kind: 'operator', order: 'resume', by: 'test', reason: 'well again' });
    reconcile(next);
    expect(next.state.trading.mode).toBe('active');
  });

  it('does not keep a stop, or the worker could never be started again', () => {
    const { test } = onTheWay();
    test.step({ kind: 'operator', order: 'stop', by: 'test', reason: 'done' });
    const { next } = restart(test);
    feedsUp(next);
    reconcile(next);
    expect(next.state.trading.mode).toBe('active');
    expect(next.state.shutdown).toBeNull();
  });

  it('sends nothing before feeds are up and orders, trades and balances are read', () => {
    const { test } = onTheWay();
    const { next, script, runs } = restart(test);
    script.push([quoteIntent(1, [['BUY', 40, 10]])]);
    wakes(next, 3, 10_000);
    feedsUp(next);
    wakes(next, 3, 10_000);
    expect(runs).toEqual([]);
    reconcile(next);
    expect(runs.length).toBeGreaterThan(0);
  });

  it('names no new order like an old one, and draws other salts', () => {
    const { test, orders } = onTheWay();
    const { next, script } = restart(test);
    next.step({ kind: 'marketsListed', markets: [market(1)] });
    feedsUp(next);
    next.step({
      kind: 'book',
      conditionId: conditionId(1),
      tick: market(1).tickSize,
      bids: [[4_000 as never, shares(100)]],
      asks: [[6_000 as never, shares(100)]],
      hash: 'h',
      venueAtMs: 0,
      source: 'read',
    });
    script.push([quoteIntent(1, [['BUY', 45, 10]])]);
    const fresh = placed([...reconcile(next), ...wakes(next, 1, 10_000)]);
    expect(inYes(fresh)).toEqual(['BUY 45 x 10']);
    expect(orders.map(({ clientId }) => clientId)).not.toContain(fresh[0]?.clientId);
    expect(orders.map(({ salt }) => salt)).not.toContain(fresh[0]?.salt);
  });

  it('asks for a transaction that was signed by its hash, and drops one that never was', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop], undefined, [market(1), market(2)]);
    const split = (n: number) =>
      ({
        kind: 'transact',
        action: 'split',
        conditionId: conditionId(n),
        amount: shares(5),
        why: 'test',
      }) as const;
    script.push([split(1), split(2)]);
    wakes(test, 1, 10_000);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 1 });
    const { next } = restart(test);
    expect([...allTransactions(next.state.transactions)].map(({ state }) => state)).toEqual([
      'notSent',
      'unknown',
    ]);
    next.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    expect(next.state.books.positions.get(conditionId(1))).toMatchObject({ yes: { final: shares(5) } });
    expect(next.state.books.positions.get(conditionId(2))).toBeUndefined();
  });
});

describe('the wallet', () => {
  it('opens the books once, with what it holds at its mark', () => {
    const test = trading([], undefined, [market(1)], { cash: 100, tokens: { 11: 20 } });
    expect(test.state.books.ledger.openedAtMs).not.toBeNull();
    expect(test.state.books.positions.get(conditionId(1))).toMatchObject({
      yes: { final: shares(20) },
      yesPool: { costUsd: dollars(10) },
    });
  });

  it('that disagrees in a quiet moment is told of, and shows by how much', () => {
    const test = trading([]);
    wakes(test, 1, 1_000);
    const commands = test.step({ ...balances(test, { cash: 999 }), askedAtMs: test.nowMs });
    expect(ofKind(commands, 'notify').filter(({ level }) => level === 'warning')).toHaveLength(1);
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(-1), tokenResidual: 0 });
  });

  it('is not compared while a trade is on its way', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const commands = wakes(test, 1, 10_000);
    accept(test, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an order');
    test.step({ kind: 'fill', fill: fillOf(order, 'trade', 10, 'MINED', test.nowMs) });
    const read = test.step(
      { ...balances(test, { cash: 995.2, tokens: { 11: 10 } }), askedAtMs: test.nowMs },
      10,
    );
    expect(ofKind(read, 'notify')).toEqual([]);
  });

  it('brings tokens of a market first seen into the books once', () => {
    const test = trading([]);
    test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
    const read = { ...balances(test, { tokens: { 21: 7 } }), askedAtMs: test.nowMs };
    test.step(read);
    test.step(read);
    expect(test.state.books.positions.get(conditionId(2))).toMatchObject({ yes: { final: shares(7) } });
    expect(test.state.knownTokens.has(market(2).noTokenId)).toBe(true);
  });

  it('W9: counts cash and inventory, so that a split changes what is owned and not what it is worth', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([
      { kind: 'transact', action: 'split', conditionId: conditionId(1), amount: shares(5), why: 'test' },
    ]);
    wakes(test, 1, 10_000);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 1 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    wakes(test, 1, 1_000);
    test.step({ ...balances(test, { cash: 995, tokens: { 11: 5, 12: 5 } }), askedAtMs: test.nowMs }, 10);
    expect(test.state.trading.mode).toBe('active');
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: 0, tokenResidual: 0 });
  });
});
