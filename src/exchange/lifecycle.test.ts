import { describe, expect, it } from 'vitest';
import {
  advanceTime,
  bookForToken,
  cancelAllOrders,
  cancelMarketOrders,
  cancelOrder,
  cancelOrders,
  forgetDoneOrders,
  nextTimerMs,
  openOrdersOf,
  resolveMarket,
  setMarketState,
  setMode,
  setTickSize,
  usableBalance,
} from './index.ts';
import { COND, NO, place, T0, testVenue, told, YES } from './test-venue.ts';

describe('cancels', () => {
  it('answers each id with its own reason', () => {
    const venue = testVenue();
    place(venue, { id: 'a', cents: 40 });
    place(venue, { id: 'b', cents: 41 });
    place(venue, { owner: 'bob', id: 's', side: 'SELL', cents: 41 });
    place(venue, { id: 'c', cents: 39 });
    cancelOrder(venue.exchange, 'ann', 'c', T0, venue.events);
    const result = cancelOrders(venue.exchange, 'ann', ['a', 'b', 'c', 'x', 's'], T0, venue.events);
    expect(result).toEqual({
      canceled: ['a'],
      notCanceled: [
        { id: 'b', reason: 'Order already matched' },
        { id: 'c', reason: 'already canceled or matched' },
        { id: 'x', reason: 'Order not found or already canceled' },
        { id: 's', reason: 'Order not found or already canceled' },
      ],
    });
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(1_000e6 - 4.1e6);
  });

  it('cancels by token, by market, and everything', () => {
    const venue = testVenue();
    place(venue, { id: 'y', cents: 40 });
    place(venue, { id: 'n', token: NO, cents: 40 });
    place(venue, { owner: 'bob', id: 'other', cents: 40 });
    expect(cancelMarketOrders(venue.exchange, 'ann', { tokenId: NO }, T0, venue.events).canceled).toEqual([
      'n',
    ]);
    place(venue, { id: 'n2', token: NO, cents: 40 });
    expect(
      cancelMarketOrders(venue.exchange, 'ann', { conditionId: COND }, T0, venue.events).canceled,
    ).toEqual(['y', 'n2']);
    place(venue, { id: 'y2', cents: 40 });
    expect(cancelAllOrders(venue.exchange, 'ann', T0, venue.events).canceled).toEqual(['y2']);
    expect(openOrdersOf(venue.exchange, 'bob').map((order) => order.id)).toEqual(['other']);
  });
});

describe('time', () => {
  const atSec = T0 / 1_000;

  it('ends a GTD order one minute before its stated second', () => {
    const venue = testVenue();
    place(venue, { id: 'g', type: 'GTD', expirationSec: atSec + 180 });
    expect(nextTimerMs(venue.exchange)).toBe(T0 + 120_000);
    advanceTime(venue.exchange, T0 + 119_999, venue.events);
    expect(venue.exchange.orders.get('g')?.status).toBe('LIVE');
    advanceTime(venue.exchange, T0 + 120_000, venue.events);
    expect(venue.events.at(-1)).toMatchObject({
      kind: 'orderCancelled',
      cause: 'expired',
      atMs: T0 + 120_000,
    });
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(1_000e6);
  });

  it('never matches an order whose time is over', () => {
    const venue = testVenue();
    place(venue, { type: 'GTD', expirationSec: atSec + 180 });
    venue.nowMs = T0 + 120_000;
    expect(told(place(venue, { owner: 'bob', side: 'SELL', cents: 50 }))).toBe('live');
  });

  it('runs timers in order of time, then of arrival', () => {
    const venue = testVenue();
    const seconds = [400, 200, 300, 200, 500, 181, 300];
    for (const [index, ahead] of seconds.entries()) {
      place(venue, { id: `g${index}`, cents: 40, type: 'GTD', expirationSec: atSec + ahead });
    }
    advanceTime(venue.exchange, T0 + 1e6, venue.events);
    const ended = venue.events.flatMap((event) => (event.kind === 'orderCancelled' ? [event.order.id] : []));
    expect(ended).toEqual(['g5', 'g1', 'g3', 'g2', 'g6', 'g0', 'g4']);
  });

  it('holds a marketable order back, keeps its funds and refuses to cancel it', () => {
    const venue = testVenue({ takerDelayMs: 250 });
    place(venue, { owner: 'bob', side: 'SELL', cents: 50 });
    const result = place(venue, { id: 'd', cents: 52 });
    expect(told(result)).toBe('delayed');
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(1_000e6 - 5.2e6);
    expect(cancelOrder(venue.exchange, 'ann', 'd', T0, venue.events).notCanceled).toEqual([
      { id: 'd', reason: 'order is delayed and cannot be canceled' },
    ]);
    advanceTime(venue.exchange, T0 + 250, venue.events);
    expect(venue.exchange.orders.get('d')).toMatchObject({
      status: 'MATCHED',
      sizeMatched: 10e6,
      reserved: 0,
    });
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(995e6);
  });

  it('rests a delayed GTC order, and kills a delayed FOK, when the maker left meanwhile', () => {
    const venue = testVenue({ takerDelayMs: 250 });
    place(venue, { owner: 'bob', id: 'm', side: 'SELL', cents: 50 });
    place(venue, { id: 'd', cents: 52 });
    place(venue, { owner: 'cyd', id: 'f', type: 'FOK', amounts: [5_000_000, 10_000_000] });
    expect(cancelOrder(venue.exchange, 'bob', 'm', T0 + 100, venue.events).canceled).toEqual(['m']);
    advanceTime(venue.exchange, T0 + 250, venue.events);
    expect(venue.exchange.orders.get('d')?.status).toBe('LIVE');
    expect(venue.exchange.orders.get('f')?.status).toBe('CANCELED');
    expect(usableBalance(venue.exchange, 'cyd', 'USD')).toBe(1_000e6);
    expect(bookForToken(venue.exchange, YES)?.bids).toEqual([{ price: 5_200, size: 10e6 }]);
  });
});

