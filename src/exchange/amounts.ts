/** From the two signed amounts of an order to its price and size, by the venue's decimal and tick rules. */
import {
  complement,
  formatPrice,
  formatShares,
  formatUsd,
  mulDiv,
  PRICE_ONE,
  type Price,
  type Shares,
  type Usd,
} from '../domain/units.ts';
import { type Rejection, rejections } from './rejections.ts';
import type { ExchangeMarket, PlaceRequest } from './types.ts';

/** One lot, 0.01 share: at any price of the finest grid it costs a whole micro-dollar. */
export const LOT: Shares = 10_000 as Shares;
/** Market BUY: dollars to 2 decimals, shares to 4, whatever the tick. */
const MARKET_BUY_DOLLAR_STEP = 10_000;
const MARKET_BUY_SHARE_STEP = 100;
/** Amounts this close to price times size are taken for a rounding mistake, farther ones for an off-grid price. */
const ROUNDING_MISTAKE_MICRO_USD = 10_000;

/** Decimals of the dollar amount of an order sized in shares, by tick. Source: the clients' rounding table. */
const AMOUNT_DECIMALS: ReadonlyMap<number, number> = new Map([
  [1_000, 3],
  [100, 4],
  [50, 5],
  [25, 6],
  [10, 5],
  [1, 6],
]);

export interface OrderTerms {
  readonly price: Price;
  readonly size: Shares;
  /** Dollars of a market BUY; 0 for an order sized in shares. */
  readonly budget: Usd;
}

/** The terms, or the rejection that the venue answers. */
export function readTerms(market: ExchangeMarket, request: PlaceRequest): OrderTerms | Rejection {
  const { makerAmount, takerAmount, side, orderType } = request;
  if (!isAmount(makerAmount) || !isAmount(takerAmount)) return rejections.invalidPayload();
  const isMarket = orderType === 'FOK' || orderType === 'FAK';
  if (isMarket && side === 'BUY') return readMarketBuy(market, request);
  return side === 'BUY'
    ? readSized(market, request, takerAmount as Shares, makerAmount as Usd)
    : readSized(market, request, makerAmount as Shares, takerAmount as Usd);
}

export const isRejection = (value: object): value is Rejection => 'httpStatus' in value;

function readSized(
  market: ExchangeMarket,
  request: PlaceRequest,
  size: Shares,
  dollars: Usd,
): OrderTerms | Rejection {
  const tick = market.book.tick;
  const decimals = AMOUNT_DECIMALS.get(tick) ?? 6;
  if (size % LOT !== 0 || dollars % 10 ** (6 - decimals) !== 0) {
    return request.side === 'BUY'
      ? rejections.buyDecimals(decimals, 2)
      : rejections.sellDecimals(2, decimals);
  }
  const low = mulDiv(dollars, PRICE_ONE, size, 'down');
  const isExact = low === mulDiv(dollars, PRICE_ONE, size, 'up');
  if (isExact) return withinGrid(request.id, tick, low, { size, budget: 0 as Usd });
  const nearest = (Math.round(dollars / ((size * tick) / PRICE_ONE)) * tick) as Price;
  const expected = mulDiv(nearest, size, PRICE_ONE, 'down') as Usd;
  if (Math.abs(expected - dollars) > ROUNDING_MISTAKE_MICRO_USD) {
    return rejections.tickSize(request.id, ratioText(dollars, size), formatPrice(tick));
  }
  const which = request.side === 'BUY' ? 'maker' : 'taker';
  const texts = [formatPrice(nearest), formatShares(size), formatUsd(expected), formatUsd(dollars)] as const;
  return rejections.amountProduct(which, ...texts);
}

/**
 * A market BUY states dollars, and shares rounded to four decimals, so its ratio lies a hair off the grid. The limit is the grid
 * point below the ratio: paying more than the ratio would break the contract's own check of the taker order.
 */
function readMarketBuy(market: ExchangeMarket, request: PlaceRequest): OrderTerms | Rejection {
  const { makerAmount: dollars, takerAmount: size } = request;
  if (dollars % MARKET_BUY_DOLLAR_STEP !== 0 || size % MARKET_BUY_SHARE_STEP !== 0) {
    return rejections.marketBuyDecimals();
  }
  const tick = market.book.tick;
  const low = mulDiv(dollars, PRICE_ONE, size, 'down');
  const limit = low - (low % tick);
  if (!isRoundingOf(dollars, size, limit) && !isRoundingOf(dollars, size, limit + tick)) {
    return rejections.tickSize(request.id, ratioText(dollars, size), formatPrice(tick));
  }
  return withinGrid(request.id, tick, limit, { size: size as Shares, budget: dollars as Usd });
}

const isRoundingOf = (dollars: number, size: number, price: number): boolean =>
  price > 0 && Math.abs((dollars * PRICE_ONE) / price - size) <= MARKET_BUY_SHARE_STEP;

function withinGrid(
  id: string,
  tick: Price,
  value: number,
  rest: Pick<OrderTerms, 'size' | 'budget'>,
): OrderTerms | Rejection {
  const price = value as Price;
  if (price % tick !== 0 || price < tick || price > complement(tick)) {
    return rejections.tickSize(id, formatPrice(price), formatPrice(tick));
  }
  return { price, ...rest };
}

const isAmount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** A price that no grid has, as text with at most six decimals. */
const ratioText = (dollars: number, size: number): string => String(Math.round((dollars / size) * 1e6) / 1e6);
