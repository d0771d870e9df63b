import type { ConditionId } from '../../domain/market.ts';
import { POINT, PRICE_ONE, type Price } from '../../domain/units.ts';
import { marketsByEvent } from '../../kernel/gate-event.ts';
import { markOf, openEventOf, payoutOf } from '../../kernel/gate-view.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { workingOrders } from '../../orders/order-table.ts';
import type { DesiredQuote } from '../../orders/types.ts';
import {
  type GroupEpoch,
  type GroupPosition,
  type OutcomeOrders,
  outcomeEpoch,
  rebaseGroupEpoch,
  worstEndUsd,
} from '../../pricing/event-group.ts';
import type { LossEpoch } from '../../pricing/loss-epoch.ts';
import { certifySides, lossPositionOf, type Resting, restingOn } from './loss-epochs.ts';
import type { MarketMakingMemory } from './memory.ts';

/** The joint epoch of the markets of one event that are quoted, and which outcome each of its probabilities is of. Plain data. */
export interface EventEpoch {
  readonly epoch: GroupEpoch;
  /** In the order of the epoch's probabilities; where outcomes are left they are together one more, at the end, that is not held. */
  readonly conditionIds: readonly ConditionId[];
}

/** One event during one look at the markets: what is certified counts for the markets of it that are looked at later. */
export interface EventQuoting extends EventEpoch {
  readonly eventId: string;
  /** What it has brought since it was first entered, over settled markets too. */
  readonly position: GroupPosition;
  /** All that may fill, by outcome: what rests, and what this look has asked for. */
  readonly orders: OutcomeOrders[];
}

/** Why a market of an event is, or is not, quoted together with the others. */
export type EventRuling = { readonly quoting: EventQuoting } | { readonly alone: string };

/** The events of one look at the markets, each opened when its first market is quoted. */
export interface EventLook {
  byEvent: Map<string, Set<ConditionId>> | null;
  readonly rulings: Map<string, EventRuling>;
}

export const createEventLook = (): EventLook => ({ byEvent: null, rulings: new Map() });

/** All markets by event that hold something, have orders or are to be quoted; added up once a look. */
export function involvedByEvent(
  state: KernelState,
  { chosen, leaving }: Pick<MarketMakingMemory, 'chosen' | 'leaving'>,
  look: EventLook,
): ReadonlyMap<string, ReadonlySet<ConditionId>> {
  if (look.byEvent !== null) return look.byEvent;
  look.byEvent = marketsByEvent(state);
  for (const conditionIds of [chosen, leaving]) {
    for (const conditionId of conditionIds) {
      const slot = state.markets.get(conditionId);
      const eventId = slot === undefined ? null : openEventOf(slot);
      if (eventId === null) continue;
      const known = look.byEvent.get(eventId);
      if (known === undefined) look.byEvent.set(eventId, new Set([conditionId]));
      else known.add(conditionId);
    }
  }
  return look.byEvent;
}

/**
 * How a market of an event is quoted: with the other markets of it that are quoted or hold something on one budget, or alone. Null
 * where it is of no event. Only where outcomes cannot be added is it known that at most one of those listed pays and what is left.
 */
export function rulingOf(
  state: KernelState,
  memory: MarketMakingMemory,
  { market }: MarketSlot,
  look: EventLook,
  followPts: number,
): EventRuling | null {
  const event = market.negRiskEvent;
  if (event === undefined) return null;
  if (event.isAugmented || event.outcomes === null)
    return { alone: 'outcomes may be added to its event, so its loss is bounded apart from the others' };
  const conditionIds = involvedByEvent(state, memory, look).get(event.marketId);
  if (conditionIds === undefined || conditionIds.size < 2) {
    memory.events.delete(event.marketId);
    return { alone: 'no other market of its event is quoted or held' };
  }
  let ruling = look.rulings.get(event.marketId);
  if (ruling === undefined) {
    ruling = openEvent(state, memory, event.marketId, [...conditionIds].sort(), event.outcomes, followPts);
    look.rulings.set(event.marketId, ruling);
  }
  return ruling;
}

function openEvent(
  state: KernelState,
  memory: MarketMakingMemory,
  eventId: string,
  conditionIds: readonly ConditionId[],
  outcomes: number,
  followPts: number,
): EventRuling {
  const slots = conditionIds.map((conditionId) => state.markets.get(conditionId));
  const isExclusive = slots.every((slot) => {
    const event = slot?.market.negRiskEvent;
    return event !== undefined && !event.isAugmented && event.outcomes === outcomes;
  });
  if (!isExclusive || conditionIds.length > outcomes)
    return {
      alone: 'the listing contradicts itself on the outcomes of its event, so its loss is bounded apart',
    };
  const probabilities = probabilitiesOf(state, memory, conditionIds, conditionIds.length < outcomes);
  const position = eventPositionOf(state, eventId, conditionIds, probabilities.length);
  const budgetUsd = state.settings.mm.maxPerEventUsd;
  const known = memory.events.get(eventId);
  const kept =
    known !== undefined && isCurrent(known, conditionIds, probabilities, position, budgetUsd, followPts)
      ? known
      : { epoch: rebaseGroupEpoch(probabilities, position, budgetUsd), conditionIds };
  memory.events.set(eventId, kept);
  const orders = probabilities.map((_, index) => ordersOf(state, conditionIds[index]));
  return { quoting: { ...kept, eventId, position, orders } };
}

/** The budget has to do for the least likely outcome too: one that hardly happens would take it all, and widen every quote. */
const LEAST_PROBABILITY = 0.01;
const PTS_PER_USD = 100;

