import type { Side } from '../../domain/market.ts';
import type { Price, Shares } from '../../domain/units.ts';
import type { VenueLevel } from '../types.ts';

/** A replay maker's order that rests, in YES coordinates. */
export interface RestingQuote {
  readonly orderId: string;
  readonly side: Side;
  readonly price: Price;
  /** What is left of it. */
  readonly remaining: Shares;
}

export interface WantedQuote {
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

export interface LevelPlan {
  readonly cancel: readonly string[];
  readonly place: readonly WantedQuote[];
}

/**
 * What turns the resting orders into the wanted levels with the fewest messages: a level that grew gets one more
 * order, one that shrank loses its newest orders and gets the rest back as one. A level, or a rest, below the
 * venue's minimum order cannot be placed and is left out.
 */
export function planLevels(
  resting: readonly RestingQuote[],
  bids: readonly VenueLevel[],
  asks: readonly VenueLevel[],
  minOrderSize: Shares,
): LevelPlan {
  const cancel: string[] = [];
  const place: WantedQuote[] = [];
  for (const [side, levels] of [
    ['BUY', bids],
    ['SELL', asks],
  ] as const) {
    const byPrice = new Map<Price, RestingQuote[]>();
    for (const quote of resting) {
      if (quote.side !== side) continue;
      const atPrice = byPrice.get(quote.price);
      if (atPrice === undefined) byPrice.set(quote.price, [quote]);
      else atPrice.push(quote);
    }
    for (const { price, size } of levels) {
      fitLevel(byPrice.get(price) ?? [], { side, price, size }, minOrderSize, cancel, place);
      byPrice.delete(price);
    }
    for (const gone of byPrice.values()) cancel.push(...gone.map(({ orderId }) => orderId));
  }
  return { cancel, place };
}

function fitLevel(
  resting: readonly RestingQuote[],
  wanted: WantedQuote,
  minOrderSize: Shares,
  cancel: string[],
  place: WantedQuote[],
): void {
  let total = resting.reduce((sum, { remaining }) => sum + remaining, 0);
  for (let index = resting.length - 1; index >= 0 && total > wanted.size; index -= 1) {
    const quote = resting[index];
    if (quote === undefined) continue;
    cancel.push(quote.orderId);
    total -= quote.remaining;
  }
  const missing = wanted.size - total;
  if (missing >= minOrderSize) place.push({ ...wanted, size: missing as Shares });
}
