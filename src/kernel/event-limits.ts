import type { Outcome } from '../domain/market.ts';
import type { Shares } from '../domain/units.ts';
import { eventExposureOf, exposureOf, type MarketRisk, totalCap } from '../risk/exposure.ts';
import { equityNow, exposureNow } from './account-risk.ts';
import { marketRisk } from './gate-view.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { MarketSlot } from './market-slots.ts';
import type { KernelState } from './state.ts';

/**
 * Whether buying `size` of an outcome in every market of an exhaustive event stays within the limits of market, event and account,
 * as the gate would find once all legs are approved. The gate decides; this only keeps from asking for what it would refuse.
 */
export function fitsLimits(
  state: KernelState,
  slots: readonly MarketSlot[],
): (outcome: Outcome, size: Shares) => boolean {
  const limits = limitsOf(state.settings);
  const risks = slots.map(({ market }) => marketRisk(state, market.conditionId));
  const cap = totalCap(equityNow(state), limits.maxTotalExposureBps);
  const others = exposureNow(state) - sumOf(risks);
  return (outcome, size) => {
    const after = risks.map((risk) => withLeg(risk, outcome, size));
    if (after.some((risk) => exposureOf(risk) > limits.maxPerMarket)) return false;
    return eventExposureOf(after, true) <= limits.maxPerEvent && others + sumOf(after) <= cap;
  };
}

const sumOf = (risks: readonly MarketRisk[]): number =>
  risks.reduce((sum, risk) => sum + exposureOf(risk), 0);

/** Buying NO is an ask in YES coordinates. */
const withLeg = (risk: MarketRisk, outcome: Outcome, size: Shares): MarketRisk =>
  outcome === 'YES'
    ? { ...risk, liveBidShares: risk.liveBidShares + size }
    : { ...risk, liveAskShares: risk.liveAskShares + size };
