import { block, type TradingState, unblock } from '../risk/trading-state.ts';
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
  /** Set by a person's resume while books and chain differ; the next quiet comparison uses it up. */
  accepted: AcceptedDifference | null;
}

export interface ChainComparison {
  readonly atMs: number;
  readonly blockNumber: number;
  /** Chain minus books: dollars. */
  readonly cashResidual: number;
  /** Sum of the absolute differences over all outcome tokens. */
  readonly tokenResidual: number;
  /** When the difference was first seen; null while there is none. */
  readonly differsSinceMs: number | null;
}

/** Who takes a difference that nothing explains into the books, and why. */
export interface AcceptedDifference {
  readonly by: string;
  readonly reason: string;
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
    accepted: null,
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
/** A difference to the wallet may be a fill the venue has yet to tell of; one that outlives trades read so much later is not. */
export const UNTOLD_MS = 5_000;

/** Whether the newest comparison with the chain found a difference. */
export const isDifferent = ({ chain }: Reconciliation): boolean =>
  chain !== null && chain.differsSinceMs !== null;

/** What a quiet moment's comparison of the wallet with the books came to. */
export interface FoundDifference {
  readonly askedAtMs: number;
  readonly blockNumber: number;
  readonly cashResidual: number;
  readonly tokenResidual: number;
}

/**
 * Takes in a comparison with the chain. A difference halts trading once it outlives trades that were read long enough after it was
 * first seen, with the wallet read after them: then nothing is left that could explain it. It ends with a comparison that agrees.
 */
export function takeComparison(
  state: Reconciliation,
  trading: TradingState,
  found: FoundDifference,
  nowMs: number,
): 'agrees' | 'doubtful' | 'differs' {
  const { askedAtMs, blockNumber, cashResidual, tokenResidual } = found;
  const isSame = cashResidual === 0 && tokenResidual === 0;
  const differsSinceMs = isSame ? null : (state.chain?.differsSinceMs ?? nowMs);
  state.chain = { atMs: nowMs, blockNumber, cashResidual, tokenResidual, differsSinceMs };
  if (differsSinceMs === null) {
    unblock(trading, 'ledgerResidual', nowMs);
    return 'agrees';
  }
  const tradesAskedAtMs = state.reads.trades.doneAtMs ?? 0;
  if (tradesAskedAtMs < differsSinceMs + UNTOLD_MS || askedAtMs < tradesAskedAtMs) return 'doubtful';
  const text = `chain and books differ, and nothing explains it: cash by ${cashResidual} micro-USD, tokens by ${tokenResidual} micro-shares`;
  block(trading, 'ledgerResidual', text, nowMs);
  return 'differs';
}

/** Which reads are due: those a reconciliation still needs, at once, and all of them every `everyMs`, sooner while chain and books differ. */
export function dueReads(state: Reconciliation, nowMs: number, mostMs: number): ReconcilingRead[] {
  const everyMs = isDifferent(state) ? Math.min(mostMs, UNTOLD_MS) : mostMs;
  return RECONCILING_READS.filter((name) => {
    const { askedAtMs, doneAtMs, failedAtMs } = state.reads[name];
    if (askedAtMs !== null && nowMs - askedAtMs < GIVE_UP_MS) return false;
    if (askedAtMs === null && failedAtMs !== null && nowMs - failedAtMs < RETRY_MS) return false;
    if (doneAtMs === null || doneAtMs < state.neededSinceMs) return true;
    return nowMs - doneAtMs >= everyMs;
  });
}
