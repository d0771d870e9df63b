import type { ConditionId } from '../domain/market.ts';
import { mayBeLive } from '../domain/order.ts';
import { workingOrders } from '../orders/order-table.ts';
import type { Outbox } from './outbox.ts';
import { cancelOrders } from './reduce-order.ts';
import type { KernelState } from './state.ts';

const staleMsOf = ({ settings }: KernelState): number => settings.mm.staleQuoteSeconds * 1_000;

/** A decision has just wanted quotes in this market. The map stays in the order of these moments, so the oldest comes first. */
export function confirmQuotes({ confirmedAtMs, nowMs }: KernelState, conditionId: ConditionId): void {
  confirmedAtMs.delete(conditionId);
  confirmedAtMs.set(conditionId, nowMs);
}

/** Cancels quotes that no decision has confirmed for too long: whatever they were based on is old. */
export function pullStale(state: KernelState, outbox: Outbox): void {
  const staleMs = staleMsOf(state);
  for (const [conditionId, atMs] of state.confirmedAtMs) {
    if (state.nowMs - atMs < staleMs) return;
    state.confirmedAtMs.delete(conditionId);
    const resting = workingOrders(state.orders, conditionId).filter(
      (record) => record.tags.purpose === 'quote' && mayBeLive(record.state),
    );
    const ids = resting.flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));
    cancelOrders(state, ids, 'no decision has confirmed it for too long', outbox);
    // What is still being signed, and a cancel that got lost, are looked at again.
    if (resting.length > 0) confirmQuotes(state, conditionId);
  }
}

/** When `pullStale` next has something to do. */
export function nextStaleAtMs(state: KernelState): number {
  for (const atMs of state.confirmedAtMs.values()) return atMs + staleMsOf(state);
  return Number.MAX_SAFE_INTEGER;
}
