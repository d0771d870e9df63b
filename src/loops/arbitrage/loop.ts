import type { ConditionId } from '../../domain/market.ts';
import type { Shares, Usd } from '../../domain/units.ts';
import { isDirectional } from '../../kernel/directional.ts';
import { exposureIn } from '../../kernel/gate-view.ts';
import { limitsOf } from '../../kernel/limits-from-settings.ts';
import { defineLoop, type Intent, type LoopView, type TakingLeg } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { cashReserved, tokensReserved } from '../../kernel/transactions.ts';
import { freeCash, freeTokens } from '../../orders/books.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import type { SetOpportunity, SetTerms } from '../../pricing/complete-set.ts';
import { apparentEdge } from './apparent-edge.ts';
import { followAttempts, legName, whyOf } from './follow-attempt.ts';
import { followEvents } from './follow-event.ts';
import { type ArbitrageMemory, type Attempt, createArbitrageMemory, type WatchedSet } from './memory.ts';
import { ownInTheWay } from './own-in-the-way.ts';
import { planSet } from './plan-set.ts';
import { eventGroupsIn, scanEvents } from './scan-events.ts';
import { isArbitrageOn, setTerms } from './settings.ts';
import { noteStale, remember, STALE_REST_MS } from './sightings.ts';
import { isInEventAttempt, seeEvents, tradeEvents } from './trade-events.ts';

/** While a sighting ripens or an attempt is under way. */
const EAGER_MS = 50;
const ATTEMPT_BEAT_MS = 1_000;
const OFF_MS = 60_000;
/** Two frames of one event are milliseconds apart: what lasts no longer than this was never there. */
const PERSIST_MS = 100;
/** Making pairs takes blocks, so only what has lasted this long may last long enough. */
const SPLIT_PERSIST_MS = 2_000;
/** A read that has not come by then is asked for again. */
const READ_AGAIN_MS = 20_000;
/** Books older than this are not traded on. */
const FRESH_MS = 1_000;
const READS_AT_ONCE = 4;
const OWN_IN_THE_WAY_REST_MS = 1_000;
/** Rests grow with what goes wrong in a row; after this long without anything they begin anew. */
const FORGET_AFTER_MS = 60 * 60_000;
/** Chance that a leg finds nothing, before any was tried: one in ten, worth ten legs. */
const PRIOR_FAILED = 1;
const PRIOR_LEGS = 10;

/**
 * Trades complete sets: YES and NO bought together for less than the dollar they merge to, or sold together for more. What a
 * book seems to offer is confirmed by a read of both tokens' books before anything is sent.
 */
export const arbitrage = defineLoop<ArbitrageMemory>({
  name: 'arbitrage',
  everyMs: paceMs,
  minGapMs: (state) => Math.min(EAGER_MS, paceMs(state)),
  wakesOn: ['book', 'ownFill', 'settings', 'transaction', 'outcomeBooks'],
  // Nothing new is begun while reducing; what is under way is brought to its end.
  allowedIn: ['active', 'reducing'],
  createMemory: createArbitrageMemory,
  decide,
});

function paceMs(state: KernelState): number {
  const memory = state.loops.get('arbitrage')?.memory as ArbitrageMemory | undefined;
  if (memory !== undefined && memory.attempts.size + memory.eventAttempts.size > 0) return ATTEMPT_BEAT_MS;
  if (!isArbitrageOn(state.settings.mm)) return OFF_MS;
  return memory !== undefined && isRipening(memory) ? EAGER_MS : state.settings.mm.cycleSeconds * 1_000;
}

function isRipening({ markets, watchedEvents }: ArbitrageMemory): boolean {
  for (const all of [markets, watchedEvents])
    for (const { sighting } of all.values())
      if (sighting !== null && sighting.askedAtMs === null) return true;
  return false;
}

/** Markets and events that have shown nothing for long are as new, so that memory is bounded by what is going on. */
function forgetQuiet({ nowMs }: LoopView, memory: ArbitrageMemory): void {
  const forget = <Key>(all: Map<Key, WatchedSet>, attempts: ReadonlyMap<Key, unknown>): void => {
    for (const [key, { sighting, restUntilMs }] of all)
      if (sighting === null && !attempts.has(key) && nowMs - restUntilMs > FORGET_AFTER_MS) all.delete(key);
  };
  forget(memory.markets, memory.attempts);
  forget(memory.watchedEvents, memory.eventAttempts);
}

