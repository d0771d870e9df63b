import { describe, expect, it } from 'vitest';
import type { Side } from '../domain/market.ts';
import type { OrderAnswer } from '../domain/order.ts';
import { loops } from '../loops/index.ts';
import {
  cents,
  confirmCancels,
  market,
  ofKind,
  orderIdOf,
  placed,
  shares,
  strategySettings,
  type TestKernel,
  trading,
} from './test-support/test-kernel.ts';

/** Lets time pass in wakes of 250 ms and book changes, answers every order, and returns when orders of `side` were sent. */
function answerAll(
  test: TestKernel,
  seconds: number,
  answerOf: (side: string) => OrderAnswer,
): Record<Side, number[]> {
  const sent: Record<Side, number[]> = { BUY: [], SELL: [] };
  const since = test.nowMs;
  for (let step = 0; step < seconds * 4; step += 1) {
    // The book moves all the time, so that nothing but the rest holds orders back.
    const commands = test.step(
      {
        kind: 'levels',
        conditionId: market(1).conditionId,
        changes: [['BUY', cents(10), shares(7 + (step % 2))]],
        hash: '',
        venueAtMs: 0,
      },
      250,
    );
    for (const { orders } of ofKind(commands, 'place')) {
      const requests = orders.map(({ request }) => request);
      for (const { side, outcome } of requests)
        sent[(side === 'BUY') === (outcome === 'YES') ? 'BUY' : 'SELL'].push(test.nowMs - since);
      test.step({
        kind: 'ordersPrepared',
        orders: requests.map((r) => [r.clientId, orderIdOf(r.clientId)] as const),
      });
      const answers = requests.map(
        (r) => [r.clientId, answerOf((r.side === 'BUY') === (r.outcome === 'YES') ? 'BUY' : 'SELL')] as const,
      );
      test.step({ kind: 'ordersAnswered', answers });
    }
    confirmCancels(test, commands);
  }
  return sent;
}

const NO_BALANCE: OrderAnswer = {
  result: 'rejected',
  code: 'notEnoughBalance',
  text: 'not enough balance / allowance',
};
const LIVE: OrderAnswer = { result: 'live' };

const quoting = (): TestKernel =>
  trading(loops, strategySettings({ useSplitMerge: false, minSpreadPts: 1, minActivityUsdPerMin: 1 }));

describe('orders that the venue rejects', () => {
  it('are sent again after rests that double, not with every change of the book', () => {
    const sent = answerAll(quoting(), 120, () => NO_BALANCE);
    expect(sent.BUY.length).toBeGreaterThanOrEqual(5);
    expect(sent.BUY.length).toBeLessThanOrEqual(8);
    const gaps = sent.BUY.slice(1).map((at, index) => at - (sent.BUY[index] as number));
    for (let index = 1; index < gaps.length; index += 1)
      expect(gaps[index]).toBeGreaterThan(gaps[index - 1] as number);
  });

  it('leave the other side alone, which goes on being quoted', () => {
    const test = quoting();
    const sent = answerAll(test, 60, (side) => (side === 'SELL' ? NO_BALANCE : LIVE));
    expect(sent.SELL.length).toBeLessThanOrEqual(7);
    const live = [...test.state.orders.byClientId.values()].filter(({ state }) => state === 'open');
    expect(live.map(({ request }) => request.outcome)).toEqual(['YES']);
  });

  it('are sent at once again after one was taken', () => {
    const test = quoting();
    answerAll(test, 20, () => NO_BALANCE);
    expect(test.state.rejectionRests.size).toBe(2);
    answerAll(test, 60, () => LIVE);
    expect(test.state.rejectionRests.size).toBe(0);
    expect(placed(test.commands).length).toBeGreaterThan(0);
  });
});
