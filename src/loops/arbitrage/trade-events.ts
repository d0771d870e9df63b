import { questionIndexOf } from '../../domain/transaction.ts';
import type { Shares, Usd } from '../../domain/units.ts';
import { fitsLimits } from '../../kernel/event-limits.ts';
import type { Intent, LoopView, TakingLeg } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { cashReserved } from '../../kernel/transactions.ts';
import { freeCash } from '../../orders/books.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import type { SetMarket, SetOpportunity, SetTerms } from '../../pricing/complete-set.ts';
import { legName } from './follow-attempt.ts';
import type { ArbitrageMemory, EventAttempt, WatchedSet } from './memory.ts';
import { ownInTheWay } from './own-in-the-way.ts';
import { planEventSet } from './plan-event.ts';
import { readMarket } from './plan-set.ts';
import { type EventGroup, eventGroupsIn, mirroredMarket } from './scan-events.ts';
import { noteStale, remember } from './sightings.ts';

/** The venue takes so many orders in one request, and legs that are split over two are not together any more. */
const MOST_LEGS = 15;
/** Reads of all books of an event lie a little apart; older than this they are not traded on. */
const FRESH_MS = 1_500;
/** Reads that have not all come by then are not waited for. */
const READ_WITHIN_MS = 5_000;
const UNPROFITABLE_REST_MS = 5_000;
const OWN_IN_THE_WAY_REST_MS = 10_000;
/** Time that own orders take to go, and how long quotes stay out: time for that, for the reads, and for the legs. */
const CANCELED_WITHIN_MS = 250;
const HOLD_MS = 2_000;

/**
 * Events that can be bought as a whole: exhaustive, each market a question of its own, and those questions all that the event has.
 * Anything else would turn into shares that nobody expects, or into no dollar at all.
 */
export function tradableEvent({ isExhaustive, slots }: EventGroup): readonly MarketSlot[] | null {
  if (!isExhaustive || slots.length > MOST_LEGS) return null;
  const byIndex = [...slots].sort((a, b) => indexOf(a) - indexOf(b));
  return byIndex.every((slot, index) => indexOf(slot) === index) ? byIndex : null;
}

const indexOf = ({ market }: MarketSlot): number => questionIndexOf(market) ?? -1;

/** Asks for the books of events that were seen to offer a set, and trades on those that have come. */
export function tradeEvents(view: LoopView, memory: ArbitrageMemory, terms: SetTerms): Intent[] {
  if (![...memory.watchedEvents.values()].some(({ sighting }) => sighting !== null)) return [];
  const groups = eventGroupsIn(view.state);
  return [...memory.watchedEvents].flatMap(([eventId, watched]) => {
    if (watched.sighting === null || view.nowMs < watched.restUntilMs) return [];
    const group = groups.find((one) => one.eventId === eventId);
    const slots = group === undefined ? null : tradableEvent(group);
    if (slots !== null && !isBusy(memory, eventId, slots)) return look(view, memory, watched, slots, terms);
    watched.sighting = null;
    return [];
  });
}

/** A market's own attempt and one across its event would count the same dollars and shares twice. */
const isBusy = (memory: ArbitrageMemory, eventId: string, slots: readonly MarketSlot[]): boolean =>
  memory.eventAttempts.has(eventId) || slots.some(({ market }) => memory.attempts.has(market.conditionId));

export const isInEventAttempt = ({ eventAttempts }: ArbitrageMemory, { market }: MarketSlot): boolean =>
  market.negRiskEvent !== undefined && eventAttempts.has(market.negRiskEvent.marketId);

/** Notes which events offer a set that can be bought, by joined books that nobody has confirmed yet. */
export function seeEvents(
  view: LoopView,
  memory: ArbitrageMemory,
  groups: readonly EventGroup[],
  terms: SetTerms,
): void {
  for (const group of groups) {
    const slots = tradableEvent(group);
    if (slots === null || isBusy(memory, group.eventId, slots)) continue;
    const markets = slots.map((slot) => mirroredMarket(view, slot));
    const verdict = planEventSet({ markets, terms, fits: () => true });
    if (verdict.kind === 'trade') seeEvent(view, memory, group.eventId);
  }
}

function seeEvent({ nowMs }: LoopView, memory: ArbitrageMemory, eventId: string): void {
  const watched = memory.watchedEvents.get(eventId) ?? remember(memory.watchedEvents, eventId);
  if (watched.sighting !== null || nowMs < watched.restUntilMs) return;
  memory.totals.seen += 1;
  watched.sighting = { sinceMs: nowMs, askedAtMs: null };
}

function look(
  view: LoopView,
  memory: ArbitrageMemory,
  watched: WatchedSet,
  slots: readonly MarketSlot[],
  terms: SetTerms,
): Intent[] {
  const { nowMs } = view;
  const { sinceMs, askedAtMs } = watched.sighting ?? { sinceMs: nowMs, askedAtMs: null };
  if (askedAtMs === null) {
    watched.sighting = { sinceMs, askedAtMs: nowMs };
    return slots.map(({ market }) => ({ kind: 'readOutcomeBooks', conditionId: market.conditionId }));
  }
  const isRead = ({ outcomeBooks }: MarketSlot): boolean =>
    outcomeBooks !== null && outcomeBooks.atMs >= askedAtMs && nowMs - outcomeBooks.atMs <= FRESH_MS;
  if (slots.every(isRead)) return judge(view, memory, watched, slots, terms);
  if (nowMs - askedAtMs > READ_WITHIN_MS) watched.sighting = null;
  return [];
}

