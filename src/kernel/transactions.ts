import type { ConditionId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Shares, Usd } from '../domain/units.ts';

/** `approved` is not signed yet; `prepared` may be on its way; `unknown` is asked for by its hash until it is known. */
export type TransactionState = 'approved' | 'prepared' | 'unknown' | 'confirmed' | 'reverted' | 'notSent';

export interface TransactionRecord {
  readonly request: TransactionRequest;
  readonly why: string;
  readonly approvedAtMs: number;
  state: TransactionState;
  hash: string | null;
  nonce: number | null;
  endedAtMs: number | null;
  askedAtMs: number | null;
  text: string;
}

export type TransactionTable = Map<string, TransactionRecord>;

/** Whether the transaction may still change the chain. */
export const isPending = (record: TransactionRecord): boolean => record.endedAtMs === null;

export const pendingTransactions = (table: TransactionTable): TransactionRecord[] =>
  [...table.values()].filter(isPending);

/** What is spoken for on the chain: a split's cash (and its pairs to come), the pairs of a merge or redeem; of one market, or of all. */
export function reservedByTransactions(
  table: TransactionTable,
  conditionId: ConditionId | null,
): { readonly cash: Usd; readonly pairs: Shares } {
  let cash = 0;
  let pairs = 0;
  for (const record of table.values()) {
    if (!isPending(record)) continue;
    if (conditionId !== null && record.request.conditionId !== conditionId) continue;
    if (record.request.action === 'split') cash += record.request.amount;
    else pairs += record.request.amount;
  }
  return { cash: cash as Usd, pairs: pairs as Shares };
}

export function addTransaction(
  table: TransactionTable,
  request: TransactionRequest,
  why: string,
  nowMs: number,
): void {
  table.set(request.txKey, {
    request,
    why,
    approvedAtMs: nowMs,
    state: 'approved',
    hash: null,
    nonce: null,
    endedAtMs: null,
    askedAtMs: null,
    text: '',
  });
}

/** A restart: what was never signed was never sent; what was signed is asked for by its hash. */
export function recoverTransactions(table: TransactionTable, nowMs: number): void {
  for (const record of table.values()) {
    if (!isPending(record)) continue;
    if (record.hash === null) {
      record.state = 'notSent';
      record.endedAtMs = nowMs;
      record.text = 'the worker stopped before it was signed';
    } else record.state = 'unknown';
    record.askedAtMs = null;
  }
}

/** Pending transactions whose fate has to be read, at most once every `everyMs` each. */
export function takeTransactionLookUps(
  table: TransactionTable,
  nowMs: number,
  everyMs: number,
): TransactionRecord[] {
  const due: TransactionRecord[] = [];
  for (const record of table.values()) {
    if (record.state !== 'unknown' || record.hash === null) continue;
    if (record.askedAtMs !== null && nowMs - record.askedAtMs < everyMs) continue;
    record.askedAtMs = nowMs;
    due.push(record);
  }
  return due;
}

/** Ended transactions are kept for a while, because a person asks about them. */
const KEEP_ENDED = 100;

export function evictEnded(table: TransactionTable): void {
  if (table.size <= KEEP_ENDED) return;
  for (const [txKey, record] of table) {
    if (table.size <= KEEP_ENDED) return;
    if (!isPending(record)) table.delete(txKey);
  }
}
