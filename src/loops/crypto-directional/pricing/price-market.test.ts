import { describe, expect, it } from 'vitest';
import { forecastMarkets } from '../../../crypto/calibration/forecast-markets.ts';
import { coinTerms } from '../../../crypto/model/coin-model.ts';
import { plainShape, returnLaw } from '../../../crypto/model/horizon-shape.ts';
import { payoffProbability } from '../../../crypto/model/payoff-probability.ts';
import { fitRecalibration, NO_RECALIBRATION } from '../../../crypto/model/recalibration.ts';
import { parseQuestion } from '../../../crypto/questions/parse-question.ts';
import { type ClassifiedPayoff, isTradable } from '../../../crypto/questions/payoff.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';
import type { TestKernel } from '../../../kernel/test-support/test-kernel.ts';
import type { PricedPayoff } from './ask-histories.ts';
import { type CoinModels, createCoinModels, fitNextCoin } from './coin-models.ts';
import { isPriced, type NotPriced, type PricedMarket, priceMarket } from './price-market.ts';
import {
  candles,
  closeIn3Days,
  dailyCloses,
  HOUR_MS,
  knowing,
  MINUTE_MS,
  tellAll,
  tellCandles,
  tellSpot,
} from './test-support/known-prices.ts';

/** Noon of New York in winter. */
const NOW = Date.parse('2026-11-10T17:00:00Z');
const PRICES = { spotUsd: 100_000, dailyVolatility: 0.02 };

const payoff = (facts: Partial<ClassifiedPayoff> = {}): ClassifiedPayoff => closeIn3Days(NOW, facts);
const one = (facts: Partial<ClassifiedPayoff> = {}, createdAtMs: number | null = null): PricedPayoff => ({
  payoff: payoff(facts),
  createdAtMs,
});
const touch = (
  startAtMs: number | null,
  facts: Partial<ClassifiedPayoff> = {},
): Partial<ClassifiedPayoff> => ({
  kind: 'one-touch',
  settlement: 'one-minute-high',
  window: { startAtMs, endAtMs: NOW + 3 * DAY_MS, zone: 'ET' },
  ...facts,
});

function fitted(test: TestKernel): CoinModels {
  const models = createCoinModels();
  fitNextCoin(test.state, models, ['BTC']);
  return models;
}
const price = (test: TestKernel, priced: PricedPayoff, models = fitted(test)): PricedMarket | NotPriced =>
  priceMarket(test.state, models, priced, NO_RECALIBRATION);
function said(found: PricedMarket | NotPriced): PricedMarket {
  if (!isPriced(found)) throw new Error(found.message);
  return found;
}

