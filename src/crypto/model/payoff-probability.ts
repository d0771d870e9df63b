import { twapDigitalProbability } from '../../pricing/twap-digital.ts';
import type { ClassifiedPayoff } from '../questions/payoff.ts';
import { closeAbove, closeBelow, closeInside } from './close.ts';
import { firstHit } from './first-to-hit.ts';
import type { ReturnLaw } from './return-law.ts';
import { laterTouchProbability, touchProbability } from './touch.ts';

const DAY_MS = 86_400_000;

/** What is known of a coin's price when a market on it is priced. */
export interface PriceView {
  readonly atMs: number;
  readonly spotUsd: number;
  /** How the price moves over a number of days from now; see `returnLaw`. */
  readonly lawOver: (days: number) => ReturnLaw;
  /** The price that an up-or-down market compares with, by its own rule, once its window has begun. */
  readonly referenceUsd: number | null;
  /** Highest and lowest price since the market's window began; without them nobody knows whether it has been touched already. */
  readonly sinceStart: { readonly highUsd: number; readonly lowUsd: number } | null;
  /** Average over the part of the averaging window that has passed; needed only inside it. */
  readonly averageSoFarUsd: number | null;
}

export type PricingRefusalCode =
  | 'unclassified'
  | 'window-over'
  | 'no-end'
  | 'no-reference'
  | 'no-extremes'
  | 'no-average'
  | 'window-not-open'
  | 'order-unknown';

export type PayoffProbability =
  | { readonly probability: number }
  | { readonly refused: PricingRefusalCode; readonly message: string };

type Facts = Pick<
  ClassifiedPayoff,
  'kind' | 'direction' | 'strikesUsd' | 'window' | 'settlement' | 'twapLookbackSeconds'
>;

const refuse = (refused: PricingRefusalCode, message: string): PayoffProbability => ({ refused, message });
const says = (probability: number): PayoffProbability => ({
  probability: Math.min(1, Math.max(0, probability)),
});

/**
 * Probability that a market pays YES, each kind of payoff by its own formula. What is missing is refused and named, never guessed:
 * a touch whose past is unknown may have happened already.
 */
export function payoffProbability(payoff: Facts, view: PriceView): PayoffProbability {
  const { endAtMs } = payoff.window;
  if (endAtMs !== null && endAtMs <= view.atMs)
    return refuse('window-over', 'The moment that decides has passed.');
  if (payoff.kind === 'first-to-hit') return firstToHit(payoff, view);
  if (endAtMs === null)
    return refuse('no-end', 'The market names no end, and without one there is no horizon.');
  switch (payoff.kind) {
    case 'close':
      return closing(payoff, view, endAtMs);
    case 'range':
      return inRange(payoff, view, endAtMs);
    case 'one-touch':
      return oneTouch(payoff, view, endAtMs);
    case 'up-or-down':
      return upOrDown(payoff, view, endAtMs);
  }
}

const daysUntil = (view: PriceView, atMs: number): number => (atMs - view.atMs) / DAY_MS;

function closing(payoff: Facts, view: PriceView, endAtMs: number): PayoffProbability {
  const [strike] = payoff.strikesUsd;
  if (strike === undefined || (payoff.direction !== 'above' && payoff.direction !== 'below'))
    return refuse('unclassified', 'A close needs a strike and a side.');
  if (payoff.settlement === 'twap') {
    const above = averageAbove(payoff, view, endAtMs, strike);
    if ('refused' in above || payoff.direction === 'above') return above;
    return says(1 - above.probability);
  }
  const law = view.lawOver(daysUntil(view, endAtMs));
  return says((payoff.direction === 'above' ? closeAbove : closeBelow)(law, view.spotUsd, strike));
}

function inRange(payoff: Facts, view: PriceView, endAtMs: number): PayoffProbability {
  const [low, high] = payoff.strikesUsd;
  if (low === undefined || high === undefined || !(high > low))
    return refuse('unclassified', 'A range needs a lower strike and a higher one.');
  return says(closeInside(view.lawOver(daysUntil(view, endAtMs)), view.spotUsd, low, high));
}

