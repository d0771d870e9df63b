import { describe, expect, it } from 'vitest';
import type { Side, TokenId } from '../domain/market.ts';
import {
  applySettlement,
  balanceOf,
  bookForToken,
  cancelOrders,
  debit,
  lastTradePriceOf,
  openOrdersOf,
  usableBalance,
} from './index.ts';
import {
  COND,
  CRYPTO_FEE,
  NO,
  place,
  runOnContract,
  T0,
  testVenue,
  told,
  tradesOf,
  YES,
} from './test-venue.ts';

interface Combination {
  readonly taker: readonly [Side, TokenId, number];
  readonly maker: readonly [Side, TokenId, number];
  readonly type: string;
  /** Taker's and maker's price of the trade in cents, each in its own token. */
  readonly prices: readonly [number, number];
}

// The maker rests at its own price; the taker is two cents more generous and gets the improvement.
const combinations: readonly Combination[] = [
  { taker: ['BUY', YES, 42], maker: ['SELL', YES, 40], type: 'COMPLEMENTARY', prices: [40, 40] },
  { taker: ['BUY', NO, 42], maker: ['SELL', NO, 40], type: 'COMPLEMENTARY', prices: [40, 40] },
  { taker: ['SELL', YES, 38], maker: ['BUY', YES, 40], type: 'COMPLEMENTARY', prices: [40, 40] },
  { taker: ['SELL', NO, 38], maker: ['BUY', NO, 40], type: 'COMPLEMENTARY', prices: [40, 40] },
  { taker: ['BUY', YES, 62], maker: ['BUY', NO, 40], type: 'MINT', prices: [60, 40] },
  { taker: ['BUY', NO, 62], maker: ['BUY', YES, 40], type: 'MINT', prices: [60, 40] },
  { taker: ['SELL', YES, 58], maker: ['SELL', NO, 40], type: 'MERGE', prices: [60, 40] },
  { taker: ['SELL', NO, 58], maker: ['SELL', YES, 40], type: 'MERGE', prices: [60, 40] },
];

describe('the eight ways two orders meet', () => {
  it.each(combinations)('$taker meets $maker: $type', ({ taker, maker, type, prices }) => {
    const venue = testVenue();
    const resting = place(venue, {
      owner: 'bob',
      side: maker[0],
      token: maker[1],
      cents: maker[2],
      size: 8,
    });
    expect(told(resting)).toBe('live');
    const taken = place(venue, { owner: 'ann', side: taker[0], token: taker[1], cents: taker[2], size: 8 });
    expect(told(taken)).toBe('matched');
    const [trade] = tradesOf(venue);
    if (trade === undefined || !taken.accepted) throw new Error('no trade');
    expect(trade.price).toBe(prices[0] * 100);
    expect(trade.size).toBe(8e6);
    expect(trade.makerOrders).toEqual([
      {
        orderId: 'o1',
        owner: 'bob',
        tokenId: maker[1],
        outcome: maker[1] === YES ? 'YES' : 'NO',
        side: maker[0],
        price: prices[1] * 100,
        size: 8e6,
        matchType: type,
      },
    ]);
    const dollars = prices[0] * 0.08 * 1e6;
    expect([taken.makingAmount, taken.takingAmount]).toEqual(
      taker[0] === 'BUY' ? [dollars, 8e6] : [8e6, dollars],
    );
    const onChain = runOnContract(venue.exchange, trade);
    expect(onChain.collateralLeft).toBe(0);
    expect(onChain.takerGets).toBe(taker[0] === 'BUY' ? 8e6 : dollars);
    expect(onChain.takerGets).toBeGreaterThanOrEqual(onChain.takerMinimum);
    applySettlement(venue.exchange, trade.id, 'confirmed', venue.events);
    const sign = taker[0] === 'BUY' ? 1 : -1;
    expect(balanceOf(venue.exchange, 'ann', taker[1]).settled).toBe(100e6 + sign * 8e6);
    expect(balanceOf(venue.exchange, 'ann', 'USD').settled).toBe(1_000e6 - sign * dollars);
    expect(bookForToken(venue.exchange, YES)).toEqual({ bids: [], asks: [] });
  });
});

