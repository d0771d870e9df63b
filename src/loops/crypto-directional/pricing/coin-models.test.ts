import { describe, expect, it } from 'vitest';
import { coinTerms, shapesOf } from '../../../crypto/model/coin-model.ts';
import type { ClassifiedPayoff } from '../../../crypto/questions/payoff.ts';
import { nextNormal, streamOf } from '../../../domain/random.ts';
import type { DailyClose } from '../../../domain/spot-price.ts';
import { DAY_MS, utcDayOf } from '../../../domain/utc-day.ts';
import { historyFailureOf } from '../../../kernel/spot-prices.ts';
import type { TestKernel } from '../../../kernel/test-support/test-kernel.ts';
import { askHistories, isAwaited, type PricedPayoff } from './ask-histories.ts';
import { createCoinModels, fitNextCoin } from './coin-models.ts';
import {
  btcMarket,
  closeIn3Days,
  HOUR_MS,
  knowing,
  MINUTE_MS,
  tellAll,
  tellCandles,
  tellCloses,
  tellSpot,
} from './test-support/known-prices.ts';
import { keepReferences, referenceOf } from './window-prices.ts';

const NOW = Date.parse('2026-11-10T17:10:00Z');
const PRICES = { spotUsd: 100_000, dailyVolatility: 0.02 };

const payoff = (facts: Partial<ClassifiedPayoff> = {}): ClassifiedPayoff => closeIn3Days(NOW, facts);
const one = (facts: Partial<ClassifiedPayoff> = {}): PricedPayoff => ({
  payoff: payoff(facts),
  createdAtMs: null,
});
const begun = (startAtMs: number): ClassifiedPayoff['window'] => ({
  startAtMs,
  endAtMs: NOW + DAY_MS,
  zone: 'ET',
});

function walk(days: number, nowMs: number): DailyClose[] {
  const stream = streamOf(7, 'closes');
  const today = utcDayOf(nowMs);
  let closeUsd = 50_000;
  return Array.from({ length: days }, (_, index) => {
    closeUsd *= Math.exp(0.03 * nextNormal(stream));
    return { dayAtMs: (today - days + index) * DAY_MS, closeUsd, isWhole: true };
  });
}
const tell = (test: TestKernel, coin: string, closes: readonly DailyClose[]): void => {
  test.step({ kind: 'dailyClosesRead', coin, closes, askedAtMs: test.nowMs });
};
const withEther = () =>
  knowing(PRICES, NOW, {}, [btcMarket(), btcMarket(2, { question: 'Will Ethereum reach $9,000?' })]);

