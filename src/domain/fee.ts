import type { FeeSchedule } from './market.ts';
import { isImmediate, type OrderRequest } from './order.ts';
import { mulDiv, notional, PRICE_ONE, type Price, type Shares, type Usd } from './units.ts';

/** The venue rounds a fee to five decimals of a dollar: ten micro-dollars. */
const FEE_STEP_MICRO_USD = 10;
const PPM = 1_000_000;

/**
 * Taker fee in micro-dollars: shares * rate * (p(1-p))^exponent, rounded to the nearest ten micro-dollars, half a step up.
 * Exact in integers for whole exponents, which all schedules have: a float would put a tie on either side of the step, and
 * our books a step beside the venue's. Source: the venue's fee page, state of November 2026.
 */
export function takerFee(schedule: FeeSchedule, at: Price, size: Shares): Usd {
  const { ratePpm, exponent } = schedule;
  if (ratePpm === 0) return 0 as Usd;
  const curve = at * (PRICE_ONE - at);
  if (!Number.isInteger(exponent) || exponent < 0) {
    const raw = size * (ratePpm / PPM) * (curve / PRICE_ONE ** 2) ** exponent;
    return (Math.round(raw / FEE_STEP_MICRO_USD) * FEE_STEP_MICRO_USD) as Usd;
  }
  const above = BigInt(size) * BigInt(ratePpm) * BigInt(curve) ** BigInt(exponent);
  const below = BigInt(PPM * FEE_STEP_MICRO_USD) * BigInt(PRICE_ONE ** 2) ** BigInt(exponent);
  return (Number((2n * above + below) / (2n * below)) * FEE_STEP_MICRO_USD) as Usd;
}

/**
 * The most that a taker fee of this order can come to beside its notional, in micro-dollars; 0 for post-only, and for a sale,
 * whose fee comes out of what it brings. A purchase sized in shares costs most at its limit. One sized in dollars costs more fee
 * the better its price is, because the same dollars then buy more shares: rate * (1 - p) of them, so never more than the rate.
 */
export function takerFeeBound(
  schedule: FeeSchedule,
  order: Pick<OrderRequest, 'side' | 'price' | 'size' | 'postOnly' | 'timeInForce'>,
): Usd {
  if (order.postOnly || order.side === 'SELL') return 0 as Usd;
  if (!isImmediate(order.timeInForce)) return takerFee(schedule, order.price, order.size);
  const dollars = notional(order.price, order.size, 'up');
  // Below the first power, which no schedule has, cheap shares pay more than they cost; the smallest price then bounds it.
  const most = schedule.exponent >= 1 ? dollars : mulDiv(dollars, PRICE_ONE, 1, 'up');
  return (mulDiv(most, schedule.ratePpm, PPM, 'up') + FEE_STEP_MICRO_USD) as Usd;
}