describe('priority and partial fills', () => {
  it('takes the better price first, then the earlier order, whatever the kind of match', () => {
    const venue = testVenue({ owners: ['ann', 'bob', 'cyd', 'dan'] });
    place(venue, { id: 'late-good', owner: 'bob', side: 'SELL', cents: 51, size: 5 });
    place(venue, { id: 'mint', owner: 'cyd', token: NO, cents: 50, size: 5 });
    place(venue, { id: 'sell', owner: 'dan', side: 'SELL', cents: 50, size: 5 });
    const result = place(venue, { owner: 'ann', cents: 51, size: 12 });
    expect(told(result)).toBe('matched');
    const fills = tradesOf(venue).flatMap((trade) =>
      trade.makerOrders.map((maker) => [trade.price, maker.orderId, maker.size / 1e6, maker.matchType]),
    );
    expect(fills).toEqual([
      [5_000, 'mint', 5, 'MINT'],
      [5_000, 'sell', 5, 'COMPLEMENTARY'],
      [5_100, 'late-good', 2, 'COMPLEMENTARY'],
    ]);
    expect(tradesOf(venue).map((trade) => trade.bucketIndex)).toEqual([0, 1]);
    expect(openOrdersOf(venue.exchange, 'bob')[0]?.remaining).toBe(3e6);
  });

  it('rests what is left of a GTC order and reserves only that', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', side: 'SELL', cents: 50, size: 6 });
    const result = place(venue, { owner: 'ann', cents: 52, size: 10 });
    expect(result.accepted && [result.status, result.order.status]).toEqual(['matched', 'LIVE']);
    expect(bookForToken(venue.exchange, YES)?.bids).toEqual([{ price: 5_200, size: 4e6 }]);
    expect(bookForToken(venue.exchange, NO)?.asks).toEqual([{ price: 4_800, size: 4e6 }]);
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(1_000e6 - 3e6 - 2.08e6);
    const market = venue.exchange.markets.get(COND);
    expect(market && lastTradePriceOf(market, NO)).toBe(5_000);
  });

  it('cuts a level with many makers into trades of bounded size', () => {
    const venue = testVenue({ assumptions: { maxMakersPerTrade: 2 } });
    for (let count = 0; count < 5; count += 1) {
      place(venue, { owner: 'bob', side: 'SELL', cents: 50, size: 5 });
    }
    place(venue, { owner: 'ann', cents: 50, size: 25 });
    expect(tradesOf(venue).map((trade) => trade.makerOrders.length)).toEqual([2, 2, 1]);
    const levels = venue.events.filter((event) => event.kind === 'bookLevelChanged');
    expect(levels.at(-1)).toMatchObject({ side: 'SELL', price: 5_000, size: 0 });
    expect(levels.length).toBe(6);
  });

  it('keeps time priority across many cancels', () => {
    const venue = testVenue({ sets: 1_000 });
    for (let count = 0; count < 60; count += 1) {
      place(venue, { id: `m${count}`, owner: 'bob', side: 'SELL', cents: 50, size: 5 });
    }
    const gone = Array.from({ length: 60 }, (_, count) => `m${count}`).filter((_, count) => count % 4 !== 3);
    expect(cancelOrders(venue.exchange, 'bob', gone, T0, venue.events).canceled).toEqual(gone);
    place(venue, { owner: 'ann', cents: 50, size: 20 });
    expect(tradesOf(venue)[0]?.makerOrders.map((maker) => maker.orderId)).toEqual(['m3', 'm7', 'm11', 'm15']);
    expect(bookForToken(venue.exchange, YES)?.asks).toEqual([{ price: 5_000, size: 11 * 5e6 }]);
  });
});

describe('market orders', () => {
  it('spends the dollars of a market BUY and leaves less than a lot', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', side: 'SELL', cents: 36, size: 10 });
    place(venue, { owner: 'bob', side: 'SELL', cents: 37, size: 50 });
    const result = place(venue, { type: 'FOK', amounts: [10_000_000, 27_027_000] });
    expect(told(result)).toBe('matched');
    if (!result.accepted) throw new Error('refused');
    // 3.60 dollars buy 10 shares, 6.40 dollars buy 17.29 at 0.37 and leave 0.0027.
    expect([result.makingAmount, result.takingAmount]).toEqual([9_997_300, 27_290_000]);
    expect(result.order.status).toBe('MATCHED');
    for (const trade of tradesOf(venue)) {
      const onChain = runOnContract(venue.exchange, trade);
      expect(onChain.collateralLeft).toBe(0);
      expect(onChain.takerGets).toBe(trade.size);
      expect(onChain.takerGets).toBeGreaterThanOrEqual(onChain.takerMinimum);
    }
  });

  it('fills a FAK in part and ends it MATCHED', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', cents: 40, size: 6 });
    const result = place(venue, { side: 'SELL', cents: 40, size: 10, type: 'FAK' });
    expect(result.accepted && [result.status, result.order.status, result.order.sizeMatched]).toEqual([
      'matched',
      'MATCHED',
      6e6,
    ]);
    expect(usableBalance(venue.exchange, 'ann', YES)).toBe(94e6);
    expect(openOrdersOf(venue.exchange, 'ann')).toEqual([]);
  });

  it('kills a FOK whole and shows it as a cancellation', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', cents: 40, size: 6 });
    const result = place(venue, { id: 'f', side: 'SELL', cents: 40, size: 10, type: 'FOK' });
    expect(told(result)).toBe("order couldn't be fully filled. FOK orders are fully filled or killed.");
    expect(venue.events.at(-1)).toMatchObject({
      kind: 'orderCancelled',
      cause: 'killed',
      status: 'CANCELED',
    });
    expect(tradesOf(venue)).toEqual([]);
    expect(usableBalance(venue.exchange, 'ann', YES)).toBe(100e6);
  });
});