/** Every book of the event is here and fresh: trades on them, or notes why not. */
function judge(
  view: LoopView,
  memory: ArbitrageMemory,
  watched: WatchedSet,
  slots: readonly MarketSlot[],
  terms: SetTerms,
): Intent[] {
  const { state, nowMs } = view;
  const cash = freeCash(state.books, state.orders, cashReserved(state.transactions, null)) ?? 0;
  const maxCapital = Math.min(terms.maxCapital, Math.max(0, cash)) as Usd;
  const markets = slots.flatMap((slot) => readSlot(view, slot));
  const fits = fitsLimits(state, slots);
  const verdict = planEventSet({ markets, terms: { ...terms, maxCapital }, fits });
  if (verdict.kind === 'none' && verdict.because === 'noEdge') {
    noteStale(nowMs, memory, watched);
    return [];
  }
  const { sinceMs } = watched.sighting ?? { sinceMs: nowMs };
  watched.sighting = null;
  if (verdict.kind === 'none') {
    memory.totals.unprofitable += 1;
    watched.restUntilMs = nowMs + UNPROFITABLE_REST_MS;
    return [];
  }
  watched.staleInARow = 0;
  const legs = legsOf(`a-${memory.nextReference}`, slots, verdict.set);
  const inTheWay = slots.flatMap(({ market }) => {
    const ofMarket = legs.filter(({ conditionId }) => conditionId === market.conditionId);
    return ownInTheWay(view, ownQuotes(state.orders, market.conditionId), ofMarket) ?? [];
  });
  if (inTheWay.length === 0) return [attempt(view, memory, slots, verdict.set, legs, nowMs - sinceMs)];
  memory.totals.ownInTheWay += 1;
  return [...makeWay(view, watched, slots, sinceMs), ...inTheWay];
}

/**
 * Keeps quotes out of all the event's markets for a moment, and looks again once our own orders have gone. Where that has been tried
 * already, the event rests.
 */
function makeWay(
  { state, nowMs }: LoopView,
  watched: WatchedSet,
  slots: readonly MarketSlot[],
  sinceMs: number,
): Intent[] {
  const conditionIds = slots.map(({ market }) => market.conditionId);
  if (conditionIds.some((conditionId) => (state.heldQuotes.get(conditionId) ?? 0) > nowMs)) {
    watched.restUntilMs = nowMs + OWN_IN_THE_WAY_REST_MS;
    return [];
  }
  watched.sighting = { sinceMs, askedAtMs: null };
  watched.restUntilMs = nowMs + CANCELED_WITHIN_MS;
  return [{ kind: 'holdQuotes', conditionIds, untilMs: nowMs + HOLD_MS }];
}

function readSlot({ state }: LoopView, { market, outcomeBooks }: MarketSlot): SetMarket[] {
  if (outcomeBooks === null) return [];
  const { yes, no } = outcomeBooks;
  return [readMarket({ market, yes, no, own: ownQuotes(state.orders, market.conditionId) })];
}

const legsOf = (reference: string, slots: readonly MarketSlot[], set: SetOpportunity): TakingLeg[] =>
  set.legs.map(({ outcome, limitPrice, size, amount }, index) => ({
    clientId: legName(reference, index),
    conditionId: (slots[index] as MarketSlot).market.conditionId,
    outcome,
    side: 'BUY',
    price: limitPrice,
    size,
    spend: amount,
  }));

function attempt(
  { nowMs }: LoopView,
  memory: ArbitrageMemory,
  slots: readonly MarketSlot[],
  set: SetOpportunity,
  legs: readonly TakingLeg[],
  seenForMs: number,
): Intent {
  const { size, capital, profit, expectedProfit, expectedLegLoss, gas } = set;
  const strategy = set.strategy === 'buyAllYes' ? 'buyAllYes' : 'buyConvert';
  const begun: EventAttempt = {
    reference: `a-${memory.nextReference}`,
    eventId: slots[0]?.market.negRiskEvent?.marketId ?? '',
    strategy,
    startedAtMs: nowMs,
    size,
    expectedUsd: profit,
    gasUsd: gas,
    phase: 'legs',
    legs: legs.map((leg) => ({
      clientId: leg.clientId,
      conditionId: leg.conditionId,
      outcome: leg.outcome,
      side: leg.side,
      size: leg.size,
      filled: 0 as Shares,
      cashUsd: 0 as Usd,
      feeUsd: 0 as Usd,
    })),
    isSent: false,
    transactionAskedAtMs: null,
    transactionsAsked: 0,
  };
  memory.nextReference += 1;
  memory.eventAttempts.set(begun.eventId, begun);
  const why = { strategy, size, capital, profit, expectedProfit, expectedLegLoss, gas, seenForMs };
  return { kind: 'take', legs, why };
}
