import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySettlement, balanceOf, credit, mergePositions, openOrdersOf } from './index.ts';
import { COND, NO, place, type TestVenue, testVenue, told, tradesOf, YES } from './test-venue.ts';

/** So many that even a cent each is more than the venue's smallest taking order. */
const SIZE = 200;
const cash = (venue: TestVenue): number => balanceOf(venue.exchange, 'ann', 'USD').settled;

function settleAll(venue: TestVenue): void {
  for (const { id } of tradesOf(venue)) applySettlement(venue.exchange, id, 'confirmed', venue.events);
}

describe('a quote on both sides', () => {
  it('needs no inventory, and a filled pair merges to a dollar: ask less bid is earned on each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 97 }), fc.integer({ min: 1, max: 20 }), (bid, width) => {
        const ask = Math.min(98, bid + width);
        const venue = testVenue({ owners: ['bob', 'cyd'], sets: SIZE });
        // Dollars, and not one share.
        credit(venue.exchange, 'ann', 'USD', 200_000_000);
        const before = cash(venue);
        expect(told(place(venue, { owner: 'ann', token: YES, cents: bid, size: SIZE, postOnly: true }))).toBe(
          'live',
        );
        expect(
          told(place(venue, { owner: 'ann', token: NO, cents: 100 - ask, size: SIZE, postOnly: true })),
        ).toBe('live');
        expect(told(place(venue, { owner: 'bob', token: YES, side: 'SELL', cents: bid, size: SIZE }))).toBe(
          'matched',
        );
        expect(told(place(venue, { owner: 'cyd', token: YES, side: 'BUY', cents: ask, size: SIZE }))).toBe(
          'matched',
        );
        settleAll(venue);
        mergePositions(venue.exchange, 'ann', COND, SIZE * 1e6);
        expect(cash(venue) - before).toBe(SIZE * (ask - bid) * 10_000);
        expect(openOrdersOf(venue.exchange, 'ann')).toEqual([]);
      }),
    );
  });

  it('whose prices come to a dollar would trade with itself', () => {
    const venue = testVenue();
    expect(told(place(venue, { token: YES, cents: 45, size: SIZE, postOnly: true }))).toBe('live');
    expect(told(place(venue, { token: NO, cents: 55, size: SIZE, postOnly: true }))).toContain('cross');
    expect(told(place(venue, { token: NO, cents: 54, size: SIZE, postOnly: true }))).toBe('live');
  });
});
