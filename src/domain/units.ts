import type { Brand } from './brand.ts';
import { type ParseFailure, parseFixed } from './fixed.ts';

/** A price in ten-thousandths of a dollar, 0 to 10,000. One point is one cent is 100. Every tick size the venue has is a whole number. */
export type Price = Brand<number, 'price in 1/10,000 USD'>;

/** Outcome shares in millionths, the unit the position tokens have on chain. */
export type Shares = Brand<number, 'shares in 1/1,000,000'>;

/** Dollars in millionths, the unit pUSD has on chain. */
export type Usd = Brand<number, 'USD in 1/1,000,000'>;

/** The price of a certain pay-out: one dollar. */
export const PRICE_ONE = 10_000 as Price;
/** One point (one cent) as a price difference. */
export const POINT = 100;
/** Millionths in one share or one dollar. */
export const MICRO = 1_000_000;

const PRICE_DECIMALS = 4;
const MICRO_DECIMALS = 6;

export const price = (value: number): Price => assertInteger(value, 'price') as Price;
export const shares = (value: number): Shares => assertInteger(value, 'shares') as Shares;
export const usd = (value: number): Usd => assertInteger(value, 'usd') as Usd;

/** The price of the other outcome: buying YES at p is selling NO at 1 - p. */
export const complement = (value: Price): Price => (PRICE_ONE - value) as Price;

/** Parses wire text such as `"0.485"`. More than four decimals, or anything but a plain decimal, is a failure. */
export const parsePrice = (text: string): Price | ParseFailure =>
  parseFixed(text, PRICE_DECIMALS) as Price | ParseFailure;
/** Parses wire text such as `"374.34"` into millionths. More than six decimals is a failure, never a rounding. */
export const parseShares = (text: string): Shares | ParseFailure =>
  parseFixed(text, MICRO_DECIMALS) as Shares | ParseFailure;
/** Parses wire text such as `"5.1"` into millionths of a dollar. */
export const parseUsd = (text: string): Usd | ParseFailure =>
  parseFixed(text, MICRO_DECIMALS) as Usd | ParseFailure;

export const formatPrice = (value: Price): string => formatFixed(value, PRICE_DECIMALS);
export const formatShares = (value: Shares): string => formatFixed(value, MICRO_DECIMALS);
export const formatUsd = (value: Usd): string => formatFixed(value, MICRO_DECIMALS);

/** Price as a fraction of a dollar, for the float world of `pricing/`. */
export const priceToFloat = (value: Price): number => value / PRICE_ONE;
/** Shares as a float, for `pricing/` and display. */
export const sharesToFloat = (value: Shares): number => value / MICRO;
/** Dollars as a float, for `pricing/` and display. */
export const usdToFloat = (value: Usd): number => value / MICRO;

export type Rounding = 'down' | 'up';

/** What `size` shares cost at `price`, in millionths of a dollar. Exact while size is a multiple of 0.01 share; otherwise rounded as told. */
export function notional(at: Price, size: Shares, rounding: Rounding = 'down'): Usd {
  return mulDiv(at, size, PRICE_ONE, rounding) as Usd;
}

/** The most shares that `budget` buys at `price`, rounded down to a millionth. */
export function sharesFor(budget: Usd, at: Price): Shares {
  return (at <= 0 ? 0 : mulDiv(budget, PRICE_ONE, at, 'down')) as Shares;
}

/** `a * b / divisor` on integers without losing a unit: bigint takes over where the product passes 2^53. */
export function mulDiv(a: number, b: number, divisor: number, rounding: Rounding): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) {
    const rest = product % divisor;
    const whole = (product - rest) / divisor;
    if (rest === 0) return whole;
    if (rounding === 'down') return rest < 0 ? whole - 1 : whole;
    return rest > 0 ? whole + 1 : whole;
  }
  const big = BigInt(a) * BigInt(b);
  const by = BigInt(divisor);
  const rest = big % by;
  let whole = big / by;
  if (rest < 0n && rounding === 'down') whole -= 1n;
  if (rest > 0n && rounding === 'up') whole += 1n;
  return Number(whole);
}

function assertInteger(value: number, unit: string): number {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${unit} must be a whole number below 2^53, found ${value}`);
  return value;
}

function formatFixed(value: number, decimals: number): string {
  const sign = value < 0 ? '-' : '';
  const digits = Math.abs(value)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
