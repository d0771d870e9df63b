import type { Usd } from '../domain/units.ts';
import { acceptLosses, type LossNews, observeLosses } from '../risk/loss-watch.ts';
import {
  applyFeed,
  applyOperator,
  BLOCKED_IN,
  block,
  explainBlocks,
  type TradingMode,
  tradingAfterRestart,
  unblock,
} from '../risk/trading-state.ts';
import { lossLimitsOf } from './loss-limits.ts';
import type { FeedName, Input } from './messages.ts';
import { createReconciliation, isReconciled, needReconciliation } from './reconciliation.ts';
import { createFeeds, type KernelState } from './state.ts';

/**
 * All that decides whether trading may go on, and nothing else of the state: what these functions do with it is checked in every
 * combination (`trading-control.model.test.ts`).
 */
export type TradingControl = Pick<
  KernelState,
  'nowMs' | 'settings' | 'trading' | 'losses' | 'reconciliation' | 'feeds'
>;

/**
 * Feeds count as down until they are heard of. The market feed raises no block: it has nothing to connect for before the loops
 * have chosen markets to watch, and no quote passes the gate without a live book.
 */
export function restartControl(state: TradingControl): void {
  const { nowMs } = state;
  state.trading = tradingAfterRestart(state.trading, nowMs);
  if (state.settings.heartbeat.enabled) block(state.trading, 'heartbeat', 'no beat confirmed yet', nowMs);
  block(state.trading, 'userFeed', 'not connected yet', nowMs);
  const tradesKnownMs = state.reconciliation.reads.trades.doneAtMs;
  // The same millisecond must not count as read in this run.
  state.reconciliation = createReconciliation(
    nowMs,
    tradesKnownMs === null ? null : Math.min(tradesKnownMs, nowMs - 1),
  );
  state.feeds = createFeeds(nowMs);
  // What was seen before the run says nothing about now: the first look of this one counts at once.
  state.losses.looks = [];
  state.losses.lookedAtMs = null;
}

/** Returns whether the feed was not so already. One that comes back may have missed something: books are confirmed anew. */
export function switchFeed(state: TradingControl, name: FeedName, up: boolean, reason: string): boolean {
  const feed = state.feeds[name];
  if (feed.up === up) return false;
  feed.up = up;
  feed.sinceMs = state.nowMs;
  feed.reason = reason;
  applyFeed(state.trading, name, up, reason, state.nowMs);
  if (up && name !== 'market') needReconciliation(state.reconciliation, state.nowMs, `${name} came up`);
  return true;
}

/** A person's resume accepts the losses that hold trading back, and a difference to the chain that nothing explains. */
export function obeyOperator(
  state: TradingControl,
  { order, by, reason }: Pick<Extract<Input, { kind: 'operator' }>, 'order' | 'by' | 'reason'>,
): void {
  const { trading, nowMs } = state;
  if (order === 'resume') {
    if (LOSS_BLOCKS.some((name) => trading.blocks.has(name))) acceptLosses(state.losses);
    if (trading.blocks.has('ledgerResidual')) state.reconciliation.accepted = { by, reason };
    needReconciliation(state.reconciliation, nowMs, 'resume');
  }
  applyOperator(trading, order, `${reason} (by ${by})`, nowMs);
}

const LOSS_BLOCKS = ['drawdownReduce', 'drawdownKill', 'drawdownStopLoss', 'dailyStopLoss'] as const;

/** Whether the account's value is confirmed: the wallet was read in this run, so what the books say is what is there. */
export const isWorthKnown = ({ reconciliation }: TradingControl): boolean =>
  reconciliation.reads.balances.doneAtMs !== null;

/** Holds the account's worth against the limits on losses. */
export const takeWorth = (state: TradingControl, worth: Usd): LossNews[] =>
  observeLosses(state.losses, state.trading, worth, lossLimitsOf(state.settings), state.nowMs);

/**
 * Settles the mode after everything else in a step. Nothing leaves a halt but through books that are read anew, whatever the halt was
 * for: while nothing could be sent, orders may have been filled and money may have moved. Returns what to tell a person.
 */
export function settleMode(state: TradingControl, before: TradingMode): string | null {
  const { trading, reconciliation, nowMs } = state;
  if (before === 'halted' && trading.mode !== 'halted' && trading.mode !== 'stopping')
    needReconciliation(reconciliation, nowMs, 'trading goes on after a halt');
  if (isReconciled(reconciliation)) unblock(trading, 'notReconciled', nowMs);
  else block(trading, 'notReconciled', reconciliation.reason, nowMs);
  if (trading.mode === before) return null;
  const why = explainBlocks(trading, nowMs).join('; ');
  return `trading state: ${before} to ${trading.mode}${why === '' ? '' : ` (${why}); blocked: ${BLOCKED_IN[trading.mode]}`}`;
}
