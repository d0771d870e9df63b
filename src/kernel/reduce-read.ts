import { bookOpening } from '../orders/book-change.ts';
import { inMotion } from '../orders/books.ts';
import { applyOpenOrdersRead, applyOrderRead } from '../orders/order-life.ts';
import { isQuiet } from '../orders/order-table.ts';
import { adoptNewTokens, compareWithChain } from './compare-chain.ts';
import { flowsOf } from './gate-view.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { noteListed } from './pull-orders.ts';
import { isReconcilingRead, noteDone, noteFailed } from './reconciliation.ts';
import { cancelOrders, takeFill, wakeFor } from './reduce-order.ts';
import { takeResolutions } from './reduce-resolutions.ts';
import { isHistoryRead, noteHistoryFailed } from './reduce-spot.ts';
import type { KernelState } from './state.ts';
import { pendingTransactions } from './transactions.ts';
import { conditionOf } from './unread-tokens.ts';
import { takeTransfers } from './wallet-transfers.ts';

/** Answers to reads of the venue and the chain. */
export function reduceRead(state: KernelState, input: ReadInput, outbox: Outbox): void {
  switch (input.kind) {
    case 'openOrdersRead':
      takeOpenOrders(state, input, outbox);
      return;
    case 'orderRead': {
      const untold = state.orders.untold.size;
      applyOrderRead(state.orders, input.orderId, input.order, input.askedAtMs, state.nowMs);
      // What the order's rest held back is free now.
      if (state.orders.untold.size < untold) wakeFor(state, [input.orderId], outbox);
      return;
    }
    case 'tradesRead':
      for (const fill of input.fills) takeFill(state, fill, outbox);
      noteDone(state.reconciliation, 'trades', input.askedAtMs);
      return;
    case 'balancesRead':
      takeBalances(state, input, outbox);
      return;
    case 'transfersRead':
      takeTransfers(state, input, outbox);
      return;
    case 'priceHistoryRead': {
      const slot = state.markets.get(input.conditionId);
      if (slot !== undefined) slot.venueHistory = { points: input.points, asOfMs: input.askedAtMs };
      return;
    }
    case 'earningsRead':
      state.earnings = { date: input.date, byMarket: input.byMarket, asOfMs: input.askedAtMs };
      return;
    case 'resolutionsRead':
      takeResolutions(state, input, outbox);
      return;
    case 'readFailed':
      if (isReconcilingRead(input.read))
        noteFailed(state.reconciliation, input.read, `${input.code}: ${input.text}`, state.nowMs);
      else if (input.read === 'markets') {
        state.listingFailedAtMs = state.nowMs;
        outbox.wake('markets');
      } else if (isHistoryRead(input.read)) noteHistoryFailed(state, input, outbox);
      outbox.send({ kind: 'notify', level: 'warning', text: `reading ${input.read} failed: ${input.text}` });
  }
}

/** Orders the venue has and our books do not are cancelled: nothing of ours may be live that we do not know. */
function takeOpenOrders(
  state: KernelState,
  input: Extract<ReadInput, { kind: 'openOrdersRead' }>,
  outbox: Outbox,
): void {
  const { orphans } = applyOpenOrdersRead(state.orders, input.orders, input.askedAtMs, state.nowMs);
  if (orphans.length > 0) {
    outbox.send({
      kind: 'notify',
      level: 'warning',
      text: `${orphans.length} live orders are not in the books and are canceled`,
    });
    cancelOrders(state, orphans, 'not in the books', outbox);
  }
  // Until a list shows that they are gone, the books are not confirmed.
  if (orphans.length > 0)
    noteFailed(state.reconciliation, 'openOrders', 'live orders that are not in the books', state.nowMs);
  else noteDone(state.reconciliation, 'openOrders', input.askedAtMs);
  noteListed(state, input);
  const { shutdown } = state;
  if (
    shutdown !== null &&
    input.askedAtMs >= shutdown.sinceMs &&
    input.orders.length === 0 &&
    isQuiet(state.orders)
  ) {
    shutdown.ordersGoneAtMs ??= state.nowMs;
  }
}

/** The wallet at one block: opens the books, takes in tokens seen for the first time, and otherwise must agree with the books. */
function takeBalances(
  state: KernelState,
  input: Extract<ReadInput, { kind: 'balancesRead' }>,
  outbox: Outbox,
): void {
  const { books } = state;
  const motion = inMotion(books, state.orders, pendingTransactions(state.transactions).length);
  if (books.ledger.openedAtMs === null) {
    bookOpening(books, input.cash, flowsOf(state, input.tokens), input.askedAtMs);
    for (const [tokenId] of input.tokens)
      if (conditionOf(state, tokenId) !== null) state.knownTokens.add(tokenId);
  } else {
    adoptNewTokens(state, input);
    if (!compareWithChain(state, input, motion, outbox)) {
      noteFailed(state.reconciliation, 'balances', 'the trades of this run are not read yet', state.nowMs);
      return;
    }
  }
  state.transfers.bookedToBlock ??= input.blockNumber;
  noteDone(state.reconciliation, 'balances', input.askedAtMs);
  outbox.wake('transaction');
}
