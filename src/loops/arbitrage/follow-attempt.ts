import type { ClientId } from '../../domain/order.ts';
import { MICRO, PRICE_ONE, type Shares, type Usd } from '../../domain/units.ts';
import { markOf } from '../../kernel/gate-view.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import { busyConditions, isPending } from '../../kernel/transactions.ts';
import { freeTokens, NONE_PENDING } from '../../orders/books.ts';
import {
  areLegsKnown,
  areLegsOver,
  failedLegs,
  KEEP_ENDED,
  legsOutcome,
  MOST_TRANSACTIONS,
  mostFilled,
  noteLegs,
  ownTransaction,
  REFUSED_REST_MS,
  rest,
  setsOf,
  TRANSACT_AGAIN_MS,
  takeFills,
} from './attempt-legs.ts';
import type { ArbitrageMemory, Attempt, AttemptReport } from './memory.ts';

const NO_GAS = 0 as Usd;

/** Looks at what has become of every attempt and asks for what it needs next. */
export function followAttempts(view: LoopView, memory: ArbitrageMemory): Intent[] {
  const intents: Intent[] = [];
  for (const attempt of [...memory.attempts.values()]) intents.push(...follow(view, memory, attempt));
  return intents;
}

function follow(view: LoopView, memory: ArbitrageMemory, attempt: Attempt): Intent[] {
  if (attempt.phase === 'splitting') return followSplit(view, memory, attempt);
  if (attempt.phase === 'merging') return followMerge(view, memory, attempt);
  return followLegs(view, memory, attempt);
}

export const whyOf = (attempt: Attempt): string =>
  attempt.strategy === 'buyMerge'
    ? `pairs bought in arbitrage ${attempt.reference}`
    : `pairs to sell in arbitrage ${attempt.reference}`;

/** Pairs are on their way. Once they are held, the market is looked at afresh: what was seen may be gone. */
function followSplit(view: LoopView, memory: ArbitrageMemory, attempt: Attempt): Intent[] {
  const record = ownTransaction(view, whyOf(attempt), attempt.transactionAskedAtMs);
  if (record !== null && isPending(record)) return [];
  const isSplit = record?.state === 'confirmed';
  // The gas is spent once the pairs are there, and the pairs themselves are worth the dollars that they cost.
  if (!isSplit) rest(view.nowMs, memory.markets.get(attempt.conditionId), REFUSED_REST_MS);
  return end(view, memory, attempt, isSplit ? 'split' : 'notSplit', isSplit ? attempt.gasUsd : NO_GAS);
}

function followLegs(view: LoopView, memory: ArbitrageMemory, attempt: Attempt): Intent[] {
  if (!attempt.isSent) {
    if (!areLegsKnown(view, attempt.legs)) {
      memory.totals.refused += 1;
      rest(view.nowMs, memory.markets.get(attempt.conditionId), REFUSED_REST_MS);
      return end(view, memory, attempt, 'refused', NO_GAS);
    }
    attempt.isSent = true;
    memory.totals.attempted += 1;
    memory.totals.legsSent += attempt.legs.length;
    memory.totals.expectedUsd += attempt.expectedUsd;
  }
  takeFills(view, attempt.legs);
  return areLegsOver(view, attempt.legs) ? settleLegs(view, memory, attempt) : [];
}

/** All that will come of the orders has come. What was bought in pairs is merged; everything else is inventory like any other. */
function settleLegs(view: LoopView, memory: ArbitrageMemory, attempt: Attempt): Intent[] {
  const { totals } = memory;
  const failed = failedLegs(attempt.legs);
  totals.failedLegs += failed;
  if (pairsOf(attempt) > 0) totals.real += 1;
  noteLegs(view, memory.markets.get(attempt.conditionId), failed);
  if (attempt.strategy === 'buyMerge' && pairsOf(attempt) > 0) {
    attempt.phase = 'merging';
    return followMerge(view, memory, attempt);
  }
  // Pairs that were held are sold without a transaction, and without pairs there is nothing to merge.
  return end(view, memory, attempt, legsOutcome(attempt.legs), NO_GAS);
}

const pairsOf = ({ legs }: Attempt): Shares => setsOf(legs);

