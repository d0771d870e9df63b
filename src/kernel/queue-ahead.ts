import { sizeAt } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import type { Price, Shares } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { restingSize } from '../orders/order-size.ts';
import type { OrderRecord } from '../orders/types.ts';
import type { MarketSlot } from './market-slots.ts';

/** Shares of others that rest at a YES price. */
export type OthersAt = (side: Side, price: Price) => Shares;

/** The book of a market without our own orders. */
export function othersAtOf({ book }: MarketSlot, working: readonly OrderRecord[]): OthersAt {
  return (side, price) => {
    let others: number = sizeAt(book, side, price);
    for (const record of working) {
      if (yesSideOf(record.request) === side && yesPriceOf(record.request) === price)
        others -= restingSize(record);
    }
    return Math.max(0, others) as Shares;
  };
}

/**
 * Moves our orders forward in their queues: never more can stand ahead of one than stood there before, nor more than rests there
 * now. Who of those that left stood behind us cannot be seen, so this never reckons with a better place than we have.
 */
export function observeQueues(working: readonly OrderRecord[], othersAt: OthersAt): void {
  for (const record of working) {
    if (record.queueAhead == null) continue;
    const others = othersAt(yesSideOf(record.request), yesPriceOf(record.request));
    if (others < record.queueAhead) record.queueAhead = others;
  }
}
