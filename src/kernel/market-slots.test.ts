import { describe, expect, it } from 'vitest';
import { bestAsk, bestBid, levelsOf, sizeAt } from '../domain/book.ts';
import type { Price } from '../domain/units.ts';
import {
  applyBook,
  applyLevels,
  applyListing,
  applyTick,
  createSlot,
  forgetUnlisted,
  type MarketSlot,
} from './market-slots.ts';
import { book, cents, conditionId, market, shares, T0 } from './test-support/test-kernel.ts';

const live = (): MarketSlot => {
  const slot = createSlot(market(1));
  applyBook(slot, book(1, 47, 53), T0);
  return slot;
};

describe('a market slot', () => {
  it('lays out no grid before a book comes', () => {
    expect(createSlot(market(1, { tickSize: 1 as Price })).book.bids).toHaveLength(2);
  });

  it('W1: takes the best prices from a book whatever order its levels come in', () => {
    const { bids, asks, ...rest } = book(1, 40, 42);
    for (const order of [
      { bids, asks },
      { bids: [...bids].reverse(), asks: [...asks].reverse() },
    ]) {
      const slot = createSlot(market(1));
      applyBook(slot, { ...rest, ...order }, T0);
      expect([bestBid(slot.book), bestAsk(slot.book), slot.lastMid]).toEqual([4_000, 4_200, 4_100]);
    }
  });

  it('replaces the whole book, and follows the tick that comes with it', () => {
    const slot = live();
    applyBook(slot, { ...book(1, 30, 31), tick: 10 as Price, bids: [[3_005 as Price, shares(1)]] }, T0 + 1);
    expect(slot.book.tick).toBe(5);
    expect(slot.tick).toBe(10);
    expect(slot.market.tickSize).toBe(10);
    expect(levelsOf(slot.book, 'BUY', 9)).toEqual([{ price: 3_005, size: shares(1) }]);
    expect(slot.bookLive).toBe(true);
  });

  it('makes its grid finer for a level between the points, and forgets it with the next whole book', () => {
    const slot = live();
    applyLevels(slot, [['BUY', 4_750 as Price, shares(7)]], T0 + 1);
    expect([bestBid(slot.book), slot.tick, slot.book.tick]).toEqual([4_750, 100, 50]);
    expect(sizeAt(slot.book, 'SELL', cents(53))).toBe(shares(1_000));
    applyBook(slot, book(1, 47, 53), T0 + 2);
    expect(slot.book.tick).toBe(100);
  });

  it('keeps a finer grid for what rests between the points of a coarser tick', () => {
    const slot = live();
    applyTick(slot, 10 as Price);
    applyLevels(slot, [['SELL', 5_290 as Price, shares(3)]], T0 + 1);
    applyTick(slot, 100 as Price);
    expect([slot.tick, slot.book.tick, bestAsk(slot.book)]).toEqual([100, 10, 5_290]);
    applyLevels(slot, [['SELL', 5_290 as Price, shares(0)]], T0 + 2);
    expect(bestAsk(slot.book)).toBe(5_300);
  });

  it('is not trusted after a whole book with a level that fits no grid', () => {
    const slot = createSlot(market(1));
    applyBook(slot, { ...book(1, 47, 53), asks: [[10_100 as Price, shares(1)]] }, T0);
    expect(slot.bookLive).toBe(false);
    expect(slot.bookReason).toContain('10100');
    applyBook(slot, book(1, 47, 53), T0 + 1);
    expect(slot.bookLive).toBe(true);
  });

  it('keeps its last mid through a one-sided, a crossed and an untrusted book', () => {
    const slot = live();
    expect(slot.midMovedAtMs).toBe(T0);
    applyBook(slot, { ...book(1, 90, 95), asks: [] }, T0 + 1);
    expect(slot.lastMid).toBe(5_000);
    applyBook(slot, { ...book(1, 60, 55) }, T0 + 2);
    expect(slot.lastMid).toBe(5_000);
    slot.bookLive = false;
    applyLevels(slot, [['BUY', cents(54), shares(0)]], T0 + 3);
    applyLevels(
      slot,
      book(1, 20, 22).bids.map(([at, size]) => ['BUY', at, size] as const),
      T0 + 3,
    );
    expect([slot.lastMid, slot.midMovedAtMs]).toEqual([5_000, T0]);
    applyBook(slot, book(1, 60, 62), T0 + 4);
    expect([slot.lastMid, slot.midMovedAtMs]).toEqual([6_100, T0 + 4]);
  });

  it('keeps a watched market at the tick its socket has told, and any other at the tick of the listing', () => {
    const slot = live();
    const slots = new Map([[conditionId(1), slot]]);
    const listing = [market(1, { tickSize: 10 as Price })];
    slot.watched = true;
    applyListing(slots, listing);
    expect([slot.tick, slot.market.tickSize]).toEqual([100, 100]);
    slot.watched = false;
    applyListing(slots, listing);
    expect([slot.tick, slot.market.tickSize]).toEqual([10, 10]);
  });

  it('is forgotten once it is listed no more, unless it is watched or the books need it', () => {
    const slots = new Map([1, 2, 3].map((n) => [conditionId(n), createSlot(market(n))] as const));
    (slots.get(conditionId(2)) as MarketSlot).watched = true;
    applyListing(slots, [market(4)]);
    forgetUnlisted(slots, new Set([conditionId(4)]), (id) => id === conditionId(3));
    expect([...slots.keys()]).toEqual([2, 3, 4].map(conditionId));
  });
});
