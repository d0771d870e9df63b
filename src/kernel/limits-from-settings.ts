import { MICRO, POINT, type Price, type Usd } from '../domain/units.ts';
import type { RiskLimits } from '../risk/limits.ts';
import type { StrategySettings } from './strategy-settings.ts';

const toUsd = (dollars: number): Usd => Math.round(dollars * MICRO) as Usd;
const toPrice = (points: number): Price => Math.round(points * POINT) as Price;

/** The gate's limits in domain units. A quote stays within the widest spread of the mid on either side. */
export function limitsOf({ mm, trading }: StrategySettings): RiskLimits {
  return {
    maxPerMarket: toUsd(mm.maxPerMarketUsd),
    maxPerEvent: toUsd(mm.maxPerEventUsd),
    maxTotalExposureBps: Math.round(trading.maxTotalExposurePct * 100),
    maxSpread: toPrice(mm.maxSpreadPts),
    maxSpreadToReduce: toPrice(mm.stoplossMaxSpreadPts),
    maxDistance: toPrice(mm.maxSpreadPts),
    maxOpenOrders: mm.maxOpenOrders,
    ordersPerSecond: mm.ordersPerSecond,
    maxSplitPerMarket: toUsd(mm.maxSplitPerMarketUsd),
  };
}
