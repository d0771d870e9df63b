import { expect, it } from 'vitest';
import type { CoinSymbol } from '../domain/spot-price.ts';
import { type HeardPrices, hearPrice } from './heard-prices.ts';

const BTC = 'BTC' as CoinSymbol;
const T0 = 1_794_330_000_000;

it('keeps highest and lowest of each ten seconds', () => {
  const heard: HeardPrices = new Map();
  for (const [afterMs, usd] of [
    [0, 100],
    [3_000, 105],
    [9_999, 99],
    [10_000, 101],
  ] as const)
    hearPrice(heard, BTC, usd, T0 + afterMs);
  expect(heard.get(BTC)).toEqual([
    { fromMs: T0, toMs: T0 + 10_000, highUsd: 105, lowUsd: 99 },
    { fromMs: T0 + 10_000, toMs: T0 + 20_000, highUsd: 101, lowUsd: 101 },
  ]);
});

it('forgets what is older than any candles that are used, and so stays small', () => {
  const heard: HeardPrices = new Map();
  for (let second = 0; second < 3_600; second += 1) hearPrice(heard, BTC, 100, T0 + second * 1_000);
  const kept = heard.get(BTC) ?? [];
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept[0]?.toMs).toBeLessThanOrEqual(T0 + 3_600_000 - 90_000);
});
