import type { Market } from '../../../domain/market.ts';
import { adverseWindowMs } from '../market-measures.ts';
import { believedCostPts } from '../measure-fills.ts';
import { usedIntensity } from '../measure-intensity.ts';
import type { MarketMakingMemory } from '../memory.ts';
import type { MarketMakingSettings } from '../settings.ts';

/** What our own fills have taught of a market; null for what is not known. */
export interface Measured {
  /** Mean adverse move after a fill, in points. */
  markoutPts(market: Market): number | null;
  /** Fills an hour and side at depth 0, and their decay with depth. */
  fills(market: Market): { readonly aPerHour: number; readonly kPerPt: number } | null;
}

export const measuredBy = (
  { measures, markets }: Pick<MarketMakingMemory, 'measures' | 'markets'>,
  mm: MarketMakingSettings,
): Measured => ({
  markoutPts: (market) => believedCostPts(measures.fills, market, adverseWindowMs(mm)),
  fills: ({ conditionId }) => {
    const used = usedIntensity(markets.get(conditionId)?.measures.intensity.shrunk ?? null);
    return used === null ? null : { aPerHour: used.fillsPerHour, kPerPt: used.kappaPerPt };
  },
});
