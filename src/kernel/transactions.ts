import type { ConditionId } from '../domain/market.ts';
import { conditionsOf, sharesTaken, type TransactionRequest } from '../domain/transaction.ts';
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

/** Dollars that splits on their way will take, in one market or in all. */
export function cashReserved(table: TransactionTable, conditionId: ConditionId | null): Usd {
  let cash = 0;
  for (const record of table.values()) {
    const { request } = record;
    if (!isPending(record) || request.action !== 'split') continue;
    if (conditionId === null || request.conditionId === conditionId) cash += request.amount;
  }
  return cash as Usd;
}

/** Shares of one market that transactions on their way will take: pairs of merges and redemptions, NO of conversions. */
export function tokensReserved(
  table: TransactionTable,
  conditionId: ConditionId,
): { readonly yes: Shares; readonly no: Shares } {
  let yes = 0;
  let no = 0;
  for (const record of table.values()) {
    if (!isPending(record)) continue;
    const taken = sharesTaken(record.request, conditionId);
    yes += taken.yes;
    no += taken.no;
  }
  return { yes: yes as Shares, no: no as Shares };
}

/** Conversions on their way. Unlike a split or merge, one that happens moves what is held of an outcome on balance. */
export function pendingConversions(table: TransactionTable): readonly TransactionRequest[] {
  let found: TransactionRequest[] | null = null;
  for (const record of table.values()) {
    if (record.request.conversion === undefined || !isPending(record)) continue;
    found ??= [];
    found.push(record.request);
  }
  return found ?? NO_REQUESTS;
}

const NO_REQUESTS: readonly TransactionRequest[] = [];

/** Markets in which a transaction is on its way. */
export function busyConditions(table: TransactionTable): Set<ConditionId> {
  const busy = new Set<ConditionId>();
  for (const record of table.values())
    if (isPending(record)) for (const conditionId of conditionsOf(record.request)) busy.add(conditionId);
  return busy;
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

/** Those that ended after `keepFromMs` stay in any case. */
export function evictEnded(table: TransactionTable, keepFromMs: number): void {
  if (table.size <= KEEP_ENDED) return;
  for (const [txKey, { endedAtMs }] of table) {
    if (table.size <= KEEP_ENDED) return;
    if (endedAtMs !== null && endedAtMs < keepFromMs) table.delete(txKey);
  }
}
