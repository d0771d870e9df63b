import { unitStudentTCdf } from './student-t.ts';

/** A market that pays 1 when the average price of the last `windowS` seconds is at least `strike`. Prices in one unit, time in seconds. */
export interface TwapDigital {
  readonly strike: number;
  readonly windowS: number;
  readonly spot: number;
  /** Average of the part of the window that has passed; not looked at before the window starts. */
  readonly averageSoFar: number;
  readonly secondsLeft: number;
  /** Standard deviation of the price over one second. */
  readonly volatilityPerSqrtS: number;
}

/**
 * Probability that it pays, for a price that moves as a Brownian motion without drift. Before the window the average is that of the
 * spot with variance sigma^2 ((u - L) + L/3); inside it a part is known, and what is left has variance sigma^2 u^3 / (3 L^2).
 * With a finite `nu` the volatility is drawn once, so that both price and average are Student-t with `nu` degrees of freedom and the
 * given volatility on average. For pricing only: which series resolves the market is the market's own rule, and is read, not recomputed.
 */
export function twapDigitalProbability(digital: TwapDigital, nu = Number.POSITIVE_INFINITY): number {
  const { strike, windowS, spot, averageSoFar, secondsLeft, volatilityPerSqrtS } = digital;
  const open = Math.max(0, Math.min(1, secondsLeft / windowS));
  const mean = secondsLeft >= windowS ? spot : (1 - open) * averageSoFar + open * spot;
  const seconds =
    secondsLeft >= windowS
      ? secondsLeft - windowS + windowS / 3
      : Math.max(0, secondsLeft) ** 3 / (3 * windowS * windowS);
  const sd = volatilityPerSqrtS * Math.sqrt(seconds);
  if (sd <= 0) return mean >= strike ? 1 : 0;
  return unitStudentTCdf((mean - strike) / sd, nu);
}

/** What a model that knows only the spot at the end would say; the difference is what a maker without the average gives away. */
export const spotDigitalProbability = ({
  strike,
  spot,
  secondsLeft,
  volatilityPerSqrtS,
}: TwapDigital): number =>
  twapDigitalProbability({
    strike,
    spot,
    volatilityPerSqrtS,
    averageSoFar: spot,
    // A window without length that lies wholly ahead: the variance is all of the time left.
    windowS: Number.MIN_VALUE,
    secondsLeft,
  });

const SECONDS_PER_YEAR = 365 * 86_400;

/** Yearly relative volatility (0.6 for 60 per cent) as the price's standard deviation over one second. */
export const volatilityPerSqrtSecond = (price: number, yearly: number): number =>
  (price * yearly) / Math.sqrt(SECONDS_PER_YEAR);
