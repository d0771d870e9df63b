import { type ClientId, mayBeLive } from '../domain/order.ts';
import { purposeOf } from '../orders/order-names.ts';
import type { OrderRecord } from '../orders/types.ts';
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
  const due = restingEntries(state).flatMap((record) =>
    record.orderId !== null && pullAtMs(record) <= state.nowMs ? [record.orderId] : [],
  );
  cancelOrders(state, due, 'only reductions are allowed', outbox);
}

const mustEntriesGo = ({ directional, trading }: KernelState): boolean =>
  trading.mode === 'reducing' && directional.positions.size > 0;

function restingEntries({ directional, orders }: KernelState): OrderRecord[] {
  const resting: OrderRecord[] = [];
  const look = (clientId: ClientId): void => {
    const record = purposeOf(clientId) === 'entry' ? orders.byClientId.get(clientId) : undefined;
    if (record !== undefined && mayBeLive(record.state)) resting.push(record);
  };
  for (const { clientIds } of directional.positions.values()) clientIds.forEach(look);
  return resting;
}

/** When `pullEntries` next has something to do. */
export function nextEntryPullAtMs(state: KernelState): number {
  let next = Number.MAX_SAFE_INTEGER;
  if (!mustEntriesGo(state)) return next;
  for (const record of restingEntries(state))
    if (record.orderId !== null) next = Math.min(next, pullAtMs(record));
  return next;
}
