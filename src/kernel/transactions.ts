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

/**
 * Transactions by their keys, each in one of two places, so that what may still change the chain is found without walking what
 * has ended. Plain data; the functions of this file are its only writers.
 */
export interface TransactionTable {
  readonly pending: ReadonlyMap<string, TransactionRecord>;
  /** Oldest first. */
  readonly ended: ReadonlyMap<string, TransactionRecord>;
  /** Markets whose conversions on their way have changed; `account-risk.ts` takes them out. */
  changed: Set<ConditionId>;
}

/** The same table to those who may write it. */
interface WritableTable {
  readonly pending: Map<string, TransactionRecord>;
  readonly ended: Map<string, TransactionRecord>;
}

const writable = ({ pending, ended }: TransactionTable): WritableTable => ({
  pending: pending as Map<string, TransactionRecord>,
  ended: ended as Map<string, TransactionRecord>,
});

export const createTransactions = (): TransactionTable => ({
  pending: new Map(),
  ended: new Map(),
  changed: new Set(),
});

/** Whether the transaction may still change the chain. */
export const isPending = (record: TransactionRecord): boolean => record.endedAtMs === null;

export const transactionOf = (
  { pending, ended }: TransactionTable,
  txKey: string,
): TransactionRecord | null => pending.get(txKey) ?? ended.get(txKey) ?? null;

/** All that are remembered, those that have ended first. */
export function* allTransactions({ pending, ended }: TransactionTable): Generator<TransactionRecord> {
  yield* ended.values();
  yield* pending.values();
}

/** Those that may still change the chain. */
export const pendingTransactions = ({ pending }: TransactionTable): TransactionRecord[] => [
  ...pending.values(),
];

/** Dollars that splits on their way will take, in one market or in all. */
export function cashReserved(table: TransactionTable, conditionId: ConditionId | null): Usd {
  let cash = 0;
  for (const { request } of table.pending.values()) {
    if (request.action !== 'split') continue;
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
  for (const { request } of table.pending.values()) {
    const taken = sharesTaken(request, conditionId);
    yes += taken.yes;
    no += taken.no;
  }
  return { yes: yes as Shares, no: no as Shares };
}

/** Conversions on their way. Unlike a split or merge, one that happens moves what is held of an outcome on balance. */
export function pendingConversions(table: TransactionTable): readonly TransactionRequest[] {
  let found: TransactionRequest[] | null = null;
  for (const { request } of table.pending.values()) {
    if (request.conversion === undefined) continue;
    found ??= [];
    found.push(request);
  }
  return found ?? NO_REQUESTS;
}

const NO_REQUESTS: readonly TransactionRequest[] = [];

/** Markets in which a transaction is on its way. */
export function busyConditions(table: TransactionTable): Set<ConditionId> {
  const busy = new Set<ConditionId>();
  for (const { request } of table.pending.values())
    for (const conditionId of conditionsOf(request)) busy.add(conditionId);
  return busy;
}

export function addTransaction(
  table: TransactionTable,
  request: TransactionRequest,
  why: string,
  nowMs: number,
): void {
  writable(table).pending.set(request.txKey, {
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
  noteConversion(table, request);
}

/** Ends a transaction in this state for good; it must be pending. */
export function endTransaction(
  table: TransactionTable,
  record: TransactionRecord,
  state: TransactionRecord['state'],
  nowMs: number,
): void {
  const { pending, ended } = writable(table);
  const { request } = record;
  if (!pending.delete(request.txKey))
    throw new Error(`transaction ${request.txKey} was ended twice, expected it to be pending`);
  record.state = state;
  record.endedAtMs = nowMs;
  ended.set(request.txKey, record);
  noteConversion(table, request);
}

/** A split or merge moves nothing on balance while it is on its way; a conversion may. */
function noteConversion({ changed }: TransactionTable, request: TransactionRequest): void {
  if (request.conversion !== undefined)
    for (const conditionId of conditionsOf(request)) changed.add(conditionId);
}

/** A restart: what was never signed was never sent; what was signed is asked for by its hash. */
export function recoverTransactions(table: TransactionTable, nowMs: number): void {
  for (const record of pendingTransactions(table)) {
    if (record.hash === null) {
      endTransaction(table, record, 'notSent', nowMs);
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
  for (const record of table.pending.values()) {
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
  const { ended } = writable(table);
  for (const [txKey, { endedAtMs }] of ended) {
    if (ended.size <= KEEP_ENDED || (endedAtMs ?? keepFromMs) >= keepFromMs) return;
    ended.delete(txKey);
  }
}
