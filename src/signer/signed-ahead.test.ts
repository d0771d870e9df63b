import { describe, expect, it } from 'vitest';
import { orderRequest, type TestOrder } from '../adapters/polymarket/testing/orders.ts';
import type { OrderId, OrderRequest } from '../domain/order.ts';
import type { Usd } from '../domain/units.ts';
import type { SignedOrder } from '../ports/signer.ts';
import { createSignedAhead } from './signed-ahead.ts';

const T0 = 1_795_373_206_847;
const order = (priceTenThousandths: number, given: TestOrder = {}): OrderRequest =>
  orderRequest({ priceTenThousandths, timestampMs: T0, ...given });
/** A signature that says whose it is. */
const signatureOf = ({ price, salt, timestampMs }: OrderRequest): SignedOrder => ({
  orderId: `id of ${price} with ${salt}` as OrderId,
  signature: '0x',
  maker: '0x',
  signer: '0x',
  signatureType: 0,
  builder: '0x',
  makerAmount: 0,
  takerAmount: 0,
  salt,
  timestampMs,
});

/** Everything kept ahead of a quote that has just moved from 48 to 49 cents. */
function ahead() {
  let salt = 1_000;
  const kept = createSignedAhead(() => {
    salt += 1;
    return salt;
  });
  const prices = (orders: readonly OrderRequest[]): number[] => orders.map(({ price }) => price).sort();
  expect(kept.wantedAfter(order(4_800), T0)).toEqual([]);
  const wanted = kept.wantedAfter(order(4_900), T0);
  expect(prices(wanted)).toEqual([4_800, 5_000]);
  const keepAll = (orders: readonly OrderRequest[]): void => {
    for (const each of orders) kept.keep(each, signatureOf(each));
  };
  return { kept, wanted, keepAll, prices };
}

describe('what is wanted ahead', () => {
  it('has a salt of its own and the time of its making, so that none is signed twice', () => {
    const { wanted } = ahead();
    expect(new Set(wanted.map(({ salt }) => salt)).size).toBe(2);
    expect(wanted.every(({ salt }) => salt > 1_000)).toBe(true);
    const { kept } = ahead();
    const later = kept.wantedAfter(order(5_000), T0 + 700);
    expect(later.map(({ timestampMs }) => timestampMs)).toEqual([T0 + 700, T0 + 700]);
  });

  it('has the size that the side had the last time at that price, and else that of now', () => {
    const kept = createSignedAhead(() => 1);
    kept.wantedAfter(order(4_800, { sizeMicro: 7_000_000 }), T0);
    const wanted = kept.wantedAfter(order(4_900, { sizeMicro: 9_000_000 }), T0);
    expect(wanted.map(({ price, size }) => [price, size])).toEqual([
      [5_000, 9_000_000],
      [4_800, 7_000_000],
    ]);
  });

  it('lies inside a dollar', () => {
    const kept = createSignedAhead(() => 1);
    kept.wantedAfter(order(200), T0);
    expect(kept.wantedAfter(order(100), T0).map(({ price }) => price)).toEqual([200]);
    kept.wantedAfter(order(9_800, { side: 'SELL' }), T0);
    expect(kept.wantedAfter(order(9_900, { side: 'SELL' }), T0).map(({ price }) => price)).toEqual([9_800]);
  });

  it('is a tick away, the smallest step so far: a jump of ten ticks does not make the next one as wide', () => {
    const { kept, prices } = ahead();
    expect(prices(kept.wantedAfter(order(4_000), T0))).toEqual([3_900, 4_100]);
  });

  it('is nothing for an order that takes, or that spends a sum: those are made for one moment', () => {
    const { kept } = ahead();
    expect(kept.wantedAfter(order(4_700, { timeInForce: 'FAK' }), T0)).toEqual([]);
    expect(kept.wantedAfter({ ...order(4_700), spend: 1_000_000 as Usd }, T0)).toEqual([]);
  });

  it('is not asked for again while one is kept that is young, and is once that has grown old', () => {
    const { kept, wanted, keepAll, prices } = ahead();
    keepAll(wanted);
    expect(kept.wantedAfter(order(4_900), T0 + 9_999)).toEqual([]);
    expect(prices(kept.wantedAfter(order(4_900), T0 + 10_000))).toEqual([4_800, 5_000]);
  });
});

