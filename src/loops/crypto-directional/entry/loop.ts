import { confirm, forgetOldConfirmations } from '../../../crypto/strategy/confirmations.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { directionalBook, directionalPositions, isDirectional } from '../../../kernel/directional.ts';
import { defineLoop, type Intent, type LoopView } from '../../../kernel/loop.ts';
import { spotOf } from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { askHistories, isAwaited, type PricedPayoff } from '../pricing/ask-histories.ts';
import { askPayoffs, hasPayoffAnswer } from '../pricing/ask-payoffs.ts';
import { fitNextCoin, modelsNow } from '../pricing/coin-models.ts';
import { keepReferences } from '../pricing/window-prices.ts';
import { askListing } from './ask-listing.ts';
import {
  type CdSettings,
  chooseScope,
  cycleMsOf,
  readPayoffs,
  tradablePayoff,
  unreadMarkets,
} from './choose-scope.ts';
import { createEntryMemory, type EntryMemory } from './entry-memory.ts';
import { cancelEntries, followEntries, isAnyResting, restingPayoffs } from './follow-entries.ts';
import { type Judgement, judgeMarket, keptOutBecause, occupiedBy, signalOf } from './judge-market.ts';
import { advanceTrades, told } from './make-trades.ts';
import { entriesUsedUp, sizeEntry } from './size-entry.ts';
import { tellStops } from './tell-stops.ts';
import { watchScope } from './watch-scope.ts';

const MIN_GAP_MS = 1_000;
const IDLE_MS = 60_000;
/** While a cycle gathers what it needs, or a trade is under way. */
const EAGER_MS = 1_000;
/** While an entry rests: its reason may go between two prices, or with the prices themselves. */
const RESTING_MS = 5_000;
/** A cycle does not wait longer than this for books and histories; what is missing then is said of each market. */
const MOST_GATHERING_MS = 30_000;

/**
 * Buys an outcome of a market about the price of a coin where the model says that it is worth more than it costs. Looks at its markets once
 * a cycle, all together, and in between only after what it has ordered.
 */
export const directionalEntry = defineLoop<EntryMemory>({
  name: 'crypto-directional',
  everyMs: paceMs,
  minGapMs: () => MIN_GAP_MS,
  wakesOn: ['spot', 'answer', 'markets', 'ownFill', 'settings'],
  allowedIn: ['active'],
  createMemory: createEntryMemory,
  decide,
});

function paceMs(state: KernelState): number {
  const { cd } = state.settings;
  const run = state.loops.get('crypto-directional');
  if (cd === undefined || !cd.enabled || run === undefined) return IDLE_MS;
  const memory = run.memory as EntryMemory;
  if (memory.gatheringSinceMs !== null || memory.trades.size > 0) return EAGER_MS;
  if (memory.lastCycleAtMs === null) return IDLE_MS;
  const nextMs = memory.lastCycleAtMs + cycleMsOf(cd) - run.lastRunAtMs;
  return Math.max(MIN_GAP_MS, isAnyResting(state) ? Math.min(RESTING_MS, nextMs) : nextMs);
}

function* decide(view: LoopView, memory: EntryMemory): Generator<Intent> {
  const { state } = view;
  const { cd } = state.settings;
  if (cd === undefined || !cd.enabled) {
    yield* switchedOff(state, memory);
    return;
  }
  yield* followEntries(state, cd, memory);
  yield* askListing(state, memory);
  beginCycle(state, cd, memory);
  if (memory.gatheringSinceMs !== null) {
    yield* gather(view, cd, memory, memory.gatheringSinceMs);
  } else {
    if (hasPayoffAnswer(view, memory.answered))
      yield* askPayoffs(view, memory.answered, unreadMarkets(state, memory));
    yield* askHistories(state, memory.models, [
      ...restingPayoffs(state, memory),
      ...pendingPayoffs(state, memory),
    ]);
  }
  yield* advanceTrades(state, cd, memory);
}

/** What was held stays, for the exit loop; what rests goes, and nothing is remembered of what was about to be done. */
function* switchedOff(state: KernelState, memory: EntryMemory): Generator<Intent> {
  for (const position of directionalPositions(state))
    yield* cancelEntries(state, position, 'entries are switched off (CD_ENABLED)');
  memory.gatheringSinceMs = null;
  memory.lastCycleAtMs = null;
  memory.confirmations.clear();
  memory.trades.clear();
  memory.stopped.clear();
  yield* watchScope(state, memory, []);
}

