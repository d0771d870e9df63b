import { MICRO, type Shares, type Usd } from '../../domain/units.ts';
import type { Settings } from '../../settings/index.ts';
import type { ScannerLimits } from './scanner/scanner-limits.ts';

export type MarketMakingSettings = Settings['mm'];

export const dollars = (value: number): Usd => Math.round(value * MICRO) as Usd;
export const shareCount = (value: number): Shares => Math.round(value * MICRO) as Shares;

/** The scanner's part of the settings. */
export const scannerLimits = (mm: MarketMakingSettings): ScannerLimits => ({
  ranking: mm.scannerRanking,
  maxMarkets: mm.maxMarkets,
  minSpreadPts: mm.minSpreadPts,
  minDepthUsd: mm.minDepthUsd,
  minActivityPerMin: mm.minActivityUsdPerMin,
  minMid: mm.minMid,
  maxMid: mm.maxMid,
  minDaysToResolution: mm.minDaysToResolution,
  maxDaysToResolution: mm.maxDaysToResolution,
  allowRestricted: mm.allowRestricted,
  incumbentMarginPct: mm.incumbentMarginPct,
  earlyMarketHours: mm.earlyMarketHours,
  earlyMarketMinDepthUsd: mm.earlyMarketMinDepthUsd,
  earlyMarketMinActivity: mm.earlyMarketMinActivityUsdPerMin,
  earlyMarketBoost: mm.earlyMarketBoostPts,
  earlyMarketMaxSlots: mm.earlyMarketMaxSlots,
  quoteSizeUsd: mm.quoteSizeUsd,
  // Only the legacy engine has bounds of its own on the distance from the mid.
  nearestDepthPts: mm.pricingEngine === 'legacy' ? mm.deltaMinPts : 0,
  deepestDepthPts: Math.min(
    mm.maxSpreadPts / 2,
    mm.pricingEngine === 'legacy' ? mm.deltaMaxPts : Number.POSITIVE_INFINITY,
  ),
});
