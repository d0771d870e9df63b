import type { ConditionId } from '../domain/market.ts';
import { exposureOf } from '../risk/exposure.ts';
import type { GateCoin, GateMarket } from '../risk/gate.ts';
import { coinExposureNow, partNow } from './account-risk.ts';
import { openCoinOf } from './gate-view.ts';
import type { MarketSlot } from './market-slots.ts';
import type { KernelState } from './state.ts';

/**
 * The market's coin as the gate has to see it, or null where it is about none. Markets that this pass has opened count with what was
 * approved there, sent or not.
 */
export function gateCoin(
  state: KernelState,
  slot: MarketSlot,
  opened: ReadonlyMap<ConditionId, GateMarket>,
): GateCoin | null {
  const ticker = openCoinOf(slot);
  if (ticker === null) return null;
  const own = slot.market.conditionId;
  const others = (): number => {
    let usd = coinExposureNow(state, ticker) - partNow(state, own);
    for (const [conditionId, market] of opened)
      if (conditionId !== own && market.coin?.ticker === ticker)
        usd += exposureOf(market.risk) - partNow(state, conditionId);
    return usd;
  };
  return { ticker, others };
}
