import type { ConditionId, Market } from '../../domain/market.ts';
import { POINT } from '../../domain/units.ts';
import type { OwnFill } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { FairValueResult } from '../../pricing/fair-value.ts';
import type { FillIntensityPrior } from '../../pricing/fill-intensity.ts';
import type { QuotingInputs } from '../../quoting/price-and-shape.ts';
import { type CircuitBreaker, countFill, createCircuitBreaker } from '../../risk/circuit-breaker.ts';
import type { MarketEpoch } from './loss-epochs.ts';
import {
  believedCostPts,
  createFillMeasures,
  type FillMeasures,
  forgetFills,
  measureDueFills,
  nextMeasureAtMs,
  scheduleFill,
} from './measure-fills.ts';
import {
  type CategorisedIntensity,
  createMarketIntensity,
  explainIntensity,
  fitIntensities,
  type MarketIntensity,
  observeFill,
  observeResting,
  setWindow,
  usedIntensity,
} from './measure-intensity.ts';
import type { MarketMakingMemory } from './memory.ts';
import { createMidHistory, type MidHistory, rememberMid } from './mid-history.ts';
import type { MarketMakingSettings } from './settings.ts';

/** What the loop measures of its own quoting in one market. Plain data. */
export interface MarketMeasures {
  readonly mids: MidHistory;
  readonly intensity: MarketIntensity;
  readonly breaker: CircuitBreaker;
  /** Only the bounded engine has one. */
  epoch: MarketEpoch | null;
  /** The last decision: what rests was confirmed by it. */
  decidedAtMs: number;
}

/** The same over all markets. */
export interface LoopMeasures {
  readonly fills: FillMeasures;
  /** What markets of a category have in common; null while fewer than two have told. */
  readonly priors: Map<string, FillIntensityPrior | null>;
  /** Suspensions that end, soonest first. */
  resumptions: { readonly atMs: number; readonly conditionId: ConditionId }[];
  /** When the ages of decisions are looked at next. */
  agesDueAtMs: number | null;
  prunedAtListing: number | null;
}

const MINUTE_MS = 60_000;
/** Replaced by the setting at the first look. */
const FIRST_WINDOW_MS = 60 * MINUTE_MS;

export const createMarketMeasures = (): MarketMeasures => ({
  mids: createMidHistory(),
  intensity: createMarketIntensity(FIRST_WINDOW_MS),
  breaker: createCircuitBreaker(),
  epoch: null,
  decidedAtMs: 0,
});

export const createLoopMeasures = (): LoopMeasures => ({
  fills: createFillMeasures(),
  priors: new Map(),
  resumptions: [],
  agesDueAtMs: null,
  prunedAtListing: null,
});

export const adverseWindowMs = (mm: Pick<MarketMakingSettings, 'adverseSelectionWindowSeconds'>): number =>
  mm.adverseSelectionWindowSeconds * 1_000;

/**
 * Before a market is decided on: counts how long its quotes have rested since the last look, and notes the look. Until it is priced
 * nothing is known of where they rest.
 */
export function noteLook(state: KernelState, slot: MarketSlot, measures: MarketMeasures): void {
  const { nowMs, orders, settings } = state;
  measures.decidedAtMs = nowMs;
  setWindow(measures.intensity, settings.mm.asKappaWindowMinutes * MINUTE_MS);
  observeResting(measures.intensity, orders.workingByCondition.get(slot.market.conditionId), nowMs);
  measures.intensity.fairPts = null;
  if (!slot.bookLive) rememberMid(measures.mids, null, nowMs);
}

/** What the market is priced at now: quotes rest around the one, and fills are marked by the mid of the other. */
export function notePrice(measures: MarketMeasures, fair: FairValueResult, nowMs: number): void {
  const isPriced = !('none' in fair);
  measures.intensity.fairPts = isPriced ? fair.fairPts : null;
  rememberMid(measures.mids, isPriced ? (fair.bestBid + fair.bestAsk) / (2 * POINT) : null, nowMs);
}

/** What the measurements say to the engines and stages; null for what is not known. */
export function measuredInputs(
  { fills }: LoopMeasures,
  { intensity }: MarketMeasures,
  market: Market,
  mm: MarketMakingSettings,
): Pick<QuotingInputs, 'kappaPerPt' | 'fillsPerHour' | 'markoutPts'> {
  const used = usedIntensity(intensity.shrunk);
  return {
    kappaPerPt: used?.kappaPerPt ?? null,
    fillsPerHour: used?.fillsPerHour ?? null,
    markoutPts: believedCostPts(fills, market, adverseWindowMs(mm)),
  };
}

/** The measurements beside a decision: the estimate of fill intensity with its interval, and what fills have cost so far. */
export function explainMeasures({ fills }: LoopMeasures, measures: MarketMeasures) {
  const { intensity, breaker, epoch } = measures;
  return {
    intensity: explainIntensity(intensity.shrunk),
    fillsWithoutMid: fills.missed,
    adverseFillsInRow: breaker.adverseInRow,
    lossEpoch: epoch?.epoch ?? null,
  };
}

