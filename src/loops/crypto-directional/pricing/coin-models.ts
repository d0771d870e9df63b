import {
  type CoinModel,
  type CoinTerms,
  coinModel,
  coinTerms,
  shapesOf,
} from '../../../crypto/model/coin-model.ts';
import { closesUntil, type PricePoint } from '../../../crypto/model/ewma-volatility.ts';
import type { HorizonShape } from '../../../crypto/model/horizon-shape.ts';
import { CANDLE_STEP_MS, type CoinSymbol, type DailyClose } from '../../../domain/spot-price.ts';
import { DAY_MS, utcDayOf } from '../../../domain/utc-day.ts';
import { candlesOf, dailyClosesOf } from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { StrategySettings } from '../../../kernel/strategy-settings.ts';
import type { RecalibrationOfDay } from './recalibration-in-use.ts';

/** Without a whole day that ended within this time the closes say nothing of today. */
const MOST_CLOSES_AGE_MS = 2 * DAY_MS;
/** A fit that could not be renewed for so many days is not used any more. */
const MOST_FIT_AGE_DAYS = 3;
/** Hourly candles say nothing of the volatility of the last hours once they are older than this. */
const MOST_CANDLES_AGE_MS = 2 * CANDLE_STEP_MS['1h'];

/** What each coin's returns look like, as fitted on one day of UTC. Plain data. */
export interface CoinModels {
  readonly fits: Map<CoinSymbol, CoinFit>;
  /** When each history was last asked for, by `historyKey`. */
  readonly askedAtMs: Map<string, number>;
  /** What up-or-down windows compare with, by `referenceKey`: candles of a minute are not kept for as long as a window lasts. */
  readonly references: Map<string, number>;
  /** As of the day on which it was last wanted; null before. */
  recalibration: RecalibrationOfDay | null;
}

export interface CoinFit {
  /** Days since 1970. */
  readonly day: number;
  /** Days of closes that it was fitted on. */
  readonly closes: number;
  /** The settings that it depends on, so that a change of one fits anew. */
  readonly terms: string;
  readonly shapes: readonly HorizonShape[];
}

export const createCoinModels = (): CoinModels => ({
  fits: new Map(),
  askedAtMs: new Map(),
  references: new Map(),
  recalibration: null,
});

/** Why a coin has no model yet. */
export interface NoModel {
  readonly refused: 'no-closes' | 'no-candles' | 'no-volatility' | 'not-fitted';
  readonly message: string;
}

type CdSettings = NonNullable<StrategySettings['cd']>;

const termsOf = (cd: CdSettings): CoinTerms => coinTerms(cd.studentTNu, cd.ewmaLambda, cd.ewmaSpanDays);

const nameOf = (cd: CdSettings): string => [cd.studentTNu, cd.ewmaLambda, cd.ewmaSpanDays].join(' ');

/**
 * Fits the first of these coins whose shapes are not of today, and no other: one fit takes a good part of the time that a turn may last.
 * Returns whether there are more to fit. Coins whose prices are not followed any more are forgotten.
 */
export function fitNextCoin(state: KernelState, models: CoinModels, coins: Iterable<CoinSymbol>): boolean {
  for (const coin of models.fits.keys()) if (!state.spot.coins.includes(coin)) models.fits.delete(coin);
  const { cd } = state.settings;
  if (cd === undefined) return false;
  const day = utcDayOf(state.nowMs);
  const terms = nameOf(cd);
  let hasFitted = false;
  for (const coin of [...new Set(coins)].sort()) {
    const fit = models.fits.get(coin);
    if (fit !== undefined && fit.day === day && fit.terms === terms) continue;
    const closes = wholeCloses(state, coin, day * DAY_MS);
    if (closes === null) continue;
    if (hasFitted) return true;
    models.fits.set(coin, { day, closes: closes.length, terms, shapes: shapesOf(closes, termsOf(cd)) });
    hasFitted = true;
  }
  return false;
}

/** Closes of days that were over at `atMs` when they were read; null where they are not there, or end too long ago. */
function wholeCloses(state: KernelState, coin: CoinSymbol, atMs: number): PricePoint[] | null {
  const read = dailyClosesOf(state, coin);
  if (read === null || read.asOfMs < atMs) return null;
  const closes = closesUntil(read.closes.filter(({ isWhole }) => isWhole).map(candleOfDay), null, atMs);
  const last = closes.at(-1);
  return last === undefined || state.nowMs - last.atMs > MOST_CLOSES_AGE_MS ? null : closes;
}

const candleOfDay = ({ dayAtMs, closeUsd }: DailyClose) => ({
  openAtMs: dayAtMs,
  closeAtMs: dayAtMs + DAY_MS,
  high: closeUsd,
  low: closeUsd,
  close: closeUsd,
});

/** The model of a coin at one moment, at a price of it. */
export type ModelFor = (coin: CoinSymbol, spotUsd: number) => CoinModel | NoModel;

/** Models of this moment, each made once however many markets ask for it. Not to be kept beyond it. */
export function modelsNow(state: KernelState, models: CoinModels): ModelFor {
  const made = new Map<string, CoinModel | NoModel>();
  return (coin, spotUsd) => {
    const key = `${coin} ${spotUsd}`;
    const known = made.get(key) ?? modelOf(state, models, coin, spotUsd);
    made.set(key, known);
    return known;
  };
}

/**
 * How a coin's price moves from now on, by its daily closes, the hourly candles of the last days and the shapes that were fitted. The
 * running day and the running hour count as what they are: a price now. Everything has to be there; what is not is named.
 */
function modelOf(
  state: KernelState,
  models: CoinModels,
  coin: CoinSymbol,
  spotUsd: number,
): CoinModel | NoModel {
  const { nowMs } = state;
  const read = dailyClosesOf(state, coin);
  const whole = (read?.closes ?? []).filter(({ isWhole }) => isWhole).map(candleOfDay);
  const lastCloseMs = whole.at(-1)?.closeAtMs ?? Number.NEGATIVE_INFINITY;
  if (nowMs - lastCloseMs > MOST_CLOSES_AGE_MS)
    return { refused: 'no-closes', message: `The daily closes of ${coin} are not known, or too old.` };
  const hours = candlesOf(state, coin, '1h');
  if (hours === null || hours.ageMs > MOST_CANDLES_AGE_MS)
    return { refused: 'no-candles', message: `The hourly candles of ${coin} are not known, or too old.` };
  const fit = models.fits.get(coin);
  const { cd } = state.settings;
  if (cd === undefined || fit === undefined || utcDayOf(nowMs) - fit.day > MOST_FIT_AGE_DAYS)
    return { refused: 'not-fitted', message: `The returns of ${coin} have not been fitted yet.` };
  const now = { atMs: nowMs, price: spotUsd };
  const closedHours = hours.candles.map((candle) => ({
    openAtMs: candle.openAtMs,
    closeAtMs: candle.openAtMs + CANDLE_STEP_MS['1h'],
    high: candle.highUsd,
    low: candle.lowUsd,
    close: candle.closeUsd,
  }));
  const model = coinModel(
    closesUntil(whole, now, nowMs),
    // A candle that was under way when it was read has no close yet, however long ago that was.
    closesUntil(
      closedHours.filter(({ closeAtMs }) => closeAtMs <= hours.asOfMs),
      now,
      nowMs,
    ),
    fit.shapes,
    nowMs,
    termsOf(cd),
  );
  if (model === null || model.usual === null || model.recent === null)
    return { refused: 'no-volatility', message: `Too few prices of ${coin} to know how it moves.` };
  return model;
}
