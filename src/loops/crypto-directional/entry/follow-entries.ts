import { feePerShare } from '../../../crypto/model/edge.ts';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import type { FeeSchedule } from '../../../domain/market.ts';
import type { OrderRequest } from '../../../domain/order.ts';
import { priceToFloat } from '../../../domain/units.ts';
import { directionalPositions } from '../../../kernel/directional.ts';
import { directionalLimitsOf } from '../../../kernel/limits-from-settings.ts';
import type { Intent } from '../../../kernel/loop.ts';
import { entriesToCancel, restingEntries } from '../../../kernel/pull-entries.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { restAfterStop } from '../../../kernel/stopped-markets.ts';
import { purposeOf } from '../../../orders/order-names.ts';
import type { PricedPayoff } from '../pricing/ask-histories.ts';
import { isPriced, type PricedMarket, priceMarket } from '../pricing/price-market.ts';
import { mapInUse } from '../pricing/recalibration-in-use.ts';
import { type CdSettings, tradablePayoff } from './choose-scope.ts';
import type { EntryMemory } from './entry-memory.ts';
import { othersTouch } from './judge-market.ts';
import { stoppedAtOnce } from './stop-at-entry.ts';

export const isAnyResting = (state: KernelState): boolean =>
  directionalPositions(state).some((position) => restingEntries(state, position).length > 0);

/** Takes back the entries of a position that still rest; what was asked for a moment ago is not asked for again. */
export function cancelEntries(state: KernelState, position: DirectionalPosition, why: string): Intent[] {
  const orderIds = entriesToCancel(state, position);
  return orderIds.length === 0 ? [] : [{ kind: 'cancel', orderIds, why }];
}

/** What the markets pay on in which entries rest. */
export function restingPayoffs(state: KernelState, memory: EntryMemory): PricedPayoff[] {
  return directionalPositions(state).flatMap((position) => {
    if (restingEntries(state, position).length === 0) return [];
    const slot = state.markets.get(position.conditionId);
    const payoff = slot === undefined ? null : tradablePayoff(memory, slot);
    return payoff === null || slot === undefined ? [] : [{ payoff, createdAtMs: slot.market.createdAtMs }];
  });
}

/**
 * Looks at every entry that rests, at the price of the coin as it is now, and takes back those whose reason is gone: a resting order is an
 * offer to whoever hears of a move first, so it does not wait for the next cycle.
 */
export function followEntries(state: KernelState, cd: CdSettings, memory: EntryMemory): Intent[] {
  return directionalPositions(state).flatMap((position) => {
    const [resting] = restingEntries(state, position);
    if (resting === undefined) return [];
    const why = joinedBy(position) ?? reasonGone(state, cd, memory, resting.request);
    return why === null ? [] : cancelEntries(state, position, why);
  });
}

/**
 * A position has one entry, unless a fill of an older one that was told late has joined it. What rests was sized for a market in which
 * nothing is held, and would double the stake.
 */
function joinedBy({ clientIds, bought }: DirectionalPosition): string | null {
  const entries = clientIds.filter((clientId) => purposeOf(clientId) === 'entry');
  return bought > 0 && entries.length > 1 ? 'an older entry has filled after all' : null;
}

function reasonGone(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  request: OrderRequest,
): string | null {
  const slot = state.markets.get(request.conditionId);
  const payoff = slot === undefined ? null : tradablePayoff(memory, slot);
  if (slot === undefined || payoff === null) return 'what the market pays on is not known any more';
  const { market } = slot;
  const rest = restAfterStop(state, market.conditionId, payoff.coin);
  if (rest !== null) return rest;
  const leftMs = (payoff.window.endAtMs ?? Number.NEGATIVE_INFINITY) - state.nowMs;
  if (leftMs < directionalLimitsOf(cd).minTimeLeftMs) return 'the end of the market is too near';
  const price = priceMarket(
    state,
    memory.models,
    { payoff, createdAtMs: market.createdAtMs },
    mapInUse(state, memory.models),
  );
  if (!isPriced(price)) return `it can not be priced: ${price.message}`;
  if (price.isDecided) return 'the strike was reached';
  const edgePts = edgeOf(price, request, market.fee);
  if (edgePts < cd.minEdgePts) return `its edge is ${edgePts.toFixed(1)} points now`;
  const touch = othersTouch(state, slot);
  return touch === null ? null : stoppedAtOnce(request, touch, cd);
}

function edgeOf(
  { entryYes }: PricedMarket,
  { outcome, price, postOnly }: OrderRequest,
  fee: FeeSchedule,
): number {
  const probability = outcome === 'YES' ? entryYes.low : 1 - entryYes.high;
  const feeUsd = postOnly && fee.takerOnly ? 0 : feePerShare(fee, price);
  return 100 * (probability - priceToFloat(price) - feeUsd);
}
