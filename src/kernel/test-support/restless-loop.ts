import type { ConditionId, Outcome } from '../../domain/market.ts';
import type { ClientId } from '../../domain/order.ts';
import { nextFloat, nextInt, type RandomStream, streamOf } from '../../domain/random.ts';
import { PRICE_ONE, type Price, type Shares, type Usd } from '../../domain/units.ts';
import { markOf } from '../gate-view.ts';
import { defineLoop, type Intent, type Loop, type TakingLeg } from '../loop.ts';
import type { MarketSlot } from '../market-slots.ts';
import type { KernelState } from '../state.ts';

const CENT = 100;
const HUNDREDTH = 10_000;

/** Wants something else of every market in every run, whether or not it may have it: what stands in its way is the gate alone. */
export const restlessLoop: Loop = defineLoop<object>({
  name: 'market-making',
  everyMs: () => 1_000,
  minGapMs: () => 0,
  wakesOn: ['book', 'ownFill', 'settings', 'transaction'],
  allowedIn: ['active', 'reducing'],
  createMemory: () => ({}),
  *decide({ state }) {
    const random = streamOf(state.steps, 'restless');
    const slots = [...state.markets.values()];
    for (const slot of slots) {
      if (nextFloat(random) < 0.6) yield quotes(random, slot);
      else if (nextFloat(random) < 0.5) yield transaction(random, slot);
    }
    if (nextFloat(random) < 0.3) yield taking(random, state, slots);
    if (nextFloat(random) < 0.2) yield* conversion(random, state, slots);
  },
});

const sizeOf = (random: RandomStream): Shares => (nextInt(random, 500, 6_000) * HUNDREDTH) as Shares;

const priceNear = (random: RandomStream, slot: MarketSlot): Price => {
  const at = markOf(slot) + nextInt(random, -8, 8) * CENT;
  return (Math.round(Math.max(CENT, Math.min(PRICE_ONE - CENT, at)) / CENT) * CENT) as Price;
};

function quotes(random: RandomStream, slot: MarketSlot): Intent {
  const wanted = Array.from({ length: nextInt(random, 0, 3) }, (_, level) => ({
    side: nextFloat(random) < 0.5 ? ('BUY' as const) : ('SELL' as const),
    price: priceNear(random, slot),
    size: sizeOf(random),
    level,
    reason: 'restless',
  }));
  return {
    kind: 'quote',
    conditionId: slot.market.conditionId,
    quotes: wanted,
    safe: { maxBid: null, minAsk: null },
    why: 'restless',
  };
}

const transaction = (random: RandomStream, { market: { conditionId } }: MarketSlot): Intent => ({
  kind: 'transact',
  action: nextFloat(random) < 0.6 ? 'split' : 'merge',
  conditionId,
  amount: sizeOf(random),
  why: 'restless',
});

function taking(random: RandomStream, state: KernelState, slots: readonly MarketSlot[]): Intent {
  const outcome: Outcome = nextFloat(random) < 0.5 ? 'YES' : 'NO';
  const side = nextFloat(random) < 0.7 ? 'BUY' : 'SELL';
  const size = sizeOf(random);
  const from = nextInt(random, 0, slots.length - 1);
  const legs = slots.slice(from, from + nextInt(random, 1, 3)).map((slot, index): TakingLeg => {
    const near = priceNear(random, slot);
    const price = (outcome === 'YES' ? near : PRICE_ONE - near) as Price;
    const cents = Math.floor((price * size) / PRICE_ONE / HUNDREDTH) * HUNDREDTH;
    return {
      clientId: `x-${state.steps}${index}` as ClientId,
      conditionId: slot.market.conditionId,
      outcome,
      side,
      price,
      size,
      spend: side === 'BUY' ? (cents as Usd) : null,
    };
  });
  return { kind: 'take', legs, why: 'restless' };
}

/** Of all markets that some event has, where there is one. */
function* conversion(
  random: RandomStream,
  state: KernelState,
  slots: readonly MarketSlot[],
): Generator<Intent> {
  const eventId = slots.find(({ market }) => market.negRiskEvent !== undefined)?.market.negRiskEvent
    ?.marketId;
  if (eventId === undefined) return;
  const members = slots
    .filter(({ market }) => market.negRiskEvent?.marketId === eventId)
    .map(({ market: { conditionId } }, index) => ({ conditionId, index, givesNo: nextFloat(random) < 0.6 }));
  const first = members.find(({ givesNo }) => givesNo)?.conditionId;
  if (first === undefined) return;
  const held = (conditionId: ConditionId): number => state.books.positions.get(conditionId)?.no.final ?? 0;
  const most = Math.min(...members.filter(({ givesNo }) => givesNo).map((one) => held(one.conditionId)));
  if (most <= 0) return;
  yield {
    kind: 'transact',
    action: 'convert',
    conditionId: first,
    amount: Math.max(1, Math.floor(most * nextFloat(random))) as Shares,
    why: 'restless',
    conversion: { marketId: eventId, members },
  };
}