function oneTouch(payoff: Facts, view: PriceView, endAtMs: number): PayoffProbability {
  const [strike] = payoff.strikesUsd;
  if (strike === undefined) return refuse('unclassified', 'A touch needs a strike.');
  const side = payoff.direction === 'above' || payoff.direction === 'below' ? payoff.direction : null;
  const law = view.lawOver(daysUntil(view, endAtMs));
  const { startAtMs } = payoff.window;
  if (startAtMs !== null && startAtMs > view.atMs) {
    if (side === null)
      return refuse('window-not-open', 'Which side counts depends on the price when the window opens.');
    const wait = (startAtMs - view.atMs) / (endAtMs - view.atMs);
    return says(laterTouchProbability(law, view.spotUsd, strike, side, Math.min(1, wait)));
  }
  if (view.sinceStart === null)
    return refuse('no-extremes', "Highest and lowest price since the window's start are not known.");
  const { highUsd, lowUsd } = view.sinceStart;
  const reached = side === 'below' ? lowUsd <= strike : highUsd >= strike;
  if (side === null ? lowUsd <= strike && highUsd >= strike : reached) return says(1);
  return says(
    touchProbability(law, view.spotUsd, strike, side ?? (strike >= view.spotUsd ? 'above' : 'below')),
  );
}

/** Up at the end of the window against its start; even counts as up. A window ahead begins wherever the price then is. */
function upOrDown(payoff: Facts, view: PriceView, endAtMs: number): PayoffProbability {
  const { startAtMs } = payoff.window;
  if (startAtMs === null)
    return refuse('unclassified', 'An up-or-down market needs the start of its window.');
  if (startAtMs > view.atMs) {
    const window = view.lawOver((endAtMs - startAtMs) / DAY_MS);
    return says(closeAbove(window, view.spotUsd, view.spotUsd));
  }
  if (view.referenceUsd === null)
    return refuse('no-reference', "The price at the window's start is not known.");
  if (payoff.settlement === 'twap') return averageAbove(payoff, view, endAtMs, view.referenceUsd);
  return says(closeAbove(view.lawOver(daysUntil(view, endAtMs)), view.spotUsd, view.referenceUsd));
}

/** The averaging windows are minutes, over which the price itself may stand for its logarithm; drift is nothing over them. */
function averageAbove(payoff: Facts, view: PriceView, endAtMs: number, strike: number): PayoffProbability {
  const windowS = payoff.twapLookbackSeconds;
  if (windowS === null || !(windowS > 0))
    return refuse('unclassified', 'The time over which the price is averaged is not known.');
  const secondsLeft = (endAtMs - view.atMs) / 1_000;
  if (secondsLeft < windowS && view.averageSoFarUsd === null)
    return refuse('no-average', 'The averaging has begun, and its first part is not known.');
  const law = view.lawOver(daysUntil(view, endAtMs));
  return says(
    twapDigitalProbability(
      {
        strike,
        windowS,
        spot: view.spotUsd,
        averageSoFar: view.averageSoFarUsd ?? view.spotUsd,
        secondsLeft,
        volatilityPerSqrtS: (view.spotUsd * law.sd) / Math.sqrt(secondsLeft),
      },
      law.nu,
    ),
  );
}

/** The first strike pays YES. With an end, neither reached by then pays nothing. */
function firstToHit(payoff: Facts, view: PriceView): PayoffProbability {
  const [pays, other] = payoff.strikesUsd;
  if (pays === undefined || other === undefined || pays === other)
    return refuse('unclassified', 'First to hit needs two different strikes.');
  const { startAtMs, endAtMs } = payoff.window;
  if (startAtMs !== null && startAtMs > view.atMs)
    return refuse(
      'window-not-open',
      'Where the race starts from depends on the price when the window opens.',
    );
  if (view.sinceStart === null)
    return refuse('no-extremes', "Highest and lowest price since the window's start are not known.");
  const [lower, upper] = [Math.min(pays, other), Math.max(pays, other)];
  const [hitUpper, hitLower] = [view.sinceStart.highUsd >= upper, view.sinceStart.lowUsd <= lower];
  if (hitUpper && hitLower)
    return refuse('order-unknown', 'Both were reached, and which came first is not known.');
  if (hitUpper || hitLower) return says((hitUpper ? upper : lower) === pays ? 1 : 0);
  const law =
    endAtMs === null
      ? { ...view.lawOver(1), sd: Number.POSITIVE_INFINITY, drift: 0 }
      : view.lawOver(daysUntil(view, endAtMs));
  const hit = firstHit(law, view.spotUsd, lower, upper);
  return says(pays === upper ? hit.upper : hit.lower);
}
