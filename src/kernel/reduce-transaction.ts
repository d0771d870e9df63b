import type { Price } from '../domain/units.ts';
import { bookTransaction } from '../orders/book-change.ts';
import { markOf, payoutOf } from './gate-view.ts';
import type { MarketSlot } from './market-slots.ts';
import type { TransactionInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';
import { evictEnded, type TransactionRecord } from './transactions.ts';

/** News of splits, merges and redemptions. */
export function reduceTransaction(state: KernelState, input: TransactionInput, outbox: Outbox): void {
  const record = state.transactions.get(input.txKey);
  if (record === undefined || record.endedAtMs !== null) return;
  if (input.kind === 'transactionPrepared') {
    record.state = 'prepared';
    record.hash = input.hash;
    record.nonce = input.nonce;
    return;
  }
  record.state = input.status;
  record.text = input.text;
  if (input.status === 'unknown') return;
  record.endedAtMs = state.nowMs;
  if (input.status === 'confirmed') book(state, record);
  else {
    outbox.send({
      kind: 'notify',
      level: 'warning',
      text: `${record.request.action} ${input.txKey} did not happen: ${input.text}`,
    });
  }
  evictEnded(state.transactions);
  outbox.wake('transaction', record.request.conditionId);
}

function book(state: KernelState, { request }: TransactionRecord): void {
  const slot = state.markets.get(request.conditionId);
  if (slot === undefined)
    throw new Error(`transaction ${request.txKey} is about a market that was never listed`);
  const price = request.action === 'redeem' ? payoutPrice(slot) : markOf(slot);
  bookTransaction(state.books, request, slot.market, price, state.nowMs);
  if (request.action === 'split') state.counts.splitMicroUsd += request.amount;
  else if (request.action === 'merge') state.counts.mergedMicroUsd += request.amount;
}

/** What one YES share paid out. */
function payoutPrice(slot: MarketSlot): Price {
  if (slot.resolved === undefined)
    throw new Error(`${slot.market.conditionId} was redeemed before its resolution was known`);
  return payoutOf(slot.resolved);
}