/**
 * Turns the pairs into dollars. Whoever merges them, and whenever, a pair is worth a dollar: where the market-making loop was
 * faster, or uses them as inventory, nothing is left to do here.
 */
function followMerge(view: LoopView, memory: ArbitrageMemory, attempt: Attempt): Intent[] {
  const { state, nowMs } = view;
  const { conditionId } = attempt;
  const record = ownTransaction(view, whyOf(attempt), attempt.transactionAskedAtMs);
  if (record !== null && isPending(record)) return [];
  const pairs = pairsOf(attempt);
  const free = freeTokens(state.books, state.orders, conditionId, NONE_PENDING);
  const isMerged = record?.state === 'confirmed';
  const isUsedElsewhere = Math.min(free.yes, free.no) < pairs;
  if (isMerged || isUsedElsewhere || attempt.transactionsAsked >= MOST_TRANSACTIONS) {
    return end(view, memory, attempt, legsOutcome(attempt.legs), attempt.gasUsd);
  }
  const isBusy = busyConditions(state.transactions).has(conditionId);
  const askedAtMs = attempt.transactionAskedAtMs;
  if (isBusy || (askedAtMs !== null && nowMs - askedAtMs < TRANSACT_AGAIN_MS)) return [];
  attempt.transactionAskedAtMs = nowMs;
  attempt.transactionsAsked += 1;
  return [{ kind: 'transact', action: 'merge', conditionId, amount: pairs, why: whyOf(attempt) }];
}

/**
 * Profit so far: dollars of the legs less fees and gas, and the shares that came or went at what they are worth now. A pair is
 * worth a dollar at any mark; what was left unpaired is handed over to the inventory at the last trusted mid.
 */
function realisedUsd(view: LoopView, attempt: Attempt, gasUsd: Usd): Usd {
  const mark = markOf(view.state.markets.get(attempt.conditionId));
  let total: number = -gasUsd;
  for (const { outcome, side, filled, cashUsd, feeUsd } of attempt.legs) {
    const worth = (filled * (outcome === 'YES' ? mark : PRICE_ONE - mark)) / PRICE_ONE;
    total += cashUsd - feeUsd + (side === 'BUY' ? worth : -worth);
  }
  return Math.floor(total) as Usd;
}

/** Ends an attempt, puts it on record and tells of it. */
function end(
  view: LoopView,
  memory: ArbitrageMemory,
  attempt: Attempt,
  outcome: AttemptReport['outcome'],
  gasUsd: Usd,
): Intent[] {
  const { reference, conditionId, strategy, startedAtMs, size, expectedUsd } = attempt;
  const pairs = pairsOf(attempt);
  const realised = realisedUsd(view, attempt, gasUsd);
  memory.attempts.delete(conditionId);
  memory.totals.realisedUsd += realised;
  if (outcome === 'completed') memory.totals.completed += 1;
  const report: AttemptReport = {
    reference,
    conditionId,
    strategy,
    startedAtMs,
    endedAtMs: view.nowMs,
    outcome,
    size,
    pairs,
    unpaired: (mostFilled(attempt.legs) - pairs) as Shares,
    expectedUsd,
    realisedUsd: realised,
  };
  memory.ended.push(report);
  if (memory.ended.length > KEEP_ENDED) memory.ended.shift();
  return [{ kind: 'notify', level: 'note', text: sentenceOf(report) }];
}

/** What an attempt came to, in a sentence. */
function sentenceOf(report: AttemptReport): string {
  const { reference, strategy, outcome, pairs, size, unpaired, expectedUsd, realisedUsd: realised } = report;
  const shares = `${pairs / MICRO} of ${size / MICRO} pairs`;
  const left = unpaired === 0 ? '' : `, ${unpaired / MICRO} shares unpaired`;
  const dollars = `${(realised / MICRO).toFixed(4)} USD, expected ${(expectedUsd / MICRO).toFixed(4)}`;
  return `arbitrage ${reference} (${strategy}): ${outcome}, ${shares}${left}, ${dollars}`;
}

/** The legs of an attempt by their order names. */
export const legName = (reference: string, leg: number): ClientId => `${reference}.${leg + 1}` as ClientId;