describe('what is kept ahead', () => {
  it('is given out up to an age of 20 s, and not where the clock was set back meanwhile', () => {
    for (const [atMs, isGiven] of [
      [T0, true],
      [T0 + 20_000, true],
      [T0 + 20_001, false],
      [T0 - 1, false],
    ] as const) {
      const { kept, wanted, keepAll } = ahead();
      keepAll(wanted);
      expect(kept.take(order(5_000), atMs) !== null).toBe(isGiven);
      expect(kept.take(order(5_000), T0)).toBeNull();
    }
  });

  it('is the one of exactly that size, however large: sizes that come to the same key are not taken for each other', () => {
    const huge = 2 ** 26 * 10_000;
    const { kept } = ahead();
    kept.wantedAfter(order(4_800, { sizeMicro: huge + 10_000 }), T0);
    const wanted = kept.wantedAfter(order(4_900, { sizeMicro: huge + 10_000 }), T0);
    for (const each of wanted) kept.keep(each, signatureOf(each));
    expect(wanted.map(({ price }) => price)).toContain(5_000);
    expect(kept.take(order(5_001, { sizeMicro: 10_000 }), T0)).toBeNull();
    expect(kept.take(order(5_000, { sizeMicro: huge + 10_000 }), T0)).not.toBeNull();
  });

  it('is given to its own token also after more tokens than are numbered', () => {
    const { kept, wanted, keepAll } = ahead();
    keepAll(wanted);
    for (let token = 1; token <= 5_000; token += 1)
      kept.wantedAfter(order(4_800, { tokenId: `${token}` }), T0);
    expect(kept.take(order(5_000), T0)).toBeNull();
    kept.wantedAfter(order(4_800), T0);
    const again = kept.wantedAfter(order(4_900), T0);
    expect(again).toHaveLength(2);
    keepAll(again);
    expect(kept.take(order(5_000, { tokenId: '4999' }), T0)).toBeNull();
    expect(kept.take(order(5_000), T0)).not.toBeNull();
  });

  it('is nothing for an order that spends a sum', () => {
    const { kept, wanted, keepAll } = ahead();
    keepAll(wanted);
    expect(kept.take({ ...order(5_000), spend: 1_000_000 as Usd }, T0)).toBeNull();
  });

  it('is the newest that was asked for: the answer to an older question is not mixed up with it', () => {
    const { kept, wanted } = ahead();
    const renewed = kept.wantedAfter(order(4_900), T0 + 10_000);
    const [older] = wanted.filter(({ price }) => price === 5_000);
    const [newer] = renewed.filter(({ price }) => price === 5_000);
    if (older === undefined || newer === undefined) throw new Error('expected both');
    kept.keep(older, signatureOf(older));
    expect(kept.take(order(5_000), T0 + 10_000)).toBeNull();
    kept.keep(newer, signatureOf(newer));
    expect(kept.take(order(5_000), T0 + 10_000)).toEqual(signatureOf(newer));
  });

  it('is free to be asked for again at once where the signer gave none', () => {
    const { kept, wanted, prices } = ahead();
    for (const each of wanted) kept.keep(each, null);
    expect(prices(kept.wantedAfter(order(4_900), T0 + 1))).toEqual([4_800, 5_000]);
  });

  it('is at most 2,048, the newest, however many markets there are', () => {
    const kept = createSignedAhead(() => 1);
    const asked: OrderRequest[] = [];
    for (let market = 1; market <= 1_100; market += 1) {
      kept.wantedAfter(order(4_800, { tokenId: `${market}` }), T0);
      asked.push(...kept.wantedAfter(order(4_900, { tokenId: `${market}` }), T0));
    }
    for (const each of asked) kept.keep(each, signatureOf(each));
    const given = asked.map((each) => kept.take(each, T0) !== null);
    expect(asked).toHaveLength(2_200);
    expect(given.filter(Boolean)).toHaveLength(2_048);
    expect(given.slice(0, 152).some(Boolean)).toBe(false);
  });

  it('counts as new once it is asked for anew, so that it is not the first to go', () => {
    const kept = createSignedAhead(() => 1);
    const first = { tokenId: '1' };
    kept.wantedAfter(order(4_800, first), T0);
    kept.wantedAfter(order(4_900, first), T0);
    for (let market = 2; market <= 1_024; market += 1) {
      kept.wantedAfter(order(4_800, { tokenId: `${market}` }), T0);
      kept.wantedAfter(order(4_900, { tokenId: `${market}` }), T0);
    }
    const renewed = kept.wantedAfter(order(4_900, first), T0 + 10_000);
    expect(renewed).toHaveLength(2);
    // As many again as push the oldest two out.
    kept.wantedAfter(order(4_800, { tokenId: '2000' }), T0 + 10_000);
    kept.wantedAfter(order(4_900, { tokenId: '2000' }), T0 + 10_000);
    for (const each of renewed) kept.keep(each, signatureOf(each));
    expect(renewed.every((each) => kept.take(each, T0 + 10_000) !== null)).toBe(true);
  });
});