describe('what the operator does', () => {
  it('moves to the fine tick after a trade above 0.96 and keeps every resting order', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', side: 'SELL', cents: 97, size: 20 });
    place(venue, { owner: 'bob', cents: 30, size: 20 });
    place(venue, { owner: 'ann', cents: 97, size: 10 });
    expect(venue.events.at(-1)).toMatchObject({ kind: 'tickSizeChanged', from: 100, to: 10 });
    expect(bookForToken(venue.exchange, YES)).toEqual({
      bids: [{ price: 3_000, size: 20e6 }],
      asks: [{ price: 9_700, size: 10e6 }],
    });
    expect(told(place(venue, { owner: 'ann', cents: 96.9, size: 10 }))).toBe('live');
    expect(told(place(venue, { owner: 'ann', cents: 97, size: 10 }))).toBe('matched');
  });

  it('cancels what a coarser tick cannot hold', () => {
    const venue = testVenue({ tick: 10 });
    place(venue, { id: 'off', cents: 40.5 });
    place(venue, { id: 'on', cents: 40 });
    place(venue, { id: 'edge', cents: 0.5, size: 1_000 });
    setTickSize(venue.exchange, COND, 100 as never, T0, venue.events);
    expect(openOrdersOf(venue.exchange, 'ann').map((order) => order.id)).toEqual(['on']);
    expect(bookForToken(venue.exchange, YES)?.bids).toEqual([{ price: 4_000, size: 10e6 }]);
  });

  it('ends everything when a market resolves', () => {
    const venue = testVenue();
    place(venue, { id: 'a', cents: 40 });
    resolveMarket(venue.exchange, COND, T0, venue.events);
    expect(venue.exchange.orders.get('a')?.status).toBe('CANCELED_MARKET_RESOLVED');
    expect(told(place(venue, {}))).toBe('the orderbook 111 does not exist');
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(1_000e6);
    expect(() => setMarketState(venue.exchange, COND, 'open', T0, venue.events)).toThrow('resolved');
  });

  it('lets orders be cancelled, not placed, in a halted market and in cancel-only mode', () => {
    const venue = testVenue();
    place(venue, { id: 'a', cents: 40 });
    place(venue, { id: 'b', cents: 40 });
    setMarketState(venue.exchange, COND, 'halted', T0, venue.events);
    expect(told(place(venue, {}))).toBe('the market is not yet ready to process new orders');
    expect(cancelOrder(venue.exchange, 'ann', 'a', T0, venue.events).canceled).toEqual(['a']);
    setMarketState(venue.exchange, COND, 'open', T0, venue.events);
    setMode(venue.exchange, 'cancelOnly');
    expect(cancelOrder(venue.exchange, 'ann', 'b', T0, venue.events).canceled).toEqual(['b']);
  });

  it('forgets done orders that are old, and only those', () => {
    const venue = testVenue();
    place(venue, { id: 'done', cents: 40 });
    place(venue, { id: 'open', cents: 40 });
    cancelOrder(venue.exchange, 'ann', 'done', T0, venue.events);
    expect(forgetDoneOrders(venue.exchange, T0)).toBe(0);
    expect(forgetDoneOrders(venue.exchange, T0 + 1)).toBe(1);
    expect([...venue.exchange.orders.keys()]).toEqual(['open']);
  });
});
