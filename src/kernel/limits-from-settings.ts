import { oncePer } from '../domain/once-per.ts';
import { MICRO, POINT, type Price, type Usd } from '../domain/units.ts';
import type { DirectionalLimits } from '../risk/directional.ts';
import type { RiskLimits } from '../risk/limits.ts';
import type { Settings } from '../settings/settings.ts';
import type { StrategySettings } from './strategy-settings.ts';

const toUsd = (dollars: number): Usd => Math.round(dollars * MICRO) as Usd;
const toPrice = (points: number): Price => Math.round(points * POINT) as Price;

/** Two full-sized quotes for every order that the order rate allows in a minute. */
const usualPerMinuteUsd = ({ quoteSizeUsd, ordersPerSecond }: StrategySettings['mm']): number =>
  2 * quoteSizeUsd * ordersPerSecond * 60;

/**
 * The gate's limits in domain units. A quote stays within the widest spread of the mid on either side. Every pass through the gate asks,
 * so they are made once for each settings.
 */
export const limitsOf = oncePer(
  ({ mm, trading }: StrategySettings): RiskLimits => ({
    maxPerMarket: toUsd(mm.maxPerMarketUsd),
    maxPerEvent: toUsd(mm.maxPerEventUsd),
    maxPerCoin: toUsd(trading.maxPerCoinUsd),
    maxTotalExposureBps: Math.round(trading.maxTotalExposurePct * 100),
    maxSpread: toPrice(mm.maxSpreadPts),
    maxSpreadToReduce: toPrice(mm.stoplossMaxSpreadPts),
    maxDistance: toPrice(mm.maxSpreadPts),
    maxOpenOrders: mm.maxOpenOrders,
    ordersPerSecond: mm.ordersPerSecond,
    maxNotionalPerMinute: toUsd(trading.maxNotionalPerMinuteUsd || usualPerMinuteUsd(mm)),
    maxSplitPerMarket: toUsd(mm.maxSplitPerMarketUsd),
  }),
);

const HOUR_MS = 3_600_000;

/** The limits of directional entries in domain units. */
export const directionalLimitsOf = ({
  minEdgePts,
  minEntryPricePts,
  maxEntryPricePts,
  minTradeUsd,
  maxPositionPct,
  maxConcurrentPositions,
  minHoursToExpiry,
  maxDaysToExpiry,
  maxTradesPerDay,
  maxDailyPct,
}: Settings['cd']): DirectionalLimits => ({
  minEdge: toPrice(minEdgePts),
  minPrice: toPrice(minEntryPricePts),
  maxPrice: toPrice(maxEntryPricePts),
  minEntry: toUsd(minTradeUsd),
  maxEntryBps: Math.round(maxPositionPct * 100),
  maxPositions: maxConcurrentPositions,
  minTimeLeftMs: Math.round(minHoursToExpiry * HOUR_MS),
  maxTimeLeftMs: Math.round(maxDaysToExpiry * 24 * HOUR_MS),
  maxEntriesPerDay: maxTradesPerDay,
  maxPerDayBps: Math.round(maxDailyPct * 100),
});
