import type { ConditionId } from '../../domain/market.ts';
import { defineLoop, type Intent, type LoopView } from '../../kernel/loop.ts';
import { operateInventory } from './inventory-operations.ts';
import { createMarketMakingMemory, type MarketMakingMemory } from './memory.ts';
import { cashViewOf, quoteMarket, withdraw } from './quote-market.ts';
import { scan } from './scan.ts';
import { scannerLimits } from './settings.ts';

/**
 * Finds markets, quotes both sides of them, and keeps their inventory workable. Everything it wants comes out as intents; what
 * may be sent is the gate's to say.
 */
export const marketMaking = defineLoop<MarketMakingMemory>({
  name: 'market-making',
  everyMs: (state) => state.settings.mm.cycleSeconds * 1_000,
  minGapMs: (state) => state.settings.mm.requoteMinGapMs,
  wakesOn: ['book', 'ownFill', 'settings', 'markets', 'transaction', 'reconnect'],
  // While starting it may look and choose, so that quotes can go out the moment trading is allowed; the gate holds orders back.
  allowedIn: ['starting', 'active', 'reducing'],
  createMemory: createMarketMakingMemory,
  decide,
});

function decide(view: LoopView, memory: MarketMakingMemory): Intent[] {
  const { mm } = view.state.settings;
  if (!mm.enabled) return withdrawOthers(view, new Set());
  const intents = isTimeToScan(view, memory)
    ? scan(view, memory, scannerLimits(mm), mm.scannerRefreshMinutes * 60_000)
    : [];
  if (view.state.trading.mode === 'starting') return intents;
  const cash = cashViewOf(view);
  for (const conditionId of inScope(view, memory)) {
    const slot = view.state.markets.get(conditionId);
    if (slot !== undefined)
      intents.push(quoteMarket(view, memory, slot, mm, cash, memory.leaving.has(conditionId)));
  }
  intents.push(...withdrawOthers(view, new Set([...memory.chosen, ...memory.leaving])));
  if (view.cause === 'beat') intents.push(...operateInventory(view, memory, mm));
  return intents;
}

/** While places are free, a market that has become better need not wait for the beat; but looking costs, so not each time. */
const EAGER_SCAN_EVERY_MS = 1_000;

function isTimeToScan({ cause, state, subjects, nowMs }: LoopView, memory: MarketMakingMemory): boolean {
  if (cause === 'beat' || state.listedAtMs !== memory.shortlistedAtMs) return true;
  const hasRoom = memory.chosen.size < Math.min(state.settings.mm.maxMarkets, memory.watched.size);
  if (!hasRoom) return false;
  // A book that has just come alive may stand still from now on, so nothing else would bring it up before the beat.
  for (const conditionId of subjects) {
    const isLive = state.markets.get(conditionId)?.bookLive === true;
    if (isLive && memory.excluded.get(conditionId) === 'book not live yet') return true;
  }
  return nowMs - memory.scannedAtMs >= EAGER_SCAN_EVERY_MS;
}

/** All markets that are chosen, or being left, on a beat; between beats only those that changed. */
function inScope({ cause, subjects }: LoopView, memory: MarketMakingMemory): ConditionId[] {
  const all = [...memory.chosen, ...memory.leaving];
  if (cause === 'beat' || subjects.size === 0) return all;
  return all.filter((conditionId) => subjects.has(conditionId));
}

/** A market that is no longer chosen keeps no quotes: forgetting them is how stale orders lose money. */
function withdrawOthers({ state }: LoopView, chosen: ReadonlySet<ConditionId>): Intent[] {
  const intents: Intent[] = [];
  for (const conditionId of state.orders.workingByCondition.keys()) {
    if (!chosen.has(conditionId))
      intents.push(withdraw(conditionId, undefined, 'not among the chosen markets'));
  }
  return intents;
}
