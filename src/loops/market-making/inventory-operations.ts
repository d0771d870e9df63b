import type { Outcome } from '../../domain/market.ts';
import { complement, MICRO, notional, type Shares } from '../../domain/units.ts';
import { isDirectional } from '../../kernel/directional.ts';
import { payoutOf } from '../../kernel/gate-view.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { busyConditions, cashReserved } from '../../kernel/transactions.ts';
import { freeCash, freeTokens, NONE_PENDING } from '../../orders/books.ts';
import { workingOrders } from '../../orders/order-table.ts';
import type { MarketMakingMemory } from './memory.ts';
import { memoryOf } from './quote-market.ts';
import { dollars, type MarketMakingSettings, shareCount } from './settings.ts';

/** A split that did not happen, or whose shares are gone, is not asked for again before this. */
const SPLIT_EVERY_MS = 10 * 60_000;
/** A redemption that did not happen is asked for again after this. */
const REDEEM_EVERY_MS = 2 * 60_000;
/** The chain takes pairs in whole cents here, as the venue takes sizes. */
const SIZE_STEP = 10_000;

/** Splits dollars into pairs to have something to sell, and merges pairs back into dollars when enough have come together. */
export function operateInventory(
  view: LoopView,
  memory: MarketMakingMemory,
  mm: MarketMakingSettings,
): Intent[] {
  const { markets, books, orders, transactions } = view.state;
  const busy = busyConditions(transactions);
  const cash = freeCash(books, orders, cashReserved(transactions, null)) ?? 0;
  const intents: Intent[] = redeemSettled(view, memory);
  if (!mm.useSplitMerge) return intents;
  for (const conditionId of new Set([...books.positions.keys(), ...memory.chosen])) {
    const slot = markets.get(conditionId);
    if (slot === undefined || slot.resolved !== undefined || busy.has(conditionId)) continue;
    // What is held there is not for market-making to split, merge or sell.
    if (isDirectional(view.state, conditionId)) continue;
    const intent = mergeIntent(view, memory, slot, mm) ?? splitIntent(view, memory, slot, mm, cash);
    if (intent !== null) intents.push(intent);
  }
  return intents;
}

/**
 * What settled markets pay is asked for, whether quotes are wanted or not. Not before the oracle's report was read from the chain: until
 * then a redemption reverts, and one that was booked by a wrong word of the venue would leave the books wrong for good.
 */
export function redeemSettled(view: LoopView, memory: MarketMakingMemory): Intent[] {
  const { markets, books, transactions } = view.state;
  const busy = busyConditions(transactions);
  return [...books.positions.keys()].flatMap((conditionId) => {
    const slot = markets.get(conditionId);
    if (slot?.resolved === undefined || !slot.isPaidOut || busy.has(conditionId)) return [];
    return redeemIntent(view, memory, slot, slot.resolved) ?? [];
  });
}

/**
 * Turns the tokens of a settled market into dollars. It waits until nothing of the market is on its way, because a redemption
 * burns all that is held and is booked as such. Tokens that pay nothing are left: burning them would only cost gas.
 */
function redeemIntent(
  view: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  winner: Outcome | null,
): Intent | null {
  const { state, nowMs } = view;
  const { conditionId } = slot.market;
  const position = state.books.positions.get(conditionId);
  if (position === undefined || workingOrders(state.orders, conditionId).length > 0) return null;
  const { yes, no } = position;
  if (yes.provisionalIn + yes.provisionalOut + no.provisionalIn + no.provisionalOut > 0) return null;
  const paid = payoutOf(winner);
  const amount = notional(paid, yes.final) + notional(complement(paid), no.final);
  if (amount <= 0) return null;
  const ofMarket = memoryOf(memory, conditionId);
  if (ofMarket.redeemAskedAtMs !== null && nowMs - ofMarket.redeemAskedAtMs < REDEEM_EVERY_MS) return null;
  ofMarket.redeemAskedAtMs = nowMs;
  return {
    kind: 'transact',
    action: 'redeem',
    conditionId,
    amount: amount as number as Shares,
    why: winner === null ? 'the market is void' : `${winner} has won`,
  };
}

function mergeIntent(
  view: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  mm: MarketMakingSettings,
): Intent | null {
  const { state } = view;
  const { conditionId } = slot.market;
  const position = state.books.positions.get(conditionId);
  if (position === undefined) return null;
  const free = freeTokens(state.books, state.orders, conditionId, NONE_PENDING);
  // While the market is quoted, the pairs that seed its asks stay: merging them would only call for the next split.
  const seed = memory.chosen.has(conditionId) && mm.twoSided ? shareCount(mm.splitSizeUsd) : 0;
  const spare = Math.min(free.yes, free.no, Math.min(position.yes.final, position.no.final) - seed);
  const pairs = Math.floor(spare / SIZE_STEP) * SIZE_STEP;
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
  cash: number,
): Intent | null {
  const { state, nowMs } = view;
  const { conditionId, yesTokenId, noTokenId } = slot.market;
  if (!memory.chosen.has(conditionId) || !mm.twoSided || !slot.bookLive) return null;
  if (state.trading.mode !== 'active') return null;
  if (!state.knownTokens.has(yesTokenId) || !state.knownTokens.has(noTokenId)) return null;
  const position = state.books.positions.get(conditionId);
  // Shares left over on one side are a position already: splitting on top of it would sell one side without end.
  if (position !== undefined && position.openedAtMs !== null) return null;
  const ofMarket = memoryOf(memory, conditionId);
  if (ofMarket.splitAskedAtMs !== null && nowMs - ofMarket.splitAskedAtMs < SPLIT_EVERY_MS) return null;
  const amount = dollars(mm.splitSizeUsd);
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
