import { describe, expect, it } from 'vitest';
import { coinExposureNow } from './account-risk.ts';
import type { Intent } from './loop.ts';
import {
  accept,
  conditionId,
  dollars,
  market,
  placed,
  quoteIntent,
  scriptedLoop,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

const ABOUT = ['Bitcoin', 'Bitcoin', 'Ethereum', 'the weather'];
const MARKETS = ABOUT.map((what, index) => market(index + 1, { question: `Will ${what} rise?` }));

function started(maxPerCoinUsd: number, maxNotionalPerMinuteUsd = 0) {
  const { loop, script } = scriptedLoop();
  const settings = strategySettings();
  const test = trading(
    [loop],
    { ...settings, trading: { ...settings.trading, maxPerCoinUsd, maxNotionalPerMinuteUsd } },
    MARKETS,
  );
  return { test, script };
}

/** Bids of 40 shares at a mark of 50 cents: 20 dollars at risk in each market. */
const bids = (...markets: readonly number[]): Intent[] =>
  markets.map((n) => quoteIntent(n, [['BUY', 46, 40]]));

function act(
  { test, script }: { test: TestKernel; script: (readonly Intent[] | Error)[] },
  intents: Intent[],
) {
  script.push(intents);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  return placed(commands).map(
    (request) => MARKETS.findIndex((one) => one.conditionId === request.conditionId) + 1,
  );
}

describe('MAX_PER_COIN_USD', () => {
  it('bounds all markets about one coin together, and what one step sends counts for the next market', () => {
    expect(act(started(40), bids(1, 2, 3, 4))).toEqual([1, 2, 3, 4]);
    const run = started(39);
    expect(act(run, bids(1, 2, 3, 4))).toEqual([1, 3, 4]);
    expect(run.test.state.counts.refused).toEqual({ perCoinLimit: 1 });
    expect(run.test.state.counts.lastRefused.perCoinLimit).toMatchObject({
      conditionId: conditionId(2),
      value: dollars(40),
      limit: dollars(39),
      text: 'limit of all markets about BTC together',
    });
    expect(coinExposureNow(run.test.state, 'BTC')).toBe(dollars(20));
  });

  it('counts what an earlier step has sent, and lets go of what has been cancelled', () => {
    const run = started(39);
    expect(act(run, bids(1))).toEqual([1]);
    expect(act(run, [...bids(1), ...bids(2)])).toEqual([]);
    for (const { orderId } of run.test.state.orders.byClientId.values())
      if (orderId !== null)
        run.test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: 0 as never });
    expect(act(run, bids(2))).toEqual([2]);
  });
});

describe('MAX_NOTIONAL_PER_MINUTE_USD', () => {
  it('counts all that was approved within a minute', () => {
    // Forty shares at 46 cents are 18.40 dollars.
    const run = started(1_000, 40);
    expect(act(run, bids(1, 2, 3))).toEqual([1, 2]);
    expect(run.test.state.counts.lastRefused.notionalRate).toMatchObject({
      value: dollars(55.2),
      limit: dollars(40),
    });
    expect(act(run, bids(3))).toEqual([]);
    wakes(run.test, 5, 10_000);
    expect(run.test.state.notional.usd).toBe(dollars(36.8));
    wakes(run.test, 1, 1_000);
    expect(act(run, bids(3))).toEqual([3]);
  });
});
