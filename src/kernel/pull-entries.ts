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
  const due = directionalPositions(state).flatMap((position) => entriesToCancel(state, position));
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

/** Those of them to cancel now: what was asked for a moment ago is not asked for again. */
export const entriesToCancel = (
  state: Pick<KernelState, 'orders' | 'nowMs'>,
  position: DirectionalPosition,
): OrderId[] =>
  restingEntries(state, position).flatMap((record) =>
    record.orderId !== null && pullAtMs(record) <= state.nowMs ? [record.orderId] : [],
  );

/** When `pullEntries` next has something to do. */
export function nextEntryPullAtMs(state: KernelState): number {
  let next = Number.MAX_SAFE_INTEGER;
  if (!mustEntriesGo(state)) return next;
  for (const position of directionalPositions(state))
    for (const record of restingEntries(state, position))
      if (record.orderId !== null) next = Math.min(next, pullAtMs(record));
  return next;
}
