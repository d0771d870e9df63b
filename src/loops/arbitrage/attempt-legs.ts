import { growingRestMs } from '../../domain/growing-rest.ts';
import { isTerminal } from '../../domain/order.ts';
import type { Shares, Usd } from '../../domain/units.ts';
import type { LoopView } from '../../kernel/loop.ts';
import { allTransactions, type TransactionRecord } from '../../kernel/transactions.ts';
import { isRestUntold } from '../../orders/order-size.ts';
import { awaitsFills } from '../../orders/order-table.ts';
import type { AttemptLeg, WatchedSet } from './memory.ts';

/** A failed leg rests its market this long, doubled with each further one in a row. */
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 30 * 60_000;
/** After a refusal of our own gate: what it refused, it would refuse again a moment later. */
export const REFUSED_REST_MS = 10_000;
/** A merge or conversion that did not happen is asked for again after this, so often. */
export const TRANSACT_AGAIN_MS = 15_000;
export const MOST_TRANSACTIONS = 4;
/** Attempts that have ended and are kept for a person who asks. */
export const KEEP_ENDED = 50;

/** Whether the books know of every leg; before they have been seen there, the gate may have refused them. */
export const areLegsKnown = ({ state }: LoopView, legs: readonly AttemptLeg[]): boolean =>
  legs.every(({ clientId }) => state.orders.byClientId.has(clientId));

/** Whether all has come of the legs that will come. An order that the table does not hold any more ended minutes ago, and its fills with it. */
export const areLegsOver = ({ state }: LoopView, legs: readonly AttemptLeg[]): boolean =>
  legs.every(({ clientId }) => {
    const record = state.orders.byClientId.get(clientId);
    return (
      record === undefined ||
      (isTerminal(record.state) && record.openFills === 0 && !awaitsFills(record) && !isRestUntold(record))
    );
  });

/** Adds up what each leg has filled by trades that have not failed. */
export function takeFills({ state }: LoopView, legs: readonly AttemptLeg[]): void {
  const byOrder = new Map<string, AttemptLeg>();
  for (const leg of legs) {
    const orderId = state.orders.byClientId.get(leg.clientId)?.orderId ?? null;
    if (orderId === null) continue;
    leg.filled = 0 as Shares;
    leg.cashUsd = 0 as Usd;
    leg.feeUsd = 0 as Usd;
    byOrder.set(orderId, leg);
  }
  for (const { fill, cashUsd, feeUsd, status } of state.books.fills.byKey.values()) {
    const leg = byOrder.get(fill.orderId);
    if (leg === undefined || status === 'FAILED') continue;
    leg.filled = (leg.filled + fill.size) as Shares;
    leg.cashUsd = (leg.cashUsd + cashUsd) as Usd;
    leg.feeUsd = (leg.feeUsd + feeUsd) as Usd;
  }
}

export const failedLegs = (legs: readonly AttemptLeg[]): number =>
  legs.filter(({ filled, size }) => filled < size).length;

/** Whole sets that the legs have filled. */
export const setsOf = (legs: readonly AttemptLeg[]): Shares =>
  (legs.length === 0 ? 0 : Math.min(...legs.map(({ filled }) => filled))) as Shares;

export const mostFilled = (legs: readonly AttemptLeg[]): Shares =>
  Math.max(0, ...legs.map(({ filled }) => filled)) as Shares;

/** What the legs of an attempt came to, whatever is done with their sets. */
export function legsOutcome(legs: readonly AttemptLeg[]): 'nothingFilled' | 'legFailed' | 'completed' {
  if (mostFilled(legs) === 0) return 'nothingFilled';
  return failedLegs(legs) > 0 ? 'legFailed' : 'completed';
}

/** Our own transaction of an attempt, found by what it was asked for, and when; null where the gate refused it or it is forgotten. */
export function ownTransaction(
  { state }: LoopView,
  why: string,
  askedAtMs: number | null,
): TransactionRecord | null {
  let found: TransactionRecord | null = null;
  for (const record of allTransactions(state.transactions))
    if (record.why === why && record.approvedAtMs === askedAtMs) found = record;
  return found;
}

/** A market or event in which a leg failed rests, longer each time; one in which all filled has its slate wiped. */
export function noteLegs({ nowMs }: LoopView, watched: WatchedSet | undefined, failed: number): void {
  if (watched === undefined) return;
  watched.failuresInARow = failed === 0 ? 0 : watched.failuresInARow + 1;
  if (failed === 0) return;
  rest(nowMs, watched, growingRestMs(watched.failuresInARow, FIRST_REST_MS, LONGEST_REST_MS));
}

export function rest(nowMs: number, watched: WatchedSet | undefined, forMs: number): void {
  if (watched !== undefined) watched.restUntilMs = Math.max(watched.restUntilMs, nowMs + forMs);
}
