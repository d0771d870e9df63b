import { MICRO, POINT, PRICE_ONE, type Price, type Usd, usd } from '../domain/units.ts';
import type { Settings } from '../settings/index.ts';

/** What a signer signs at most. */
export interface SignerLimits {
  /** Prices have to lie above `minPrice` and below `maxPrice`. */
  readonly minPrice: Price;
  readonly maxPrice: Price;
  readonly maxOrder: Usd;
  /** Within any 60 s. */
  readonly maxMinute: Usd;
  /** Within one day (UTC), over all starts from one data folder. */
  readonly maxDay: Usd;
  readonly maxTransactionsPerHour: number;
  readonly maxFeePerGasWei: bigint;
}

const WEI_PER_GWEI = 1_000_000_000;
/** An inventory bought for the limit of a market may be worth several times that when it is sold. */
const ORDER_OVER_MARKET = 4;
/** Levels add up, and a reward may ask for a larger quote: the average order stays well below this many times the quote size. */
const NOTIONAL_OVER_SIZE = 4;
/** A minute of orders, and the tokens that were saved up before it. */
const SECONDS_OF_ORDERS = 61.5;
const MINUTES_A_DAY = 1_440;

/** The limits that settings name, and where they name none, limits that the quoting settings of the start stay below at full order rate. */
export function limitsOf({ signer, mm }: Pick<Settings, 'signer' | 'mm'>): SignerLimits {
  const largest = Math.max(mm.maxPerMarketUsd, mm.maxSplitPerMarketUsd, mm.quoteSizeUsd);
  const orderUsd = signer.maxOrderUsd > 0 ? signer.maxOrderUsd : ORDER_OVER_MARKET * largest;
  const fullRateUsd = mm.ordersPerSecond * SECONDS_OF_ORDERS * NOTIONAL_OVER_SIZE * mm.quoteSizeUsd;
  const minuteUsd = signer.maxMinuteUsd > 0 ? signer.maxMinuteUsd : Math.max(fullRateUsd, orderUsd);
  const dayUsd = signer.maxDayUsd > 0 ? signer.maxDayUsd : MINUTES_A_DAY * minuteUsd;
  const micro = (dollars: number): Usd => usd(Math.min(Number.MAX_SAFE_INTEGER, Math.floor(dollars * MICRO)));
  return {
    minPrice: Math.floor(signer.minPricePts * POINT) as Price,
    maxPrice: Math.min(PRICE_ONE, Math.ceil(signer.maxPricePts * POINT)) as Price,
    maxOrder: micro(orderUsd),
    maxMinute: micro(minuteUsd),
    maxDay: micro(dayUsd),
    maxTransactionsPerHour: signer.maxTransactionsPerHour,
    maxFeePerGasWei: BigInt(Math.floor(signer.maxFeeGwei * WEI_PER_GWEI)),
  };
}

/** Of two sets of limits the tighter one of each. */
export const tightestOf = (one: SignerLimits, other: SignerLimits): SignerLimits => ({
  minPrice: Math.max(one.minPrice, other.minPrice) as Price,
  maxPrice: Math.min(one.maxPrice, other.maxPrice) as Price,
  maxOrder: Math.min(one.maxOrder, other.maxOrder) as Usd,
  maxMinute: Math.min(one.maxMinute, other.maxMinute) as Usd,
  maxDay: Math.min(one.maxDay, other.maxDay) as Usd,
  maxTransactionsPerHour: Math.min(one.maxTransactionsPerHour, other.maxTransactionsPerHour),
  maxFeePerGasWei: one.maxFeePerGasWei < other.maxFeePerGasWei ? one.maxFeePerGasWei : other.maxFeePerGasWei,
});