describe('fitting the shapes of a coin', () => {
  it('fits one coin a turn, once a day of UTC', () => {
    const test = withEther();
    const models = createCoinModels();
    for (const coin of ['BTC', 'ETH']) tell(test, coin, walk(400, NOW));
    expect(fitNextCoin(test.state, models, ['ETH', 'BTC'])).toBe(true);
    expect([...models.fits.keys()]).toEqual(['BTC']);
    expect(fitNextCoin(test.state, models, ['ETH', 'BTC'])).toBe(false);
    expect([...models.fits.keys()]).toEqual(['BTC', 'ETH']);
    const before = models.fits.get('BTC');
    fitNextCoin(test.state, models, ['ETH', 'BTC']);
    expect(models.fits.get('BTC')).toBe(before);
    test.step({ kind: 'wake' }, DAY_MS);
    // Closes that were read yesterday do not have today's in them.
    fitNextCoin(test.state, models, ['BTC']);
    expect(models.fits.get('BTC')).toBe(before);
    tell(test, 'BTC', walk(400, test.nowMs));
    fitNextCoin(test.state, models, ['BTC']);
    expect(models.fits.get('BTC')?.day).toBe(utcDayOf(test.nowMs));
  });

  it('is that of whole days alone', () => {
    const test = knowing(PRICES, NOW);
    const models = createCoinModels();
    const closes = walk(400, NOW);
    const running = { dayAtMs: utcDayOf(NOW) * DAY_MS, closeUsd: 1_000_000, isWhole: false };
    tell(test, 'BTC', [...closes, running]);
    fitNextCoin(test.state, models, ['BTC']);
    const points = closes.map(({ dayAtMs, closeUsd }) => ({ atMs: dayAtMs + DAY_MS, price: closeUsd }));
    expect(models.fits.get('BTC')?.shapes).toEqual(shapesOf(points, coinTerms(6, 0.94, 30)));
    expect(models.fits.get('BTC')?.shapes).toHaveLength(4);
  });

  it('fits anew once a setting says so, and forgets coins that are not followed', () => {
    const test = withEther();
    const models = createCoinModels();
    for (const coin of ['BTC', 'ETH']) tell(test, coin, walk(400, NOW));
    fitNextCoin(test.state, models, ['BTC']);
    fitNextCoin(test.state, models, ['ETH']);
    const { cd } = test.state.settings;
    if (cd === undefined) throw new Error('no settings');
    const settings = { ...test.state.settings, cd: { ...cd, ewmaLambda: 0.9 } };
    test.step({ kind: 'settingsChanged', settings, by: 'test' });
    const before = models.fits.get('BTC');
    fitNextCoin(test.state, models, ['BTC']);
    expect(models.fits.get('BTC')?.shapes).not.toEqual(before?.shapes);
    test.step({
      kind: 'settingsChanged',
      settings: { ...settings, cd: { ...cd, enabled: false } },
      by: 'test',
    });
    fitNextCoin(test.state, models, []);
    expect(models.fits.size).toBe(0);
  });
});

