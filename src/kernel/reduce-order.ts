import { type ConditionId, outcomeOf } from '../domain/market.ts';
import type { FillReport, OrderId } from '../domain/order.ts';
import { bookFill } from '../orders/book-fill.ts';
import { fillKey } from '../orders/fills.ts';
import {
  applyAnswers,
  applyCancelAnswered,
  applyCancelFailed,
  applyOrderSeen,
  applyPrepared,
  markCancelAsked,
} from '../orders/order-life.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import { bookDirectionalFill } from './directional.ts';
import type { OrderInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { noteAnswers } from './rejection-rest.ts';
import type { KernelState } from './state.ts';

/** News of our own orders: what was signed, what the venue answered, what filled. */
export function reduceOrder(state: KernelState, input: OrderInput, outbox: Outbox): void {
  const { orders, nowMs } = state;
  switch (input.kind) {
    case 'ordersPrepared':
      applyPrepared(orders, input.orders, nowMs);
      return;
    case 'ordersAnswered':
      applyAnswers(orders, input.answers, nowMs);
      noteAnswers(state.rejectionRests, orders, input.answers, nowMs);
      countRejections(state, input.answers, outbox);
      return;
    case 'orderSeen':
      cancelWrittenOff(state, input, outbox);
      applyOrderSeen(orders, input.orderId, input.status, input.matchedSize, nowMs);
      wakeFor(state, [input.orderId], outbox);
      return;
    case 'fill':
      takeFill(state, input.fill, outbox);
      return;
    case 'cancelAnswered':
      applyCancelAnswered(orders, askedFor(state, input.requested), input.canceled, input.notCanceled, nowMs);
      state.counts.ordersCanceled += input.canceled.length;
      wakeFor(state, input.canceled, outbox);
      return;
    case 'cancelFailed':
      applyCancelFailed(orders, askedFor(state, input.requested), `${input.code}: ${input.text}`, nowMs);
      return;
  }
}

/** An order that counts as never placed and is seen live is no order of ours to keep: nothing is held back for it any more. */
function cancelWrittenOff(
  state: KernelState,
  { orderId, status }: Extract<OrderInput, { kind: 'orderSeen' }>,
  outbox: Outbox,
): void {
  const known = state.orders.byOrderId.get(orderId)?.state;
  if (status === 'LIVE' && (known === 'rejected' || known === 'refused'))
    cancelOrders(state, [orderId], 'it was written off and is live', outbox);
}

/**
 * A cancel of everything names no orders. It stands for all whose cancel is not confirmed yet: the venue's answer names only
 * what it canceled, so the others are looked up, or a way out would wait for frames that may never come.
 */
function askedFor({ orders }: KernelState, requested: readonly OrderId[]): readonly OrderId[] {
  if (requested.length > 0) return requested;
  return allLiveOrders(orders).flatMap(({ orderId, state }) =>
    orderId !== null && state === 'cancelInFlight' ? [orderId] : [],
  );
}

function countRejections(
  state: KernelState,
  answers: Extract<OrderInput, { kind: 'ordersAnswered' }>['answers'],
  outbox: Outbox,
): void {
  const crossed = new Set<ConditionId>();
  const resting = new Set<ConditionId>();
  for (const [clientId, answer] of answers) {
    const conditionId = state.orders.byClientId.get(clientId)?.request.conditionId;
    if (answer.result === 'rejected') {
      state.counts.rejected[answer.code] = (state.counts.rejected[answer.code] ?? 0) + 1;
      if (conditionId === undefined) continue;
      outbox.wake('book', conditionId);
      if (answer.code === 'crossesBook') crossed.add(conditionId);
    } else if (answer.result !== 'notSent') {
      state.counts.ordersPlaced += 1;
      if (answer.result === 'live' && conditionId !== undefined) resting.add(conditionId);
    }
  }
  countCrosses(state, crossed, resting);
}

/** Counts crossing rejections in a row; a placement in which no order crossed and one rests ends the row. */
function countCrosses(
  { markets }: KernelState,
  crossed: ReadonlySet<ConditionId>,
  resting: ReadonlySet<ConditionId>,
): void {
  for (const conditionId of resting) {
    const slot = markets.get(conditionId);
    if (slot !== undefined && !crossed.has(conditionId)) slot.crossRejects = 0;
  }
  for (const conditionId of crossed) {
    const slot = markets.get(conditionId);
    if (slot !== undefined) slot.crossRejects += 1;
  }
}

/** Wakes the loops for the markets of these orders. */
export function wakeFor(state: KernelState, orderIds: readonly OrderId[], outbox: Outbox): void {
  for (const orderId of orderIds) {
    const record = state.orders.byOrderId.get(orderId);
    if (record !== undefined) outbox.wake('ownFill', record.request.conditionId);
  }
}

/** Books one fill report, whichever channel it came by. */
export function takeFill(state: KernelState, fill: FillReport, outbox: Outbox): void {
  const slot = state.markets.get(fill.conditionId);
  if (slot === undefined) {
    outbox.send({
      kind: 'notify',
      level: 'alarm',
      text: `a fill came in a market that was never listed: ${fill.conditionId}`,
    });
    return;
  }
  if (outcomeOf(slot.market, fill.tokenId) === null) {
    const text = `trade ${fill.tradeId} names token ${fill.tokenId}, which is not of ${slot.market.slug}; it is not booked`;
    outbox.send({ kind: 'notify', level: 'alarm', text });
    return;
  }
  const wasKnown = state.books.fills.byKey.has(fillKey(fill));
  const effect = bookFill(state.books, state.orders, fill, slot.market, state.nowMs);
  switch (effect.kind) {
    case 'booked':
      state.counts.fills += 1;
      if (fill.status === 'CONFIRMED') state.counts.settledTrades += 1;
      break;
    case 'advanced':
    case 'revived':
      if (fill.status === 'CONFIRMED') state.counts.settledTrades += 1;
      break;
    case 'failed':
      state.counts.failedTrades += 1;
      outbox.send({
        kind: 'notify',
        level: 'warning',
        text: `trade ${fill.tradeId} failed to settle; its fill is reversed`,
      });
      break;
    case 'conflict':
      outbox.send({
        kind: 'notify',
        level: 'alarm',
        text: `trade ${fill.tradeId} was reported with other figures before`,
      });
      return;
    case 'repeat':
    case 'beforeBooks':
      return;
  }
  bookDirectionalFill(state, effect, wasKnown);
  const { kind, record, order } = effect;
  if (record !== null && (kind === 'booked' || kind === 'failed'))
    outbox.ownFills.push({ kind, record, order });
  outbox.wake('ownFill', fill.conditionId);
}

/** Asks the venue to cancel, and notes that we asked. */
export function cancelOrders(
  state: KernelState,
  orderIds: readonly OrderId[],
  reason: string,
  outbox: Outbox,
): void {
  if (orderIds.length === 0) return;
  markCancelAsked(state.orders, orderIds, state.nowMs);
  state.counts.cancelRequests += 1;
  outbox.send({ kind: 'cancel', orderIds, reason });
}
