import type { DirectionalPosition } from '../domain/directional.ts';
import { mayBeLive, type OrderId } from '../domain/order.ts';
import { purposeOf } from '../orders/order-names.ts';
import type { OrderRecord } from '../orders/types.ts';
import { directionalPositions } from './directional.ts';
import type { Outbox } from './outbox.ts';
import { pullAtMs } from './pull-orders.ts';
import { cancelOrders } from './reduce-order.ts';
import type { KernelState } from './state.ts';

/**
 * Takes back entries that rest while nothing may grow: the loop that made them looks every few minutes, and what rests must not wait
 * for it. Where no order at all may rest, `pullOrders` takes all of them.
 */
export function pullEntries(state: KernelState, outbox: Outbox): void {
  if (!mustEntriesGo(state)) return;
  const due = allRestingEntries(state).flatMap((record) =>
    record.orderId !== null && pullAtMs(record) <= state.nowMs ? [record.orderId] : [],
  );
  cancelOrders(state, due, 'only reductions are allowed', outbox);
}

const mustEntriesGo = ({ directional, trading }: KernelState): boolean =>
  trading.mode === 'reducing' && directional.positions.size > 0;

/** Entries of a position that may rest at the venue. */
export const restingEntries = (
  { orders }: Pick<KernelState, 'orders'>,
  { clientIds }: DirectionalPosition,
): OrderRecord[] =>
  clientIds.flatMap((clientId) => {
    const record = purposeOf(clientId) === 'entry' ? orders.byClientId.get(clientId) : undefined;
    return record !== undefined && mayBeLive(record.state) ? [record] : [];
  });

/** A cancel that had no effect is sent again after this. */
const CANCEL_RETRY_MS = 2_000;

/** Those of them to cancel now: what was asked for a moment ago is not asked for again. */
export const entriesToCancel = (
  state: Pick<KernelState, 'orders' | 'nowMs'>,
  position: DirectionalPosition,
): OrderId[] =>
  restingEntries(state, position).flatMap(({ orderId, cancelAskedAtMs }) => {
    const isAsked = cancelAskedAtMs !== null && state.nowMs - cancelAskedAtMs < CANCEL_RETRY_MS;
    return orderId === null || isAsked ? [] : [orderId];
  });

const allRestingEntries = (state: KernelState): OrderRecord[] =>
  directionalPositions(state).flatMap((position) => restingEntries(state, position));

/** When `pullEntries` next has something to do. */
export function nextEntryPullAtMs(state: KernelState): number {
  let next = Number.MAX_SAFE_INTEGER;
  if (!mustEntriesGo(state)) return next;
  for (const record of allRestingEntries(state))
    if (record.orderId !== null) next = Math.min(next, pullAtMs(record));
  return next;
}
