import type { OutcomeLevels } from '../../domain/market-event.ts';
import { MICRO } from '../../domain/units.ts';
import { isDirectional } from '../../kernel/directional.ts';
import type { LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import {
  type OutcomeBook,
  outcomeBooksOf,
  type SetMarket,
  type SetOpportunity,
  type SetTerms,
  scanEvent,
} from '../../pricing/complete-set.ts';
import type { ArbitrageMemory } from './memory.ts';
import { readMarket } from './plan-set.ts';

/** Markets of one neg-risk event that can be traded now. */
export interface EventGroup {
  readonly eventId: string;
  readonly slots: readonly MarketSlot[];
  /** Exactly these outcomes can win: only then do all YES shares together pay a dollar. */
  readonly isExhaustive: boolean;
}

/**
 * Neg-risk events of which at least two markets have a live book. A subset is enough to convert: NO shares of any outcomes become
 * dollars and YES shares of all others. Exhaustive is only what says so in every respect: not augmented, by every one of its
 * markets, its number of outcomes known, and each of them here with a question of its own.
 */
export function eventGroups(slots: Iterable<MarketSlot>): EventGroup[] {
  const byEvent = new Map<string, MarketSlot[]>();
  for (const slot of slots) {
    const event = slot.market.negRiskEvent;
    if (event === undefined || !slot.watched || !slot.bookLive || slot.resolved !== undefined) continue;
    const group = byEvent.get(event.marketId);
    if (group === undefined) byEvent.set(event.marketId, [slot]);
    else group.push(slot);
  }
  const groups: EventGroup[] = [];
  for (const [eventId, group] of byEvent)
    if (group.length >= 2) groups.push({ eventId, slots: group, isExhaustive: isExhaustive(group) });
  return groups;
}

/** The events of the markets that may be traded here: one market belongs to one strategy at a time. */
export const eventGroupsIn = (state: KernelState): EventGroup[] =>
  eventGroups([...state.markets.values()].filter(({ market }) => !isDirectional(state, market.conditionId)));

function isExhaustive(slots: readonly MarketSlot[]): boolean {
  const questions = new Set(slots.map(({ market }) => market.questionId));
  return slots.every(
    ({ market: { negRiskEvent: event } }) =>
      event !== undefined && !event.isAugmented && event.outcomes === questions.size,
  );
}

/** Best set across the event's markets on their books as they are mirrored, or null. Own orders are left out. */
export function planEvent(view: LoopView, group: EventGroup, terms: SetTerms): SetOpportunity | null {
  const markets = group.slots.map((slot) => mirroredMarket(view, slot));
  const result = scanEvent(markets, group.isExhaustive, terms);
  return result.kind === 'opportunity' ? result : null;
}

/** A market on its joined book, without our own orders. */
export function mirroredMarket({ state }: LoopView, { market, book }: MarketSlot): SetMarket {
  const { yes, no } = outcomeBooksOf(book);
  const own = ownQuotes(state.orders, market.conditionId);
  return readMarket({ market, yes: toLevels(yes), no: toLevels(no), own });
}

const toLevels = ({ bids, asks }: OutcomeBook): OutcomeLevels => ({
  bids: bids.map(({ price, size }) => [price, size] as const),
  asks: asks.map(({ price, size }) => [price, size] as const),
});

/** Looks for sets across the markets of each event and keeps count of what was offered, whether or not it is of a kind that is traded. */
export function scanEvents(
  view: LoopView,
  memory: ArbitrageMemory,
  groups: readonly EventGroup[],
  terms: SetTerms,
): void {
  const offered = new Map<string, number>();
  for (const group of groups) {
    const set = planEvent(view, group, terms);
    if (set === null) continue;
    offered.set(group.eventId, set.profit / MICRO);
    if (!memory.events.has(group.eventId)) memory.totals.eventsSeen += 1;
    memory.totals.bestEventUsd = Math.max(memory.totals.bestEventUsd, set.profit);
  }
  memory.events = offered;
}
