import { describe, expect, it } from 'vitest';
import type { Price } from '../../../domain/units.ts';
import type { Command, Input } from '../../../kernel/messages.ts';
import {
  accept,
  conditionId,
  DAY_MS,
  dollars,
  market,
  ofKind,
  shares,
  strategySettings,
  T0,
  type TestKernel,
  trading,
  wakes,
} from '../../../kernel/test-support/test-kernel.ts';
import { maintenance } from '../../maintenance/loop.ts';
import { marketMaking } from '../loop.ts';
import type { MarketMakingMemory } from '../memory.ts';
import {
  createRewardTracking,
  dateOf,
  dayOf,
  explainReward,
  paidRatio,
  promisedUsdOn,
  quotingReward,
} from './reward-tracking.ts';

const terms = { minSize: shares(5), maxSpread: 400 as Price, dailyRate: dollars(864) };
const rewarded = market(1, { rewards: terms });
const settings = strategySettings({ useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1 });

const rewardsOf = (test: TestKernel) => {
  const memory = test.state.loops.get('market-making')?.memory as MarketMakingMemory | undefined;
  if (memory === undefined) throw new Error('the loop has run');
  return memory.scanner.rewards;
};

/** A market that pays 864 dollars a day, a cent a second, with our two quotes resting in it. */
function resting(): TestKernel {
  const test = trading([maintenance, marketMaking], settings, [rewarded]);
  accept(test, test.commands);
  return test;
}

const asked = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'readEarnings').map(({ date }) => date);

describe('rewards', () => {
  it('that are promised to resting quotes add up by day, our share of the pot for the time they rested', () => {
    const test = resting();
    wakes(test, 1, 10_000);
    const before = promisedUsdOn(rewardsOf(test), dayOf(test.nowMs));
    wakes(test, 1, 10_000);
    const promised = promisedUsdOn(rewardsOf(test), dayOf(test.nowMs)) - before;
    // Ours: two points from the mid, 10 shares a side: 10 / 4. The others: 1,000 at 3 points, none nearer than 4 behind them.
    expect(promised).toBeCloseTo((0.01 * 10 * 2.5) / (2.5 + 1_000 / 16), 3);
  });

  it('are asked for every ten minutes while something is promised, and nothing is where nobody pays', () => {
    const test = resting();
    const commands = wakes(test, 130, 10_000);
    const today = dateOf(dayOf(test.nowMs));
    expect(asked(commands)).toEqual([today, today, today]);
    const plain = trading([maintenance, marketMaking], settings, [market(1)]);
    accept(plain, plain.commands);
    expect(asked(wakes(plain, 130, 10_000))).toEqual([]);
  });

  it('paid the day after settle that day, and what a promise is worth follows', () => {
    const test = resting();
    wakes(test, 2, 10_000);
    const day = dayOf(test.nowMs);
    rewardsOf(test).promised.set(day, new Map([[conditionId(1), 200]]));
    expect(paidRatio(rewardsOf(test))).toBeCloseTo(0.1, 9);
    const answer = (usd: number): Input => ({
      kind: 'earningsRead',
      date: dateOf(day),
      byMarket: [[conditionId(1), dollars(usd)]],
      askedAtMs: test.nowMs,
    });
    test.step(answer(3));
    wakes(test, 1, 10_000);
    expect(rewardsOf(test)).toMatchObject({ today: { earnedUsd: 3 }, settled: [] });
    // Before the pay-out could have landed, nothing is settled.
    test.nowMs = (day + 1) * DAY_MS + 10 * 60_000;
    test.step(answer(3));
    wakes(test, 1, 10_000);
    expect(rewardsOf(test).settled).toEqual([]);
    test.nowMs = (day + 1) * DAY_MS + 2 * 3_600_000;
    expect(asked(wakes(test, 70, 10_000))).toContain(dateOf(day));
    test.step(answer(50));
    wakes(test, 1, 10_000);
    expect(rewardsOf(test).settled).toEqual([{ day, promisedUsd: expect.closeTo(200, 1), paidUsd: 50 }]);
    expect(paidRatio(rewardsOf(test))).toBeCloseTo((50 + 5) / (200 + 50), 4);
    expect(rewardsOf(test).promised.has(day)).toBe(false);
  });

  it('below a dollar a day are neither promised nor paid, and teach nothing', () => {
    const test = resting();
    wakes(test, 2, 10_000);
    const day = dayOf(test.nowMs);
    rewardsOf(test).promised.set(day, new Map([[conditionId(1), 0.9]]));
    test.nowMs = (day + 1) * DAY_MS + 2 * 3_600_000;
    test.step({ kind: 'earningsRead', date: dateOf(day), byMarket: [], askedAtMs: test.nowMs });
    wakes(test, 1, 10_000);
    expect(rewardsOf(test).settled).toEqual([{ day, promisedUsd: 0, paidUsd: 0 }]);
    expect(paidRatio(rewardsOf(test))).toBeCloseTo(0.1, 9);
  });

  it('are told to quoting in its units, and only where there is a pot', () => {
    expect(quotingReward(rewarded)).toEqual({ minSize: shares(5), maxSpreadPts: 4, dailyRateUsd: 864 });
    expect(quotingReward(market(1))).toBeNull();
    expect(quotingReward(market(1, { rewards: { ...terms, dailyRate: dollars(0) } }))).toBeNull();
  });

  it('of wanted quotes stand beside the decision, with our resting ones out of the competition', () => {
    const test = resting();
    const slot = test.state.markets.get(conditionId(1));
    if (slot === undefined) throw new Error('the market is listed');
    const wanted = [
      { side: 'BUY', price: 4_800 as Price, size: shares(10) },
      { side: 'SELL', price: 5_200 as Price, size: shares(10) },
    ] as const;
    const tracking = createRewardTracking();
    const found = explainReward(slot, wanted, [], tracking);
    expect(found?.ourScore).toBeCloseTo(2.5, 9);
    expect(found?.competition).toBeCloseTo(1_000 / 16, 9);
    expect(found?.expectedUsdPerDay).toBeCloseTo((86.4 * 2.5) / (2.5 + 1_000 / 16), 6);
    expect(explainReward(slot, [], [], tracking)?.ourScore).toBe(0);
  });

  it('have dates as the venue writes them', () => {
    for (const atMs of [0, T0, Date.UTC(2028, 1, 29), Date.UTC(2026, 11, 31, 23, 59)])
      expect(dateOf(dayOf(atMs))).toBe(new Date(atMs).toISOString().slice(0, 10));
  });
});
