import type { FeeSchedule } from './market.ts';
import { PRICE_ONE, type Price, type Shares, type Usd } from './units.ts';

/** The venue rounds a fee to five decimals of a dollar: ten micro-dollars. */
const FEE_STEP_MICRO_USD = 10;

/**
 * Taker fee in micro-dollars: shares * rate * (p(1-p))^exponent, rounded to the nearest ten micro-dollars,
 * and nothing below that. Source: the venue's fee page, state of November 2026.
 */
export function takerFee(schedule: FeeSchedule, at: Price, size: Shares): Usd {
  if (schedule.ratePpm === 0) return 0 as Usd;
  const fraction = at / PRICE_ONE;
  const curve = (fraction * (1 - fraction)) ** schedule.exponent;
  const raw = size * (schedule.ratePpm / 1e6) * curve;
  return (Math.round(raw / FEE_STEP_MICRO_USD) * FEE_STEP_MICRO_USD) as Usd;
}
