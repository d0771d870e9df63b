import type { FeeSchedule } from '../../domain/market.ts';
import { complement, PRICE_ONE, type Price } from '../../domain/units.ts';
import type { Estimate } from '../../pricing/cluster-bootstrap.ts';
import { clusterMean } from '../../pricing/forecast-scores.ts';
import { bestEntry, type EntryCandidate, entryCandidates, type MarketTouch } from '../model/edge.ts';
import type { MarketForecast } from './forecast-markets.ts';

export interface TradeTerms {
  readonly minEdgePts: number;
  readonly fee: FeeSchedule;
  /** How far the ask is taken to be above the recorded price, which has no spread. */
  readonly halfSpreadPts: number;
}

/** A share that the filter would have bought. */
export interface FilteredTrade {
  readonly forecast: MarketForecast;
  readonly entry: EntryCandidate;
  /** What the share paid, less its cost with the fee, in points. */
  readonly netPts: number;
  readonly cluster: string;
}

/** The first forecast of each market at which taking one of its outcomes had enough of an edge after its fee: one trade a market. */
export function filteredTrades(forecasts: readonly MarketForecast[], terms: TradeTerms): FilteredTrade[] {
  const taken = new Map<string, FilteredTrade>();
  for (const forecast of forecasts.toSorted((a, b) => a.atMs - b.atMs)) {
    if (taken.has(forecast.marketId)) continue;
    const touch = touchAround(forecast.marketProbability, terms.halfSpreadPts);
    const candidates = entryCandidates(forecast.probability, touch, terms.fee, false);
    const entry = bestEntry(candidates, terms.minEdgePts);
    if (entry === null) continue;
    const pays = (forecast.outcome === 1) === (entry.outcome === 'YES') ? 1 : 0;
    const netPts = 100 * (pays - entry.costPerShareUsd);
    taken.set(forecast.marketId, { forecast, entry, netPts, cluster: forecast.cluster });
  }
  return [...taken.values()];
}

/** A book around a price that was recorded without one. */
export function touchAround(probability: number, halfSpreadPts: number): MarketTouch {
  const [middle, half] = [probability * PRICE_ONE, halfSpreadPts * 100];
  const ask = Math.min(PRICE_ONE, Math.ceil(middle + half)) as Price;
  const bid = Math.max(0, Math.floor(middle - half)) as Price;
  return { YES: { bid, ask }, NO: { bid: complement(ask), ask: complement(bid) } };
}

export interface TradeReport {
  readonly trades: number;
  readonly wins: number;
  readonly yesTrades: number;
  readonly meanCostPts: number;
  readonly meanFeePts: number;
  /** Edge that was claimed, and result that came, in points a share after fees. */
  readonly claimedPts: number;
  readonly meanNetPts: number;
  readonly net: Estimate;
}

export function tradeReport(trades: readonly FilteredTrade[]): TradeReport {
  const mean = (of: (trade: FilteredTrade) => number): number =>
    trades.length === 0 ? 0 : trades.reduce((sum, trade) => sum + of(trade), 0) / trades.length;
  return {
    trades: trades.length,
    wins: trades.filter(({ netPts }) => netPts > 0).length,
    yesTrades: trades.filter(({ entry }) => entry.outcome === 'YES').length,
    meanCostPts: mean(({ entry }) => 100 * entry.costPerShareUsd),
    meanFeePts: mean(({ entry }) => 100 * entry.feePerShareUsd),
    claimedPts: mean(({ entry }) => entry.edgePts),
    meanNetPts: mean(({ netPts }) => netPts),
    net: clusterMean(trades, ({ netPts }) => netPts),
  };
}
