import type { ConditionId } from '../../../domain/market.ts';
import { createMarketFigures, type MarketFigures } from './market-figures.ts';
import { createRewardTracking, type RewardTracking } from './reward-tracking.ts';

/** What the scanner remembers between looks, for the markets it watches: plain data inside the loop's memory. */
export interface ScannerMemory {
  readonly figures: Map<ConditionId, MarketFigures>;
  /** What the markets that nothing ruled out were ranked by at the last look. */
  scores: Map<ConditionId, number>;
  rewardsCount: boolean;
  readonly rewards: RewardTracking;
}

export const createScannerMemory = (): ScannerMemory => ({
  figures: new Map(),
  scores: new Map(),
  rewardsCount: true,
  rewards: createRewardTracking(),
});

export function marketFiguresOf({ figures }: ScannerMemory, conditionId: ConditionId): MarketFigures {
  let ofMarket = figures.get(conditionId);
  if (ofMarket === undefined) {
    ofMarket = createMarketFigures();
    figures.set(conditionId, ofMarket);
  }
  return ofMarket;
}
