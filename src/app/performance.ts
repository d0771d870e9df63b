import { existsSync } from 'node:fs';
import { LeaseTaken, takeLease } from '../adapters/node/lease.ts';
import { listRuns } from '../adapters/node/run-directory.ts';
import { type ForecastRow, type ResultRow, readResults } from '../adapters/sqlite/read-results.ts';
import { openTableStore } from '../adapters/sqlite/table-store.ts';
import type { Estimate } from '../pricing/cluster-bootstrap.ts';
import {
  biasFindings,
  calibrationOf,
  confidenceBuckets,
  type ForecastGroup,
  favouriteLongshotSlope,
  groupForecasts,
  priceBands,
} from '../pricing/forecast-bias.ts';
import {
  clusterMean,
  type ForecastScores,
  type ScoredForecast,
  scoreForecasts,
} from '../pricing/forecast-scores.ts';
import { projectEndedRuns } from './tables/project-runs.ts';

/** What one strategy's markets came to. */
export interface StrategyResult {
  readonly strategy: string;
  readonly markets: number;
  /** Markets with more, with less, and with as many dollars as before. */
  readonly wins: number;
  readonly losses: number;
  readonly even: number;
  /** Markets at whose end more of the winning outcome was held than of the other, and the opposite. */
  readonly heldWinner: number;
  readonly heldLoser: number;
  readonly fills: number;
  readonly profitUsd: number;
  /** Dollars a market. */
  readonly meanProfitUsd: Estimate;
}

/** How the forecasts of one source turned out. */
export interface SourceScores {
  readonly source: string;
  readonly scores: ForecastScores;
  readonly calibration: readonly ForecastGroup[];
  readonly confidence: readonly ForecastGroup[];
  readonly bySide: readonly ForecastGroup[];
  readonly byCategory: readonly ForecastGroup[];
  readonly byPrice: readonly ForecastGroup[];
  readonly favouriteLongshot: Estimate;
  readonly findings: readonly string[];
  /** Forecasts of markets that are not resolved, and of those that were void: neither is scored. */
  readonly waiting: number;
  readonly void: number;
}

export interface PerformanceReport {
  readonly tables: string;
  /** Markets by how far their oracle is. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly strategies: readonly StrategyResult[];
  readonly profitUsd: number;
  readonly markets: readonly ResultRow[];
  readonly forecasts: readonly SourceScores[];
  /** What the results leave of the books, in micro-dollars, over all resolved markets. */
  readonly residualMicroUsd: number;
}

/** Null where there is no run. Where no worker keeps the tables, they are first made complete from the journals. */
export async function performanceReport(
  dataDir: string,
  tables: string,
  nowMs: number,
): Promise<PerformanceReport | null> {
  if (listRuns(dataDir).length === 0) return null;
  await completeTables(dataDir, tables, nowMs);
  const { results, forecasts, statuses } = readResults(tables);
  const resolved = results.filter(({ pnl_net }) => pnl_net !== null);
  const residuals = new Map(resolved.map((row) => [row.market_id, row.residual_micro_usd ?? 0]));
  return {
    tables,
    statuses,
    strategies: strategyResults(resolved),
    profitUsd: sum(resolved.map(({ pnl_net }) => pnl_net ?? 0)),
    markets: resolved,
    forecasts: scoresBySource(forecasts),
    residualMicroUsd: sum([...residuals.values()].map(Math.abs)),
  };
}

/** A worker that was killed leaves tables behind its journal; one that runs keeps them itself. */
async function completeTables(dataDir: string, tables: string, nowMs: number): Promise<void> {
  let lease: ReturnType<typeof takeLease>;
  try {
    lease = takeLease(dataDir, nowMs);
  } catch (error) {
    if (error instanceof LeaseTaken && existsSync(tables)) return;
    throw error;
  }
  try {
    const store = openTableStore(tables);
    try {
      await projectEndedRuns(dataDir, listRuns(dataDir), { store, nowMs: () => 0, onDay: () => undefined });
    } finally {
      store.close();
    }
  } finally {
    lease.release();
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function strategyResults(rows: readonly ResultRow[]): StrategyResult[] {
  return [...Map.groupBy(rows, ({ strategy }) => strategy)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([strategy, own]) => strategyResult(strategy, own));
}

function strategyResult(strategy: string, rows: readonly ResultRow[]): StrategyResult {
  const profits = rows.map(({ pnl_net }) => pnl_net ?? 0);
  const counted = rows.map((row) => ({ cluster: row.event_id, profit: row.pnl_net ?? 0 }));
  return {
    strategy,
    markets: rows.length,
    wins: profits.filter((profit) => profit > 0).length,
    losses: profits.filter((profit) => profit < 0).length,
    even: profits.filter((profit) => profit === 0).length,
    heldWinner: rows.filter(({ was_correct }) => was_correct === 1).length,
    heldLoser: rows.filter(({ was_correct }) => was_correct === 0).length,
    fills: sum(rows.map(({ fills_count }) => fills_count)),
    profitUsd: sum(profits),
    meanProfitUsd: clusterMean(counted, ({ profit }) => profit),
  };
}

interface NamedForecast extends ScoredForecast {
  readonly category: string;
  readonly side: string;
}

/** Forecasts at different times before an end are scored apart: those nearer to it are better without being wiser. */
function sourceName({ source, horizon_ms }: ForecastRow): string {
  if (horizon_ms === null) return source;
  const [amount, unit] =
    horizon_ms >= 86_400_000
      ? [horizon_ms / 86_400_000, 'd']
      : horizon_ms >= 3_600_000
        ? [horizon_ms / 3_600_000, 'h']
        : [horizon_ms / 60_000, 'min'];
  return `${source}, ${amount} ${unit}`;
}

function scoresBySource(rows: readonly ForecastRow[]): SourceScores[] {
  return [...Map.groupBy(rows, sourceName)].map(([source, own]) => sourceScores(source, own));
}

function sourceScores(source: string, rows: readonly ForecastRow[]): SourceScores {
  const scored = rows.flatMap(scoredForecast);
  const bySide = groupForecasts(scored, ({ side }) => side);
  const byCategory = groupForecasts(scored, ({ category }) => category);
  const byPrice = priceBands(scored);
  const confidence = confidenceBuckets(scored);
  const slope = favouriteLongshotSlope(scored);
  return {
    source,
    scores: scoreForecasts(scored),
    calibration: calibrationOf(scored),
    confidence,
    bySide,
    byCategory,
    byPrice,
    favouriteLongshot: slope,
    findings: biasFindings([...confidence, ...bySide, ...byCategory, ...byPrice], slope),
    waiting: rows.filter(({ winner }) => winner === null).length,
    void: rows.filter(({ winner }) => winner === 'VOID').length,
  };
}

/** An entry that was sent may not have filled, and what is said once a day is said of traded markets and others alike. */
function sideText({ source, side }: ForecastRow): string {
  if (source === 'model once a day') return 'traded or not';
  if (side === null) return 'not traded';
  return source === 'model at entry' ? `an entry for ${side}` : `we bought ${side}`;
}

function scoredForecast(row: ForecastRow): NamedForecast[] {
  const { winner } = row;
  if (winner !== 'YES' && winner !== 'NO') return [];
  return [
    {
      probability: row.probability,
      marketProbability: row.market_probability,
      outcome: winner === 'YES' ? 1 : 0,
      cluster: row.event_id,
      category: row.category,
      side: sideText(row),
    },
  ];
}
