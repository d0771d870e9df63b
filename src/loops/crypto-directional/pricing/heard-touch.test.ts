import { describe, expect, it } from 'vitest';
import { NO_RECALIBRATION } from '../../../crypto/model/recalibration.ts';
import type { ClassifiedPayoff } from '../../../crypto/questions/payoff.ts';
import type { SpotSource } from '../../../domain/spot-price.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';
import type { TestKernel } from '../../../kernel/test-support/test-kernel.ts';
import { createCoinModels, fitNextCoin } from './coin-models.ts';
import { isPriced, type PricedMarket, priceMarket } from './price-market.ts';
import { knowing, MINUTE_MS, tellCandles, tellSpot } from './test-support/known-prices.ts';

const NOW = Date.parse('2026-11-10T17:00:00Z');
const PRICES = { spotUsd: 100_000, dailyVolatility: 0.02 };

const payoff = (facts: Partial<ClassifiedPayoff> = {}): ClassifiedPayoff => ({
  kind: 'one-touch',
  coin: 'BTC',
  direction: 'above',
  strikesUsd: [105_000],
  window: { startAtMs: NOW - DAY_MS, endAtMs: NOW + 3 * DAY_MS, zone: 'ET' },
  source: 'binance',
  settlement: 'one-minute-high',
  twapLookbackSeconds: null,
  from: {},
  missing: [],
  ...facts,
});

const close = (facts: Partial<ClassifiedPayoff> = {}): ClassifiedPayoff =>
  payoff({
    kind: 'close',
    settlement: 'one-minute-close',
    window: { startAtMs: null, endAtMs: NOW + DAY_MS, zone: 'ET' },
    ...facts,
  });

function price(test: TestKernel, of: ClassifiedPayoff) {
  const models = createCoinModels();
  fitNextCoin(test.state, models, ['BTC']);
  return priceMarket(test.state, models, { payoff: of, createdAtMs: null }, NO_RECALIBRATION);
}

function refusal(test: TestKernel, of = payoff()): string {
  const found = price(test, of);
  return isPriced(found) ? (found.isDecided ? 'decided' : 'priced') : found.refused;
}

function said(test: TestKernel, of: ClassifiedPayoff): PricedMarket {
  const found = price(test, of);
  if (!isPriced(found)) throw new Error(found.message);
  return found;
}

const tick = (test: TestKernel, prices: Partial<Record<SpotSource, number>>, afterMs = 100): void => {
  const ticks = Object.entries(prices).map(
    ([source, usd]) => [source as SpotSource, 'BTC', usd, test.nowMs] as const,
  );
  test.step({ kind: 'spotTicks', ticks: ticks as never }, afterMs);
};

