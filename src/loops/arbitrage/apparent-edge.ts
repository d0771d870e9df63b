import { bestAsk, bestBid } from '../../domain/book.ts';
import { takerFee } from '../../domain/fee.ts';
import type { OutcomeTouches } from '../../domain/market-event.ts';
import { complement, MICRO, PRICE_ONE, type Price, type Shares } from '../../domain/units.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';

const ONE_SHARE = MICRO as Shares;
const MICRO_PER_PRICE = MICRO / PRICE_ONE;

/**
 * What one pair at the touch seems to earn after taker fees, in micro-dollars; 0 where nothing does.
 *
 * YES and NO of a market are one book at the venue, so that best ask of YES plus best ask of NO is a dollar plus the spread, and
 * an edge shows only where that is broken: the joined book is crossed, or one message gives the two tokens best prices that do
 * not mirror each other. Almost always this is a moment between two frames, and a read of both books has to confirm it.
 */
export function apparentEdge(slot: MarketSlot): number {
  if (!slot.bookLive) return 0;
  const joined = edgeOf(slot, joinedTouches(slot));
  return slot.touchesApart === null ? joined : Math.max(joined, edgeOf(slot, slot.touchesApart));
}

function joinedTouches({ book }: MarketSlot): OutcomeTouches {
  const bid = bestBid(book);
  const ask = bestAsk(book);
  const turned = (at: Price | null): Price | null => (at === null ? null : complement(at));
  return { yes: { bid, ask }, no: { bid: turned(ask), ask: turned(bid) } };
}

function edgeOf(slot: MarketSlot, { yes, no }: OutcomeTouches): number {
  const buying = yes.ask === null || no.ask === null ? 0 : (PRICE_ONE - yes.ask - no.ask) * MICRO_PER_PRICE;
  const selling = yes.bid === null || no.bid === null ? 0 : (yes.bid + no.bid - PRICE_ONE) * MICRO_PER_PRICE;
  let edge = 0;
  if (buying > 0) edge = buying - feesOf(slot, yes.ask, no.ask);
  if (selling > 0) edge = Math.max(edge, selling - feesOf(slot, yes.bid, no.bid));
  return Math.max(0, edge);
}

const feesOf = ({ market }: MarketSlot, yesAt: Price | null, noAt: Price | null): number =>
  takerFee(market.fee, yesAt as Price, ONE_SHARE) + takerFee(market.fee, noAt as Price, ONE_SHARE);
