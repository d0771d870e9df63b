import { describe, expect, it } from 'vitest';
import { COIN_SPELLINGS, COINS, coinOf } from './coins.ts';
import { parseQuestion } from './index.ts';

describe('the coins', () => {
  it('have tickers and spellings of their own', () => {
    expect(new Set(COINS.map(({ symbol }) => symbol)).size).toBe(COINS.length);
    const spellings = COIN_SPELLINGS.map(({ words }) => words.join(' '));
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const coin of COINS) expect(coinOf(coin.symbol)).toBe(coin);
    expect(coinOf('MSTR')).toBeUndefined();
  });

  it('are all read in a question, by ticker and by name, with a strike inside their bounds only', () => {
    for (const { symbol, names, leastUsd, mostUsd } of COINS) {
      const strike = Number(Math.sqrt(leastUsd * mostUsd).toPrecision(2));
      const asked = (name: string, usd: number): unknown =>
        parseQuestion({
          question: `Will the price of ${name} be above $${usd.toFixed(12)} on June 24?`,
          endDate: '2026-06-24T16:00:00Z',
        });
      for (const name of [`$${symbol}`, symbol, ...names])
        expect(asked(name, strike), name).toMatchObject({ kind: 'close', coin: symbol, missing: [] });
      expect(asked(`$${symbol}`, mostUsd * 2)).toMatchObject({ kind: 'other', cause: 'not-a-price' });
    }
  });

  it('are not named by words that look like their tickers', () => {
    for (const name of [
      'link',
      'near',
      'optimistic',
      'trump',
      'Trump',
      'pump',
      'Megaeth',
      'stETH',
      'WBTC',
      'bitcoins',
      'COIN',
      'Ethereumish',
    ])
      expect(
        parseQuestion({ question: `Will ${name} be above $10 on June 24?`, endDate: '2026-06-24T16:00:00Z' }),
        name,
      ).toMatchObject({
        kind: 'other',
        cause: 'no-coin',
      });
  });
});
