import type { ConditionId } from '../../domain/market.ts';
import type { HangingState } from '../../orders/hanging.ts';
import type { VolTracker } from '../../pricing/volatility.ts';
import type { EventEpoch } from './event-quoting.ts';
import { createLoopMeasures, type LoopMeasures, type MarketMeasures } from './market-measures.ts';
import type { Exclusion } from './scanner/exclusions.ts';
import { createScannerMemory, type ScannerMemory } from './scanner/scanner-memory.ts';
import { createScorerMemory, type ScorerMemory } from './scorer/scorer-memory.ts';

/** What the loop remembers of one market between runs. */
export interface MarketMemory {
  readonly volatility: VolTracker;
  /** Why the market is not quoted right now; null while it is. */
  notQuotedBecause: string | null;
  /** The row of crossing rejections that was last answered with a rest, and until when the market rests. */
  crossRejectsSeen: number;
  restUntilMs: number;
  /** When a split was last asked for, so that one that fails is not asked for every beat. */
  splitAskedAtMs: number | null;
  /** The same for a redemption. */
  redeemAskedAtMs: number | null;
  /** Orders that stay after their partner has filled. */
  readonly hanging: HangingState;
  /** What its own quoting has shown. */
  readonly measures: MarketMeasures;
}

/** The market-making loop's memory: plain data inside the kernel state. */
export interface MarketMakingMemory {
  listingAskedAtMs: number | null;
  shortlistedAtMs: number | null;
  /** When markets were last chosen. */
  scannedAtMs: number;
  watched: Set<ConditionId>;
  chosen: Set<ConditionId>;
  /** Markets of ours that the listing rules out: only what is held there is still sold. */
  leaving: Set<ConditionId>;
  /** Why each other market is not quoted. */
  excluded: Map<ConditionId, Exclusion>;
  /** What was journaled last of why each market is quoted or not, in this run and since this listing. */
  told: { inRun: string; listedAtMs: number | null; readonly reasons: Map<ConditionId, string> };
  markets: Map<ConditionId, MarketMemory>;
  /** Joint epochs of events of which several markets are quoted, by the id of the event. Only the bounded engine has any. */
  events: Map<string, EventEpoch>;
  /** What own quoting has shown over all markets. */
  readonly measures: LoopMeasures;
  /** Metrics, history and value of watched markets, and rewards. */
  readonly scanner: ScannerMemory;
  /** What a model has said of markets. */
  scorer: ScorerMemory;
}

export const createMarketMakingMemory = (): MarketMakingMemory => ({
  listingAskedAtMs: null,
  shortlistedAtMs: null,
  scannedAtMs: Number.MIN_SAFE_INTEGER,
  watched: new Set(),
  chosen: new Set(),
  leaving: new Set(),
  excluded: new Map(),
  told: { inRun: '', listedAtMs: null, reasons: new Map() },
  markets: new Map(),
  events: new Map(),
  measures: createLoopMeasures(),
  scanner: createScannerMemory(),
  scorer: createScorerMemory(),
});
