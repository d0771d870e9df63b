import { setLevel, sizeAt, type TickBook } from '../../../domain/book.ts';
import type { Shares } from '../../../domain/units.ts';
import type { OwnOrder } from '../../../pricing/fair-value.ts';

/** A copy of the book with our own remainders taken out. */
export const withoutOwn = (book: TickBook, own: readonly OwnOrder[]): TickBook => changedBy(book, own, -1);

/** A copy of the book with more orders in it. One that is off its grid is left out. */
export const withOrders = (book: TickBook, orders: readonly OwnOrder[]): TickBook =>
  changedBy(book, orders, 1);

function changedBy(book: TickBook, orders: readonly OwnOrder[], sign: 1 | -1): TickBook {
  if (orders.length === 0) return book;
  const copy: TickBook = { ...book, bids: book.bids.slice(), asks: book.asks.slice() };
  for (const { side, price, size } of orders) {
    const total = sizeAt(copy, side, price) + sign * size;
    setLevel(copy, side, price, Math.max(0, total) as Shares);
  }
  return copy;
}