/** The fair values as they were last seen, and what is left for all other outcomes; together 1. */
function probabilitiesOf(
  state: KernelState,
  memory: MarketMakingMemory,
  conditionIds: readonly ConditionId[],
  hasRest: boolean,
): number[] {
  const weights = conditionIds.map((conditionId) => {
    const fairPts = memory.markets.get(conditionId)?.measures.intensity.fairPts ?? null;
    const p = fairPts === null ? markOf(state.markets.get(conditionId)) / PRICE_ONE : fairPts / PTS_PER_USD;
    return Math.max(LEAST_PROBABILITY, p);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (hasRest) weights.push(Math.max(LEAST_PROBABILITY, 1 - sum));
  const all = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / all);
}

/** Cash over all markets of the event, settled ones too, and the shares of those that may still win. */
function eventPositionOf(
  state: KernelState,
  eventId: string,
  conditionIds: readonly ConditionId[],
  outcomes: number,
): GroupPosition {
  const held = Array.from({ length: outcomes }, () => 0);
  let cashUsd = 0;
  for (const conditionId of state.books.positions.keys()) {
    const slot = state.markets.get(conditionId);
    if (slot?.market.negRiskEvent?.marketId !== eventId) continue;
    const position = lossPositionOf(state, conditionId);
    const index = conditionIds.indexOf(conditionId);
    cashUsd += position.cashUsd;
    if (index >= 0) held[index] = position.inventoryShares;
    else if (slot.resolved !== undefined)
      cashUsd += (position.inventoryShares * payoutOf(slot.resolved)) / PRICE_ONE;
  }
  return { cashUsd, held };
}

/** Whether the epoch still says what is so: with new fills gamma has to follow, and a fair value that has gone far is followed. */
function isCurrent(
  { epoch, conditionIds }: EventEpoch,
  wanted: readonly ConditionId[],
  probabilities: readonly number[],
  position: GroupPosition,
  budgetUsd: number,
  followPts: number,
): boolean {
  return (
    epoch.budgetUsd === budgetUsd &&
    epoch.cashUsd === position.cashUsd &&
    epoch.probabilities.length === probabilities.length &&
    conditionIds.every((conditionId, index) => conditionId === wanted[index]) &&
    epoch.held.every((shares, index) => shares === position.held[index]) &&
    epoch.probabilities.every(
      (p, index) => Math.abs(p - (probabilities[index] ?? 0)) * PTS_PER_USD < followPts,
    )
  );
}

function ordersOf(state: KernelState, conditionId: ConditionId | undefined): OutcomeOrders {
  if (conditionId === undefined) return { bidsUsd: 0, asksUsd: 0 };
  const working = workingOrders(state.orders, conditionId);
  return outcomeOrders(restingOn('BUY', working), restingOn('SELL', working));
}

const outcomeOrders = (bids: readonly Resting[], asks: readonly Resting[]): OutcomeOrders => ({
  bidsUsd: bids.reduce((sum, { priceUsd, shares }) => sum + priceUsd * shares, 0),
  asksUsd: asks.reduce((sum, { priceUsd, shares }) => sum + (1 - priceUsd) * shares, 0),
});

/** The joint epoch as this market's own: what is held of the other outcomes moves its price. */
export const epochIn = (quoting: EventQuoting, conditionId: ConditionId): LossEpoch =>
  outcomeEpoch(quoting.epoch, quoting.conditionIds.indexOf(conditionId));

/** A millionth of a dollar is the rounding of floats, not a loss. */
const LEAST_LOSS_USD = 1e-6;

/**
 * Cuts one market's quotes so that the event ends with at least minus its budget whatever wins and whichever of all orders on all its
 * outcomes fill. Where it has ended up below already, nothing may be added that takes the worst outcome lower.
 */
export function certifyInEvent(
  state: KernelState,
  quoting: EventQuoting,
  conditionId: ConditionId,
  quotes: readonly DesiredQuote[],
): DesiredQuote[] {
  const { position, orders, conditionIds, epoch } = quoting;
  const index = conditionIds.indexOf(conditionId);
  const endWith = (of: OutcomeOrders) =>
    worstEndUsd(
      position,
      orders.map((other, at) => (at === index ? of : other)),
    );
  const leastUsd =
    Math.min(-epoch.budgetUsd, endWith(orders[index] ?? outcomeOrders([], []))) - LEAST_LOSS_USD;
  const keepWithin = Math.max(1, Math.round(state.settings.mm.requoteThresholdPts * POINT)) as Price;
  const certified = certifySides(
    { working: workingOrders(state.orders, conditionId), keepWithin },
    quotes,
    (bids, asks) => endWith(outcomeOrders(bids, asks)) >= leastUsd,
  );
  orders[index] = outcomeOrders(certified.bids, certified.asks);
  return certified.quotes;
}

/** The event beside a decision. Dollars, shares and probabilities by outcome; the worst end with all orders counted. */
export function explainEvent(ruling: EventRuling | null) {
  if (ruling === null) return null;
  if ('alone' in ruling) return { quoted: 'alone', because: ruling.alone };
  const { eventId, epoch, conditionIds, position, orders } = ruling.quoting;
  return {
    quoted: 'with the other markets of its event, on one budget',
    eventId,
    conditionIds,
    budgetUsd: epoch.budgetUsd,
    gammaPerUsd: epoch.gammaPerUsd,
    probabilities: epoch.probabilities,
    heldShares: position.held,
    cashUsd: position.cashUsd,
    worstEndUsd: worstEndUsd(position, orders),
  };
}
