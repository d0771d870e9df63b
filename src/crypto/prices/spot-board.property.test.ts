import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPOT_SOURCES, type SpotSource, type SpotTick } from '../../domain/spot-price.ts';
import { createSpotBoard, type SpotRules, takeSpot, trustedSpot } from './spot-board.ts';

const NOW = 1_800_000_000_000;
const RULES: SpotRules = { maxAgeMs: 30_000, maxDisagreementPct: 0.5, leastSources: 2 };

const anyTick = fc.record<SpotTick>({
  source: fc.constantFrom(...SPOT_SOURCES),
  coin: fc.constantFrom('BTC', 'ETH'),
  priceUsd: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 99.5, max: 100.5, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 250) },
  ),
  atMs: fc.integer({ min: NOW - 60_000, max: NOW + 20_000 }),
});

/** What is believed, worked out from all ticks at once. */
function naive(ticks: readonly SpotTick[], coin: string, rules: SpotRules): readonly SpotTick[] {
  const newest = new Map<SpotSource, SpotTick>();
  for (const tick of ticks) {
    if (tick.coin !== coin || !(tick.priceUsd > 0 && tick.priceUsd < 1e9) || tick.atMs > NOW + 5_000)
      continue;
    const before = newest.get(tick.source);
    if (before === undefined || tick.atMs >= before.atMs) newest.set(tick.source, tick);
  }
  newest.delete('polyboltTwap');
  return [...newest.values()].filter(({ atMs }) => NOW - atMs <= rules.maxAgeMs);
}

describe('what a coin costs, as several sources say', () => {
  it('is believed only where enough independent sources that are fresh agree, and is then the word of one of them', () => {
    const seen = { trusted: 0, stale: 0, tooFewSources: 0, sourcesDisagree: 0 };
    fc.assert(
      fc.property(
        fc.array(anyTick, { maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.1, 0.5, 1),
        (ticks, leastSources, maxDisagreementPct) => {
          const rules = { ...RULES, leastSources, maxDisagreementPct };
          const board = createSpotBoard();
          for (const tick of ticks) takeSpot(board, tick, NOW);
          const found = trustedSpot(board, 'BTC', NOW, rules);
          const counting = naive(ticks, 'BTC', rules);
          const prices = counting.map(({ priceUsd }) => priceUsd);
          const apartPct = (Math.max(...prices) / Math.min(...prices) - 1) * 100;
          const origins = new Set(
            counting.map(({ source }) =>
              source.toLowerCase().includes('binance')
                ? 'binance'
                : source === 'coingecko'
                  ? source
                  : 'chainlink',
            ),
          );
          seen[found.kind === 'trusted' ? 'trusted' : found.code] += 1;
          if (found.kind === 'trusted') {
            expect(origins.size).toBeGreaterThanOrEqual(leastSources);
            expect(apartPct).toBeLessThanOrEqual(maxDisagreementPct);
            expect(found.disagreementPct).toBe(apartPct);
            expect(prices).toContain(found.priceUsd);
            expect(new Set(found.sources)).toEqual(new Set(counting.map(({ source }) => source)));
            expect(found.ageMs).toBeLessThanOrEqual(rules.maxAgeMs);
          } else if (found.code === 'stale') expect(counting).toEqual([]);
          else if (found.code === 'tooFewSources') expect(origins.size).toBeLessThan(leastSources);
          else expect(apartPct).toBeGreaterThan(maxDisagreementPct);
        },
      ),
      { numRuns: 2_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
  });

  it('never goes back in time, and never takes a price from the future', () => {
    const board = createSpotBoard();
    const tick = { source: 'binance', coin: 'BTC', priceUsd: 100, atMs: NOW } as const;
    expect(takeSpot(board, tick, NOW)).toBe(true);
    expect(takeSpot(board, { ...tick, priceUsd: 90, atMs: NOW - 1 }, NOW)).toBe(false);
    expect(takeSpot(board, { ...tick, priceUsd: 90, atMs: NOW + 5_001 }, NOW)).toBe(false);
    expect(takeSpot(board, { ...tick, priceUsd: 0 }, NOW)).toBe(false);
    expect(board.refused).toEqual({ older: 1, early: 1, noPrice: 1 });
    expect(board.coins.get('BTC')?.get('binance')?.priceUsd).toBe(100);
  });

  it('prefers the source that settles, and says why nothing is believed', () => {
    const board = createSpotBoard();
    expect(trustedSpot(board, 'BTC', NOW, RULES)).toMatchObject({
      why: 'BTC: no source has given a price yet',
    });
    takeSpot(board, { source: 'binance', coin: 'BTC', priceUsd: 100, atMs: NOW - 1_000 }, NOW);
    takeSpot(board, { source: 'rtdsBinance', coin: 'BTC', priceUsd: 100, atMs: NOW }, NOW);
    expect(trustedSpot(board, 'BTC', NOW, RULES)).toMatchObject({
      code: 'tooFewSources',
      why: 'BTC: only binance gave a price in the last 30 s; 2 that are independent are needed',
    });
    takeSpot(board, { source: 'polybolt', coin: 'BTC', priceUsd: 100.4, atMs: NOW - 2_000 }, NOW);
    expect(trustedSpot(board, 'BTC', NOW, RULES)).toMatchObject({
      kind: 'trusted',
      source: 'polybolt',
      priceUsd: 100.4,
      ageMs: 2_000,
    });
    takeSpot(board, { source: 'polybolt', coin: 'BTC', priceUsd: 101, atMs: NOW }, NOW);
    expect(trustedSpot(board, 'BTC', NOW, RULES)).toMatchObject({
      code: 'sourcesDisagree',
      why: 'BTC: polybolt 101, binance 100, rtdsBinance 100: 1.00 % apart, at most 0.5 % is believed',
    });
    expect(trustedSpot(board, 'BTC', NOW + 31_000, RULES)).toMatchObject({
      code: 'stale',
      why: 'BTC: every price is older than 30 s (polybolt 31 s, rtdsBinance 31 s, binance 32 s)',
    });
  });
});
