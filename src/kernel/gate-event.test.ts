import { describe, expect, it } from 'vitest';
import type { Market } from '../domain/market.ts';
import { eventExposureOf } from '../risk/exposure.ts';
import { parseSettings } from '../settings/index.ts';
import { eventExposureBeside, gateEvent, marketsByEvent } from './gate-event.ts';
import { gateMarket, marketRisk } from './gate-view.ts';
import { limitsOf } from './limits-from-settings.ts';
import {
  accept,
  conditionId,
  dollars,
  market,
  placed,
  quoteIntent,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

const inEvent = (n: number, change: Partial<Market['negRiskEvent'] & object> = {}): Market =>
  market(n, {
    negRisk: true,
    negRiskEvent: { marketId: '0xe1', isAugmented: false, outcomes: 4, ...change },
  });
const slotOf = ({ state }: TestKernel, n: number) => {
  const slot = state.markets.get(conditionId(n));
  if (slot === undefined) throw new Error(`expected market ${n}`);
  return slot;
};

/** A run that wants bids of these shares in markets 1, 2, ... of one event, all in one step. */
function bidding(
  sizes: readonly number[],
  maxPerEventUsd: number,
  markets = sizes.map((_, i) => inEvent(i + 1)),
) {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], strategySettings({ maxPerEventUsd }), markets);
  script.push(sizes.map((size, index) => quoteIntent(index + 1, [['BUY', 46, size]])));
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  return { test, commands };
}

describe('the limit of an event in a step', () => {
  it('MM_MAX_PER_EVENT_USD: bounds the markets of one event together, and what one step sends counts for the next market', () => {
    // 40 shares at a mark of 50 cents are 20 dollars in each market.
    expect(placed(bidding([40, 40, 40], 100).commands)).toHaveLength(3);
    const { test, commands } = bidding([40, 40, 40], 50);
    expect(placed(commands)).toHaveLength(2);
    expect(test.state.counts.refused).toEqual({ perEventLimit: 1 });
    // Where there is no fourth outcome one of the three pays, so that two can be lost.
    const whole = [1, 2, 3].map((n) => inEvent(n, { outcomes: 3 }));
    expect(placed(bidding([40, 40, 40], 50, whole).commands)).toHaveLength(3);
  });

  it('counts nothing that a settled outcome pays against what the others may lose', () => {
    const whole = [1, 2, 3].map((n) => inEvent(n, { outcomes: 3 }));
    const { loop, script } = scriptedLoop();
    // If the second wins its NO lose 50 dollars, and those of the third gain 30: unless they are sold.
    const held = { tokens: { 12: 50, 22: 100, 32: 60 } };
    const test = trading([loop], strategySettings({ maxPerEventUsd: 40 }), whole, held);
    test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' });
    const redeem = {
      kind: 'transact',
      action: 'redeem',
      conditionId: conditionId(1),
      amount: shares(50),
      why: 'test',
    } as const;
    script.push([redeem, quoteIntent(3, [['BUY', 46, 58]])]);
    expect(placed(wakes(test, 1, 10_000))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ perEventLimit: 1 });
  });

  it('MM_MAX_PER_EVENT_USD: is the gate’s own limit, in dollars', () => {
    const parsed = parseSettings({ MM_MAX_PER_EVENT_USD: '75' });
    if (!parsed.ok) throw new Error('expected settings');
    expect(limitsOf(parsed.settings).maxPerEvent).toBe(dollars(75));
  });

  it('leaves markets of other events and of none alone', () => {
    const markets = [inEvent(1), inEvent(2, { marketId: '0xe2' }), market(3)];
    expect(placed(bidding([40, 40, 40], 20, markets).commands)).toHaveLength(3);
    expect(placed(bidding([40, 42, 42], 20, markets).commands)).toHaveLength(2);
  });
});

describe('the event of a market', () => {
  it('is its other markets with orders or holdings, and how many outcomes there can be', () => {
    const { test } = bidding([40, 40], 100, [inEvent(1), inEvent(2), inEvent(3)]);
    const { state } = test;
    expect([...(marketsByEvent(state).get('0xe1') ?? [])]).toEqual([conditionId(1), conditionId(2)]);
    const third = gateEvent(state, slotOf(test, 3), new Map());
    expect(third).toMatchObject({ outcomes: 4 });
    expect(third?.others().map(({ liveBidShares }) => liveBidShares)).toEqual([shares(40), shares(40)]);
    const opened = new Map([[conditionId(2), gateMarket(state, slotOf(test, 2), null, null)]]);
    const open = opened.get(conditionId(2));
    if (open !== undefined) open.risk.liveBidShares = shares(7);
    const first = gateEvent(state, slotOf(test, 1), opened);
    expect(first?.others().map(({ liveBidShares }) => liveBidShares)).toEqual([shares(7)]);
    expect(gateEvent(state, { ...slotOf(test, 1), market: market(1) }, opened)).toBeNull();
    const augmented = { ...slotOf(test, 1), market: inEvent(1, { isAugmented: true }) };
    expect(gateEvent(state, augmented, opened)?.outcomes).toBeNull();
  });

  it('leaves out what is settled, and for a market’s own room its own orders', () => {
    const { test } = bidding([40, 40], 100, [inEvent(1), inEvent(2), inEvent(3)]);
    const { state } = test;
    const besideFirst = () => eventExposureBeside(state, slotOf(test, 1), marketsByEvent(state));
    expect(besideFirst()).toBe(eventExposureOf([marketRisk(state, conditionId(2))], false));
    expect(besideFirst()).toBe(dollars(20));
    test.step({ kind: 'marketResolved', conditionId: conditionId(2), winner: 'NO' });
    expect(besideFirst()).toBe(0);
    expect(eventExposureBeside(state, { ...slotOf(test, 1), market: market(1) }, marketsByEvent(state))).toBe(
      0,
    );
  });
});
