import type { ScoredForecast } from '../../pricing/forecast-scores.ts';
import { type CoinTerms, coinModel, lawOf, shapesOf } from '../model/coin-model.ts';
import type { PricePoint } from '../model/ewma-volatility.ts';
import type { HorizonShape } from '../model/horizon-shape.ts';
import { payoffProbability } from '../model/payoff-probability.ts';
import { DAY_MS, HOUR_MS } from '../questions/civil-time.ts';
import { parseQuestion } from '../questions/parse-question.ts';
import { type ClassifiedPayoff, isTradable } from '../questions/payoff.ts';
import type { MarketRow } from './market-rows.ts';
import { extremesBetween, latestPrice, nearestPrice, type PriceSeries, placeAt } from './price-series.ts';
import { recalibrateForward } from './recalibrate-forward.ts';

/** One forecast of a market, with what came of it. */
export interface MarketForecast extends ScoredForecast {
  readonly marketId: string;
  readonly kind: ClassifiedPayoff['kind'];
  readonly coin: string;
  readonly atMs: number;
  readonly endAtMs: number;
  readonly marketProbability: number;
  readonly otherProbability: number | null;
  /** The model's own after the map that markets resolved by then had taught; null while too few had. */
  readonly recalibratedProbability: number | null;
}

export type SkipReason =
  | 'not about the price of a coin, or not read'
  | 'asked after the window was over'
  | 'no prices of the coin'
  | 'no fresh price when asked'
  | 'no volatility known when asked'
  | 'no price at the start of the window'
  | 'past of the window not covered by prices'
  | 'outcome not covered by prices'
  | 'something else was missing';