describe('what a market is worth', () => {
  it.each([
    [100_000, 120_000, 30, 0.025, 7.7],
    [100_000, 110_000, 7, 0.02, 3.5],
    [100_000, 105_000, 3, 0.02, 6.8],
    [3_000, 4_000, 30, 0.035, 5.8],
  ])('W21: %d to %d in %d days at %d a day', (spotUsd, strike, days, dailyVolatility, percent) => {
    const test = knowing({ spotUsd, dailyVolatility }, NOW);
    const found = said(
      price(
        test,
        one({
          strikesUsd: [strike],
          window: { startAtMs: null, endAtMs: test.nowMs + days * DAY_MS, zone: 'ET' },
        }),
      ),
    );
    expect(found.dailyVolatility).toBeCloseTo(dailyVolatility, 6);
    expect(100 * found.yes.low).toBeCloseTo(percent, 1);
    expect(found.yes.high).toBe(found.yes.low);
  });

  it('is what the model says of the payoff, kind by kind', () => {
    const test = knowing(PRICES, NOW);
    const lawOver = (days: number) => returnLaw([plainShape(6)], 0.02, days);
    const view = {
      atMs: test.nowMs,
      spotUsd: 100_000,
      lawOver,
      referenceUsd: null,
      sinceStart: null,
      averageSoFarUsd: null,
    };
    const tomorrow = { startAtMs: NOW + DAY_MS, endAtMs: NOW + 2 * DAY_MS, zone: 'ET' as const };
    for (const facts of [
      payoff(),
      payoff({ direction: 'below' }),
      payoff({ kind: 'range', direction: null, strikesUsd: [99_000, 103_000] }),
      payoff({ kind: 'one-touch', window: tomorrow }),
      payoff({ kind: 'up-or-down', direction: 'up', strikesUsd: [], window: tomorrow }),
    ]) {
      const expected = payoffProbability(facts, view);
      if (!('probability' in expected)) throw new Error(expected.message);
      const found = said(price(test, { payoff: facts, createdAtMs: null }));
      expect(found.yes.low).toBeCloseTo(expected.probability, 6);
    }
  });

  it('W23: a touch is not a close, and what has been since the window began counts', () => {
    const test = knowing(PRICES, NOW);
    const start = NOW - DAY_MS;
    const close = said(price(test, one()));
    const found = said(price(test, one(touch(start))));
    expect(found.yes.low).toBeCloseTo(2 * close.yes.low, 6);
    expect(found.isDecided).toBe(false);
    const reached = said(price(test, one(touch(start, { strikesUsd: [100_100] }))));
    expect(reached).toMatchObject({ yes: { low: 1, high: 1 }, isDecided: true });
  });

  it('comes to the same as the calibration does on the same prices', () => {
    const test = knowing(PRICES, NOW);
    const text = {
      question: 'Will the price of Bitcoin be above $103,000 on November 12?',
      endDate: '2026-11-12T17:00:00Z',
    };
    const parsed = parseQuestion(text);
    if (!isTradable(parsed)) throw new Error('not read');
    const atMs = test.nowMs;
    const hours = candles(PRICES, '1h', NOW - 4 * DAY_MS, atMs)
      .filter(({ openAtMs }) => openAtMs + HOUR_MS <= atMs)
      .map(({ openAtMs, closeUsd }) => ({ atMs: openAtMs + HOUR_MS, price: closeUsd }));
    const { forecasts } = forecastMarkets(
      [{ marketId: 'a', atMs, text, yesPrice: 0.5, otherProbability: null, isYes: true }],
      {
        prints: new Map([['BTC', [...hours, { atMs, price: 100_000 }]]]),
        dailyCloses: new Map([
          [
            'BTC',
            dailyCloses(PRICES, NOW).map(({ dayAtMs, closeUsd, isWhole }) => ({
              atMs: isWhole ? dayAtMs + DAY_MS : atMs,
              price: closeUsd,
            })),
          ],
        ]),
      },
      coinTerms(6, 0.94, 30),
      4,
    );
    const found = said(price(test, { payoff: parsed, createdAtMs: null }));
    expect(forecasts[0]?.probability).toBeCloseTo(found.withDrift, 9);
  });

  it('holds with drift and without, and says both', () => {
    const test = knowing(PRICES, NOW);
    const models = fitted(test);
    const fit = models.fits.get('BTC');
    if (fit === undefined) throw new Error('not fitted');
    models.fits.set('BTC', { ...fit, shapes: fit.shapes.map((shape) => ({ ...shape, shift: 0.1 })) });
    const found = said(price(test, one(), models));
    expect(found.withDrift).toBeGreaterThan(found.withoutDrift);
    expect(found.yes).toEqual({ low: found.withoutDrift, high: found.withDrift });
  });

  it('is corrected by what resolved markets have taught', () => {
    const test = knowing(PRICES, NOW);
    const resolved = Array.from({ length: 400 }, (_, index) => ({
      probability: 0.1,
      isYes: index % 4 === 0,
      resolvedAtMs: 0,
      weight: 1,
    }));
    const map = fitRecalibration(resolved, NOW);
    const plain = said(price(test, one()));
    const corrected = said(priceMarket(test.state, fitted(test), one(), map));
    expect(corrected.yes.low).toBeGreaterThan(plain.yes.low);
  });

  it('says how far away the nearest strike is', () => {
    const test = knowing(PRICES, NOW);
    const found = said(price(test, one({ kind: 'range', direction: null, strikesUsd: [90_000, 105_000] })));
    expect(found.strikeAway?.pct).toBeCloseTo(5, 6);
    expect(found.strikeAway?.sd).toBeCloseTo(Math.log(1.05) / (0.02 * Math.sqrt(3)), 4);
    expect(found).toMatchObject({ spotUsd: 100_000, regime: 'normal' });
  });

  it('takes no candle that was under way when it was read for a whole one, however long ago that was', () => {
    const test = knowing(PRICES, NOW + 30 * MINUTE_MS);
    const hours = candles(PRICES, '1h', NOW - 4 * DAY_MS, test.nowMs);
    const [running] = hours.splice(-1);
    if (running === undefined) throw new Error('expected a candle');
    test.step({
      kind: 'candlesRead',
      coin: 'BTC',
      step: '1h',
      fromMs: NOW - 4 * DAY_MS,
      candles: [...hours, { ...running, closeUsd: 120_000, highUsd: 120_000 }],
      askedAtMs: test.nowMs,
    });
    test.step({ kind: 'wake' }, 40 * MINUTE_MS);
    tellSpot(test, 100_000);
    expect(said(price(test, one())).dailyVolatility).toBeLessThan(0.021);
  });

  it('takes the price of who decides, once it is believed', () => {
    const test = knowing(PRICES, NOW);
    tellSpot(test, 100_000, 'BTC', 100_300);
    expect(said(price(test, one())).spotUsd).toBe(100_300);
    expect(said(price(test, one({ source: 'chainlink' }))).spotUsd).toBe(100_000);
    expect(said(price(test, one({ source: 'kraken' }))).spotUsd).toBe(100_000);
  });
});

