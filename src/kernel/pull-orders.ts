import { growingRestMs } from '../domain/growing-rest.ts';
import { markCancelAsked, takeLookUps } from '../orders/order-life.ts';
import { allLiveOrders, isQuiet } from '../orders/order-table.ts';
import type { OrderRecord } from '../orders/types.ts';
import { mayTransmit } from '../risk/trading-state.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { cancelOrders } from './reduce-order.ts';
import type { KernelState, Withdrawal } from './state.ts';

/** Waits between two cancels of everything, and between two reads of what is left: 0.5 s, 1 s, then 2 s each time. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 2_000;
/** A doubtful order is read this often while it has to go. */
const LOOK_UP_EVERY_MS = 1_000;
const LOOK_UPS_AT_ONCE = 10;
/** The orders of a faulted loop are cancelled again this often. */
const PULL_EVERY_MS = 2_000;

const waitMs = (times: number): number => growingRestMs(times, FIRST_WAIT_MS, LONGEST_WAIT_MS);

/**
 * When the mode forbids resting orders, none may rest: everything is cancelled, and again, until the venue's own list shows none
 * and our books know of none either. Pausing, halting, stopping, starting, a lost heartbeat and a dead user socket all come through
 * here, so no way of stopping leaves quotes behind. An order that was already on its way is cancelled when it turns up.
 */
export function pullOrders(state: KernelState, outbox: Outbox): void {
  if (mayTransmit(state.trading.mode)) {
    state.withdrawal = null;
    return;
  }
  state.withdrawal ??= beginWithdrawal(state.nowMs);
  const { withdrawal } = state;
  const live = allLiveOrders(state.orders);
  if (live.length > 0) withdrawal.goneAtMs = null;
  if (withdrawal.goneAtMs !== null) return;
  if (cancelDueAtMs(withdrawal, live) <= state.nowMs) cancelEverything(state, withdrawal, live, outbox);
  if (readDueAtMs(state, withdrawal, live) <= state.nowMs) {
    withdrawal.reads += 1;
    withdrawal.readAtMs = state.nowMs;
    outbox.send({ kind: 'readOpenOrders' });
  }
  for (const orderId of takeLookUps(state.orders, state.nowMs, LOOK_UP_EVERY_MS, LOOK_UPS_AT_ONCE))
    outbox.send({ kind: 'readOrder', orderId });
}

const beginWithdrawal = (nowMs: number): Withdrawal => ({
  sinceMs: nowMs,
  cancels: 0,
  cancelledAtMs: null,
  reads: 0,
  readAtMs: null,
  listed: 0,
  goneAtMs: null,
});

function cancelEverything(
  state: KernelState,
  withdrawal: Withdrawal,
  live: readonly OrderRecord[],
  outbox: Outbox,
): void {
  withdrawal.cancels += 1;
  withdrawal.cancelledAtMs = state.nowMs;
  markCancelAsked(
    state.orders,
    live.flatMap(({ orderId }) => (orderId === null ? [] : [orderId])),
    state.nowMs,
  );
  state.counts.cancelRequests += 1;
  outbox.send({ kind: 'cancelAll', reason: `trading state is ${state.trading.mode}` });
}

/** In the book, and not asked to leave it: it turned up after the newest cancel of everything. */
const hasTurnedUp = ({ state }: OrderRecord): boolean =>
  state === 'open' || state === 'partiallyFilled' || state === 'delayed';

function cancelDueAtMs(
  { sinceMs, cancels, cancelledAtMs, listed }: Withdrawal,
  live: readonly OrderRecord[],
): number {
  if (live.length === 0 && listed === 0) return Number.MAX_SAFE_INTEGER;
  if (cancelledAtMs === null || live.some(hasTurnedUp)) return sinceMs;
  return cancelledAtMs + waitMs(cancels);
}

/** At once where our books know of no order any more and no list has been asked for since; the way out asks for its own. */
function readDueAtMs(
  { trading, reconciliation }: KernelState,
  { sinceMs, cancelledAtMs, reads, readAtMs }: Withdrawal,
  live: readonly OrderRecord[],
): number {
  if (trading.mode === 'stopping') return Number.MAX_SAFE_INTEGER;
  const forcedAtMs = cancelledAtMs ?? sinceMs;
  const askedAtMs = Math.max(
    readAtMs ?? sinceMs - 1,
    reconciliation.reads.openOrders.askedAtMs ?? sinceMs - 1,
  );
  if (askedAtMs < forcedAtMs) return live.length === 0 ? forcedAtMs : forcedAtMs + FIRST_WAIT_MS;
  return askedAtMs + waitMs(Math.max(1, reads));
}

/** The venue's complete list of live orders, as far as it tells whether a withdrawal is through. */
export function noteListed(
  state: KernelState,
  { orders, askedAtMs }: Extract<ReadInput, { kind: 'openOrdersRead' }>,
): void {
  const { withdrawal, nowMs } = state;
  if (withdrawal === null || askedAtMs < withdrawal.sinceMs) return;
  withdrawal.listed = orders.length;
  if (orders.length > 0) withdrawal.goneAtMs = null;
  else if (isQuiet(state.orders)) withdrawal.goneAtMs ??= nowMs;
}

/**
 * Whether a heartbeat may be sent. The venue keeps orders for as long as beats come, so while they have to go and no list has
 * shown yet that they are gone, none is sent: should no cancel get through, the venue takes them back by itself, 10 to 15 s after
 * the last beat.
 */
export const mayBeat = ({ trading, withdrawal }: KernelState): boolean =>
  mayTransmit(trading.mode) || (withdrawal !== null && withdrawal.goneAtMs !== null);

/** A faulted loop looks after its orders no more, so they go, those too that were still being signed when it broke. */
export function pullFaulted(state: KernelState, outbox: Outbox): void {
  for (const [name, { fault }] of state.loops) {
    if (fault === null) continue;
    const due = allLiveOrders(state.orders).flatMap((record) =>
      record.orderId !== null && record.tags.loop === name && pullAtMs(record) <= state.nowMs
        ? [record.orderId]
        : [],
    );
    cancelOrders(state, due, `loop ${name} is faulted`, outbox);
  }
}

/** When an order that has to go is cancelled, or cancelled again. */
export const pullAtMs = ({ cancelAskedAtMs }: OrderRecord): number =>
  cancelAskedAtMs === null ? Number.MIN_SAFE_INTEGER : cancelAskedAtMs + PULL_EVERY_MS;

function nextFaultedAtMs(state: KernelState): number {
  let next = Number.MAX_SAFE_INTEGER;
  for (const [name, { fault }] of state.loops) {
    if (fault === null) continue;
    for (const record of allLiveOrders(state.orders))
      if (record.orderId !== null && record.tags.loop === name) next = Math.min(next, pullAtMs(record));
  }
  return next;
}

/** When `pullOrders` or `pullFaulted` next has something to do. */
export function nextPullAtMs(state: KernelState): number {
  const { withdrawal } = state;
  if (mayTransmit(state.trading.mode)) return nextFaultedAtMs(state);
  // Once nothing is left there is nothing to wake for, or a halt would wake itself without end.
  if (withdrawal === null || withdrawal.goneAtMs !== null) return Number.MAX_SAFE_INTEGER;
  const live = allLiveOrders(state.orders);
  return Math.min(cancelDueAtMs(withdrawal, live), readDueAtMs(state, withdrawal, live));
}