describe('fees', () => {
  it('charges a BUY on top and a SELL out of its proceeds, the maker nothing', () => {
    const venue = testVenue({ fee: CRYPTO_FEE });
    place(venue, { owner: 'bob', side: 'SELL', cents: 50, size: 10 });
    place(venue, { owner: 'ann', cents: 50, size: 10 });
    place(venue, { owner: 'bob', cents: 30, size: 10 });
    place(venue, { owner: 'ann', side: 'SELL', cents: 30, size: 10 });
    const [bought, sold] = tradesOf(venue);
    expect([bought?.fee, sold?.fee]).toEqual([175_000, 147_000]);
    expect(bought?.settlement.makerFeeAmounts).toEqual([0]);
    for (const trade of tradesOf(venue)) applySettlement(venue.exchange, trade.id, 'confirmed', venue.events);
    expect(balanceOf(venue.exchange, 'ann', 'USD').settled).toBe(1_000e6 - 5_175_000 + 2_853_000);
    expect(venue.exchange.feesCollected).toBe(322_000);
  });

  it('needs the fee of a taking BUY in the balance, but not of a resting one', () => {
    const venue = testVenue({ fee: CRYPTO_FEE, cents: 500, sets: 10 });
    place(venue, { owner: 'bob', side: 'SELL', cents: 50, size: 10 });
    expect(told(place(venue, { owner: 'ann', cents: 50, size: 10 }))).toBe(
      'not enough balance / allowance: the balance is not enough -> balance: 5000000, sum of active orders: 0, order amount: 5175000',
    );
    expect(told(place(venue, { owner: 'ann', cents: 49, size: 10 }))).toBe('live');
  });
});

describe('settlement', () => {
  it('makes what a trade brings usable only when it is confirmed', () => {
    const venue = testVenue({ sets: 0 });
    place(venue, { owner: 'bob', token: NO, cents: 40, size: 10 });
    place(venue, { owner: 'ann', cents: 60, size: 10 });
    expect(usableBalance(venue.exchange, 'ann', YES)).toBe(0);
    expect(usableBalance(venue.exchange, 'ann', 'USD')).toBe(994e6);
    const [trade] = tradesOf(venue);
    expect(applySettlement(venue.exchange, trade?.id ?? '', 'confirmed', venue.events)).toBe(true);
    expect(usableBalance(venue.exchange, 'ann', YES)).toBe(10e6);
    expect(usableBalance(venue.exchange, 'bob', NO)).toBe(10e6);
    expect(applySettlement(venue.exchange, trade?.id ?? '', 'failed', venue.events)).toBe(false);
    expect(usableBalance(venue.exchange, 'ann', YES)).toBe(10e6);
  });

  it('reverses a failed trade for taker and makers, but not the matched size', () => {
    const venue = testVenue({ fee: CRYPTO_FEE });
    place(venue, { owner: 'bob', side: 'SELL', cents: 50, size: 10 });
    place(venue, { owner: 'ann', cents: 50, size: 10 });
    const [trade] = tradesOf(venue);
    applySettlement(venue.exchange, trade?.id ?? '', 'failed', venue.events);
    for (const owner of ['ann', 'bob']) {
      expect(usableBalance(venue.exchange, owner, 'USD')).toBe(1_000e6);
      expect(usableBalance(venue.exchange, owner, YES)).toBe(100e6);
    }
    expect(venue.exchange.orders.get('o1')).toMatchObject({ status: 'MATCHED', sizeMatched: 10e6 });
    expect(venue.events.at(-1)).toMatchObject({ kind: 'tradeSettled', status: 'FAILED' });
    expect(venue.exchange.feesCollected).toBe(0);
  });

  it('keeps a resting order whose owner moved the funds away, and lets it match: a ghost fill', () => {
    const venue = testVenue();
    place(venue, { owner: 'bob', cents: 50, size: 100 });
    debit(venue.exchange, 'bob', 'USD', 990e6);
    expect(usableBalance(venue.exchange, 'bob', 'USD')).toBe(-40e6);
    expect(told(place(venue, { owner: 'ann', side: 'SELL', cents: 50, size: 100 }))).toBe('matched');
  });
});
