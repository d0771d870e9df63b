import type { ConditionId, Outcome } from '../../domain/market.ts';

/** How often in a row each market has shown enough edge on the same outcome. Plain data. */
export type Confirmations = Map<ConditionId, Confirmation>;

export interface Confirmation {
  readonly outcome: Outcome;
  readonly count: number;
  readonly lastAtMs: number;
}

/** A cycle that comes later than this many cycles has missed one, and what was seen before it confirms nothing. */
const MOST_CYCLES_APART = 1.5;
/** Nearer to the last than this part of a cycle is the same cycle looked at twice, which confirms nothing either. */
const LEAST_CYCLES_APART = 0.5;

/**
 * Notes what one cycle found in a market: the outcome with enough edge, or null for none. Returns how many cycles in a row, this one
 * included, have found the same.
 */
export function confirm(
  confirmations: Confirmations,
  conditionId: ConditionId,
  outcome: Outcome | null,
  nowMs: number,
  cycleMs: number,
): number {
  if (outcome === null) {
    confirmations.delete(conditionId);
    return 0;
  }
  const before = confirmations.get(conditionId);
  const apartMs = before === undefined ? Number.POSITIVE_INFINITY : nowMs - before.lastAtMs;
  if (before?.outcome === outcome && apartMs < LEAST_CYCLES_APART * cycleMs) return before.count;
  const goesOn = before?.outcome === outcome && apartMs <= MOST_CYCLES_APART * cycleMs;
  const count = goesOn ? before.count + 1 : 1;
  confirmations.set(conditionId, { outcome, count, lastAtMs: nowMs });
  return count;
}

/** Forgets markets that no cycle has found anything in for so long that it would confirm nothing. */
export function forgetOldConfirmations(confirmations: Confirmations, nowMs: number, cycleMs: number): void {
  for (const [conditionId, { lastAtMs }] of confirmations)
    if (nowMs - lastAtMs > MOST_CYCLES_APART * cycleMs) confirmations.delete(conditionId);
}
