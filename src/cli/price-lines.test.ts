import { expect, it } from 'vitest';
import type { ShownCoin } from '../app/index.ts';
import { priceLines } from './price-lines.ts';

const BTC: ShownCoin = {
  coin: 'BTC',
  priceUsd: 97_000.123,
  source: 'polybolt',
  ageSeconds: 2.34,
  disagreementPct: 0.0123,
  sources: ['polybolt', 'binance'],
  untrustedBecause: null,
  dailyCloses: 0,
};
const NONE = { priceUsd: null, source: null, ageSeconds: null, disagreementPct: null, sources: [] };

it('says what each coin costs by whom, or why no price is believed, and who is away', () => {
  const lines = priceLines({
    sources: [
      { name: 'polybolt', up: true, sinceMs: 0, reason: 'connected' },
      { name: 'binance', up: false, sinceMs: 0, reason: 'http 503' },
    ],
    coins: [
      BTC,
      { ...BTC, coin: 'DOGE', priceUsd: 0.2435123 },
      { ...BTC, ...NONE, coin: 'ETH', untrustedBecause: 'ETH: no source has given a price yet' },
    ],
  });
  expect(lines).toEqual([
    'prices: 2 of 3 coins believed; sources: polybolt up, binance down (http 503)',
    '  BTC 97000.12 USD by polybolt, 2.3 s old, 2 sources within 0.012 %',
    '  DOGE 0.243512 USD by polybolt, 2.3 s old, 2 sources within 0.012 %',
    '  not believed: ETH: no source has given a price yet',
  ]);
});

it('is silent while prices are not followed, and says when no market needs one', () => {
  expect(priceLines(null)).toEqual([]);
  expect(priceLines({ coins: [], sources: [] })).toEqual(['prices: no listed market hangs on a coin']);
});
