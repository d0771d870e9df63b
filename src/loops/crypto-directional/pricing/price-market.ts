import { type CoinModel, lawOf, withoutDrift } from '../../../crypto/model/coin-model.ts';
import type { VolatilityRegime } from '../../../crypto/model/ewma-volatility.ts';
import { type PricingRefusalCode, payoffProbability } from '../../../crypto/model/payoff-probability.ts';
import { type Recalibration, recalibrated } from '../../../crypto/model/recalibration.ts';
import type { ClassifiedPayoff, PriceSource } from '../../../crypto/questions/payoff.ts';
import type { CoinSymbol, SpotSource } from '../../../domain/spot-price.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';
import { spotOf } from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { type PricedPayoff, touchStartOf } from './ask-histories.ts';
import { type CoinModels, type ModelFor, modelsNow, type NoModel } from './coin-models.ts';
import { type Extremes, extremesSince, referenceOf } from './window-prices.ts';

export interface YesRange {
  readonly low: number;
  readonly high: number;
}

/** What a market about the price of a coin is worth now, and what that was worked out from. */
export interface PricedMarket {
  /** Probability of YES without drift and with it, the lower first. */
  readonly yes: YesRange;
  /** The same over both prices of the coin where the deciding source's own is old: an entry has to have its edge at either. */
  readonly entryYes: YesRange;
  readonly withDrift: number;
  readonly withoutDrift: number;
  /** The same as the model itself has it, before any recalibration. */
  readonly byModel: { readonly withDrift: number; readonly withoutDrift: number };
  readonly spotUsd: number;
  /** Standard deviation of the log return of a day. */
  readonly dailyVolatility: number;
  readonly regime: VolatilityRegime;
  /** How far spot has to move to the nearest strike, in per cent of spot and in deviations of the time left; null where there is none. */
  readonly strikeAway: { readonly pct: number; readonly sd: number } | null;
  /** Whether the outcome stands already, because a strike was reached in the window. Who still offers the other side knows no less. */
  readonly isDecided: boolean;
}

export interface NotPriced {
  readonly refused:
    | PricingRefusalCode
    | NoModel['refused']
    | 'spot-not-believed'
    | 'touch-unclear'
    | 'decided';
  /** One sentence for a person. */
  readonly message: string;
}

export const isPriced = (price: PricedMarket | NotPriced): price is PricedMarket => 'yes' in price;

/** A deciding source's own price that is older has been overtaken by fresher ones, and is not taken alone. */
const OWN_LASTS_MS = 10_000;

/** What a coin costs for one market. */
interface MarketSpot {
  readonly spotUsd: number;
  /** What the deciding source itself said last, where that is another price and some time ago; null where not. */
  readonly olderUsd: number | null;
}

/**
 * The price of a coin for a market that this source decides: believed, as every loop believes it, and then the source's own number where
 * the worker has a fresh one. Coins cost a few hundredths of a per cent more here than there, and near a strike that is the difference. An own
 * number that is older may be what the coin cost before it moved, so it stands beside the believed price and not in its place.
 */
export function spotFor(state: KernelState, coin: CoinSymbol, source: PriceSource): MarketSpot | NotPriced {
  const spot = spotOf(state, coin);
  if (spot.kind === 'untrusted') return { refused: 'spot-not-believed', message: `${spot.why}.` };
  const bySource = state.spot.board.coins.get(coin);
  const [own] = (OWN_SOURCES[source] ?? [])
    .filter((one) => spot.sources.includes(one))
    .flatMap((one) => bySource?.get(one) ?? [])
    .sort((a, b) => b.atMs - a.atMs);
  if (own === undefined || own.priceUsd === spot.priceUsd) return { spotUsd: spot.priceUsd, olderUsd: null };
  return state.nowMs - own.atMs <= OWN_LASTS_MS
    ? { spotUsd: own.priceUsd, olderUsd: null }
    : { spotUsd: spot.priceUsd, olderUsd: own.priceUsd };
}

const OWN_SOURCES: Partial<Record<PriceSource, readonly SpotSource[]>> = {
  binance: ['binance', 'rtdsBinance'],
  chainlink: ['polybolt', 'rtdsChainlink'],
  coingecko: ['coingecko'],
};

/**
 * What the model says of one market at this moment, or why it can not say. Whatever is missing is refused: the price of the coin, its
 * past, what happened in the window so far. Neither entries nor exits are decided on a guess. Whoever prices many markets at one moment hands
 * the models of their coins in, which take longer to make than the prices.
 */
export function priceMarket(
  state: KernelState,
  models: CoinModels,
  one: PricedPayoff,
  recalibration: Recalibration,
  modelFor: ModelFor = modelsNow(state, models),
): PricedMarket | NotPriced {
  const { payoff } = one;
  const spot = spotFor(state, payoff.coin, payoff.source);
  if ('refused' in spot) return spot;
  const price = priceAt(state, models, one, recalibration, modelFor, spot.spotUsd);
  if (spot.olderUsd === null || !isPriced(price)) return price;
  const older = priceAt(state, models, one, recalibration, modelFor, spot.olderUsd);
  // Where the older price says nothing, nothing has its edge at both; what is held goes by the believed one alone.
  const { low, high } = isPriced(older) ? older.yes : { low: 0, high: 1 };
  return {
    ...price,
    entryYes: { low: Math.min(price.yes.low, low), high: Math.max(price.yes.high, high) },
    isDecided: price.isDecided || (isPriced(older) && older.isDecided),
  };
}

