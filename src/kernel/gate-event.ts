import type { ConditionId } from '../domain/market.ts';
import type { Usd } from '../domain/units.ts';
import { eventExposureOf } from '../risk/exposure.ts';
import type { GateEvent, GateMarket } from '../risk/gate.ts';
import { marketsOfEvent } from './account-risk.ts';
import { marketRisk, openEventOf } from './gate-view.ts';
import type { MarketSlot } from './market-slots.ts';
import type { KernelState } from './state.ts';

/**
 * Markets by neg-risk event that hold something or have orders. What is settled is left out: its outcome is known, so it is at no
 * risk. One walk over all markets with a position; nobody needs it for a market that stands alone.
 */
export function marketsByEvent({ books, orders, markets }: KernelState): Map<string, Set<ConditionId>> {
  const byEvent = new Map<string, Set<ConditionId>>();
  for (const conditionIds of [books.positions.keys(), orders.workingByCondition.keys()]) {
    for (const conditionId of conditionIds) {
      const slot = markets.get(conditionId);
      const eventId = slot === undefined ? null : openEventOf(slot);
      if (eventId === null) continue;
      const known = byEvent.get(eventId);
      if (known === undefined) byEvent.set(eventId, new Set([conditionId]));
      else known.add(conditionId);
    }
  }
  return byEvent;
}

/**
 * The market's event as the gate has to see it, or null where it stands alone. Markets that this pass has opened count with what was
 * approved there, sent or not.
 */
export function gateEvent(
  state: KernelState,
  { market }: MarketSlot,
  opened: ReadonlyMap<ConditionId, GateMarket>,
): GateEvent | null {
  const event = market.negRiskEvent;
  if (event === undefined) return null;
  const others = () => {
    const conditionIds = new Set(marketsOfEvent(state, event.marketId));
    for (const conditionId of opened.keys()) {
      const other = state.markets.get(conditionId);
      // One that is settled was opened to redeem it; what it pays is known, and makes up for no other outcome.
      if (other !== undefined && openEventOf(other) === event.marketId) conditionIds.add(conditionId);
    }
    conditionIds.delete(market.conditionId);
    return [...conditionIds].map(
      (conditionId) => opened.get(conditionId)?.risk ?? marketRisk(state, conditionId),
    );
  };
  return { others, outcomes: event.isAugmented ? null : event.outcomes };
}

/** Dollars at risk in a market's event without what its own orders may still add, over the markets of it that `byEvent` knows. */
export function eventExposureBeside(
  state: KernelState,
  { market: { conditionId, negRiskEvent } }: MarketSlot,
  byEvent: ReadonlyMap<string, ReadonlySet<ConditionId>>,
): Usd {
  if (negRiskEvent === undefined) return 0 as Usd;
  const conditionIds = new Set(byEvent.get(negRiskEvent.marketId)).add(conditionId);
  const risks = [...conditionIds].map((other) => {
    const risk = marketRisk(state, other);
    return other === conditionId ? { ...risk, liveBidShares: 0, liveAskShares: 0 } : risk;
  });
  return eventExposureOf(risks, !negRiskEvent.isAugmented && negRiskEvent.outcomes === risks.length);
}