function decide(view: LoopView, memory: ArbitrageMemory): Intent[] {
  const intents = [...followAttempts(view, memory), ...followEvents(view, memory)];
  if (!isArbitrageOn(view.state.settings.mm)) {
    memory.markets.clear();
    memory.watchedEvents.clear();
    return intents;
  }
  if (view.cause === 'beat' && !isRipening(memory)) {
    const groups = eventGroupsIn(view.state);
    const terms = termsNow(view, memory);
    scanEvents(view, memory, groups, terms);
    seeEvents(view, memory, groups, terms);
    forgetQuiet(view, memory);
  }
  if (view.state.trading.mode !== 'active') return intents;
  intents.push(...tradeEvents(view, memory, termsNow(view, memory)));
  for (const conditionId of inScope(view, memory)) {
    const slot = view.state.markets.get(conditionId);
    if (slot !== undefined) intents.push(...look(view, memory, slot));
  }
  return intents;
}

/** Markets that changed, and those that have shown something; on a beat, all that are watched. */
function inScope({ cause, subjects, state }: LoopView, memory: ArbitrageMemory): Set<ConditionId> {
  const scope = new Set<ConditionId>(subjects);
  for (const [conditionId, { sighting }] of memory.markets) if (sighting !== null) scope.add(conditionId);
  if (cause === 'beat' && !isRipening(memory))
    for (const [conditionId, { watched }] of state.markets) if (watched) scope.add(conditionId);
  return scope;
}

/** One look at one market: seen, ripened, confirmed, traded. Each step needs the one before it to hold still. */
function look(view: LoopView, memory: ArbitrageMemory, slot: MarketSlot): Intent[] {
  const { nowMs } = view;
  const { conditionId } = slot.market;
  if (memory.attempts.has(conditionId) || isInEventAttempt(memory, slot)) return [];
  // One market belongs to one strategy at a time.
  if (isDirectional(view.state, conditionId)) {
    const watched = memory.markets.get(conditionId);
    if (watched !== undefined) watched.sighting = null;
    return [];
  }
  const edge = apparentEdge(slot);
  const known = memory.markets.get(conditionId);
  if (edge <= 0) {
    if (known?.sighting != null) passOver(view, memory, known);
    return [];
  }
  const watched = known ?? remember(memory.markets, conditionId);
  if (nowMs < watched.restUntilMs) return [];
  if (watched.sighting === null) {
    memory.totals.seen += 1;
    watched.sighting = { sinceMs: nowMs, askedAtMs: null };
  }
  const { sinceMs, askedAtMs } = watched.sighting;
  if (nowMs - sinceMs < PERSIST_MS) return [];
  const books = slot.outcomeBooks;
  if (askedAtMs !== null && books !== null && books.atMs >= askedAtMs && nowMs - books.atMs <= FRESH_MS)
    return judge(view, memory, slot, watched);
  if (askedAtMs !== null && nowMs - askedAtMs < READ_AGAIN_MS) return [];
  if (readsUnderWay(view, memory) >= READS_AT_ONCE) return [];
  watched.sighting = { sinceMs, askedAtMs: nowMs };
  return [{ kind: 'readOutcomeBooks', conditionId }];
}

/** What was seen is gone. Where a read had been asked for, it was stale; else it was only passing by. */
function passOver(view: LoopView, memory: ArbitrageMemory, watched: WatchedSet): void {
  if (watched.sighting?.askedAtMs == null) memory.totals.passed += 1;
  else noteStale(view.nowMs, memory, watched);
  watched.sighting = null;
}

function readsUnderWay({ nowMs }: LoopView, { markets }: ArbitrageMemory): number {
  let count = 0;
  for (const { sighting } of markets.values()) {
    const askedAtMs = sighting?.askedAtMs ?? null;
    if (askedAtMs !== null && nowMs - askedAtMs < READ_AGAIN_MS) count += 1;
  }
  return count;
}

/** Both books are here and fresh: trades on them, or notes why not. */
function judge(view: LoopView, memory: ArbitrageMemory, slot: MarketSlot, watched: WatchedSet): Intent[] {
  const { state, nowMs } = view;
  const { market, outcomeBooks } = slot;
  const { conditionId } = market;
  if (outcomeBooks === null) return [];
  const own = ownQuotes(state.orders, conditionId);
  const funds = fundsOf(view, slot);
  const terms = termsNow(view, memory, funds.headroom);
  const verdict = planSet({ market, yes: outcomeBooks.yes, no: outcomeBooks.no, own, terms, ...funds });
  if (verdict.kind === 'none') {
    if (verdict.because === 'noEdge') {
      noteStale(view.nowMs, memory, watched);
      // Ours is the book that is wrong: the read that showed it leaves the mirror as it is.
      return [{ kind: 'readBook', conditionId }];
    }
    memory.totals.unprofitable += 1;
    watched.sighting = null;
    watched.restUntilMs = nowMs + STALE_REST_MS;
    return [];
  }
  watched.staleInARow = 0;
  if (verdict.kind === 'split') return split(view, memory, slot, watched, verdict.set);
  const legs = legsOf(`a-${memory.nextReference}`, conditionId, verdict.set);
  const inTheWay = ownInTheWay(view, own, legs);
  if (inTheWay !== null) {
    memory.totals.ownInTheWay += 1;
    watched.sighting = null;
    watched.restUntilMs = nowMs + OWN_IN_THE_WAY_REST_MS;
    return inTheWay;
  }
  return [attempt(view, memory, slot, watched, verdict.set, legs)];
}

