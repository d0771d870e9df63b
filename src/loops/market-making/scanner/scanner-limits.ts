/** What the scanner goes by, in the units of the settings. */
export interface ScannerLimits {
  readonly ranking: 'expectedValue' | 'seed';
  readonly maxMarkets: number;
  readonly minSpreadPts: number;
  readonly minDepthUsd: number;
  readonly minActivityPerMin: number;
  readonly minMid: number;
  readonly maxMid: number;
  readonly minDaysToResolution: number;
  readonly maxDaysToResolution: number;
  readonly allowRestricted: boolean;
  readonly incumbentMarginPct: number;
  readonly earlyMarketHours: number;
  readonly earlyMarketMinDepthUsd: number;
  readonly earlyMarketMinActivity: number;
  readonly earlyMarketBoost: number;
  readonly earlyMarketMaxSlots: number;
  /** What a quote will look like, to value a market by. */
  readonly quoteSizeUsd: number;
  readonly nearestDepthPts: number;
  readonly deepestDepthPts: number;
}
