import type { ReadName } from './messages.ts';

/** The reads that must agree with our books before anything new is sent. */
export const RECONCILING_READS = ['openOrders', 'trades', 'balances'] as const;
export type ReconcilingRead = (typeof RECONCILING_READS)[number];

export interface ReadProgress {
  /** When the read under way was asked for; null when none is. */
  askedAtMs: number | null;
  /** `askedAtMs` of the newest read that succeeded. */
  doneAtMs: number | null;
  /** When the newest read failed; null once one has succeeded. */
  failedAtMs: number | null;
  lastError: string | null;
}

/**
 * How far our books are confirmed by the venue and the chain. A start or a lost connection moves `neededSinceMs`; books are
 * reconciled when every read has been asked for after it and answered.
 */
export interface Reconciliation {
  neededSinceMs: number;
  reason: string;
  reads: Record<ReconcilingRead, ReadProgress>;
  /** Result of the newest comparison with the chain in a quiet moment, in millionths; null before the first. */
  chain: ChainComparison | null;
}

export interface ChainComparison {
  readonly atMs: number;
  readonly blockNumber: number;
  /** Chain minus books: dollars. */
  readonly cashResidual: number;
  /** Sum of the absolute differences over all outcome tokens. */
  readonly tokenResidual: number;
}

const freshRead = (): ReadProgress => ({
  askedAtMs: null,
  doneAtMs: null,
  failedAtMs: null,
  lastError: null,
});

/** `tradesKnownMs`: up to when an earlier run has read trades, so that this one need not read the whole history again. */
export function createReconciliation(nowMs: number, tradesKnownMs: number | null = null): Reconciliation {
  return {
    neededSinceMs: nowMs,
    reason: 'start',
    reads: {
      openOrders: freshRead(),
      trades: { ...freshRead(), doneAtMs: tradesKnownMs },
      balances: freshRead(),
    },
    chain: null,
  };
}

/** From now on the books count as unconfirmed, until every read has been made anew. */
export function needReconciliation(state: Reconciliation, nowMs: number, reason: string): void {
  state.neededSinceMs = nowMs;
  state.reason = reason;
}

export const isReconciled = (state: Reconciliation): boolean =>
  RECONCILING_READS.every((name) => {
    const { doneAtMs } = state.reads[name];
    return doneAtMs !== null && doneAtMs >= state.neededSinceMs;
  });

export const isReconcilingRead = (name: ReadName): name is ReconcilingRead =>
  (RECONCILING_READS as readonly ReadName[]).includes(name);

export function noteAsked(state: Reconciliation, name: ReconcilingRead, nowMs: number): void {
  state.reads[name].askedAtMs = nowMs;
}

export function noteDone(state: Reconciliation, name: ReconcilingRead, askedAtMs: number): void {
  const progress = state.reads[name];
  progress.askedAtMs = null;
  progress.doneAtMs = Math.max(progress.doneAtMs ?? 0, askedAtMs);
  progress.failedAtMs = null;
  progress.lastError = null;
}

export function noteFailed(state: Reconciliation, name: ReconcilingRead, text: string, nowMs: number): void {
  state.reads[name].askedAtMs = null;
  state.reads[name].failedAtMs = nowMs;
  state.reads[name].lastError = text;
}

/** A read whose answer never came is asked for again after this long; every read has a shorter bound of its own. */
const GIVE_UP_MS = 30_000;
/** A failed reconciling read is repeated this soon, because trading waits for it. */
const RETRY_MS = 1_000;

/** Which reads are due: those a reconciliation still needs, at once, and all of them every `everyMs`. */
export function dueReads(state: Reconciliation, nowMs: number, everyMs: number): ReconcilingRead[] {
  return RECONCILING_READS.filter((name) => {
    const { askedAtMs, doneAtMs, failedAtMs } = state.reads[name];
    if (askedAtMs !== null && nowMs - askedAtMs < GIVE_UP_MS) return false;
    if (askedAtMs === null && failedAtMs !== null && nowMs - failedAtMs < RETRY_MS) return false;
    if (doneAtMs === null || doneAtMs < state.neededSinceMs) return true;
    return nowMs - doneAtMs >= everyMs;
  });
}
