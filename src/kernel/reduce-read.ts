import type { TokenId } from '../domain/market.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { bookExternal, bookOpening } from '../orders/book-change.ts';
import { inMotion } from '../orders/books.ts';
import { reconcileChain } from '../orders/ledger.ts';
import { applyOpenOrdersRead, applyOrderRead } from '../orders/order-life.ts';
import { isQuiet } from '../orders/order-table.ts';
import { moveHighWater } from '../risk/drawdown.ts';
import { equityOf, flowsOf } from './gate-view.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { noteListed } from './pull-orders.ts';
import { isReconcilingRead, noteDone, noteFailed } from './reconciliation.ts';
import { cancelOrders, takeFill, wakeFor } from './reduce-order.ts';
import { takeResolutions } from './reduce-resolutions.ts';
import type { KernelState } from './state.ts';
import { pendingTransactions } from './transactions.ts';
import { takeTransfers, withoutRecent } from './wallet-transfers.ts';
import { watchDrawdown } from './watch-drawdown.ts';

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
      }
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
    for (const [tokenId] of input.tokens) if (isListed(state, tokenId)) state.knownTokens.add(tokenId);
  } else {
    adoptNewTokens(state, input);
    if (!compareWithChain(state, input, motion, outbox)) {
      noteFailed(state.reconciliation, 'balances', 'the trades of this run are not read yet', state.nowMs);
      return;
    }
  }
  state.transfers.bookedToBlock ??= input.blockNumber;
  watchDrawdown(state, outbox);
  noteDone(state.reconciliation, 'balances', input.askedAtMs);
  outbox.wake('transaction');
}

/** Returns false where the wallet differs and nobody can say yet why: a fill that was not read is no deposit. */
function compareWithChain(
  state: KernelState,
  input: Extract<ReadInput, { kind: 'balancesRead' }>,
  motion: number,
  outbox: Outbox,
): boolean {
  // A node that lags behind the one asked before shows a wallet from before what is booked already.
  if (input.blockNumber < (state.transfers.bookedToBlock ?? 0)) return true;
  const comparison = reconcileChain(state.books.ledger, withoutRecent(state, input), motion);
  if (!comparison.quiet) return true;
  const isExplained = (state.reconciliation.reads.trades.doneAtMs ?? 0) >= state.run.startedAtMs;
  if (comparison.totalMicro > 0 && state.endedClean && !isExplained) return false;
  let cashResidual = 0;
  let tokenResidual = 0;
  for (const { asset, residual } of comparison.residuals) {
    if (asset === 'USD') cashResidual = residual;
    else tokenResidual += Math.abs(residual);
  }
  // Where transfers are read, they have told of deposits already; what differs beyond them has no explanation.
  const isAdopted = state.endedClean && !areTransfersRead(state);
  if (comparison.totalMicro > 0 && isAdopted) {
    adoptDifferences(state, comparison.residuals, outbox);
    cashResidual = 0;
    tokenResidual = 0;
  } else if (comparison.totalMicro > 0) {
    outbox.send({
      kind: 'notify',
      level: 'alarm',
      text: `chain and books differ: cash by ${cashResidual} micro-USD, tokens by ${tokenResidual} micro-shares`,
    });
  }
  state.endedClean = false;
  state.reconciliation.chain = {
    atMs: state.nowMs,
    blockNumber: input.blockNumber,
    cashResidual,
    tokenResidual,
  };
  return true;
}

const areTransfersRead = ({ transfers, run }: KernelState): boolean =>
  transfers.readToBlock > 0 && transfers.readAtMs >= run.startedAtMs;

/** The run before ended with nothing on its way, so what is different now was deposited or withdrawn while nobody ran. */
function adoptDifferences(
  state: KernelState,
  residuals: readonly { asset: 'USD' | TokenId; residual: number }[],
  outbox: Outbox,
): void {
  const cash = residuals.find(({ asset }) => asset === 'USD')?.residual ?? 0;
  const tokens = residuals.flatMap(({ asset, residual }) =>
    asset === 'USD' ? [] : [[asset, residual as Shares] as const],
  );
  takeIn(state, cash as Usd, tokens, `between runs, before ${state.run.runId}`);
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `taken in as deposited or withdrawn between runs: ${cash} micro-USD`,
  });
}

function adoptNewTokens(
  state: KernelState,
  { tokens, blockNumber }: Extract<ReadInput, { kind: 'balancesRead' }>,
): void {
  for (const [tokenId, found] of tokens) {
    // A token of a market that is not listed has no place in the books yet; it is taken in when its market is.
    if (state.knownTokens.has(tokenId) || !isListed(state, tokenId)) continue;
    state.knownTokens.add(tokenId);
    state.transfers.adoptedAtBlock.set(tokenId, blockNumber);
    if (found > 0) takeIn(state, 0 as Usd, [[tokenId, found]], `first seen ${tokenId}`);
  }
}

/** Books what came from outside, and moves the high-water mark with it: it was neither won nor lost. */
function takeIn(
  state: KernelState,
  cash: Usd,
  tokens: readonly (readonly [TokenId, Shares])[],
  reason: string,
): void {
  const before = equityOf(state);
  bookExternal(state.books, cash, flowsOf(state, tokens), reason, state.nowMs);
  moveHighWater(state.drawdown, before, equityOf(state));
}

function isListed(state: KernelState, tokenId: TokenId): boolean {
  for (const { market } of state.markets.values()) {
    if (market.yesTokenId === tokenId || market.noTokenId === tokenId) return true;
  }
  return false;
}
