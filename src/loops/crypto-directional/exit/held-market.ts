import type { HeldMarket, HeldPosition } from '../../../crypto/strategy/exit-rules.ts';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import { complement, mulDiv, PRICE_ONE, type Price } from '../../../domain/units.ts';
import { othersBest } from '../../../kernel/gate-view.ts';
import { limitsOf } from '../../../kernel/limits-from-settings.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { ownQuotes } from '../../../orders/reserve.ts';

/** What was paid for a share on average, fees left out. */
export const entryPriceOf = ({ paid, bought }: Pick<DirectionalPosition, 'paid' | 'bought'>): Price =>
  Math.min(PRICE_ONE, bought <= 0 ? 0 : mulDiv(paid, PRICE_ONE, bought, 'down')) as Price;

/** What the rules of exits have to know of a position. Where nobody says when the market ends, it is never near to its end. */
export const heldPositionOf = (position: DirectionalPosition, slot: MarketSlot): HeldPosition => ({
  entryPrice: entryPriceOf(position),
  endAtMs: position.endAtMs ?? slot.market.endAtMs ?? Number.POSITIVE_INFINITY,
});

/** Best bid for the outcome and middle of a live book, own orders left out, in the outcome's own coordinates. */
export function heldTouch(
  state: KernelState,
  slot: MarketSlot,
  outcome: DirectionalPosition['outcome'],
): Pick<HeldMarket, 'bid' | 'mid'> {
  if (!slot.bookLive || !state.feeds.market.up || slot.resolved !== undefined)
    return { bid: null, mid: null };
  const own = ownQuotes(state.orders, slot.market.conditionId);
  const yesBid = othersBest(slot.book, 'BUY', own);
  const yesAsk = othersBest(slot.book, 'SELL', own);
  const yesMid =
    yesBid === null || yesAsk === null || yesBid >= yesAsk
      ? null
      : (Math.round((yesBid + yesAsk) / 2) as Price);
  if (outcome === 'YES') return { bid: yesBid, mid: yesMid };
  return {
    bid: yesAsk === null ? null : complement(yesAsk),
    mid: yesMid === null ? null : complement(yesMid),
  };
}

/**
 * The lowest price for a share of the outcome that the gate does not find too far from the last trusted middle. A limit below it would be
 * refused though the bid is within reach.
 */
export function leastTaken(
  { settings }: KernelState,
  { lastMid }: MarketSlot,
  outcome: DirectionalPosition['outcome'],
): Price {
  if (lastMid === null) return 0 as Price;
  const yesMid = Math.round(lastMid) as Price;
  const mid = outcome === 'YES' ? yesMid : complement(yesMid);
  return Math.max(0, mid - limitsOf(settings).maxDistance) as Price;
}
