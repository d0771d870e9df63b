import { type Conversion, questionIndexOf } from '../../domain/transaction.ts';
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
import type { ArbitrageMemory, EventAttempt, EventReport } from './memory.ts';

/** Looks at what has become of every attempt across an event and asks for what it needs next. */
export const followEvents = (view: LoopView, memory: ArbitrageMemory): Intent[] =>
  [...memory.eventAttempts.values()].flatMap((attempt) =>
    attempt.phase === 'legs' ? followLegs(view, memory, attempt) : followConvert(view, memory, attempt),
  );

function followLegs(view: LoopView, memory: ArbitrageMemory, attempt: EventAttempt): Intent[] {
  const { totals } = memory;
  if (!attempt.isSent) {
    if (!areLegsKnown(view, attempt.legs)) {
      totals.refused += 1;
      rest(view.nowMs, memory.watchedEvents.get(attempt.eventId), REFUSED_REST_MS);
      return end(view, memory, attempt, 'refused');
    }
    attempt.isSent = true;
    totals.attempted += 1;
    totals.eventsAttempted += 1;
    totals.legsSent += attempt.legs.length;
    totals.expectedUsd += attempt.expectedUsd;
  }
  takeFills(view, attempt.legs);
  return areLegsOver(view, attempt.legs) ? settleLegs(view, memory, attempt) : [];
}

/** What was bought of every market is a set; everything beyond it is inventory like any other. */
function settleLegs(view: LoopView, memory: ArbitrageMemory, attempt: EventAttempt): Intent[] {
  const failed = failedLegs(attempt.legs);
  const sets = setsOf(attempt.legs);
  memory.totals.failedLegs += failed;
  if (sets > 0) memory.totals.real += 1;
  noteLegs(view, memory.watchedEvents.get(attempt.eventId), failed);
  // YES of every outcome is held until the event resolves and one of them is redeemed.
  if (sets === 0 || attempt.strategy === 'buyAllYes')
    return end(view, memory, attempt, legsOutcome(attempt.legs));
  attempt.phase = 'converting';
  return followConvert(view, memory, attempt);
}

/**
 * Turns the NO shares into dollars. Where one of them is used elsewhere meanwhile, or the transaction will not go through, the shares
 * stay what they are: inventory, worth the same.
 */
function followConvert(view: LoopView, memory: ArbitrageMemory, attempt: EventAttempt): Intent[] {
  const { state, nowMs } = view;
  const record = ownTransaction(view, whyOf(attempt), attempt.transactionAskedAtMs);
  if (record !== null && isPending(record)) return [];
  if (record?.state === 'confirmed') return end(view, memory, attempt, legsOutcome(attempt.legs));
  const amount = setsOf(attempt.legs);
  const conversion = conversionOf(view, attempt);
  const isUsedElsewhere = attempt.legs.some(
    ({ conditionId }) => freeTokens(state.books, state.orders, conditionId, NONE_PENDING).no < amount,
  );
  const first = attempt.legs[0]?.conditionId;
  const isOver = isUsedElsewhere || attempt.transactionsAsked >= MOST_TRANSACTIONS;
  if (isOver || conversion === null || first === undefined) return end(view, memory, attempt, 'notConverted');
  const busy = busyConditions(state.transactions);
  const askedAtMs = attempt.transactionAskedAtMs;
  if (attempt.legs.some(({ conditionId }) => busy.has(conditionId))) return [];
  if (askedAtMs !== null && nowMs - askedAtMs < TRANSACT_AGAIN_MS) return [];
  attempt.transactionAskedAtMs = nowMs;
  attempt.transactionsAsked += 1;
  return [
    { kind: 'transact', action: 'convert', conditionId: first, amount, conversion, why: whyOf(attempt) },
  ];
}

const whyOf = ({ reference }: EventAttempt): string =>
  `NO of every outcome, bought in arbitrage ${reference}`;

/** All questions of the event give NO. Null where the listing does not say any more which question a market is. */
function conversionOf({ state }: LoopView, { eventId, legs }: EventAttempt): Conversion | null {
  const members = legs.flatMap(({ conditionId }) => {
    const market = state.markets.get(conditionId)?.market;
    const index = market === undefined ? null : questionIndexOf(market);
    return index === null ? [] : [{ conditionId, index, givesNo: true }];
  });
  return members.length === legs.length ? { marketId: eventId, members } : null;
}

/**
 * Profit so far: dollars of the legs less fees, gas of a conversion that took place, and the shares at what they are worth now. Whole
 * sets are worth their dollars at any mark; what one market has beyond them is handed over to the inventory at the last trusted mid.
 */
function realisedUsd(view: LoopView, attempt: EventAttempt, outcome: EventReport['outcome']): Usd {
  const sets = setsOf(attempt.legs);
  const isBought = mostFilled(attempt.legs) > 0;
  const hasGas = sets > 0 && outcome !== 'notConverted';
  const dollarsPerSet = attempt.strategy === 'buyConvert' ? attempt.legs.length - 1 : 1;
  let total = isBought ? sets * dollarsPerSet - (hasGas ? attempt.gasUsd : 0) : 0;
  for (const { conditionId, outcome: token, filled, cashUsd, feeUsd } of attempt.legs) {
    const mark = markOf(view.state.markets.get(conditionId));
    total += cashUsd - feeUsd + ((filled - sets) * (token === 'YES' ? mark : PRICE_ONE - mark)) / PRICE_ONE;
  }
  return Math.floor(total) as Usd;
}

/** Ends an attempt, puts it on record and tells of it. */
function end(
  view: LoopView,
  memory: ArbitrageMemory,
  attempt: EventAttempt,
  outcome: EventReport['outcome'],
): Intent[] {
  const { reference, eventId, strategy, startedAtMs, size, expectedUsd, legs } = attempt;
  const { totals } = memory;
  const pairs = setsOf(legs);
  const realised = realisedUsd(view, attempt, outcome);
  memory.eventAttempts.delete(eventId);
  totals.realisedUsd += realised;
  if (outcome === 'completed') {
    totals.completed += 1;
    totals.eventsCompleted += 1;
  }
  const report: EventReport = {
    reference,
    eventId,
    strategy,
    startedAtMs,
    endedAtMs: view.nowMs,
    outcome,
    size,
    pairs,
    unpaired: (mostFilled(legs) - pairs) as Shares,
    expectedUsd,
    realisedUsd: realised,
  };
  memory.endedEvents.push(report);
  if (memory.endedEvents.length > KEEP_ENDED) memory.endedEvents.shift();
  return [{ kind: 'notify', level: 'note', text: sentenceOf(report, legs.length) }];
}

/** What an attempt came to, in a sentence. */
function sentenceOf(report: EventReport, markets: number): string {
  const { reference, strategy, outcome, pairs, size, unpaired, expectedUsd, realisedUsd: realised } = report;
  const sets = `${pairs / MICRO} of ${size / MICRO} sets of ${markets} markets`;
  const left = unpaired === 0 ? '' : `, up to ${unpaired / MICRO} shares beyond them`;
  const dollars = `${(realised / MICRO).toFixed(4)} USD, expected ${(expectedUsd / MICRO).toFixed(4)}`;
  return `arbitrage ${reference} (${strategy}): ${outcome}, ${sets}${left}, ${dollars}`;
}