function beginCycle({ nowMs, run, listedAtMs }: KernelState, cd: CdSettings, memory: EntryMemory): void {
  const { gatheringSinceMs, lastCycleAtMs } = memory;
  // Before there is a list a cycle would find nothing, and the next one is far.
  if (listedAtMs === null) return;
  const isLeftOver = gatheringSinceMs !== null && gatheringSinceMs < run.startedAtMs;
  const isDue = lastCycleAtMs === null || nowMs - lastCycleAtMs >= cycleMsOf(cd);
  if (!isLeftOver && (gatheringSinceMs !== null || !isDue)) return;
  memory.gatheringSinceMs = nowMs;
  memory.lastCycleAtMs = nowMs;
  memory.isAllRead = false;
}

/** Reads texts, watches books and asks for prices of the past until all of it is there or the time is over; then judges all markets at once. */
function* gather(view: LoopView, cd: CdSettings, memory: EntryMemory, sinceMs: number): Generator<Intent> {
  const { state } = view;
  if (!memory.isAllRead) {
    if (readPayoffs(state, memory)) {
      memory.gatheringSinceMs = state.nowMs;
      return;
    }
    memory.isAllRead = true;
    yield* askPayoffs(view, memory.answered, unreadMarkets(state, memory));
  }
  yield* watchScope(state, memory, chooseScope(state, cd, memory));
  const priced = scopePayoffs(state, memory, memory.scope);
  const payoffs = priced.map(({ payoff }) => payoff);
  yield* askHistories(state, memory.models, [...priced, ...restingPayoffs(state, memory)]);
  keepReferences(state, memory.models, payoffs);
  const isFitting = fitNextCoin(
    state,
    memory.models,
    payoffs.map(({ coin }) => coin),
  );
  const areBooksLive = memory.scope.every((conditionId) => state.markets.get(conditionId)?.bookLive === true);
  // After a start the prices of coins come a few seconds later than all else, and the next cycle may be a quarter of an hour away.
  const arePricesThere = payoffs.every(({ coin }) => spotOf(state, coin).kind !== 'untrusted');
  const isAllThere = !isFitting && !isAwaited(memory.models) && areBooksLive && arePricesThere;
  const patienceMs = Math.min(MOST_GATHERING_MS, cycleMsOf(cd) / 3);
  if (!isAllThere && state.nowMs - sinceMs < patienceMs) return;
  memory.gatheringSinceMs = null;
  yield* judgeAll(state, cd, memory);
}

function scopePayoffs(state: KernelState, memory: EntryMemory, scope: Iterable<ConditionId>): PricedPayoff[] {
  return [...scope].flatMap((conditionId) => {
    const slot = state.markets.get(conditionId);
    const payoff = slot === undefined ? null : tradablePayoff(memory, slot);
    return slot === undefined || payoff === null ? [] : [{ payoff, createdAtMs: slot.market.createdAtMs }];
  });
}

const pendingPayoffs = (state: KernelState, memory: EntryMemory): PricedPayoff[] =>
  scopePayoffs(state, memory, memory.trades.keys());

/** A market of this cycle, with how often in a row it has shown the same edge. */
interface Found extends Judgement {
  readonly confirmations: number;
  /** Why directional trading stays out of it; null where it does not. */
  readonly keptOut: string | null;
}

/** One signal for each market of the cycle; those that are ready become trades, the largest edge first, as many as there are places. */
function* judgeAll(state: KernelState, cd: CdSettings, memory: EntryMemory): Generator<Intent> {
  const cycleMs = cycleMsOf(cd);
  const cycleAtMs = memory.lastCycleAtMs ?? state.nowMs;
  const found: Found[] = [];
  const modelFor = modelsNow(state, memory.models);
  forgetHeld(state, memory);
  for (const conditionId of memory.scope) {
    const slot = state.markets.get(conditionId);
    const payoff = slot === undefined ? null : tradablePayoff(memory, slot);
    if (slot === undefined || payoff === null) continue;
    const judgement = judgeMarket(state, cd, memory, slot, payoff, modelFor);
    const keptOut = keptOutBecause(state, conditionId, payoff.coin);
    const outcome = keptOut === null ? (judgement.entry?.outcome ?? null) : null;
    const confirmations = confirm(memory.confirmations, conditionId, outcome, cycleAtMs, cycleMs);
    found.push({ ...judgement, confirmations, keptOut });
  }
  forgetOldConfirmations(memory.confirmations, cycleAtMs, cycleMs);
  yield* tellStops(memory, found);
  found.sort(byEdge);
  let places = cd.maxConcurrentPositions - directionalBook(state, cd).positions - newTrades(state, memory);
  for (const market of found) {
    // What is under way comes to its own end; a question that is on its way is not asked again.
    if (memory.trades.has(market.slot.market.conditionId)) continue;
    const hadPlace = isDirectional(state, market.slot.market.conditionId);
    if ((yield* settle(state, cd, memory, market, places)) && !hadPlace) places -= 1;
  }
}

