import { describe, expect, it } from 'vitest';
import { shownRefusals } from '../app/shown-refusals.ts';
import {
  market,
  quoteIntent,
  scriptedLoop,
  strategySettings,
  T0,
  trading,
  wakes,
} from '../kernel/test-support/test-kernel.ts';
import { figuresOf } from '../risk/refusal.ts';
import { refusalLines } from './refusal-lines.ts';

/** Two markets about one coin, of which the limit has room for one. */
function refusing() {
  const { loop, script } = scriptedLoop();
  const usual = strategySettings();
  const test = trading(
    [loop],
    { ...usual, trading: { ...usual.trading, maxPerCoinUsd: 30 } },
    [1, 2].map((n) => market(n, { question: 'Will Bitcoin rise?' })),
  );
  script.push([quoteIntent(1, [['BUY', 46, 40]]), quoteIntent(2, [['BUY', 46, 40]])]);
  script.push([quoteIntent(2, [['BUY', 30, 40]]), quoteIntent(1, [['BUY', 46, 40]])]);
  script.push([quoteIntent(2, [['BUY', 46, 40]])]);
  wakes(test, 3, 10_000);
  return test;
}

describe('what the gate has refused', () => {
  it('is counted by code, with what it means, the setting that moves it, and where it was last', () => {
    const { state, nowMs } = refusing();
    expect(shownRefusals(state)).toEqual([
      {
        code: 'perCoinLimit',
        times: 2,
        what: 'limit of the markets about one coin',
        setting: 'MAX_PER_COIN_USD',
        last: {
          atMs: nowMs,
          market: 'market-2',
          figures: '40.00 USD, limit 30.00 USD',
          text: 'limit of all markets about BTC together',
        },
      },
      {
        code: 'tooFarFromMid',
        times: 1,
        what: 'too far from the last trusted mid',
        setting: 'MM_MAX_SPREAD_PTS',
        last: {
          atMs: nowMs - 10_000,
          market: 'market-2',
          figures: '20 pts, limit 12 pts',
          text: 'price is too far from the last trusted mid',
        },
      },
    ]);
  });

  it('is shown by ./run status, the most frequent first, and not at all where there is nothing', () => {
    const { state, nowMs } = refusing();
    expect(refusalLines(shownRefusals(state), nowMs)).toEqual([
      'refused by the risk gate: 3',
      '  2 perCoinLimit: limit of the markets about one coin, limit of MAX_PER_COIN_USD; last 0 s ago in market-2 (40.00 USD, limit 30.00 USD)',
      '  1 tooFarFromMid: too far from the last trusted mid, limit of MM_MAX_SPREAD_PTS; last 10 s ago in market-2 (20 pts, limit 12 pts)',
    ]);
    expect(refusalLines([], T0)).toEqual([]);
  });

  it('is shown by its code where this version does not know it', () => {
    const { state } = refusing();
    const counts = { ...state.counts, refused: { ofOldDays: 4 }, lastRefused: {} };
    expect(shownRefusals({ ...state, counts })).toEqual([
      { code: 'ofOldDays', times: 4, what: 'ofOldDays', setting: null, last: null },
    ]);
    expect(figuresOf('ofOldDays', 3, 2.005)).toBe('3, limit 2.01');
  });
});
