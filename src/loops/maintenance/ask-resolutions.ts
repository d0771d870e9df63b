import type { ConditionId } from '../../domain/market.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { netShares, type Position } from '../../orders/position.ts';

/** Markets in one read; those that wait longest come first. */
const MOST_AT_ONCE = 100;
const MINUTE_MS = 60_000;
/** Once the venue has told an outcome, the chain has it soon, and redemption waits for it. */
const TOLD_EVERY_MS = 15_000;
const HELD_EVERY_MS = 5 * MINUTE_MS;
/** The venue drops the book of a market that has ended. */
const DEAD_BOOK_EVERY_MS = 30_000;
/** Nothing is at stake, only the record of how forecasts turned out. */
const FLAT_EVERY_MS = 60 * MINUTE_MS;
/** A market that should be over is asked about often at first; a dispute takes days, so then ever more rarely. */
const OVERDUE_PART = 20;
const OVERDUE_LEAST_MS = 30_000;

/**
 * Asks how markets of the books were resolved until the chain has paid them out, and those that a model has priced, once they should be
 * over. The socket tells it once, and only to who
 * listens at that moment to a market that is watched; the venue's list leaves closed markets out.
 */
export function askResolutions(
  { state, nowMs }: LoopView,
  askedAtMs: Map<ConditionId, number>,
): Extract<Intent, { kind: 'readResolutions' }>[] {
  const due: [conditionId: ConditionId, waitedMs: number][] = [];
  for (const [conditionId, position] of state.books.positions) {
    const slot = state.markets.get(conditionId);
    if (slot === undefined || slot.isPaidOut || slot.market.version !== 'v1') {
      askedAtMs.delete(conditionId);
      continue;
    }
    const askedMs = askedAtMs.get(conditionId) ?? 0;
    // What a run before this one was told may have changed while nobody ran.
    const waitedMs = askedMs < state.run.startedAtMs ? Number.POSITIVE_INFINITY : nowMs - askedMs;
    if (waitedMs >= everyMs(slot, isHeld(position), nowMs)) due.push([conditionId, waitedMs]);
  }
  for (const [conditionId, { version, endAtMs }] of state.directional.awaited) {
    if (version !== 'v1' || nowMs < endAtMs || state.books.positions.has(conditionId)) continue;
    const waitedMs = nowMs - (askedAtMs.get(conditionId) ?? 0);
    if (waitedMs >= FLAT_EVERY_MS) due.push([conditionId, waitedMs]);
  }
  forgetTold(state, askedAtMs);
  if (due.length === 0) return [];
  const conditionIds = due
    .sort(([, left], [, right]) => right - left)
    .slice(0, MOST_AT_ONCE)
    .map(([conditionId]) => conditionId);
  for (const conditionId of conditionIds) askedAtMs.set(conditionId, nowMs);
  return [{ kind: 'readResolutions', conditionIds }];
}

/** What is neither in the books nor waited for is asked about no more. */
function forgetTold({ books, directional }: LoopView['state'], askedAtMs: Map<ConditionId, number>): void {
  for (const conditionId of askedAtMs.keys())
    if (!books.positions.has(conditionId) && !directional.awaited.has(conditionId))
      askedAtMs.delete(conditionId);
}

const isHeld = ({ yes, no }: Position): boolean => netShares(yes) !== 0 || netShares(no) !== 0;

function everyMs(
  { resolved, watched, bookLive, market: { endAtMs } }: MarketSlot,
  held: boolean,
  nowMs: number,
): number {
  if (resolved !== undefined) return TOLD_EVERY_MS;
  if (watched && !bookLive) return DEAD_BOOK_EVERY_MS;
  const calmMs = held ? HELD_EVERY_MS : FLAT_EVERY_MS;
  if (!held || endAtMs === null || nowMs < endAtMs) return calmMs;
  return Math.min(calmMs, Math.max(OVERDUE_LEAST_MS, (nowMs - endAtMs) / OVERDUE_PART));
}
