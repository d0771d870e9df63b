import { streamOf } from '../domain/random.ts';
import { recoverOrders } from '../orders/order-life.ts';
import { createOrderBudget } from '../risk/limits.ts';
import { createAccountRisk } from './account-risk.ts';
import { settleDirectional } from './directional.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { AnalystInput, FeedName, Input, RunStarted, SettingsChanged } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { reduceMarket } from './reduce-market.ts';
import { reduceOrder } from './reduce-order.ts';
import { reduceRead } from './reduce-read.ts';
import { followCoins, reduceSpot } from './reduce-spot.ts';
import { reduceTransaction } from './reduce-transaction.ts';
import { createSpotPrices } from './spot-prices.ts';
import { createCounts, type KernelState } from './state.ts';
import { createTokenWait } from './token-wait.ts';
import { obeyOperator, restartControl, switchFeed } from './trading-control.ts';
import { recoverTransactions } from './transactions.ts';
import { createWalletTransfers } from './wallet-transfers.ts';

/** Takes one input into the state. Decides nothing about quotes; what must be answered at once goes into the outbox. */
export function reduce(state: KernelState, input: Input, outbox: Outbox): void {
  take(state, input, outbox);
  if (state.directional.positions.size > 0 && !isMarketData(input)) settleDirectional(state);
}

/** Prices come by the hundred and end no position. */
const isMarketData = ({ kind }: Input): boolean =>
  kind === 'levels' || kind === 'book' || kind === 'publicTrade' || kind === 'spotTicks';

function take(state: KernelState, input: Input, outbox: Outbox): void {
  switch (input.kind) {
    case 'runStarted':
      startRun(state, input, outbox);
      return;
    case 'wake':
      return;
    case 'settingsChanged':
      state.settings = input.settings;
      outbox.send({ kind: 'notify', level: 'note', text: changeText(input) });
      followCoins(state, outbox);
      outbox.wake('settings');
      return;
    case 'operator':
      takeOperatorOrder(state, input, outbox);
      return;
    case 'feed':
      reduceFeed(state, input.feed, input.up, input.reason, outbox);
      return;
    case 'marketsListed':
    case 'book':
    case 'levels':
    case 'tickSize':
    case 'bookUntrusted':
    case 'touchesApart':
    case 'outcomeBooks':
    case 'publicTrade':
    case 'marketResolved':
      reduceMarket(state, input, outbox);
      return;
    case 'ordersPrepared':
    case 'ordersAnswered':
    case 'orderSeen':
    case 'fill':
    case 'cancelAnswered':
    case 'cancelFailed':
      reduceOrder(state, input, outbox);
      return;
    case 'openOrdersRead':
    case 'orderRead':
    case 'tradesRead':
    case 'balancesRead':
    case 'transfersRead':
    case 'priceHistoryRead':
    case 'earningsRead':
    case 'resolutionsRead':
    case 'readFailed':
      reduceRead(state, input, outbox);
      return;
    case 'transactionPrepared':
    case 'transactionEnded':
      reduceTransaction(state, input, outbox);
      return;
    case 'spotTicks':
    case 'spotSource':
    case 'dailyClosesRead':
    case 'candlesRead':
      reduceSpot(state, input, outbox);
      return;
    case 'answered':
    case 'askFailed':
      keepAnswer(state, input);
      outbox.wake('answer');
      return;
  }
}

const changeText = ({ by, change }: SettingsChanged): string =>
  change === undefined
    ? `settings changed by ${by}`
    : `${change.name} changed from ${change.from} to ${change.to} by ${by}: ${change.reason}`;

/**
 * A run begins, perhaps on the state of a run before it: positions, orders and books are kept, everything that was on its way
 * is in doubt, and nothing is sent until venue and chain have been read.
 */
function startRun(state: KernelState, input: RunStarted, outbox: Outbox): void {
  const { nowMs } = state;
  state.run = {
    runId: input.runId,
    parentRunId: input.parentRunId,
    wallet: input.wallet,
    seed: input.seed,
    startedAtMs: nowMs,
  };
  state.settings = input.settings;
  state.salts = streamOf(input.seed, `salts/${input.runId}`);
  state.orderBudget = createOrderBudget(limitsOf(input.settings), nowMs);
  state.tokenWait = createTokenWait();
  state.confirmedAtMs = new Map();
  restartControl(state);
  state.counts = createCounts();
  // A snapshot from before transfers were read has none: they are read from the next balances on.
  state.transfers ??= createWalletTransfers(nowMs);
  state.accountRisk = createAccountRisk();
  state.rejectionRests = new Map();
  // Each run's journal explains itself.
  state.told = new Map();
  state.withdrawal = null;
  // What was asked by a run before this one is not answered any more.
  state.answers = new Map();
  state.spot = createSpotPrices();
  state.shutdown = null;
  for (const slot of state.markets.values()) {
    slot.watched = false;
    slot.watchedBy = [];
    slot.bookLive = false;
    slot.bookReason = 'not watched yet';
  }
  state.listedAtMs = null;
  state.listingFailedAtMs = null;
  state.listedSoFar = new Set();
  recoverOrders(state.orders, nowMs);
  recoverTransactions(state.transactions, nowMs);
  outbox.wake('start');
}

/** Whoever asked looks at the answer as soon as his loop runs again, so some are enough: more than are ever under way at once. */
const ANSWERS_KEPT = 32;

function keepAnswer({ answers }: KernelState, answer: AnalystInput): void {
  answers.delete(answer.key);
  answers.set(answer.key, answer);
  for (const key of answers.keys()) {
    if (answers.size <= ANSWERS_KEPT) break;
    answers.delete(key);
  }
}

function takeOperatorOrder(
  state: KernelState,
  input: Extract<Input, { kind: 'operator' }>,
  outbox: Outbox,
): void {
  obeyOperator(state, input);
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `operator ${input.by}: ${input.order}, ${input.reason}`,
  });
}

/** A feed that comes back may have missed something: books are confirmed anew before anything is sent. */
function reduceFeed(state: KernelState, name: FeedName, up: boolean, reason: string, outbox: Outbox): void {
  if (!switchFeed(state, name, up, reason)) return;
  if (name === 'market') {
    if (!up) for (const slot of state.markets.values()) slot.bookLive = false;
  } else if (up) outbox.wake('reconnect');
  if (!up) outbox.send({ kind: 'notify', level: 'warning', text: `${name} feed is down: ${reason}` });
}
