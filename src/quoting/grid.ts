import { notional, POINT, PRICE_ONE, type Price, type Shares, sharesFor, type Usd } from '../domain/units.ts';

/** The venue takes sizes in hundredths of a share. */
export const SIZE_STEP = 10_000;
/** Float noise, in 1/10,000 USD: 0.57 * 10,000 is 5,699.999999999999 and means 5,700. */
const NOISE = 1e-6;

/** Largest grid price not above `pricePts`, or null when that is not inside (0, 1). */
export function floorToTick(pricePts: number, tick: Price): Price | null {
  return insideOrNull(Math.floor(denoise(pricePts * POINT) / tick) * tick);
}

/** Smallest grid price not below `pricePts`, or null when that is not inside (0, 1). */
export function ceilToTick(pricePts: number, tick: Price): Price | null {
  return insideOrNull(Math.ceil(denoise(pricePts * POINT) / tick) * tick);
}

/** Rounds down to whole hundredths of a share; what is not a size (negative, NaN) becomes 0. */
export const floorToSizeStep = (size: number): Shares =>
  (size > 0 ? Math.floor(size / SIZE_STEP) * SIZE_STEP : 0) as Shares;

/** Most shares, in whole steps, that `cash` pays for at a float price in points, which counts rounded up to 1/10,000 USD. */
export const affordableShares = (cash: Usd, pricePts: number): Shares =>
  floorToSizeStep(sharesFor(cash, priceUp(pricePts)));

/** What `size` costs at a float price in points, rounded up. */
export const costOf = (size: Shares, pricePts: number): Usd => notional(priceUp(pricePts), size, 'up');

const priceUp = (pricePts: number): Price => Math.max(0, Math.ceil(denoise(pricePts * POINT))) as Price;

function denoise(units: number): number {
  const nearest = Math.round(units);
  return Math.abs(units - nearest) < NOISE ? nearest : units;
}

function insideOrNull(value: number): Price | null {
  return value > 0 && value < PRICE_ONE ? (value as Price) : null;
}
