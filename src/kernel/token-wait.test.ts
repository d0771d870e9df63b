import { describe, expect, it } from 'vitest';
import {
  accept,
  conditionId,
  confirmCancels,
  inYes,
  market,
  ofKind,
  placed,
  quoteIntent,
  scriptedLoop,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

/** A rate at which the bucket holds three orders and gains two a second, or another. */
function scarce(count: number, ordersPerSecond = 2) {
  const { loop, script, runs } = scriptedLoop();
  const settings = strategySettings({
    ordersPerSecond,
    minQuoteLifetimeSeconds: 0,
    requoteThresholdPts: 0,
  });
  const whole = { ...settings, trading: { ...settings.trading, maxTotalExposurePct: 100 } };
  const markets = Array.from({ length: count }, (_, index) => market(index + 1));
  const test = trading([loop], whole, markets);
  return { test, script, runs };
}

/** What is in the bucket at the next beat. */
function leave(test: TestKernel, tokens: number): void {
  test.state.orderBudget = { tokens, atMs: test.nowMs + 10_000 };
}

describe('scarce order tokens', () => {
  it('go where the most is at stake, and nothing is refused for want of them', () => {
    const { test, script } = scarce(5);
    script.push([1, 2, 3].map((n) => quoteIntent(n, [['BUY', 44, 10]])));
    accept(test, wakes(test, 1, 10_000));
    script.push([
      quoteIntent(1, [['BUY', 45, 10]]),
      quoteIntent(2, [['BUY', 47, 10]]),
      quoteIntent(3, [['BUY', 45, 20]]),
      quoteIntent(4, [['BUY', 45, 10]]),
      quoteIntent(5, [['BUY', 45, 10]]),
    ]);
    leave(test, 1);
    const commands = wakes(test, 1, 10_000);
    expect(inYes(placed(commands))).toEqual(['BUY 47 x 10']);
    expect(ofKind(commands, 'cancel').map(({ orderIds }) => orderIds.length)).toEqual([1]);
    expect(test.state.counts.refused).toEqual({});
  });

  it('keep the old order where its successor waits, and wake the loop for it when there are some', () => {
    const { test, script, runs } = scarce(2);
    script.push([quoteIntent(1, [['BUY', 44, 10]]), quoteIntent(2, [['BUY', 44, 10]])]);
    accept(test, wakes(test, 1, 10_000));
    leave(test, 1);
    const wish = [quoteIntent(1, [['BUY', 45, 10]]), quoteIntent(2, [['BUY', 46, 10]])];
    script.push(wish);
    const first = wakes(test, 1, 10_000);
    expect(inYes(placed(first))).toEqual(['BUY 46 x 10']);
    accept(test, first);
    confirmCancels(test, first);
    expect([...test.state.tokenWait.since.keys()]).toEqual([conditionId(1)]);
    const dueAtMs = test.state.tokenWait.untilMs ?? 0;
    expect(dueAtMs).toBeGreaterThan(test.nowMs);
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(dueAtMs);
    wakes(test, 1, 250);
    script.push(wish);
    const ran = runs.length;
    const second = wakes(test, 1, dueAtMs - test.nowMs);
    expect(runs.slice(ran)).toEqual(['woken 1']);
    expect(inYes(placed(second))).toEqual(['BUY 45 x 10']);
    expect(test.state.tokenWait).toEqual({ untilMs: null, since: new Map() });
  });

  it('are waited for no longer than until the bucket is full', () => {
    const { test, script } = scarce(3, 0.5);
    script.push([1, 2, 3].map((n) => quoteIntent(n, [['BUY', 44, 10]])));
    leave(test, 2);
    const first = wakes(test, 1, 10_000);
    expect(inYes(placed(first))).toEqual(['BUY 44 x 10', 'BUY 44 x 10']);
    expect((test.state.tokenWait.untilMs ?? 0) - test.nowMs).toBe(4_000);
  });

  it('are no longer waited for where nothing is to be done any more', () => {
    const { test, script } = scarce(1);
    const resting = quoteIntent(1, [['BUY', 44, 10]]);
    script.push([resting]);
    accept(test, wakes(test, 1, 10_000));
    leave(test, 0);
    script.push([quoteIntent(1, [['BUY', 45, 10]])]);
    wakes(test, 1, 10_000);
    expect([...test.state.tokenWait.since.keys()]).toEqual([conditionId(1)]);
    leave(test, 0);
    script.push([resting]);
    wakes(test, 1, 10_000);
    expect([...test.state.tokenWait.since.keys()]).toEqual([]);
  });

  it('are no longer waited for in a market that is not watched any more', () => {
    const { test, script } = scarce(2);
    const wish = [quoteIntent(1, [['BUY', 45, 10]]), quoteIntent(2, [['BUY', 45, 10]])] as const;
    script.push([...wish]);
    leave(test, 0);
    wakes(test, 1, 10_000);
    expect([...test.state.tokenWait.since.keys()]).toEqual([conditionId(1), conditionId(2)]);
    script.push([wish[1], { kind: 'unwatch', conditionIds: [conditionId(1)] }]);
    leave(test, 0);
    wakes(test, 1, 10_000);
    script.push([wish[1]]);
    leave(test, 0);
    wakes(test, 1, 10_000);
    expect([...test.state.tokenWait.since.keys()]).toEqual([conditionId(2)]);
  });

  it('never hold a dangerous order: its cancel goes first, without a token', () => {
    const { test, script } = scarce(2);
    script.push([quoteIntent(1, [['BUY', 44, 10]]), quoteIntent(2, [['BUY', 44, 10]])]);
    accept(test, wakes(test, 1, 10_000));
    leave(test, 0);
    const safe = { maxBid: 4_300 as never, minAsk: null };
    script.push([quoteIntent(2, [['BUY', 46, 10]]), { ...quoteIntent(1, [['BUY', 42, 10]]), safe }]);
    const commands = wakes(test, 1, 10_000);
    const sent = commands.filter(({ kind }) => kind === 'place' || kind === 'cancel');
    expect(sent).toMatchObject([{ kind: 'cancel', reason: 'dangerous: bid above its limit' }]);
    expect(sent).toHaveLength(1);
  });
});

describe('MM_STALE_QUOTE_SECONDS', () => {
  it('takes quotes off the book that no decision has confirmed for so long', () => {
    const { loop, script } = scriptedLoop({ everyMs: () => 600_000, wakesOn: [] });
    const test = trading([loop], strategySettings({ staleQuoteSeconds: 20 }), [market(1)]);
    script.push([quoteIntent(1, [['BUY', 45, 10]])]);
    accept(test, wakes(test, 1, 600_000));
    expect(ofKind(wakes(test, 19, 1_000), 'cancel')).toEqual([]);
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(test.nowMs + 1_000);
    expect(ofKind(wakes(test, 1, 1_000), 'cancel')).toMatchObject([
      { reason: 'no decision has confirmed it for too long' },
    ]);
  });

  it('leaves quotes alone that every decision confirms', () => {
    const { loop, script } = scriptedLoop({ everyMs: () => 5_000, wakesOn: [] });
    const test = trading([loop], strategySettings({ staleQuoteSeconds: 20 }), [market(1)]);
    const wish = quoteIntent(1, [['BUY', 45, 10]]);
    for (let look = 0; look < 20; look += 1) {
      script.push([wish]);
      accept(test, wakes(test, 1, 5_000));
    }
    expect(ofKind(test.commands, 'cancel')).toEqual([]);
  });
});
