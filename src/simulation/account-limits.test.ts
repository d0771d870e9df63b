import { describe, expect, it } from 'vitest';
import { coinExposureNow } from '../kernel/account-risk.ts';
import { openScenario, type SeedOptions } from './run-seed.ts';
import { expectExactBooks, pass } from './test-support/exact-books.ts';

const HOUR_SHARE = 0.2;

/** A day with many faults on which every other market is about the same coin. The checkers look at every step. */
function trade(settings: NonNullable<SeedOptions['settings']>) {
  const run = openScenario({
    seed: 'account limits',
    hours: HOUR_SHARE,
    markets: 6,
    engine: 'legacy',
    informed: null,
    faults: 'many',
    settings,
    adjust: (markets) =>
      markets.map((one, index) => ({
        ...one,
        market: {
          ...one.market,
          question: `Will ${index % 2 === 0 ? 'Bitcoin' : 'Ethereum'} rise above level ${index}?`,
        },
      })),
  });
  pass(run, HOUR_SHARE * 3_600);
  return run;
}

describe('limits of the account, on a day with many faults', () => {
  it('MAX_PER_COIN_USD: all markets about a coin stay within it, whatever is lost on the way', () => {
    const run = trade({ MAX_PER_COIN_USD: '20' });
    const { state } = run.kernel;
    expect(state.counts.refused.perCoinLimit ?? 0).toBeGreaterThan(10);
    expect(state.counts.fills).toBeGreaterThan(10);
    expect(coinExposureNow(state, 'BTC')).toBeGreaterThan(0);
    expectExactBooks(run);
  });

  it('MAX_NOTIONAL_PER_MINUTE_USD: no minute sees more, and trading goes on in the next', () => {
    const run = trade({ MAX_NOTIONAL_PER_MINUTE_USD: '40' });
    const { counts } = run.kernel.state;
    expect(counts.refused.notionalRate ?? 0).toBeGreaterThan(10);
    expect(counts.ordersPlaced).toBeGreaterThan(40);
    expectExactBooks(run);
  });
});
