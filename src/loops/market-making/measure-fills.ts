import type { ConditionId } from '../../domain/market.ts';
import { yesSideOf } from '../../domain/yes-coordinates.ts';
import type { OwnFill } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { fillKey } from '../../orders/fills.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import { fairValue } from '../../pricing/fair-value.ts';
import {
  cancelMarkouts,
  createMarkoutTimers,
  MARKOUT_HORIZONS_MS,
  type Markout,
  type MarkoutFill,
  type MarkoutTimers,
  measureMarkout,
  nextMarkoutAtMs,
  scheduleMarkouts,
  takeDueMarkouts,
} from '../../pricing/mark-out.ts';
import {
  addMarkout,
  believedMarkoutPts,
  createMarkoutBooks,
  forgetMarkouts,
  type MarkoutBooks,
  type MarkoutObservation,
  markoutKeys,
} from '../../pricing/mark-out-statistics.ts';
import { type MidHistory, midJustBefore } from './mid-history.ts';

/** A fill of a quote of ours, with what its mark-outs are grouped by. */
export interface QuoteFill extends MarkoutFill {
  readonly conditionId: ConditionId;
  readonly level: number;
}

/** What fills of quotes have cost, over all markets. Plain data. */
export interface FillMeasures {
  timers: MarkoutTimers<QuoteFill>;
  /** One for each horizon in milliseconds. */
  books: Map<number, MarkoutBooks>;
  /** Fills and reads without a mid that could be trusted: counted, and never guessed. */
  missed: number;
}

export const createFillMeasures = (): FillMeasures => ({
  timers: createMarkoutTimers<QuoteFill>(),
  books: new Map(),
  missed: 0,
});

/** Trades are stamped in whole seconds: the fill came within one of its stamp, and not after we heard of it. */
const STAMP_MS = 999;

/**
 * Schedules the mids that are to be read after a fill, and takes them back when its trade fails. Only quotes are measured: an
 * order that takes pays for its price knowingly.
 */
export function scheduleFill(
  measures: FillMeasures,
  history: MidHistory | undefined,
  { kind, record, order }: OwnFill,
  windowMs: number,
  nowMs: number,
): void {
  const { fill, outcome } = record;
  const fillId = fillKey(fill);
  if (kind === 'failed') {
    cancelMarkouts(measures.timers, fillId);
    return;
  }
  if (order !== null && order.tags.purpose !== 'quote') return;
  const midAtFillPts =
    history === undefined || order === null
      ? null
      : midJustBefore(history, Math.min(fill.matchedAtMs, nowMs), order.approvedAtMs);
  if (order === null || midAtFillPts === null) {
    measures.missed += 1;
    return;
  }
  const { conditionId, side, price } = fill;
  const atMs = Math.min(nowMs, Math.max(fill.matchedAtMs, order.approvedAtMs) + STAMP_MS);
  const { level } = order.tags;
  const quoteFill = { fillId, conditionId, level, outcome, side, price, atMs, midAtFillPts };
  scheduleMarkouts(measures.timers, quoteFill, [...new Set([...MARKOUT_HORIZONS_MS, windowMs])]);
}

export const nextMeasureAtMs = (measures: FillMeasures): number | null => nextMarkoutAtMs(measures.timers);

export interface MeasuredFill {
  readonly fill: QuoteFill;
  readonly markout: Markout;
}

/** Reads the mids that are due now and enters what they say. Returns the measurements. */
export function measureDueFills(state: KernelState, measures: FillMeasures): MeasuredFill[] {
  const measured: MeasuredFill[] = [];
  for (const pending of takeDueMarkouts(measures.timers, state.nowMs)) {
    const { fill } = pending;
    const slot = state.markets.get(fill.conditionId);
    const midPts = slot === undefined ? null : othersMidPts(state, slot);
    if (slot === undefined || midPts === null) {
      measures.missed += 1;
      continue;
    }
    const markout = measureMarkout(pending, midPts, state.nowMs);
    addMarkout(booksFor(measures, markout.horizonMs), observationOf(slot, fill, markout));
    measured.push({ fill, markout });
  }
  return measured;
}

/** The mid of everybody else's orders now, dust left out; null when the book is not to be trusted or has none. */
function othersMidPts({ orders }: KernelState, slot: MarketSlot): number | null {
  if (!slot.bookLive) return null;
  const { conditionId, minOrderSize } = slot.market;
  const fair = fairValue(slot.book, ownQuotes(orders, conditionId), minOrderSize, 'mid');
  return 'none' in fair ? null : fair.fairPts;
}

const HOUR_MS = 3_600_000;

const observationOf = (slot: MarketSlot, fill: QuoteFill, markout: Markout): MarkoutObservation => ({
  markout,
  marketId: fill.conditionId,
  category: slot.market.category,
  side: yesSideOf(fill),
  level: fill.level,
  hourUtc: Math.floor(fill.atMs / HOUR_MS) % 24,
});

function booksFor({ books }: FillMeasures, horizonMs: number): MarkoutBooks {
  let found = books.get(horizonMs);
  if (found === undefined) {
    found = createMarkoutBooks(horizonMs);
    books.set(horizonMs, found);
  }
  return found;
}

/** What a fill in this market is believed to cost, in points, from mids read `windowMs` after fills; null while unmeasured. */
export function believedCostPts(
  { books }: FillMeasures,
  { conditionId, category }: MarketSlot['market'],
  windowMs: number,
): number | null {
  const found = books.get(windowMs);
  if (found === undefined || found.tallies.size === 0) return null;
  const keys = markoutKeys({ marketId: conditionId, category, side: 'BUY', level: 0, hourUtc: 0 });
  return believedMarkoutPts(found, keys.market, keys.category);
}

/** Drops what belongs to markets that are gone and to windows that are no longer asked for. */
export function forgetFills(
  { books }: FillMeasures,
  isKept: (conditionId: ConditionId) => boolean,
  windowMs: number,
): void {
  const horizons: readonly number[] = [...MARKOUT_HORIZONS_MS, windowMs];
  for (const [horizonMs, found] of books) {
    if (horizons.includes(horizonMs)) forgetMarkouts(found, (id) => isKept(id as ConditionId));
    else books.delete(horizonMs);
  }
}
