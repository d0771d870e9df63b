import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../domain/order.ts';
import { maintenance } from '../loops/maintenance/loop.ts';
import {
  accept,
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

function withBid(isAccepted = true): { test: TestKernel; bid: OrderRequest } {
  const { loop, script } = scriptedLoop();
  const test = trading([maintenance, loop]);
  script.push([quoteIntent(1, [['BUY', 48, 20]])]);
  const commands = wakes(test, 1, 10_000);
  if (isAccepted) accept(test, commands);
  const [bid] = placed(commands);
  if (bid === undefined) throw new Error('the bid was not placed');
  return { test, bid };
}

describe('an order whose trade frame was lost', () => {
  it('has its trades read within seconds, and not again once they are known', () => {
    const { test, bid } = withBid();
    const orderId = orderIdOf(bid.clientId);
    test.step({ kind: 'orderSeen', orderId, status: 'LIVE', matchedSize: shares(8) });
    const asked = ofKind(wakes(test, 10, 500), 'readTrades');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.sinceMs).toBeLessThan(bid.timestampMs);
    const fill = fillOf(bid, 't1', 8, 'CONFIRMED', test.nowMs - 5_000);
    test.step({ kind: 'tradesRead', fills: [fill], sinceMs: 0, askedAtMs: test.nowMs });
    expect(ofKind(wakes(test, 20, 500), 'readTrades')).toEqual([]);
  });
});

describe('an order that was written off and shows up live', () => {
  it('is cancelled at once', () => {
    const { test, bid } = withBid(false);
    const orderId = orderIdOf(bid.clientId);
    test.step({ kind: 'ordersPrepared', orders: [[bid.clientId, orderId]] });
    test.step({
      kind: 'ordersAnswered',
      answers: [[bid.clientId, { result: 'rejected', code: 'refused', text: 'no' }]],
    });
    const commands = test.step({ kind: 'orderSeen', orderId, status: 'LIVE', matchedSize: shares(0) });
    expect(ofKind(commands, 'cancel').flatMap(({ orderIds }) => orderIds)).toEqual([orderId]);
  });

  it('is left alone where the frame is only late', () => {
    const { test, bid } = withBid();
    const orderId = orderIdOf(bid.clientId);
    test.step({ kind: 'cancelAnswered', requested: [orderId], canceled: [orderId], notCanceled: [] });
    const commands = test.step({ kind: 'orderSeen', orderId, status: 'LIVE', matchedSize: shares(0) });
    expect(ofKind(commands, 'cancel')).toEqual([]);
  });
});
