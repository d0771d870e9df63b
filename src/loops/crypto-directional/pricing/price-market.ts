import { type CoinModel, lawOf, withoutDrift } from '../../../crypto/model/coin-model.ts';
import type { VolatilityRegime } from '../../../crypto/model/ewma-volatility.ts';
import { type PricingRefusalCode, payoffProbability } from '../../../crypto/model/payoff-probability.ts';
import { type Recalibration, recalibrated } from '../../../crypto/model/recalibration.ts';
import type { ClassifiedPayoff, PriceSource } from '../../../crypto/questions/payoff.ts';
import type { SpotSource } from '../../../domain/spot-price.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';
import { spotOf } from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { type PricedPayoff, touchStartOf } from './ask-histories.ts';
import { type CoinModels, type ModelFor, modelsNow, type NoModel } from './coin-models.ts';
import { type Extremes, extremesSince, referenceOf } from './window-prices.ts';

/** What a market about the price of a coin is worth now, and what that was worked out from. */
export interface PricedMarket {
  /** Probability of YES without drift and with it, the lower first. */
  readonly yes: { readonly low: number; readonly high: number };
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

/**
 * The price of a coin for a market that this source decides: believed, as every loop believes it, and then the source's own number where
 * the worker has a fresh one. Coins cost a few hundredths of a per cent more here than there, and near a strike that is the difference.
 */
export function spotFor(state: KernelState, coin: string, source: PriceSource): number | NotPriced {
  const spot = spotOf(state, coin);
  if (spot.kind === 'untrusted') return { refused: 'spot-not-believed', message: `${spot.why}.` };
  const own = OWN_SOURCES[source]?.find((one) => spot.sources.includes(one));
  const known = own === undefined ? undefined : state.spot.board.coins.get(coin)?.get(own);
  return known?.priceUsd ?? spot.priceUsd;
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
  const { nowMs } = state;
  const spotUsd = spotFor(state, payoff.coin, payoff.source);
  if (typeof spotUsd !== 'number') return spotUsd;
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
  return {
    yes: { low: Math.min(withDrift, without), high: Math.max(withDrift, without) },
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

const isReached = (strike: number, { highUsd, lowUsd }: Extremes): boolean =>
  strike <= highUsd && strike >= lowUsd;

/**
 * Highest and lowest price since the window of a touch or a race began; null for every other payoff, and for windows ahead. The candles
 * are Binance's. Where somebody else's price decides, a strike that they came near to may have been reached there; and one that was
 * reached in the candle in which the window began may have been so before.
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
  const { possible } = seen;
  const wider = { highUsd: possible.highUsd * (1 + apart), lowUsd: possible.lowUsd * (1 - apart) };
  const isUnclear = (extremes: Extremes): boolean =>
    payoff.strikesUsd.some((strike) => isReached(strike, extremes) && !isReached(strike, seen));
  if (isUnclear(possible))
    return {
      refused: 'touch-unclear',
      message: 'The strike was reached in the candle in which the window began, before it or in it.',
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
