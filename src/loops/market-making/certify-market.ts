import type { ConditionId } from '../../domain/market.ts';
import { POINT, type Price } from '../../domain/units.ts';
import type { KernelState } from '../../kernel/state.ts';
import { workingOrders } from '../../orders/order-table.ts';
import type { DesiredQuote } from '../../orders/types.ts';
import type { QuotingInputs } from '../../quoting/price-and-shape.ts';
import { certifyQuotes, epochNow, lossPositionOf } from './loss-epochs.ts';
import type { MarketMeasures } from './market-measures.ts';

/** Why a market that follows its fair value is empty for a moment. */
export const LEAVING_FOR_NEW_EPOCH = 'its quotes leave before new ones follow the fair value or the budget';

/** The inputs with the market's loss epoch, for the engine that needs one; `leave` where its orders have to be gone first. */
export function withLossEpoch(
  state: KernelState,
  conditionId: ConditionId,
  measures: MarketMeasures,
  inputs: QuotingInputs,
): QuotingInputs | 'leave' {
  const { mm } = state.settings;
  const { fairPts } = measures.intensity;
  if (mm.pricingEngine !== 'bounded') measures.epoch = null;
  if (mm.pricingEngine !== 'bounded' || fairPts === null) return inputs;
  const epoch = epochNow(state, conditionId, measures.epoch, fairPts, {
    budgetUsd: mm.maxPerMarketUsd,
    followPts: Math.max(mm.requoteThresholdPts, (inputs.tick ?? inputs.book.tick) / POINT / 2),
    leastMs: mm.minQuoteLifetimeSeconds * 1_000,
  });
  if (epoch === 'leave') return 'leave';
  measures.epoch = epoch;
  return { ...inputs, lossEpoch: epoch.epoch };
}

/** The quotes cut to what keeps the loss within the budget, whatever fills; all of them where nothing is certified. */
export function certified(
  state: KernelState,
  conditionId: ConditionId,
  measures: MarketMeasures,
  quotes: readonly DesiredQuote[],
): readonly DesiredQuote[] {
  if (measures.epoch === null) return quotes;
  const certificate = {
    epoch: measures.epoch.epoch,
    position: lossPositionOf(state, conditionId),
    working: workingOrders(state.orders, conditionId),
    keepWithin: Math.max(1, Math.round(state.settings.mm.requoteThresholdPts * POINT)) as Price,
  };
  return certifyQuotes(certificate, quotes);
}
