import type { ConditionId, TokenId } from '../../domain/market.ts';
import { defineLoop, type Intent, type LoopView } from '../../kernel/loop.ts';
import { dueReads, isDifferent, isReconciled, type ReconcilingRead } from '../../kernel/reconciliation.ts';
import { oldestOpenFillMs } from '../../kernel/withdraw.ts';
import { askResolutions } from './ask-resolutions.ts';

/** Orders, trades and balances are compared with venue and chain this often, besides every start and reconnect. */
const RECONCILE_EVERY_MS = 60_000;
const BEAT_MS = 30_000;
/** While something is in doubt, or confirmation is awaited, the loop looks again this soon. */
const IMPATIENT_MS = 1_000;
const LOOK_UP_EVERY_MS = 3_000;
const LOOK_UPS_AT_ONCE = 10;
/** How often trades are read while the venue has told of a match and not of its trade. */
const AWAITED_EVERY_MS = 3_000;
const DEAD_BOOK_EVERY_MS = 20_000;
const DEAD_BOOKS_AT_ONCE = 10;
/** Ended orders stay this long for late frames; final fills stay long enough for a repeat to be recognised. */
const KEEP_ORDERS_MS = 10 * 60_000;
const KEEP_FILLS_MS = 60 * 60_000;

/**
 * Keeps the books true: reads orders, trades and the wallet at start, after every lost connection and every minute; looks up
 * what is in doubt; asks how markets were resolved; forgets what is long over. It is never paused, because books matter most when trading has stopped.
 */
export const maintenance = defineLoop<MaintenanceMemory>({
  name: 'maintenance',
  everyMs: (state) => (isWaiting(state) ? IMPATIENT_MS : BEAT_MS),
  minGapMs: () => IMPATIENT_MS,
  wakesOn: ['start', 'reconnect', 'markets', 'ownFill', 'transaction'],
  allowedIn: ['starting', 'active', 'reducing', 'halted', 'stopping'],
  createMemory: () => ({ booksAskedAtMs: new Map(), resolutionsAskedAtMs: new Map() }),
  decide,
});

/** Whether something is awaited: the first agreement of the books, a way out, an order or transaction whose fate is not known. */
function isWaiting(state: LoopView['state']): boolean {
  if (state.trading.mode === 'stopping' || !isReconciled(state.reconciliation)) return true;
  if (isDifferent(state.reconciliation)) return true;
  if (state.orders.doubtful.size > 0 || state.orders.awaiting.size > 0) return true;
  for (const record of state.transactions.pending.values()) if (record.state === 'unknown') return true;
  return false;
}

interface MaintenanceMemory {
  /** Watched markets without a live book, and when their book was last asked for. */
  booksAskedAtMs: Map<ConditionId, number>;
  /** Markets of the books whose outcome the chain has not told, and when it was last asked for. */
  resolutionsAskedAtMs: Map<ConditionId, number>;
}

function decide(view: LoopView, memory: MaintenanceMemory): Intent[] {
  const { state, nowMs } = view;
  const intents: Intent[] = [
    { kind: 'forgetEnded', ordersAfterMs: KEEP_ORDERS_MS, fillsAfterMs: KEEP_FILLS_MS },
  ];
  for (const name of dueReads(state.reconciliation, nowMs, RECONCILE_EVERY_MS))
    intents.push(read(view, name));
  if (!intents.some(({ kind }) => kind === 'readBalances') && hasNewTokens(view))
    intents.push(readBalances(view));
  if (!intents.some(({ kind }) => kind === 'readTrades') && isTradeAwaited(view))
    intents.push(read(view, 'trades'));
  intents.push(...readDeadBooks(view, memory));
  intents.push(...askResolutions(view, memory.resolutionsAskedAtMs));
  intents.push({ kind: 'lookUpDoubtful', everyMs: LOOK_UP_EVERY_MS, limit: LOOK_UPS_AT_ONCE });
  return intents;
}

function read(view: LoopView, name: ReconcilingRead): Intent {
  if (name === 'openOrders') return { kind: 'readOpenOrders' };
  if (name === 'balances') return readBalances(view);
  const { state, nowMs } = view;
  // Each read reaches back to before the one before it, and to the oldest fill that is not final.
  const last = state.reconciliation.reads.trades.doneAtMs ?? state.books.ledger.openedAtMs ?? nowMs;
  return { kind: 'readTrades', sinceMs: Math.min(last - RECONCILE_EVERY_MS, oldestOpenFillMs(state)) };
}

/** A trade frame follows its order frame at once, or was lost. */
function isTradeAwaited({ state, nowMs }: LoopView): boolean {
  const { askedAtMs, doneAtMs, failedAtMs } = state.reconciliation.reads.trades;
  if (state.orders.awaiting.size === 0 || askedAtMs !== null) return false;
  return nowMs - Math.max(doneAtMs ?? 0, failedAtMs ?? 0) >= AWAITED_EVERY_MS;
}

/** A watched book that stays dead is asked for: its socket may never tell of it again, and the read that should have may have failed. */
function readDeadBooks({ state, nowMs }: LoopView, { booksAskedAtMs }: MaintenanceMemory): Intent[] {
  const intents: Intent[] = [];
  for (const [conditionId, { watched, bookLive, resolved }] of state.markets) {
    if (!watched || bookLive || resolved !== undefined || !state.feeds.market.up) {
      booksAskedAtMs.delete(conditionId);
      continue;
    }
    // The first time only starts the clock, because the socket's own book is usually on its way.
    const askedAtMs = booksAskedAtMs.get(conditionId);
    if (askedAtMs !== undefined && nowMs - askedAtMs < DEAD_BOOK_EVERY_MS) continue;
    if (askedAtMs !== undefined && intents.length >= DEAD_BOOKS_AT_ONCE) continue;
    booksAskedAtMs.set(conditionId, nowMs);
    if (askedAtMs !== undefined) intents.push({ kind: 'readBook', conditionId });
  }
  return intents;
}

/** Every token that is held, watched, or was ever taken into the books. */
function tokensToRead({ state }: LoopView): TokenId[] {
  const tokens = new Set<TokenId>(state.knownTokens);
  for (const slot of state.markets.values()) {
    if (!slot.watched && !state.books.positions.has(slot.market.conditionId)) continue;
    tokens.add(slot.market.yesTokenId);
    tokens.add(slot.market.noTokenId);
  }
  return [...tokens];
}

const readBalances = (view: LoopView): Intent => ({ kind: 'readBalances', tokens: tokensToRead(view) });

function hasNewTokens(view: LoopView): boolean {
  const { state, nowMs } = view;
  const { askedAtMs } = state.reconciliation.reads.balances;
  if (askedAtMs !== null && nowMs - askedAtMs < LOOK_UP_EVERY_MS) return false;
  return tokensToRead(view).some((tokenId) => !state.knownTokens.has(tokenId));
}
