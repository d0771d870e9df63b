import type { TokenId } from '../../domain/market.ts';
import { defineLoop, type Intent, type LoopView } from '../../kernel/loop.ts';
import { dueReads, type ReconcilingRead } from '../../kernel/reconciliation.ts';
import { oldestOpenFillMs } from '../../kernel/withdraw.ts';

/** Orders, trades and balances are compared with venue and chain this often, besides every start and reconnect. */
const RECONCILE_EVERY_MS = 60_000;
const BEAT_MS = 30_000;
/** While something is in doubt, or confirmation is awaited, the loop looks again this soon. */
const IMPATIENT_MS = 1_000;
const LOOK_UP_EVERY_MS = 3_000;
const LOOK_UPS_AT_ONCE = 10;
/** Ended orders stay this long for late frames; final fills stay long enough for a repeat to be recognised. */
const KEEP_ORDERS_MS = 10 * 60_000;
const KEEP_FILLS_MS = 60 * 60_000;

/**
 * Keeps the books true: reads orders, trades and the wallet at start, after every lost connection and every minute; looks up
 * what is in doubt; forgets what is long over. It is never paused, because books matter most when trading has stopped.
 */
export const maintenance = defineLoop<object>({
  name: 'maintenance',
  everyMs: (state) => (isWaiting(state) ? IMPATIENT_MS : BEAT_MS),
  minGapMs: () => IMPATIENT_MS,
  wakesOn: ['start', 'reconnect', 'markets', 'ownFill', 'transaction'],
  allowedIn: ['starting', 'active', 'reducing', 'halted', 'stopping'],
  createMemory: () => ({}),
  decide,
});

function isWaiting(state: LoopView['state']): boolean {
  return (
    state.trading.mode === 'starting' ||
    [...state.orders.byClientId.values()].some((record) => record.doubt !== null)
  );
}

function decide(view: LoopView): Intent[] {
  const { state, nowMs } = view;
  const intents: Intent[] = [
    { kind: 'forgetEnded', ordersAfterMs: KEEP_ORDERS_MS, fillsAfterMs: KEEP_FILLS_MS },
  ];
  for (const name of dueReads(state.reconciliation, nowMs, RECONCILE_EVERY_MS))
    intents.push(read(view, name));
  if (!intents.some(({ kind }) => kind === 'readBalances') && hasNewTokens(view))
    intents.push(readBalances(view));
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