export interface ForecastedMarkets {
  readonly forecasts: readonly MarketForecast[];
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

const FRESH_MS = 180_000;
const AT_END_MS = 90_000;
const AT_START_MS = 60_000;
const MOST_GAP_MS = 600_000;

/**
 * What the model would have said of each row at its moment, from prices up to that moment, and how the market then ended. Rows of
 * markets that end within the same `blockHours` share their luck: the same move decides them all.
 */
export function forecastMarkets(
  rows: readonly MarketRow[],
  prices: PriceSeries,
  terms: CoinTerms,
  blockHours: number,
): ForecastedMarkets {
  const forecasts: MarketForecast[] = [];
  const skipped = new Map<SkipReason, number>();
  const shapes = shapesByDay(prices, terms);
  for (const row of rows) {
    const found = forecastOf(row, prices, terms, shapes, blockHours);
    if (typeof found === 'string') skipped.set(found, (skipped.get(found) ?? 0) + 1);
    else forecasts.push(found);
  }
  return { forecasts: recalibrateForward(forecasts), skipped };
}

function forecastOf(
  row: MarketRow,
  prices: PriceSeries,
  terms: CoinTerms,
  shapes: (coin: string, atMs: number) => readonly HorizonShape[],
  blockHours: number,
): MarketForecast | SkipReason {
  const payoff = parseQuestion(row.text);
  if (!isTradable(payoff)) return 'not about the price of a coin, or not read';
  const { endAtMs } = payoff.window;
  if (endAtMs === null) return 'not about the price of a coin, or not read';
  if (endAtMs <= row.atMs) return 'asked after the window was over';
  const prints = prices.prints.get(payoff.coin);
  if (prints === undefined) return 'no prices of the coin';
  const probability = probabilityOf(payoff, row.atMs, prints, prices, terms, shapes);
  if (typeof probability === 'string') return probability;
  const isYes = row.isYes ?? outcomeOf(payoff, prints, endAtMs);
  if (isYes === null) return 'outcome not covered by prices';
  return {
    marketId: row.marketId,
    kind: payoff.kind,
    coin: payoff.coin,
    atMs: row.atMs,
    endAtMs,
    probability,
    marketProbability: row.yesPrice,
    otherProbability: row.otherProbability,
    recalibratedProbability: null,
    outcome: isYes ? 1 : 0,
    cluster: String(Math.floor(endAtMs / (blockHours * HOUR_MS))),
  };
}

function probabilityOf(
  payoff: ClassifiedPayoff,
  atMs: number,
  prints: readonly PricePoint[],
  prices: PriceSeries,
  terms: CoinTerms,
  shapes: (coin: string, atMs: number) => readonly HorizonShape[],
): number | SkipReason {
  const spotUsd = latestPrice(prints, atMs, FRESH_MS);
  if (spotUsd === null) return 'no fresh price when asked';
  const known = prints.slice(
    placeAt(prints, atMs - (terms.recent.spanDays + 1) * DAY_MS) + 1,
    placeAt(prints, atMs) + 1,
  );
  const daily = prices.dailyCloses.get(payoff.coin) ?? [];
  const model = coinModel(daily, known, shapes(payoff.coin, atMs), atMs, terms);
  if (model === null) return 'no volatility known when asked';
  const { startAtMs } = payoff.window;
  const hasBegun = startAtMs !== null && startAtMs <= atMs;
  const said = payoffProbability(payoff, {
    atMs,
    spotUsd,
    lawOver: (days) => lawOf(model, days),
    referenceUsd: hasBegun ? nearestPrice(prints, startAtMs, AT_START_MS, atMs) : null,
    sinceStart: hasBegun ? extremesBetween(prints, startAtMs, atMs, MOST_GAP_MS) : null,
    averageSoFarUsd: null,
  });
  if ('probability' in said) return said.probability;
  if (said.refused === 'no-reference') return 'no price at the start of the window';
  return said.refused === 'no-extremes'
    ? 'past of the window not covered by prices'
    : 'something else was missing';
}

/** What recorded prices say of how a market ended; null where they do not cover what decides, be the rest ever so clear. */
function outcomeOf(payoff: ClassifiedPayoff, prints: readonly PricePoint[], endAtMs: number): boolean | null {
  const [first = 0, second = 0] = payoff.strikesUsd;
  const { startAtMs } = payoff.window;
  const end = nearestPrice(prints, endAtMs, AT_END_MS, Number.POSITIVE_INFINITY);
  switch (payoff.kind) {
    case 'close':
      return end === null ? null : payoff.direction === 'above' ? end > first : end < first;
    case 'range':
      return end === null ? null : end >= first && end < second;
    case 'up-or-down': {
      if (startAtMs === null || end === null) return null;
      const start = nearestPrice(prints, startAtMs, AT_START_MS, Number.POSITIVE_INFINITY);
      return start === null ? null : end >= start;
    }
    case 'one-touch': {
      // Only a window that is covered throughout: one that is not would count when it was touched, and not when it was not.
      if (startAtMs === null || payoff.direction === null) return null;
      const seen = extremesBetween(prints, startAtMs, endAtMs, MOST_GAP_MS);
      if (seen === null) return null;
      return payoff.direction === 'below' ? seen.lowUsd <= first : seen.highUsd >= first;
    }
    case 'first-to-hit':
      return null;
  }
}

/** Shapes from the daily closes that were known on the day of asking, fitted once a day; stale closes fit none. */
function shapesByDay(
  prices: PriceSeries,
  terms: CoinTerms,
): (coin: string, atMs: number) => readonly HorizonShape[] {
  const fitted = new Map<string, readonly HorizonShape[]>();
  return (coin, atMs) => {
    const day = Math.floor(atMs / DAY_MS);
    const name = `${coin} ${day}`;
    const before = fitted.get(name);
    if (before !== undefined) return before;
    const all = prices.dailyCloses.get(coin) ?? [];
    const known = all.slice(0, placeAt(all, day * DAY_MS) + 1);
    const isFresh = latestPrice(all, day * DAY_MS, 2 * DAY_MS) !== null;
    const shapes = shapesOf(isFresh ? known : [], terms);
    fitted.set(name, shapes);
    return shapes;
  };
}
