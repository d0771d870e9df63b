import type { ConditionId } from '../domain/market.ts';
import type { Refused } from '../risk/refusal.ts';
import type { KernelState } from './state.ts';

/** The last refusal with one code: where, when, and by how much. */
export interface LastRefusal {
  readonly atMs: number;
  readonly conditionId: ConditionId;
  readonly value: number;
  readonly limit: number;
  readonly text: string;
}

/** Counts a refusal of our own gate under its code, and remembers it as the last one. */
export function noteRefusal(
  { counts, nowMs }: KernelState,
  conditionId: ConditionId,
  { refused, value, limit, text }: Refused,
): void {
  counts.refused[refused] = (counts.refused[refused] ?? 0) + 1;
  counts.lastRefused[refused] = { atMs: nowMs, conditionId, value, limit, text };
}
