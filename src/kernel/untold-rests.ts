import { nextRestTold, releaseUntold } from '../orders/order-table.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';

/** Lets the rests of cancelled orders go that nobody has told of in time, and wakes the loops for the markets they held back. */
export function freeUntold({ orders, nowMs }: KernelState, outbox: Outbox): void {
  for (const { request } of releaseUntold(orders, nowMs)) outbox.wake('ownFill', request.conditionId);
}

/** When `freeUntold` next has something to do. */
export const nextUntoldAtMs = ({ orders }: KernelState): number =>
  nextRestTold(orders) ?? Number.MAX_SAFE_INTEGER;