describe('what can not be said', () => {
  const refusal = (found: PricedMarket | NotPriced): string => (isPriced(found) ? 'priced' : found.refused);

  it('without a price that is believed', () => {
    const test = knowing(PRICES, NOW);
    const models = fitted(test);
    tellSpot(test, 100_000, 'BTC', 101_000);
    expect(refusal(price(test, one(), models))).toBe('spot-not-believed');
    tellSpot(test, 100_000);
    expect(refusal(price(test, one(), models))).toBe('priced');
    test.step({ kind: 'wake' }, 31_000);
    expect(refusal(price(test, one(), models))).toBe('spot-not-believed');
  });

  it('without closes, candles or a fit that are of now', () => {
    const test = knowing(PRICES, NOW);
    expect(refusal(price(test, one(), createCoinModels()))).toBe('not-fitted');
    const models = fitted(test);
    test.step({ kind: 'wake' }, 2 * HOUR_MS + MINUTE_MS);
    tellSpot(test, 100_000);
    expect(refusal(price(test, one(), models))).toBe('no-candles');
    test.step({ kind: 'wake' }, 2 * DAY_MS);
    tellSpot(test, 100_000);
    tellCandles(test, PRICES, '1h', test.nowMs - 4 * DAY_MS);
    expect(refusal(price(test, one(), models))).toBe('no-closes');
    test.step({ kind: 'wake' }, 2 * DAY_MS);
    tellAll(test, PRICES);
    expect(
      refusal(
        price(test, one({ window: { startAtMs: null, endAtMs: NOW + 9 * DAY_MS, zone: 'ET' } }), models),
      ),
    ).toBe('not-fitted');
  });

  it('W23: of a touch whose window the candles do not cover', () => {
    const test = knowing(PRICES, NOW);
    expect(refusal(price(test, one(touch(NOW - 5 * DAY_MS))))).toBe('no-extremes');
    expect(refusal(price(test, one(touch(null))))).toBe('no-extremes');
    // From the making of the market on, where the text names no start.
    expect(refusal(price(test, one(touch(null), NOW - 2 * DAY_MS)))).toBe('priced');
    // The hour in which the window began is there, the one after it is not.
    const torn = knowing(PRICES, NOW);
    const fromMs = NOW - 4 * DAY_MS;
    const all = candles(PRICES, '1h', fromMs, NOW);
    const start = NOW - DAY_MS + 20 * MINUTE_MS;
    const asked = { kind: 'candlesRead', coin: 'BTC', step: '1h', fromMs, askedAtMs: NOW } as const;
    torn.step({ ...asked, candles: all });
    expect(refusal(price(torn, one(touch(start))))).toBe('priced');
    torn.step({ ...asked, candles: all.filter(({ openAtMs }) => openAtMs !== NOW - DAY_MS + HOUR_MS) });
    expect(refusal(price(torn, one(touch(start))))).toBe('no-extremes');
  });

  it('W23: of a touch whose strike was reached in the candle in which its window began', () => {
    const test = knowing(PRICES, NOW);
    const start = NOW - 3 * HOUR_MS + 20 * MINUTE_MS;
    const highs = candles(PRICES, '1h', NOW - 3 * HOUR_MS, NOW).map(({ highUsd }) => highUsd);
    const [first = 0] = highs;
    const later = Math.max(...highs.slice(1));
    expect(refusal(price(test, one(touch(start))))).toBe('priced');
    // Beyond what the window has seen for sure, and not beyond what the hour it began in has.
    const high = Math.max(first, later) + 500;
    const fromMs = NOW - 4 * DAY_MS;
    const spiked = candles(PRICES, '1h', fromMs, NOW).map((candle) =>
      candle.openAtMs === NOW - 3 * HOUR_MS ? { ...candle, highUsd: high } : candle,
    );
    test.step({ kind: 'candlesRead', coin: 'BTC', step: '1h', fromMs, candles: spiked, askedAtMs: NOW });
    expect(refusal(price(test, one(touch(start, { strikesUsd: [high] }))))).toBe('touch-unclear');
    expect(refusal(price(test, one(touch(start, { strikesUsd: [high + 1] }))))).toBe('priced');
    // Minutes tell it apart: the window begins after the minute of the spike.
    tellCandles(test, PRICES, '1m', start);
    expect(refusal(price(test, one(touch(start, { strikesUsd: [high] }))))).toBe('priced');
  });

  it('W23: of a touch in a market that was listed a moment ago', () => {
    const test = knowing(PRICES, NOW);
    const start = NOW + 20_000;
    test.step({ kind: 'wake' }, 3 * MINUTE_MS);
    tellSpot(test, 100_000);
    expect(refusal(price(test, one(touch(null), start), fitted(test)))).toBe('no-extremes');
    tellCandles(test, PRICES, '1m', NOW);
    expect(refusal(price(test, one(touch(null), start), fitted(test)))).toBe('priced');
  });

  it('W23: of a touch that may have happened since the last candles', () => {
    const test = knowing(PRICES, NOW);
    const models = fitted(test);
    test.step({ kind: 'wake' }, 2 * MINUTE_MS);
    tellSpot(test, 100_000);
    expect(refusal(price(test, one(touch(NOW - DAY_MS)), models))).toBe('no-extremes');
    tellCandles(test, PRICES, '1m', NOW - MINUTE_MS);
    expect(refusal(price(test, one(touch(NOW - DAY_MS)), models))).toBe('priced');
  });

  it('of a touch that another source may have seen', () => {
    const test = knowing(PRICES, NOW);
    const near = touch(NOW - DAY_MS, { strikesUsd: [100_700] });
    expect(refusal(price(test, one(near)))).toBe('priced');
    expect(refusal(price(test, one({ ...near, source: 'coinbase' })))).toBe('touch-unclear');
    expect(refusal(price(test, one({ ...near, strikesUsd: [102_000], source: 'coinbase' })))).toBe('priced');
  });

  it('of a window whose beginning nobody recorded', () => {
    const test = knowing(PRICES, NOW);
    const window = { startAtMs: NOW - 5 * HOUR_MS, endAtMs: NOW + 19 * HOUR_MS, zone: 'ET' as const };
    const daily = { kind: 'up-or-down', direction: 'up', strikesUsd: [], window } as const;
    expect(refusal(price(test, one({ ...daily, settlement: 'one-minute-close' })))).toBe('no-reference');
    tellCandles(test, PRICES, '1m', NOW - 5 * HOUR_MS);
    expect(refusal(price(test, one({ ...daily, settlement: 'one-minute-close' })))).toBe('priced');
    expect(refusal(price(test, one({ ...daily, settlement: 'one-hour-close-against-open' })))).toBe('priced');
    expect(refusal(price(test, one({ ...daily, settlement: 'twap', twapLookbackSeconds: 60 })))).toBe(
      'no-reference',
    );
    const other = { ...daily, source: 'chainlink', settlement: 'spot-at-end-against-start' } as const;
    expect(refusal(price(test, one(other)))).toBe('no-reference');
  });

  it('inside the averaging that decides', () => {
    const test = knowing(PRICES, NOW);
    const facts = { settlement: 'twap', twapLookbackSeconds: 60 } as const;
    expect(refusal(price(test, one(facts)))).toBe('priced');
    const soon = { startAtMs: null, endAtMs: test.nowMs + 30_000, zone: 'ET' as const };
    expect(refusal(price(test, one({ ...facts, window: soon })))).toBe('no-average');
  });
});
