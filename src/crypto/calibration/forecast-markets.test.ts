import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../../domain/random.ts';
import { coinTerms } from '../model/coin-model.ts';
import type { PricePoint } from '../model/ewma-volatility.ts';
import { forecastMarkets } from './forecast-markets.ts';
import type { MarketRow } from './market-rows.ts';
import type { PriceSeries } from './price-series.ts';

const START = Date.parse('2026-06-24T00:00:00Z');
const MINUTE = 60_000;

/** A print a minute for a day, about 2 per cent a day, from 60,000. */
function minutePrints(): PricePoint[] {
  const stream = streamOf(20_261_123, 'minutes');
  let price = 60_000;
  return Array.from({ length: 24 * 60 + 1 }, (_, minute) => {
    price *= Math.exp((0.02 / Math.sqrt(1_440)) * nextNormal(stream));
    return { atMs: START + minute * MINUTE, price };
  });
}
const prints = minutePrints();
const series = (points: readonly PricePoint[]): PriceSeries => ({
  prints: new Map([['BTC', points]]),
  dailyCloses: new Map(),
});
const row = (question: string, atHour: number, endDate: string): MarketRow => ({
  marketId: question,
  atMs: START + atHour * 60 * MINUTE,
  text: { question, endDate },
  yesPrice: 0.5,
  otherProbability: null,
  isYes: null,
});
const TERMS = coinTerms(6, 0.94, 30);
const above = row('Will the price of Bitcoin be above $60,000 on June 24?', 8, '2026-06-24T16:00:00Z');
const window = row('Bitcoin Up or Down - June 24, 8:00AM-12:00PM ET', 14, '2026-06-24T16:00:00Z');
const touch = row('Will Bitcoin reach $61,000 on June 24?', 8, '2026-06-25T04:00:00Z');

describe('forecasting recorded markets', () => {
  it('says what the model would have said, and reads the outcome at the end', () => {
    const { forecasts, skipped } = forecastMarkets([above, window], series(prints), TERMS, 4);
    expect([...skipped]).toEqual([]);
    expect(forecasts.map(({ kind, coin }) => [kind, coin])).toEqual([
      ['close', 'BTC'],
      ['up-or-down', 'BTC'],
    ]);
    const [noon, eight] = [prints[16 * 60]!.price, prints[12 * 60]!.price];
    expect(forecasts.map(({ outcome }) => outcome)).toEqual([noon > 60_000 ? 1 : 0, noon >= eight ? 1 : 0]);
    for (const { probability } of forecasts) {
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(1);
    }
    expect(new Set(forecasts.map(({ cluster }) => cluster)).size).toBe(1);
  });

  it('looks at no price after the moment of asking', () => {
    const asked = forecastMarkets([above, window], series(prints), TERMS, 4).forecasts;
    const doubled = (fromHour: number) =>
      prints.map((point) =>
        point.atMs > START + fromHour * 60 * MINUTE ? { ...point, price: 2 * point.price } : point,
      );
    expect(forecastMarkets([above], series(doubled(8)), TERMS, 4).forecasts[0]?.probability).toBe(
      asked[0]?.probability,
    );
    expect(forecastMarkets([window], series(doubled(14)), TERMS, 4).forecasts[0]?.probability).toBe(
      asked[1]?.probability,
    );
  });

  it('leaves out what it cannot judge, and says why', () => {
    const reasons = (rows: MarketRow[], points = prints) => [
      ...forecastMarkets(rows, series(points), TERMS, 4).skipped.keys(),
    ];
    expect(reasons([row('Will MicroStrategy sell any Bitcoin by June 30?', 8, '2026-06-30')])).toEqual([
      'not about the price of a coin, or not read',
    ]);
    expect(reasons([{ ...above, atMs: START + 17 * 60 * MINUTE }])).toEqual([
      'asked after the window was over',
    ]);
    expect(
      reasons([row('Will the price of Solana be above $70 on June 24?', 8, '2026-06-24T16:00:00Z')]),
    ).toEqual(['no prices of the coin']);
    const until = (hour: number) => prints.filter(({ atMs }) => atMs <= START + hour * 60 * MINUTE);
    expect(reasons([above], until(7))).toEqual(['no fresh price when asked']);
    expect(reasons([above], until(9))).toEqual(['outcome not covered by prices']);
    expect(reasons([above], prints.slice(7 * 60 + 30))).toEqual(['no volatility known when asked']);
    expect(
      reasons(
        [window],
        prints.filter(({ atMs }) => Math.abs(atMs - START - 720 * MINUTE) > 3 * MINUTE),
      ),
    ).toEqual(['no price at the start of the window']);
    // A touch whose window runs past the last price is left out even if it has been touched: those not touched are left out too.
    expect(reasons([touch])).toEqual(['outcome not covered by prices']);
    const gap = prints.filter(({ atMs }) => atMs < START + 300 * MINUTE || atMs > START + 330 * MINUTE);
    expect(reasons([touch], gap)).toEqual(['past of the window not covered by prices']);
  });

  it('believes an outcome that the file knows', () => {
    const known = forecastMarkets([{ ...touch, isYes: true }], series(prints), TERMS, 4).forecasts;
    expect(known[0]?.outcome).toBe(1);
  });
});
