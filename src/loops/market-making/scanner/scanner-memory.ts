import type { ConditionId } from '../../../domain/market.ts';
import { createMarketData, type MarketData } from './market-data.ts';
import { createRewardTracking, type RewardTracking } from './reward-tracking.ts';

/** What the scanner remembers between looks, for the markets it watches: plain data inside the loop's memory. */
export interface ScannerMemory {
  readonly data: Map<ConditionId, MarketData>;
  /** What the markets that nothing ruled out were ranked by at the last look. */
  scores: Map<ConditionId, number>;
  rewardsCount: boolean;
  readonly rewards: RewardTracking;
}

export const createScannerMemory = (): ScannerMemory => ({
  data: new Map(),
  scores: new Map(),
  rewardsCount: true,
  rewards: createRewardTracking(),
});

export function marketDataOf({ data }: ScannerMemory, conditionId: ConditionId): MarketData {
  let ofMarket = data.get(conditionId);
  if (ofMarket === undefined) {
    ofMarket = createMarketData();
    data.set(conditionId, ofMarket);
  }
  return ofMarket;
}
