import { inMotion } from '../orders/books.ts';
import type { Outbox } from './outbox.ts';
import { isDifferent, noteAsked, UNTOLD_MS } from './reconciliation.ts';
import type { KernelState, Shutdown } from './state.ts';
import { pendingTransactions } from './transactions.ts';

/** How long the way out waits for trades and transactions to settle once no order is left. */
const SETTLE_BOUND_MS = 45_000;
/** How long the way out waits for the venue to confirm that no order is left. Its heartbeat sweep is shorter. */
const CANCEL_BOUND_MS = 60_000;
const READ_EVERY_MS = 1_000;

/**
 * The way out: all orders cancelled and confirmed gone by a read, then trades and transactions settled, then the wallet
 * compared with the books once more, then exit. Every wait has a bound; what is not settled by then is in the journal.
 */
export function walkOut(state: KernelState, outbox: Outbox): void {
  if (state.trading.mode !== 'stopping') return;
  state.shutdown ??= {
    sinceMs: state.nowMs,
    ordersGoneAtMs: null,
    askedAtMs: Number.MIN_SAFE_INTEGER,
    exited: false,
  };
  const { shutdown, nowMs } = state;
  if (shutdown.exited) return;
  const reason = exitReason(state, shutdown);
  if (reason !== null) {
    shutdown.exited = true;
    // A difference that is still there must not pass for a deposit at the next start.
    state.endedClean = reason === CLEAN_EXIT && !isDifferent(state.reconciliation);
    outbox.send({ kind: 'exit', reason });
    return;
  }
  if (nowMs - shutdown.askedAtMs < READ_EVERY_MS) return;
  shutdown.askedAtMs = nowMs;
  if (shutdown.ordersGoneAtMs === null) {
    noteAsked(state.reconciliation, 'openOrders', nowMs);
    outbox.send({ kind: 'readOpenOrders' });
  } else if (moving(state) > 0 || !areTradesRead(state, shutdown.ordersGoneAtMs)) {
    noteAsked(state.reconciliation, 'trades', nowMs);
    outbox.send({ kind: 'readTrades', sinceMs: untoldSinceMs(state) });
  } else {
    noteAsked(state.reconciliation, 'balances', nowMs);
    const { bookedToBlock } = state.transfers;
    outbox.send({
      kind: 'readBalances',
      tokens: [...state.knownTokens],
      transfersAfterBlock: bookedToBlock,
    });
  }
}

/** How a run exits that leaves nothing open. */
export const CLEAN_EXIT = 'all orders are gone, everything is settled';
/** Whether trades were read late enough after the last order had gone: a fill right before that may have come by no socket. */
function areTradesRead(state: KernelState, ordersGoneAtMs: number): boolean {
  const { chain, reads } = state.reconciliation;
  const isSuspect = chain !== null && chain.atMs > ordersGoneAtMs && isDifferent(state.reconciliation);
  return (reads.trades.doneAtMs ?? 0) >= ordersGoneAtMs + (isSuspect ? UNTOLD_MS : 0);
}

function isCompared(state: KernelState, ordersGoneAtMs: number): boolean {
  const { chain, reads } = state.reconciliation;
  if (chain === null || !areTradesRead(state, ordersGoneAtMs)) return false;
  return chain.atMs > Math.max(ordersGoneAtMs, reads.trades.doneAtMs ?? 0);
}

function exitReason(state: KernelState, shutdown: Shutdown): string | null {
  const { nowMs } = state;
  if (shutdown.ordersGoneAtMs === null) {
    return nowMs - shutdown.sinceMs > CANCEL_BOUND_MS
      ? 'the venue did not confirm that no order is left'
      : null;
  }
  if (moving(state) === 0 && isCompared(state, shutdown.ordersGoneAtMs)) return CLEAN_EXIT;
  return nowMs - shutdown.ordersGoneAtMs > SETTLE_BOUND_MS
    ? 'orders are gone, but not everything settled in time'
    : null;
}

const moving = (state: KernelState): number =>
  inMotion(state.books, state.orders, pendingTransactions(state.transactions).length);

/** Match times are whole seconds, so reads reach back a little further than the oldest fill that is not final. */
const OVERLAP_MS = 5_000;

/** From when trades must be read so that every fill that is not final is among them. */
export function oldestOpenFillMs(state: KernelState): number {
  let oldest = state.nowMs;
  for (const key of state.books.fills.open) {
    const record = state.books.fills.byKey.get(key);
    if (record !== undefined) oldest = Math.min(oldest, record.fill.matchedAtMs);
  }
  for (const record of state.orders.byClientId.values()) {
    if (record.venueMatched > record.matched) oldest = Math.min(oldest, record.approvedAtMs);
  }
  return oldest - OVERLAP_MS;
}

/** How far a read of trades reaches back behind the one before it, for fills that the venue lists late. */
const REACH_BACK_MS = 60_000;

/** From when trades must be read on the way out: nothing that was not read before may be left out. */
function untoldSinceMs(state: KernelState): number {
  const readMs = state.reconciliation.reads.trades.doneAtMs ?? state.books.fills.floorMs;
  return Math.min(oldestOpenFillMs(state), readMs - REACH_BACK_MS);
}

/** When `walkOut` next has something to do. */
export function nextWayOutAtMs({ shutdown }: KernelState): number {
  return shutdown === null || shutdown.exited ? Number.MAX_SAFE_INTEGER : shutdown.askedAtMs + READ_EVERY_MS;
}
