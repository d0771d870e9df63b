import type { DirectionalSignal } from '../domain/directional.ts';
import type { ConditionId } from '../domain/market.ts';
import { POINT, PRICE_ONE } from '../domain/units.ts';
import { isoDateOf, utcDayOf } from '../domain/utc-day.ts';
import type { KernelState } from '../kernel/state.ts';
import { ownQuotes } from '../orders/reserve.ts';
import { fairValue } from '../pricing/fair-value.ts';
import { hasTraded, namesOf } from './market-results.ts';
import type { MeasuredFill, Measures } from './measures.ts';
import { midOf, ptsOf } from './mids.ts';
import { type Emit, inShares, rowOf } from './rows.ts';

/** What the model of directional trading said: of each market that it prices, and where an order was sent on its word. */
export type ModelSource = 'model once a day' | 'model at entry';
/** What was believed, and by whom. */
export type ForecastSource = 'fair value at fill' | 'fair value before end' | ModelSource;

/**
 * Times before a market's scheduled end at which the fair value counts as a forecast. The scheduled end is known beforehand; times
 * before the resolution itself would only be known afterwards, and choosing forecasts by what came of them would flatter or
 * blacken them.
 */
export const HORIZONS_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 300_000] as const;
const LOOK_EVERY_MS = 60_000;

/** A probability of YES as the worker's own method reads it from the book, and as the plain mid says; null where no live book of others shows one. */
export interface Belief {
  readonly fairPts: number;
  readonly midPts: number;
}

export function beliefOf(facts: KernelState, conditionId: ConditionId): Belief | null {
  const slot = facts.markets.get(conditionId);
  // An outcome that is known is no forecast any more.
  if (slot === undefined || slot.resolved !== undefined || !slot.bookLive) return null;
  const mid = midOf(facts, conditionId);
  const { book, market } = slot;
  const own = ownQuotes(facts.orders, conditionId);
  const fair = fairValue(book, own, market.minOrderSize, facts.settings.mm.fairValue);
  if (!mid.isLive || 'none' in fair) return null;
  return { fairPts: fair.fairPts, midPts: ptsOf(mid.micro) };
}

/** What was believed when a trade of ours was told. The market's own probability is the mid, against which skill is measured. */
export function emitFillForecast(
  { wallet }: Measures,
  facts: KernelState,
  fill: MeasuredFill,
  { fairPts, midPts }: Belief,
  emit: Emit,
): void {
  const { report, outcome, id, atMs } = fill;
  emit(
    rowOf('forecasts', {
      id: `fill ${id}`,
      wallet,
      market_id: report.conditionId,
      ...subjectOf(facts, report.conditionId),
      source: 'fair value at fill' satisfies ForecastSource,
      at_ms: atMs,
      horizon_ms: null,
      probability: fairPts / POINT,
      market_probability: midPts / POINT,
      fill_id: id,
      side: (report.side === 'BUY') === (outcome === 'YES') ? 'YES' : 'NO',
      size: inShares(report.size),
    }),
  );
}

/**
 * Takes what the model said as a forecast; returns false where it said nothing, or the market is unknown or over. What an order was
 * sent on is the probability that spoke least for it; otherwise the one with drift and the one without count alike.
 */
export function emitModelForecast(
  { wallet }: Measures,
  facts: KernelState,
  signal: DirectionalSignal,
  source: ModelSource,
  emit: Emit,
): boolean {
  const { conditionId, outcome, yesMid, atMs } = signal;
  const slot = facts.markets.get(conditionId);
  const probability = source === 'model at entry' ? enteredOn(signal) : meanOf(signal);
  if (probability === null || slot === undefined || slot.resolved !== undefined) return false;
  const isEntry = source === 'model at entry';
  emit(
    rowOf('forecasts', {
      id: `${source} ${wallet} ${conditionId} ${isoDateOf(utcDayOf(atMs))}`,
      wallet,
      market_id: conditionId,
      ...subjectOf(facts, conditionId),
      source,
      at_ms: atMs,
      horizon_ms: null,
      probability,
      market_probability: yesMid === null ? null : yesMid / PRICE_ONE,
      fill_id: null,
      side: isEntry ? outcome : null,
      size: null,
    }),
  );
  return true;
}

/** Of YES. */
const enteredOn = ({ probability, outcome }: DirectionalSignal): number | null =>
  probability === null || outcome === null ? null : outcome === 'YES' ? probability : 1 - probability;

const meanOf = ({ yesProbability }: DirectionalSignal): number | null =>
  yesProbability === null ? null : (yesProbability.low + yesProbability.high) / 2;

function subjectOf(facts: KernelState, conditionId: ConditionId) {
  const market = facts.markets.get(conditionId)?.market;
  if (market === undefined) return { category: 'other', event_id: conditionId };
  const { category, event_id } = namesOf(market);
  return { category, event_id };
}

/** Takes the forecasts that have fallen due since the last look, in the markets in which something was held or traded. */
export function takeHorizons(measures: Measures, facts: KernelState, emit: Emit): void {
  const { nowMs } = measures;
  const since = measures.horizonsAtMs;
  if (nowMs - since < LOOK_EVERY_MS) return;
  measures.horizonsAtMs = nowMs;
  // After a pause what fell due in it was seen by nobody.
  const fromMs = Math.max(since, nowMs - 2 * LOOK_EVERY_MS);
  for (const conditionId of measures.results.keys()) {
    if (!hasTraded(measures, conditionId)) continue;
    const endAtMs = facts.markets.get(conditionId)?.market.endAtMs ?? null;
    if (endAtMs === null) continue;
    const horizonMs = HORIZONS_MS.find((ms) => endAtMs - ms > fromMs && endAtMs - ms <= nowMs);
    if (horizonMs === undefined) continue;
    const belief = beliefOf(facts, conditionId);
    if (belief !== null) emit(horizonRow(measures, facts, conditionId, horizonMs, belief));
  }
}

function horizonRow(
  { wallet, nowMs }: Measures,
  facts: KernelState,
  conditionId: ConditionId,
  horizonMs: number,
  { fairPts, midPts }: Belief,
) {
  return rowOf('forecasts', {
    id: `end ${wallet} ${conditionId} ${horizonMs}`,
    wallet,
    market_id: conditionId,
    ...subjectOf(facts, conditionId),
    source: 'fair value before end' satisfies ForecastSource,
    at_ms: nowMs,
    horizon_ms: horizonMs,
    probability: fairPts / POINT,
    market_probability: midPts / POINT,
    fill_id: null,
    side: null,
    size: null,
  });
}
