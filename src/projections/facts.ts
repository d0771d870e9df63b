import type { ConditionId } from '../domain/market.ts';
import type { ClientId, OrderId, OrderRequest } from '../domain/order.ts';
import { streamOf } from '../domain/random.ts';
import type { Usd } from '../domain/units.ts';
import { noteDirectional } from '../kernel/directional.ts';
import type { Command, Input, RunStarted } from '../kernel/messages.ts';
import { createOutbox } from '../kernel/outbox.ts';
import { reduce } from '../kernel/reduce.ts';
import { createState, type KernelState } from '../kernel/state.ts';
import { addTransaction } from '../kernel/transactions.ts';
import { CLEAN_EXIT } from '../kernel/withdraw.ts';
import { evictFills } from '../orders/books.ts';
import { markCancelAsked } from '../orders/order-life.ts';
import { purposeOf } from '../orders/order-names.ts';
import { addApproved, allLiveOrders, evictTerminal } from '../orders/order-table.ts';

/**
 * The kernel's state as a journal tells it: inputs go through the kernel's own `reduce`, and what was decided is taken from the
 * outputs instead of being decided again. So tables can be made from a journal whose decisions today's program would not repeat.
 */
export function firstFacts(input: RunStarted, atMs: number): KernelState {
  const { runId, parentRunId, wallet, seed, settings } = input;
  const run = { runId, parentRunId, wallet, seed, startedAtMs: atMs };
  return createState(run, settings, streamOf(seed, 'salts'));
}

export function applyInput(facts: KernelState, atMs: number, input: Input): void {
  facts.nowMs = Math.max(facts.nowMs, atMs);
  facts.steps += 1;
  reduce(facts, input, createOutbox(facts, []));
}

/** What the worker did about an input, as far as it changes what is known of its orders and transactions. */
export function applyOutput(
  facts: KernelState,
  command: Command,
  levelOf: (order: ClientId) => number | null,
): void {
  switch (command.kind) {
    case 'place':
      for (const { request } of command.orders) enterOrder(facts, request, levelOf(request.clientId));
      facts.endedClean = false;
      return;
    case 'cancel':
      markCancelAsked(facts.orders, command.orderIds, facts.nowMs);
      return;
    case 'cancelAll':
      markCancelAsked(facts.orders, liveOrderIds(facts), facts.nowMs);
      return;
    case 'transact':
      addTransaction(facts.transactions, command.transaction.request, '', facts.nowMs);
      facts.endedClean = false;
      return;
    case 'watch':
      for (const { conditionId } of command.markets) setWatched(facts, conditionId, true);
      return;
    case 'unwatch':
      for (const conditionId of command.conditionIds) setWatched(facts, conditionId, false);
      return;
    case 'directional':
      noteDirectional(facts, command.note);
      return;
    case 'exit':
      facts.endedClean = command.reason === CLEAN_EXIT;
      return;
  }
}

function enterOrder(facts: KernelState, request: OrderRequest, level: number | null): void {
  const purpose = purposeOf(request.clientId);
  // What the order may cost is reserved by who decides; here only its life matters.
  addApproved(facts.orders, request, { loop: '', purpose, level: level ?? 0 }, 0 as Usd, facts.nowMs);
}

const liveOrderIds = ({ orders }: KernelState): OrderId[] =>
  allLiveOrders(orders).flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));

function setWatched({ markets }: KernelState, conditionId: ConditionId, watched: boolean): void {
  const slot = markets.get(conditionId);
  if (slot === undefined) return;
  slot.watched = watched;
  slot.bookLive = false;
}

/** As long as the worker itself remembers them: a report of something older is news to neither. */
const KEEP_ORDERS_MS = 10 * 60_000;
const KEEP_FILLS_MS = 60 * 60_000;

export function forgetEnded(facts: KernelState): void {
  evictTerminal(facts.orders, facts.nowMs, KEEP_ORDERS_MS);
  evictFills(facts.books, facts.orders, facts.nowMs, KEEP_FILLS_MS);
}
