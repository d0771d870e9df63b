import type { Side } from '../../../domain/market.ts';
import { isImmediate, type TimeInForce } from '../../../domain/order.ts';
import { mulDiv, notional, PRICE_ONE, type Price, type Shares, type Usd } from '../../../domain/units.ts';

export interface OrderAmounts {
  /** What the order gives, in millionths: dollars for BUY, shares for SELL. */
  readonly makerAmount: number;
  /** What the order wants, in millionths: shares for BUY, dollars for SELL. */
  readonly takerAmount: number;
}

/** A share size is a multiple of 0.01 share. */
const SIZE_STEP = 10_000;
/** Market buys give whole cents, and want shares of at most four decimals. Source: the venue's error text. */
const CENT = 10_000;
const MARKET_SHARE_STEP = 100;

/**
 * Signed amounts of an order, exact to the millionth.
 *
 * Throws a RangeError for a size that is not a multiple of 0.01 share or a price outside (0, 1): such an order was
 * made wrong before it came here, and must not be rounded into another one.
 * Orders that take (FOK, FAK) and buy spend whole cents, rounded down, because the venue refuses finer amounts: `spend` where
 * it is given, else what the size costs at the price.
 */
export function orderAmounts(
  side: Side,
  at: Price,
  size: Shares,
  timeInForce: TimeInForce,
  given?: Usd,
): OrderAmounts {
  if (!Number.isInteger(at) || at <= 0 || at >= PRICE_ONE)
    throw new RangeError(`an order's price must lie inside 0 and 10000 (1/10,000 USD), found ${at}`);
  if (!Number.isSafeInteger(size) || size <= 0 || size % SIZE_STEP !== 0)
    throw new RangeError(
      `an order's size must be a multiple of 10000 (millionths of a share), found ${size}`,
    );
  const dollars = notional(at, size);
  if (side === 'SELL') return { makerAmount: size, takerAmount: dollars };
  if (!isImmediate(timeInForce)) return { makerAmount: dollars, takerAmount: size };
  const wantsToSpend = given ?? dollars;
  const spend = wantsToSpend - (wantsToSpend % CENT);
  const wanted = mulDiv(spend, PRICE_ONE, at, 'down');
  return { makerAmount: spend, takerAmount: wanted - (wanted % MARKET_SHARE_STEP) };
}