/** Dollars and pairs that are free, and how much more this market may put at risk: one leg may fill alone. */
function fundsOf({ state }: LoopView, { market: { conditionId } }: MarketSlot) {
  const reserved = tokensReserved(state.transactions, conditionId);
  const free = freeTokens(state.books, state.orders, conditionId, reserved);
  const cash = freeCash(state.books, state.orders, cashReserved(state.transactions, null));
  const atRisk = exposureIn(state, conditionId);
  return {
    freeCash: Math.max(0, cash ?? 0) as Usd,
    freePairs: Math.max(0, Math.min(free.yes, free.no)) as Shares,
    headroom: Math.max(0, limitsOf(state.settings).maxPerMarket - atRisk) as Usd,
  };
}

/** The terms of a set now: the settings, the room that limits leave, and how often legs have failed so far. */
function termsNow({ state }: LoopView, { totals }: ArbitrageMemory, headroom?: Usd): SetTerms {
  const failed = (PRIOR_FAILED + totals.failedLegs) / (PRIOR_LEGS + totals.legsSent);
  const terms = setTerms(state.settings.mm, Math.min(1, failed));
  return headroom === undefined
    ? terms
    : { ...terms, maxCapital: Math.min(terms.maxCapital, headroom) as Usd };
}

const legsOf = (reference: string, conditionId: ConditionId, set: SetOpportunity): TakingLeg[] =>
  set.legs.map(({ outcome, side, limitPrice, size, amount }, index) => ({
    clientId: legName(reference, index),
    conditionId,
    outcome,
    side,
    price: limitPrice,
    size,
    spend: side === 'BUY' ? amount : null,
  }));

function attempt(
  { nowMs }: LoopView,
  memory: ArbitrageMemory,
  slot: MarketSlot,
  watched: WatchedSet,
  set: SetOpportunity,
  legs: readonly TakingLeg[],
): Intent {
  const begun = begin(memory, slot, set, nowMs, 'legs');
  begun.legs = legs.map(({ clientId, outcome, side, size }) => ({
    clientId,
    outcome,
    side,
    size,
    filled: 0 as Shares,
    cashUsd: 0 as Usd,
    feeUsd: 0 as Usd,
  }));
  const { sighting } = watched;
  watched.sighting = null;
  const { strategy, size, capital, profit, expectedProfit, expectedLegLoss, gas } = set;
  const seenForMs = sighting === null ? 0 : nowMs - sighting.sinceMs;
  const why = { strategy, size, capital, profit, expectedProfit, expectedLegLoss, gas, seenForMs };
  return { kind: 'take', legs, why };
}

/** Makes the pairs that selling needs. When they are there, the market is seen afresh and sold if it still pays. */
function split(
  { nowMs }: LoopView,
  memory: ArbitrageMemory,
  slot: MarketSlot,
  watched: WatchedSet,
  set: SetOpportunity,
): Intent[] {
  const sinceMs = watched.sighting?.sinceMs ?? nowMs;
  if (nowMs - sinceMs < SPLIT_PERSIST_MS) {
    watched.sighting = { sinceMs, askedAtMs: null };
    watched.restUntilMs = sinceMs + SPLIT_PERSIST_MS;
    return [];
  }
  const begun = begin(memory, slot, set, nowMs, 'splitting');
  begun.transactionAskedAtMs = nowMs;
  begun.transactionsAsked = 1;
  watched.sighting = null;
  const { conditionId } = slot.market;
  return [{ kind: 'transact', action: 'split', conditionId, amount: set.size, why: whyOf(begun) }];
}

function begin(
  memory: ArbitrageMemory,
  slot: MarketSlot,
  set: SetOpportunity,
  nowMs: number,
  phase: Attempt['phase'],
): Attempt {
  const begun: Attempt = {
    reference: `a-${memory.nextReference}`,
    conditionId: slot.market.conditionId,
    strategy: set.strategy === 'buyMerge' ? 'buyMerge' : 'splitSell',
    startedAtMs: nowMs,
    size: set.size,
    expectedUsd: set.profit,
    gasUsd: set.gas,
    phase,
    legs: [],
    isSent: false,
    transactionAskedAtMs: null,
    transactionsAsked: 0,
  };
  memory.nextReference += 1;
  memory.attempts.set(begun.conditionId, begun);
  return begun;
}
