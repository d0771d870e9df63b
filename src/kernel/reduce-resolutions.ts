import type { Outcome } from '../domain/market.ts';
import { type MarketResolution, type Payouts, winnerOf } from '../domain/resolution.ts';
import { judgeForecasts } from './judged-forecasts.ts';
import type { MarketSlot } from './market-slots.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { reduceMarket } from './reduce-market.ts';
import type { KernelState } from './state.ts';

/**
 * What the oracle has reported to the chain is the outcome, whatever a socket said before. Markets that were resolved while
 * nobody listened become known this way.
 */
export function takeResolutions(
  state: KernelState,
  { resolutions }: Extract<ReadInput, { kind: 'resolutionsRead' }>,
  outbox: Outbox,
): void {
  for (const resolution of resolutions) {
    if (resolution.payouts !== null) judgeForecasts(state, resolution.conditionId, resolution.payouts);
    const slot = state.markets.get(resolution.conditionId);
    if (slot === undefined) continue;
    takeStage(slot, resolution);
    if (resolution.payouts !== null && !slot.isPaidOut) takePayouts(state, slot, resolution.payouts, outbox);
  }
}

/** The catalogue lists it among the closed markets, so nothing trades there any more. */
function takeStage(slot: MarketSlot, { stage }: MarketResolution): void {
  if (stage === null) return;
  slot.market = { ...slot.market, closed: true, acceptingOrders: false, resolution: stage };
}

function takePayouts(state: KernelState, slot: MarketSlot, payouts: Payouts, outbox: Outbox): void {
  const { question, conditionId } = slot.market;
  const winner = winnerOf(payouts);
  if (winner === undefined) {
    outbox.send({
      kind: 'notify',
      level: 'alarm',
      text: `${question}: the chain pays ${payouts.join(' to ')} for YES and NO; expected one winner or halves. Redeem it by hand.`,
    });
    return;
  }
  const told = slot.resolved;
  if (told !== undefined && told !== winner)
    outbox.send({
      kind: 'notify',
      level: 'alarm',
      text: `${question}: the venue had told ${outcomeText(told)}, the oracle has reported ${outcomeText(winner)} to the chain, which is what it pays`,
    });
  if (told !== winner) reduceMarket(state, { kind: 'marketResolved', conditionId, winner }, outbox);
  // From here on the outcome stands, whatever a socket says.
  slot.isPaidOut = true;
}

const outcomeText = (winner: Outcome | null): string => winner ?? 'void';