describe('asking for prices of the past', () => {
  it('asks once for what is not there, waits, and asks again', () => {
    const test = knowing(PRICES, NOW);
    const models = createCoinModels();
    test.state.spot.closes.clear();
    test.state.spot.candles.clear();
    expect(askHistories(test.state, models, [one(), one()])).toEqual([
      { kind: 'readDailyCloses', coin: 'BTC', days: 1_000 },
      { kind: 'readCandles', coin: 'BTC', step: '1h', fromMs: NOW - 10 * MINUTE_MS - 3 * DAY_MS },
    ]);
    expect(isAwaited(models)).toBe(true);
    expect(askHistories(test.state, models, [one()])).toEqual([]);
    test.step({ kind: 'wake' }, 31_000);
    expect(askHistories(test.state, models, [one()])).toHaveLength(2);
    tellAll(test, PRICES);
    expect(askHistories(test.state, models, [one()])).toEqual([]);
    expect(isAwaited(models)).toBe(false);
  });

  it.each([
    ['candles', 'BTC 1h', 'timeout', [5, 10, 20, 40, 80, 120, 120]],
    ['candles', 'BTC 1h', 'rateLimited', [120, 120]],
    ['dailyCloses', 'BTC', 'connectionLost', [5, 10, 20, 40, 80, 160, 320, 600, 600]],
    ['dailyCloses', 'BTC', 'refused', [600, 600]],
  ] as const)('lets %s (%s) rest that have failed with %s for %j seconds', (read, key, code, rests) => {
    const test = knowing(PRICES, NOW);
    const models = createCoinModels();
    if (read === 'candles') test.state.spot.candles.clear();
    else test.state.spot.closes.clear();
    const asks = (): boolean => askHistories(test.state, models, [one()]).length > 0;
    expect(asks()).toBe(true);
    for (const restS of rests) {
      // Two loops may have asked: what fails for both at once has failed once.
      for (const _ of [1, 2]) test.step({ kind: 'readFailed', read, key, code, text: 'no' });
      test.step({ kind: 'wake' }, restS * 1_000 - 100);
      expect(asks()).toBe(false);
      expect(isAwaited(models)).toBe(false);
      test.step({ kind: 'wake' }, 200);
      expect(asks()).toBe(true);
    }
    if (read === 'candles') tellCandles(test, PRICES, '1h', NOW - 4 * DAY_MS);
    else tellCloses(test, PRICES);
    expect(historyFailureOf(test.state, 'BTC', read === 'candles' ? '1h' : null)).toBeNull();
  });

  it('asks for hours once an hour and for days once a day', () => {
    const test = knowing(PRICES, NOW);
    const models = createCoinModels();
    expect(askHistories(test.state, models, [one()])).toEqual([]);
    test.step({ kind: 'wake' }, 49 * MINUTE_MS);
    expect(askHistories(test.state, models, [one()])).toEqual([]);
    test.step({ kind: 'wake' }, 2 * MINUTE_MS);
    expect(askHistories(test.state, models, [one()])).toMatchObject([{ step: '1h' }]);
    tellCandles(test, PRICES, '1h', NOW - 4 * DAY_MS);
    test.step({ kind: 'wake' }, 6 * HOUR_MS + MINUTE_MS);
    tellCandles(test, PRICES, '1h', NOW - 4 * DAY_MS);
    expect(askHistories(test.state, models, [one()])).toMatchObject([{ kind: 'readDailyCloses' }]);
    tellCloses(test, PRICES);
    expect(askHistories(test.state, models, [one()])).toEqual([]);
  });

  it('looks back to where the earliest window began, and never less far than before', () => {
    const test = knowing(PRICES, NOW);
    const models = createCoinModels();
    const start = Math.floor(NOW / HOUR_MS) * HOUR_MS - 20 * DAY_MS;
    const touch = one({ kind: 'one-touch', settlement: 'one-minute-high', window: begun(start) });
    const [hours, minutes] = askHistories(test.state, models, [one(), touch]);
    expect(hours).toEqual({ kind: 'readCandles', coin: 'BTC', step: '1h', fromMs: start });
    // Those read at 17:10 see until then; minutes go on from there.
    expect(minutes).toEqual({ kind: 'readCandles', coin: 'BTC', step: '1m', fromMs: NOW - MINUTE_MS });
    tellCandles(test, PRICES, '1h', start);
    tellCandles(test, PRICES, '1m', NOW - MINUTE_MS);
    expect(askHistories(test.state, models, [one(), touch])).toEqual([]);
    test.step({ kind: 'wake' }, HOUR_MS);
    expect(askHistories(test.state, models, [one()])).toMatchObject([{ step: '1h', fromMs: start }]);
  });

  it('asks for no more than one read brings', () => {
    const test = knowing(PRICES, NOW);
    const ages = one({ kind: 'one-touch', settlement: 'one-minute-high', window: begun(NOW - 400 * DAY_MS) });
    const [hours] = askHistories(test.state, createCoinModels(), [ages]);
    expect(hours).toMatchObject({ step: '1h' });
    expect((NOW - (hours as { fromMs: number }).fromMs) / HOUR_MS).toBeLessThan(1_000);
  });
});

it('remembers what a window compares with for longer than its candles are kept', () => {
  const test = knowing(PRICES, NOW);
  const models = createCoinModels();
  const start = NOW - 10 * MINUTE_MS;
  const daily = payoff({ kind: 'up-or-down', direction: 'up', strikesUsd: [], window: begun(start) });
  expect(askHistories(test.state, models, [{ payoff: daily, createdAtMs: null }])).toEqual([
    { kind: 'readCandles', coin: 'BTC', step: '1m', fromMs: start },
  ]);
  tellCandles(test, PRICES, '1m', start);
  const minute = test.state.spot.candles.get('BTC')?.get('1m')?.candles[0];
  keepReferences(test.state, models, [daily]);
  test.step({ kind: 'wake' }, 20 * HOUR_MS);
  tellSpot(test, 100_000);
  test.state.spot.candles.clear();
  expect(referenceOf(test.state, models, daily)).toBe(minute?.closeUsd);
  test.step({ kind: 'wake' }, 41 * DAY_MS);
  keepReferences(test.state, models, []);
  expect(models.references.size).toBe(0);
});
