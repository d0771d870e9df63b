import type { ConditionId } from '../domain/market.ts';
import { type Conversion, conditionsOf, type TransactionRequest } from '../domain/transaction.ts';
import type { Price } from '../domain/units.ts';
import { bookConversion, bookTransaction, type ConvertedMarket } from '../orders/book-change.ts';
import { markOf, payoutOf } from './gate-view.ts';
import type { MarketSlot } from './market-slots.ts';
import type { TransactionInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';
import { endTransaction, evictEnded, type TransactionRecord } from './transactions.ts';

/** A read of the wallet's transfers knows our own by their hashes, and reaches back behind the one before it. */
const KEPT_FOR_TRANSFERS_MS = 600_000;

/** News of splits, merges and redemptions. */
export function reduceTransaction(state: KernelState, input: TransactionInput, outbox: Outbox): void {
  const record = state.transactions.pending.get(input.txKey);
  if (record === undefined) return;
  if (input.kind === 'transactionPrepared') {
    record.state = 'prepared';
    record.hash = input.hash;
    record.nonce = input.nonce;
    return;
  }
  record.text = input.text;
  if (input.status === 'unknown') {
    record.state = 'unknown';
    return;
  }
  endTransaction(state.transactions, record, input.status, state.nowMs);
  if (input.status === 'confirmed') book(state, record);
  else {
    outbox.send({
      kind: 'notify',
      level: 'warning',
      text: `${record.request.action} ${input.txKey} did not happen: ${input.text}`,
    });
  }
  evictEnded(state.transactions, state.transfers.readAtMs - KEPT_FOR_TRANSFERS_MS);
  for (const conditionId of conditionsOf(record.request)) outbox.wake('transaction', conditionId);
}

function book(state: KernelState, { request }: TransactionRecord): void {
  if (request.conversion !== undefined) {
    bookConversion(state.books, request, convertedMarkets(state, request, request.conversion), state.nowMs);
    return;
  }
  const slot = slotOf(state, request, request.conditionId);
  const price = request.action === 'redeem' ? payoutPrice(slot) : markOf(slot);
  bookTransaction(state.books, request, slot.market, price, state.nowMs);
  if (request.action === 'split') state.counts.splitMicroUsd += request.amount;
  else if (request.action === 'merge') state.counts.mergedMicroUsd += request.amount;
}

const convertedMarkets = (
  state: KernelState,
  request: TransactionRequest,
  { members }: Conversion,
): ConvertedMarket[] =>
  members.map(({ conditionId, givesNo }) => {
    const slot = slotOf(state, request, conditionId);
    return { givesNo, mark: markOf(slot), market: slot.market };
  });

function slotOf(
  { markets }: KernelState,
  { txKey }: TransactionRequest,
  conditionId: ConditionId,
): MarketSlot {
  const slot = markets.get(conditionId);
  if (slot === undefined) throw new Error(`transaction ${txKey} is about a market that was never listed`);
  return slot;
}

/** What one YES share paid out. */
function payoutPrice(slot: MarketSlot): Price {
  if (slot.resolved === undefined)
    throw new Error(`${slot.market.conditionId} was redeemed before its resolution was known`);
  return payoutOf(slot.resolved);
}