describe('a touch that only ticks saw', () => {
  it('is unclear from then on, until candles tell', () => {
    const test = knowing(PRICES, NOW);
    test.step({ kind: 'wake' }, 20_000);
    tellSpot(test, 100_000);
    expect(refusal(test)).toBe('priced');
    tick(test, { polybolt: 105_200, binance: 105_200 });
    tick(test, { polybolt: 100_000, binance: 100_000 });
    expect(refusal(test)).toBe('touch-unclear');
    expect(refusal(test, payoff({ strikesUsd: [105_300] }))).toBe('priced');
    test.step({ kind: 'wake' }, 20_000);
    tellSpot(test, 100_000);
    expect(refusal(test)).toBe('touch-unclear');
    // The candles of the deciding source have not seen it.
    tellCandles(test, PRICES, '1m', NOW - MINUTE_MS);
    expect(refusal(test)).toBe('priced');
    // They have.
    const candle = { openAtMs: NOW, openUsd: 1e5, closeUsd: 1e5, highUsd: 105_200, lowUsd: 1e5 };
    const asked = { kind: 'candlesRead', coin: 'BTC', step: '1m', fromMs: NOW } as const;
    test.step({ ...asked, candles: [candle], askedAtMs: test.nowMs });
    expect(refusal(test)).toBe('decided');
  });

  it('is one from below as well, and one of a race', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 94_000, binance: 94_000 });
    tick(test, { polybolt: 100_000, binance: 100_000 });
    expect(refusal(test, payoff({ direction: 'below', strikesUsd: [95_000] }))).toBe('touch-unclear');
    const race = { kind: 'first-to-hit', strikesUsd: [95_000, 110_000] } as const;
    expect(refusal(test, payoff(race))).toBe('touch-unclear');
    expect(refusal(test, payoff())).toBe('priced');
  });

  it('is none where one source says it alone, or nobody is believed', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 105_200 });
    tick(test, { polybolt: 100_000 });
    tick(test, { binance: 105_200 });
    tick(test, { binance: 100_000 });
    expect(refusal(test)).toBe('priced');
    // Both have it, one after the other, which is how it comes when it is true.
    tick(test, { polybolt: 105_200 });
    tick(test, { binance: 104_900 });
    tick(test, { polybolt: 100_000 });
    tick(test, { binance: 100_000 });
    expect(refusal(test)).toBe('touch-unclear');
  });

  it('counts the price of the deciding source too, where another one is the believed', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 104_900, binance: 105_010 });
    tick(test, { polybolt: 100_000, binance: 100_000 });
    expect(refusal(test)).toBe('touch-unclear');
  });

  it('does not count where it was before the window began', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 105_200, binance: 105_200 });
    tick(test, { polybolt: 100_000, binance: 100_000 });
    test.step({ kind: 'wake' }, MINUTE_MS);
    tellSpot(test, 100_000);
    tellCandles(test, PRICES, '1m', NOW);
    const begun = { startAtMs: NOW + MINUTE_MS, endAtMs: NOW + 3 * DAY_MS, zone: 'ET' } as const;
    expect(refusal(test, payoff({ window: begun }))).toBe('priced');
    const early = knowing(PRICES, NOW);
    tick(early, { polybolt: 105_200, binance: 105_200 });
    tick(early, { polybolt: 100_000, binance: 100_000 });
    early.step({ kind: 'wake' }, 10_500);
    tellSpot(early, 100_000);
    tellCandles(early, PRICES, '1m', NOW);
    const sinceThen = { ...begun, startAtMs: NOW + 10_000 };
    expect(refusal(early, payoff({ window: sinceThen }))).toBe('priced');
    expect(refusal(early, payoff({ window: { ...begun, startAtMs: NOW + 9_000 } }))).toBe('touch-unclear');
  });
});

describe('the deciding source’s own price', () => {
  const near = close({ strikesUsd: [100_200] });

  it('is the price while it is fresh', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 100_400, binance: 100_000 });
    test.step({ kind: 'wake' }, 9_000);
    tick(test, { polybolt: 100_400 });
    const found = said(test, near);
    expect(found.spotUsd).toBe(100_000);
    expect(found.entryYes).toEqual(found.yes);
  });

  it('stands beside the believed one once it is old, and an entry has to have its edge at the worse of both', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 100_400, binance: 100_000 });
    const own = said(test, near).yes;
    test.step({ kind: 'wake' }, 12_000);
    tick(test, { polybolt: 100_400 });
    const found = said(test, near);
    expect(found.spotUsd).toBe(100_400);
    expect(found.yes.low).toBeGreaterThan(own.high + 0.05);
    expect(found.entryYes.high).toBe(found.yes.high);
    expect(found.entryYes.low).toBeCloseTo(own.low, 3);
  });

  it('is the freshest of those that repeat it', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 100_400, binance: 100_000 });
    test.step({ kind: 'wake' }, 12_000);
    tick(test, { polybolt: 100_400, rtdsBinance: 100_390 });
    expect(said(test, near).spotUsd).toBe(100_390);
  });

  it('lets nothing have its edge where the market cannot be priced at it', () => {
    const test = knowing(PRICES, NOW);
    tick(test, { polybolt: 100_000, binance: 100_000, coingecko: 100_300 });
    test.step({ kind: 'wake' }, 16_000);
    tellSpot(test, 100_000);
    tellCandles(test, PRICES, '1m', NOW - 10 * MINUTE_MS);
    // Half a per cent above the highest price that counts, which the older one of CoinGecko itself is.
    const window = { startAtMs: NOW - 10 * MINUTE_MS, endAtMs: NOW + DAY_MS, zone: 'ET' } as const;
    const found = said(test, payoff({ source: 'coingecko', strikesUsd: [100_700], window }));
    expect(found.yes.high).toBeLessThan(0.9);
    expect(found.entryYes).toEqual({ low: 0, high: 1 });
    expect(found.isDecided).toBe(false);
  });
});