function priceAt(
  state: KernelState,
  models: CoinModels,
  one: PricedPayoff,
  recalibration: Recalibration,
  modelFor: ModelFor,
  spotUsd: number,
): PricedMarket | NotPriced {
  const { payoff } = one;
  const { nowMs } = state;
  const model = modelFor(payoff.coin, spotUsd);
  if ('refused' in model) return model;
  const window = windowSoFar(state, one, spotUsd);
  if (window !== null && 'refused' in window) return window;
  const referenceUsd = referenceOf(state, models, payoff);
  const startAtMs = touchStartOf(one) ?? payoff.window.startAtMs;
  const said = (by: CoinModel) =>
    payoffProbability(
      { ...payoff, window: { ...payoff.window, startAtMs } },
      {
        atMs: nowMs,
        spotUsd,
        lawOver: (days) => lawOf(by, days),
        referenceUsd,
        sinceStart: window,
        // What the averaging has seen so far is not recorded, so a market inside its averaging is refused.
        averageSoFarUsd: null,
      },
    );
  const [drifting, driftless] = [said(model), said(withoutDrift(model))];
  if ('refused' in drifting) return drifting;
  if ('refused' in driftless) return driftless;
  const withDrift = recalibrated(recalibration, drifting.probability);
  const without = recalibrated(recalibration, driftless.probability);
  const yes = { low: Math.min(withDrift, without), high: Math.max(withDrift, without) };
  return {
    yes,
    entryYes: yes,
    withDrift,
    withoutDrift: without,
    byModel: { withDrift: drifting.probability, withoutDrift: driftless.probability },
    spotUsd,
    dailyVolatility: model.dailyVolatility,
    regime: model.regime,
    strikeAway: strikeAway(payoff, model, spotUsd, referenceUsd, nowMs),
    isDecided: window !== null && isCertain(drifting.probability) && isCertain(driftless.probability),
  };
}

const isCertain = (probability: number): boolean => probability === 0 || probability === 1;

/** As the model has it: a touch of one side is reached by a price beyond the strike, everything else by prices on both sides of it. */
function isReached(
  { kind, direction }: Pick<ClassifiedPayoff, 'kind' | 'direction'>,
  strike: number,
  { highUsd, lowUsd }: Extremes,
): boolean {
  const side = kind === 'one-touch' ? direction : null;
  return (strike <= highUsd || side === 'below') && (strike >= lowUsd || side === 'above');
}

/**
 * Highest and lowest price since the window of a touch or a race began; null for every other payoff, and for windows ahead. The candles
 * are Binance's. Where somebody else's price decides, a strike that they came near to may have been reached there; one that was
 * reached in the candle in which the window began may have been so before; and one that only ticks have reached since the last candles
 * is known to be reached once the next are there.
 */
function windowSoFar(state: KernelState, one: PricedPayoff, spotUsd: number): Extremes | NotPriced | null {
  const { payoff } = one;
  if (payoff.kind !== 'one-touch' && payoff.kind !== 'first-to-hit') return null;
  const startAtMs = touchStartOf(one);
  if (startAtMs !== null && startAtMs > state.nowMs) return null;
  const seen = startAtMs === null ? null : extremesSince(state, payoff.coin, startAtMs, spotUsd);
  if (seen === null)
    return {
      refused: 'no-extremes',
      message: 'Whether the strike was reached already is not known: no candles cover the whole window.',
    };
  const apart = payoff.source === 'binance' ? 0 : (state.settings.cd?.maxPriceDisagreementPct ?? 0) / 100;
  const { possible, heard } = seen;
  const wider = {
    highUsd: Math.max(possible.highUsd, heard.highUsd) * (1 + apart),
    lowUsd: Math.min(possible.lowUsd, heard.lowUsd) * (1 - apart),
  };
  const isUnclear = (extremes: Extremes): boolean =>
    payoff.strikesUsd.some(
      (strike) => isReached(payoff, strike, extremes) && !isReached(payoff, strike, seen),
    );
  if (isUnclear(possible))
    return {
      refused: 'touch-unclear',
      message: 'The strike was reached in the candle in which the window began, before it or in it.',
    };
  if (isUnclear(heard))
    return {
      refused: 'touch-unclear',
      message: 'A price after the last candles reached the strike; the next ones tell whether it counts.',
    };
  if (!isUnclear(wider)) return seen;
  return {
    refused: 'touch-unclear',
    message: `Binance came so near to the strike that ${payoff.source}, which decides, may have reached it.`,
  };
}

function strikeAway(
  payoff: ClassifiedPayoff,
  model: CoinModel,
  spotUsd: number,
  referenceUsd: number | null,
  nowMs: number,
): PricedMarket['strikeAway'] {
  const strikes = referenceUsd === null ? payoff.strikesUsd : [...payoff.strikesUsd, referenceUsd];
  const logs = strikes.map((strike) => Math.log(strike / spotUsd)).sort((a, b) => Math.abs(a) - Math.abs(b));
  const [nearest] = logs;
  const { endAtMs } = payoff.window;
  if (nearest === undefined || endAtMs === null || endAtMs <= nowMs) return null;
  const { sd } = lawOf(model, (endAtMs - nowMs) / DAY_MS);
  return { pct: 100 * Math.expm1(nearest), sd: nearest / sd };
}
