import { describe, expect, it } from 'vitest';
import type { OrderId, OrderRequest } from '../domain/order.ts';
import { REST_TOLD_WITHIN_MS } from '../orders/order-life.ts';
import { possibleFill, restingSize } from '../orders/order-size.ts';
import { exposureIn } from './gate-view.ts';
import type { Command } from './messages.ts';
import {
  accept,
  conditionId,
  dollars,
  fillOf,
  inYes,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  type ScriptedLoop,
  scriptedLoop,
  shares,
  type TestKernel,
  trading,
  venueOrder,
  wakes,
} from './test-support/test-kernel.ts';

/** The market's limit is 50 dollars: 100 shares at a mark of 50 cents. */
const LIMIT_SHARES = 100;

interface Scene extends ScriptedLoop {
  readonly test: TestKernel;
  readonly bid: OrderRequest;
  readonly orderId: OrderId;
}

/** A bid that fills the market's limit has been cancelled, and the answer confirms it. The loop wants another from now on. */
function cancelled(): Scene & { readonly commands: readonly Command[] } {
  const scripted = scriptedLoop();
  const { loop, script } = scripted;
  const test = trading([loop]);
  script.push([quoteIntent(1, [['BUY', 46, LIMIT_SHARES]])]);
  const first = wakes(test, 1, 10_000);
  accept(test, first);
  const [bid] = placed(first);
  if (bid === undefined) throw new Error('the bid was not placed');
  script.push([quoteIntent(1, [])]);
  const orderId = orderIdOf(bid.clientId);
  const withdrawn = wakes(test, 1, 10_000);
  expect(ofKind(withdrawn, 'cancel').flatMap(({ orderIds }) => orderIds)).toEqual([orderId]);
  const again = quoteIntent(1, [['BUY', 45, LIMIT_SHARES]]);
  script.push([again], [again], [again]);
  const confirmed = { kind: 'cancelAnswered', requested: [orderId], canceled: [orderId], notCanceled: [] };
  const commands = test.step(confirmed as Parameters<TestKernel['step']>[0], 250);
  return { ...scripted, test, bid, orderId, commands };
}

const refusals = ({ test }: Scene): number => test.state.counts.refused.perMarketLimit ?? 0;

describe('an order whose cancel is confirmed before it is told how much of it was matched', () => {
  it('keeps its rest counted, so that nothing is placed beside what may have filled', () => {
    const scene = cancelled();
    const { test, orderId, commands } = scene;
    const record = test.state.orders.byOrderId.get(orderId);
    if (record === undefined) throw new Error('the bid is not in the books');
    expect([record.state, possibleFill(record), restingSize(record)]).toEqual([
      'canceled',
      shares(LIMIT_SHARES),
      0,
    ]);
    expect(exposureIn(test.state, conditionId(1))).toBe(dollars(50));
    expect(placed(commands)).toEqual([]);
    expect(refusals(scene)).toBe(1);
    // Nothing of it is on the book, so nothing is there to cancel.
    expect(ofKind(commands, 'cancel')).toEqual([]);
  });

  it('frees it with the frame that tells, and the loop places beside it in the same step', () => {
    const { test, orderId } = cancelled();
    const commands = test.step(
      { kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(0) },
      250,
    );
    expect(inYes(placed(commands))).toEqual([`BUY 45 x ${LIMIT_SHARES}`]);
    expect(test.state.orders.untold.size).toBe(0);
  });

  it('goes on counting what the frame says was matched, until its fill is there and after', () => {
    const scene = cancelled();
    const { test, orderId, bid } = scene;
    const told = test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(40) }, 250);
    expect(placed(told)).toEqual([]);
    expect(exposureIn(test.state, conditionId(1))).toBe(dollars(20));
    const filled = test.step({ kind: 'fill', fill: fillOf(bid, 't1', 40, 'MATCHED', test.nowMs) }, 250);
    expect(placed(filled)).toEqual([]);
    expect(refusals(scene)).toBe(3);
    expect(exposureIn(test.state, conditionId(1))).toBe(dollars(20));
  });

  it('never lets a fill that comes before the frame take the market over its limit', () => {
    const { test, bid } = cancelled();
    const filled = test.step({ kind: 'fill', fill: fillOf(bid, 't1', 40, 'MATCHED', test.nowMs) }, 250);
    expect(placed(filled)).toEqual([]);
    expect(exposureIn(test.state, conditionId(1))).toBe(dollars(50));
  });

  it('frees it by itself when nobody tells, at a time that the kernel asks to be woken for', () => {
    const { test } = cancelled();
    const confirmedAtMs = test.nowMs;
    const dueAtMs = test.kernel.nextWakeAtMs();
    expect(dueAtMs).toBe(confirmedAtMs + REST_TOLD_WITHIN_MS);
    expect(placed(wakes(test, 1, REST_TOLD_WITHIN_MS - 1))).toEqual([]);
    expect(inYes(placed(wakes(test, 1, 1)))).toEqual([`BUY 45 x ${LIMIT_SHARES}`]);
  });

  it('frees it with a read that shows it ended', () => {
    const { test, orderId, bid } = cancelled();
    const askedAtMs = test.nowMs;
    const read = { kind: 'orderRead', orderId, askedAtMs } as const;
    const live = test.step({ ...read, order: venueOrder(bid) }, 250);
    expect(placed(live)).toEqual([]);
    const ended = test.step({ ...read, order: venueOrder(bid, { status: 'CANCELED' }) }, 250);
    expect(inYes(placed(ended))).toEqual([`BUY 45 x ${LIMIT_SHARES}`]);
  });

  it('holds nothing back where the frame came before the answer', () => {
    const { test, orderId } = cancelled();
    test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(0) });
    test.step({ kind: 'cancelAnswered', requested: [orderId], canceled: [orderId], notCanceled: [] });
    expect(test.state.orders.untold.size).toBe(0);
  });
});
