import type { ConditionId } from '../../domain/market.ts';
import { defineLoop, type Intent, type LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { operateInventory, redeemSettled } from './inventory-operations.ts';
import {
  digestMeasures,
  measureNow,
  nextMeasurementAtMs,
  observeOwnFill,
  watchAges,
} from './market-measures.ts';
import { createMarketMakingMemory, type MarketMakingMemory } from './memory.ts';
import { cashViewOf, quoteMarket, withdraw } from './quote-market.ts';
import { scan } from './scan.ts';
import { createScorerMemory } from './scorer/scorer-memory.ts';
import { hasAnswer } from './scorer/take-answer.ts';
import { scannerLimits } from './settings.ts';

/**
 * Finds markets, quotes both sides of them, and keeps their inventory workable. Everything it wants comes out as intents; what
 * may be sent is the gate's to say.
 */
export const marketMaking = defineLoop<MarketMakingMemory>({
  name: 'market-making',
  everyMs: (state) => state.settings.mm.cycleSeconds * 1_000,
  minGapMs: (state) => state.settings.mm.requoteMinGapMs,
  wakesOn: ['book', 'ownFill', 'settings', 'markets', 'transaction', 'reconnect', 'answer'],
  // While starting it may look and choose, so that quotes can go out the moment trading is allowed; the gate holds orders back.
  allowedIn: ['starting', 'active', 'reducing'],
  createMemory: createMarketMakingMemory,
  decide,
  observeFill: observeOwnFill,
  nextWakeAtMs: nextMeasurementAtMs,
  observe: measureNow,
});

function* decide(view: LoopView, memory: MarketMakingMemory): Generator<Intent, void, undefined> {
  const { mm } = view.state.settings;
  // A snapshot from before there was a scorer has no memory of one.
  memory.scorer ??= createScorerMemory();
  if (!mm.enabled) {
    yield* withdrawOthers(view, () => false);
    if (view.cause === 'beat' && view.state.trading.mode !== 'starting') yield* redeemSettled(view, memory);
    return;
  }
  const scanned = isTimeToScan(view, memory)
    ? scan(view, memory, scannerLimits(mm), mm.scannerRefreshMinutes * 60_000)
    : [];
  const isStarting = view.state.trading.mode === 'starting';
  if (!isStarting) watchAges(memory.measures, mm, view.nowMs);
  if (!isStarting && view.cause === 'beat') digestMeasures(view.state, memory);
  // Every market and every operation reckons with the cash of this moment, before any of them has taken its part.
  const cash = cashViewOf(view);
  const operations = view.cause === 'beat' && !isStarting ? operateInventory(view, memory, mm) : [];
  yield* scanned;
  if (isStarting) return;
  for (const slot of inScope(view, memory))
    yield quoteMarket(view, memory, slot, mm, cash, memory.leaving.has(slot.market.conditionId));
  yield* withdrawOthers(
    view,
    (conditionId) => memory.chosen.has(conditionId) || memory.leaving.has(conditionId),
  );
  yield* operations;
}

/** While places are free, a market that has become better need not wait for the beat; but looking costs, so not each time. */
const EAGER_SCAN_EVERY_MS = 1_000;

function isTimeToScan(view: LoopView, memory: MarketMakingMemory): boolean {
  const { cause, state, subjects, nowMs } = view;
  if (cause === 'beat' || state.listedAtMs !== memory.shortlistedAtMs) return true;
  if (hasAnswer(view, memory.scorer)) return true;
  const hasRoom = memory.chosen.size < Math.min(state.settings.mm.maxMarkets, memory.watched.size);
  if (!hasRoom) return false;
  // A book that has just come alive may stand still from now on, so nothing else would bring it up before the beat.
  for (const conditionId of subjects) {
    const isLive = state.markets.get(conditionId)?.bookLive === true;
    if (isLive && memory.excluded.get(conditionId) === 'book not live yet') return true;
  }
  return nowMs - memory.scannedAtMs >= EAGER_SCAN_EVERY_MS;
}

/** All markets that are chosen, or being left, on a beat; between beats only those that changed. The best come first. */
function* inScope(
  { cause, subjects, state }: LoopView,
  { chosen, leaving }: MarketMakingMemory,
): Generator<MarketSlot, void, undefined> {
  const isAll = cause === 'beat' || subjects.size === 0;
  // A book that moves wakes the loop for one market, and hundreds need not be walked to find it.
  const [only] = subjects.size === 1 && !isAll ? subjects : [];
  for (const conditionIds of [chosen, leaving]) {
    if (only !== undefined && !conditionIds.has(only)) continue;
    for (const conditionId of only === undefined ? conditionIds : [only]) {
      if (!isAll && !subjects.has(conditionId)) continue;
      const slot = state.markets.get(conditionId);
      if (slot !== undefined) yield slot;
    }
  }
}

/** A market that is no longer chosen keeps no quotes: forgetting them is how stale orders lose money. */
function withdrawOthers({ state }: LoopView, isOurs: (conditionId: ConditionId) => boolean): Intent[] {
  const intents: Intent[] = [];
  for (const conditionId of state.orders.workingByCondition.keys()) {
    if (!isOurs(conditionId)) intents.push(withdraw(conditionId, undefined, 'not among the chosen markets'));
  }
  return intents;
}
