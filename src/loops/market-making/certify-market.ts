import type { ConditionId } from '../../domain/market.ts';
import { POINT, type Price } from '../../domain/units.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { workingOrders } from '../../orders/order-table.ts';
import type { DesiredQuote } from '../../orders/types.ts';
import type { QuotingInputs } from '../../quoting/price-and-shape.ts';
import { certifyInEvent, type EventLook, type EventRuling, epochIn, rulingOf } from './event-quoting.ts';
import { certifyQuotes, epochNow, lossPositionOf } from './loss-epochs.ts';
import type { MarketMeasures } from './market-measures.ts';
import type { MarketMakingMemory } from './memory.ts';
import type { MarketMakingSettings } from './settings.ts';

/** Why a market that follows its fair value is empty for a moment. */
export const LEAVING_FOR_NEW_EPOCH = 'its quotes leave before new ones follow the fair value or the budget';

/** The inputs with the market's loss epoch, for the engine that needs one; `leave` where its orders have to be gone first. */
export function withLossEpoch(
  state: KernelState,
  conditionId: ConditionId,
  measures: MarketMeasures,
  inputs: QuotingInputs,
  ruling: EventRuling | null,
): QuotingInputs | 'leave' {
  const { mm } = state.settings;
  const { fairPts } = measures.intensity;
  const isTogether = ruling !== null && 'quoting' in ruling;
  if (mm.pricingEngine !== 'bounded' || isTogether) measures.epoch = null;
  if (mm.pricingEngine !== 'bounded' || fairPts === null) return inputs;
  if (isTogether) return { ...inputs, lossEpoch: epochIn(ruling.quoting, conditionId) };
  const epoch = epochNow(state, conditionId, measures.epoch, fairPts, {
    budgetUsd: mm.maxPerMarketUsd,
    followPts: followPts(mm, inputs.tick ?? inputs.book.tick),
    leastMs: mm.minQuoteLifetimeSeconds * 1_000,
  });
  if (epoch === 'leave') return 'leave';
  measures.epoch = epoch;
  return { ...inputs, lossEpoch: epoch.epoch };
}

/** How far the fair value has to go before an epoch follows it, in points. */
const followPts = (mm: MarketMakingSettings, tick: Price): number =>
  Math.max(mm.requoteThresholdPts, tick / POINT / 2);

/** How the market is quoted beside others of its event, for the engine that bounds a loss; null where it stands alone. */
export function eventRuling(
  state: KernelState,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  look: EventLook,
): EventRuling | null {
  const { mm } = state.settings;
  return mm.pricingEngine === 'bounded'
    ? rulingOf(state, memory, slot, look, followPts(mm, slot.tick))
    : null;
}

/** The quotes cut to what keeps the loss within the budget, whatever fills; all of them where nothing is certified. */
export function certified(
  state: KernelState,
  conditionId: ConditionId,
  measures: MarketMeasures,
  quotes: readonly DesiredQuote[],
  ruling: EventRuling | null,
): readonly DesiredQuote[] {
  if (ruling !== null && 'quoting' in ruling)
    return certifyInEvent(state, ruling.quoting, conditionId, quotes);
  if (measures.epoch === null) return quotes;
  const certificate = {
    epoch: measures.epoch.epoch,
    position: lossPositionOf(state, conditionId),
    working: workingOrders(state.orders, conditionId),
    keepWithin: Math.max(1, Math.round(state.settings.mm.requoteThresholdPts * POINT)) as Price,
  };
  return certifyQuotes(certificate, quotes);
}