/** Takes in a fill of ours in the moment it is booked: when its mids are to be read, and how deep the order rested. */
export function observeOwnFill(state: KernelState, fill: OwnFill, memory: MarketMakingMemory): void {
  const { nowMs, settings, orders } = state;
  const { conditionId } = fill.record.fill;
  const ofMarket = memory.markets.get(conditionId)?.measures;
  scheduleFill(memory.measures.fills, ofMarket?.mids, fill, adverseWindowMs(settings.mm), nowMs);
  if (ofMarket === undefined || fill.order === null || fill.kind !== 'booked') return;
  observeFill(ofMarket.intensity, orders.workingByCondition.get(conditionId), fill.order, nowMs);
}

/** When the next mid is to be read, a suspension ends, or a decision may have become too old. */
export function nextMeasurementAtMs({ measures }: MarketMakingMemory): number | null {
  const next = Math.min(
    nextMeasureAtMs(measures.fills) ?? Number.MAX_SAFE_INTEGER,
    measures.resumptions[0]?.atMs ?? Number.MAX_SAFE_INTEGER,
    measures.agesDueAtMs ?? Number.MAX_SAFE_INTEGER,
  );
  return next === Number.MAX_SAFE_INTEGER ? null : next;
}

/** Measures what is due. Returns the markets whose quotes have to be decided anew. */
export function measureNow(state: KernelState, memory: MarketMakingMemory): ConditionId[] {
  return [
    ...readMarkouts(state, memory),
    ...endSuspensions(state, memory.measures),
    ...findOldDecisions(state, memory),
  ];
}

function readMarkouts(state: KernelState, memory: MarketMakingMemory): ConditionId[] {
  const { mm } = state.settings;
  const suspended: ConditionId[] = [];
  for (const { fill, markout } of measureDueFills(state, memory.measures.fills)) {
    const breaker = memory.markets.get(fill.conditionId)?.measures.breaker;
    if (breaker === undefined || markout.horizonMs !== adverseWindowMs(mm)) continue;
    if (!countFill(breaker, markout, mm, state.nowMs)) continue;
    suspended.push(fill.conditionId);
    addResumption(memory.measures, fill.conditionId, breaker.suspendedUntilMs);
  }
  return suspended;
}

function addResumption(measures: LoopMeasures, conditionId: ConditionId, atMs: number): void {
  measures.resumptions = [
    ...measures.resumptions.filter((one) => one.conditionId !== conditionId),
    { atMs, conditionId },
  ].sort((a, b) => a.atMs - b.atMs);
}

function endSuspensions({ nowMs }: KernelState, measures: LoopMeasures): ConditionId[] {
  const over = measures.resumptions.filter(({ atMs }) => atMs <= nowMs);
  if (over.length > 0) measures.resumptions = measures.resumptions.slice(over.length);
  return over.map(({ conditionId }) => conditionId);
}

/** The kernel cancels what nobody confirms for `MM_STALE_QUOTE_SECONDS`; a decision in time, gaps included, keeps a good quote. */
const DECIDE_AGAIN_AT = 0.75;
const decideAgainMs = ({ staleQuoteSeconds }: MarketMakingSettings): number =>
  DECIDE_AGAIN_AT * staleQuoteSeconds * 1_000;

/**
 * Markets with orders whose last decision grows old, although nothing has woken the loop: it decides on them anew. Looks at all
 * markets only as often as the oldest decision can become that old.
 */
function findOldDecisions(state: KernelState, memory: MarketMakingMemory): ConditionId[] {
  const { measures, markets } = memory;
  const { nowMs, orders } = state;
  if (measures.agesDueAtMs === null || nowMs < measures.agesDueAtMs) return [];
  const oldestMs = decideAgainMs(state.settings.mm);
  const old: ConditionId[] = [];
  measures.agesDueAtMs = nowMs + oldestMs;
  for (const conditionId of orders.workingByCondition.keys()) {
    const decidedAtMs = markets.get(conditionId)?.measures.decidedAtMs ?? nowMs;
    if (nowMs - decidedAtMs >= oldestMs) old.push(conditionId);
    else measures.agesDueAtMs = Math.min(measures.agesDueAtMs, decidedAtMs + oldestMs);
  }
  return old;
}

/** Keeps the watch on old decisions going; a shorter age takes effect when the setting changes, which wakes the loop. */
export function watchAges(measures: LoopMeasures, mm: MarketMakingSettings, nowMs: number): void {
  const dueAtMs = nowMs + decideAgainMs(mm);
  measures.agesDueAtMs = Math.min(measures.agesDueAtMs ?? dueAtMs, dueAtMs);
}

/** On a beat: estimates are brought up to date, and what belongs to markets that are gone is forgotten. */
export function digestMeasures(state: KernelState, memory: MarketMakingMemory): void {
  const { markets, measures } = memory;
  if (measures.prunedAtListing !== state.listedAtMs) forgetGone(state, memory);
  const known: CategorisedIntensity[] = [];
  for (const [conditionId, ofMarket] of markets) {
    const category = state.markets.get(conditionId)?.market.category;
    if (category !== undefined) known.push({ category, intensity: ofMarket.measures.intensity });
  }
  fitIntensities(measures.priors, known, state.nowMs);
}

function forgetGone(state: KernelState, { markets, measures }: MarketMakingMemory): void {
  measures.prunedAtListing = state.listedAtMs;
  for (const conditionId of markets.keys()) if (!state.markets.has(conditionId)) markets.delete(conditionId);
  forgetFills(measures.fills, (conditionId) => markets.has(conditionId), adverseWindowMs(state.settings.mm));
}