/** What was seen before a position, and while it was held, confirms no new one. */
function forgetHeld(
  { directional: { positions, closed } }: KernelState,
  { confirmations }: EntryMemory,
): void {
  for (const { conditionId, bought, closedAtMs } of [...closed, ...positions.values()]) {
    const seenAtMs = confirmations.get(conditionId)?.lastAtMs ?? Number.POSITIVE_INFINITY;
    if (bought > 0 && (closedAtMs ?? Number.POSITIVE_INFINITY) >= seenAtMs) confirmations.delete(conditionId);
  }
}

function byEdge({ entry: a, slot: slotA }: Found, { entry: b, slot: slotB }: Found): number {
  const edges = (b?.edgePts ?? Number.NEGATIVE_INFINITY) - (a?.edgePts ?? Number.NEGATIVE_INFINITY);
  if (edges !== 0 && !Number.isNaN(edges)) return edges;
  return slotA.market.conditionId < slotB.market.conditionId ? -1 : 1;
}

/** Says what came of one market, and makes it a trade if everything is for it. Returns whether it did. */
function* settle(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  market: Found,
  places: number,
): Generator<Intent, boolean> {
  const { slot, entry, confirmations, keptOut, why } = market;
  const { conditionId } = slot.market;
  const signal = signalOf(state, nextSignalId(state, memory), market, confirmations);
  if (entry !== null && keptOut !== null) {
    yield told(signal, 'refused', keptOut);
    return false;
  }
  const position = state.directional.positions.get(conditionId);
  const isReady = entry !== null && confirmations >= cd.confirmationCycles;
  if (!isReady) {
    if (position !== undefined) yield* cancelEntries(state, position, 'its signal is gone');
    const wanted = `${why}; seen in ${confirmations} of ${cd.confirmationCycles} cycles`;
    yield entry === null ? { kind: 'signal', signal } : told(signal, 'confirming', wanted);
    return false;
  }
  const inTheWay =
    occupiedBy(state, market) ?? (position === undefined ? entriesUsedUp(state, cd, places) : null);
  if (inTheWay !== null) {
    yield told(signal, 'refused', inTheWay);
    return false;
  }
  const sized = sizeEntry(state, cd, slot, entry);
  if ('tooSmall' in sized) {
    if (position !== undefined) yield* cancelEntries(state, position, 'a new one would be too small');
    yield told(signal, 'tooSmall', sized.tooSmall, { stake: sized.stake });
    return false;
  }
  const asked = { ...signal, action: 'asking' as const, stake: sized.stake };
  const stage = cd.pretradeAiEnabled ? 'queued' : 'cleared';
  memory.trades.set(conditionId, {
    signal: asked,
    sinceMs: state.nowMs,
    stage,
    question: null,
    aiValidation: null,
  });
  // Without a question it is made in this same turn, and that is what its signal says.
  if (stage === 'queued') yield { kind: 'signal', signal: asked };
  return true;
}

/** Counted on over all runs, also where the memory of this loop was lost and the signals were not. */
function nextSignalId({ directional }: KernelState, memory: EntryMemory): number {
  let id = memory.nextSignal;
  for (const signal of directional.signals.values()) id = Math.max(id, signal.id + 1);
  memory.nextSignal = id + 1;
  return id;
}

/** Trades under way that will take a place of their own. */
const newTrades = (state: KernelState, { trades }: EntryMemory): number =>
  [...trades.keys()].filter((conditionId) => !isDirectional(state, conditionId)).length;
