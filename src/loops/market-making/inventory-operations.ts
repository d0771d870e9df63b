import { MICRO, type Shares } from '../../domain/units.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { isPending, reservedByTransactions } from '../../kernel/transactions.ts';
import { freeCash, freeTokens } from '../../orders/books.ts';
import type { MarketMakingMemory } from './memory.ts';
import { memoryOf } from './quote-market.ts';
import { dollars, type MarketMakingSettings, shareCount } from './settings.ts';

/** A split that did not happen, or whose shares are gone, is not asked for again before this. */
const SPLIT_EVERY_MS = 10 * 60_000;
/** The chain takes pairs in whole cents here, as the venue takes sizes. */
const SIZE_STEP = 10_000;

/** Splits dollars into pairs to have something to sell, and merges pairs back into dollars when enough have come together. */
export function operateInventory(
  view: LoopView,
  memory: MarketMakingMemory,
  mm: MarketMakingSettings,
): Intent[] {
  if (!mm.useSplitMerge) return [];
  const intents: Intent[] = [];
  for (const slot of view.state.markets.values()) {
    const { conditionId } = slot.market;
    if (!memory.chosen.has(conditionId) && !view.state.books.positions.has(conditionId)) continue;
    const intent = mergeIntent(view, slot, mm) ?? splitIntent(view, memory, slot, mm);
    if (intent !== null) intents.push(intent);
  }
  return intents;
}

const isBusy = ({ state }: LoopView, slot: MarketSlot): boolean =>
  [...state.transactions.values()].some(
    (record) => record.request.conditionId === slot.market.conditionId && isPending(record),
  );

function mergeIntent(view: LoopView, slot: MarketSlot, mm: MarketMakingSettings): Intent | null {
  const { state } = view;
  const { conditionId } = slot.market;
  if (slot.resolved !== undefined || isBusy(view, slot)) return null;
  const free = freeTokens(state.books, state.orders, conditionId, 0 as Shares);
  const pairs = Math.floor(Math.min(free.yes, free.no) / SIZE_STEP) * SIZE_STEP;
  if (pairs < shareCount(mm.mergeThreshold)) return null;
  return {
    kind: 'transact',
    action: 'merge',
    conditionId,
    amount: pairs as Shares,
    why: `${pairs / MICRO} free pairs, threshold ${mm.mergeThreshold}`,
  };
}

/** Seeds inventory in a market where nothing at all is held, so that the first ask can be a sale. */
function splitIntent(
  view: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  mm: MarketMakingSettings,
): Intent | null {
  const { state, nowMs } = view;
  const { conditionId, yesTokenId, noTokenId } = slot.market;
  if (!memory.chosen.has(conditionId) || !mm.twoSided || !slot.bookLive || isBusy(view, slot)) return null;
  if (!state.knownTokens.has(yesTokenId) || !state.knownTokens.has(noTokenId)) return null;
  const position = state.books.positions.get(conditionId);
  // Shares left over on one side are a position already: splitting on top of it would sell one side without end.
  if (position !== undefined && position.openedAtMs !== null) return null;
  const ofMarket = memoryOf(memory, conditionId);
  if (ofMarket.splitAskedAtMs !== null && nowMs - ofMarket.splitAskedAtMs < SPLIT_EVERY_MS) return null;
  const amount = dollars(mm.splitSizeUsd);
  const cash =
    freeCash(state.books, state.orders, reservedByTransactions(state.transactions, null).cash) ?? 0;
  if (cash < 2 * amount) return null;
  ofMarket.splitAskedAtMs = nowMs;
  return {
    kind: 'transact',
    action: 'split',
    conditionId,
    amount: amount as number as Shares,
    why: 'nothing held to sell yet',
  };
}
