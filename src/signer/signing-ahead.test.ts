import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { createOrderSigner } from '../adapters/polymarket/signing/order-signer.ts';
import { developmentSecret, orderRequest } from '../adapters/polymarket/testing/orders.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import { orderBody } from '../adapters/polymarket/wire/order-body.ts';
import type { OrderRequest } from '../domain/order.ts';
import { isSigned, type SignedOrder } from '../ports/signer.ts';
import type { OrderQueue } from './order-queue.ts';
import { createSigningAhead } from './signing-ahead.ts';

const account = await openAccount(developmentSecret());
const oracle = createOrderSigner({
  account,
  chainId: 137,
  contracts: CONTRACTS,
  signatureType: 0,
  wallet: account.address,
});

/** A queue that signs at once, and counts. */
function countingQueue(refuses = false) {
  const asked: OrderRequest[] = [];
  const queue: OrderQueue = {
    sign: async (orders) => {
      asked.push(...orders);
      return orders.map((order) => {
        const signed = oracle.sign(order);
        return refuses ? { orderId: signed.orderId, refused: 'no' } : signed;
      });
    },
  };
  return { queue, asked };
}

let salt = 0;
/** As the kernel makes them: each with its own salt and the time of its making. */
const order = (priceTenThousandths: number, given: object = {}): OrderRequest => {
  salt += 1;
  return orderRequest({ priceTenThousandths, salt, timestampMs: Date.now(), ...given });
};
const idle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(10);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A quote that has moved by a tick, so that the tick is known. */
async function moved() {
  const now = countingQueue();
  const ahead = countingQueue();
  const signing = createSigningAhead(now.queue, ahead.queue);
  await signing.sign([order(4_800)]);
  await idle();
  await signing.sign([order(4_900)]);
  await idle();
  now.asked.length = 0;
  return { now, ahead, signing };
}

describe('signing ahead', () => {
  it('has the signature of a requote by one tick ready, once', async () => {
    const { now, ahead, signing } = await moved();
    expect(ahead.asked.map(({ price }) => price).sort()).toEqual([4_800, 5_000]);
    const wanted = order(5_000);
    const answers = signing.sign([wanted]);
    if (answers instanceof Promise) throw new Error('expected the signature to be there at once');
    const [ready] = answers;
    expect(now.asked).toEqual([]);
    const used = ahead.asked.find(({ price }) => price === 5_000) as OrderRequest;
    expect(ready).toMatchObject(oracle.sign(used));
    expect(used).toMatchObject({ tokenId: wanted.tokenId, side: wanted.side, size: wanted.size });
    await signing.sign([order(5_000)]);
    expect(now.asked).toHaveLength(1);
  });

  it.each<readonly [string, object]>([
    ['side', { side: 'SELL' }],
    ['size', { sizeMicro: 11_000_000 }],
    ['exchange', { negRisk: true }],
    ['version', { marketVersion: 'v2' }],
    ['token', { tokenId: '7' }],
    ['kind', { timeInForce: 'FAK' }],
  ])('gives nothing to an order of another %s', async (_what, given) => {
    const { now, signing } = await moved();
    const wanted = order(5_000, given);
    expect(await signing.sign([wanted])).toEqual([oracle.sign(wanted)]);
    expect(now.asked).toEqual([wanted]);
  });

  it('gives nothing that is older than 20 s, or was signed before everything was cancelled', async () => {
    const aged = await moved();
    await vi.advanceTimersByTimeAsync(20_100);
    await aged.signing.sign([order(5_000)]);
    expect(aged.now.asked).toHaveLength(1);
    const forgotten = await moved();
    forgotten.signing.forget();
    await forgotten.signing.sign([order(5_000)]);
    expect(forgotten.now.asked).toHaveLength(1);
  });

  it('forgets also what the signer had when everything was cancelled', async () => {
    const late = Promise.withResolvers<void>();
    const now = countingQueue();
    const ahead = countingQueue();
    const slow: OrderQueue = { sign: (orders) => late.promise.then(() => ahead.queue.sign(orders)) };
    const signing = createSigningAhead(now.queue, slow);
    for (const price of [4_800, 4_900]) {
      await signing.sign([order(price)]);
      await idle();
    }
    signing.forget();
    late.resolve();
    await idle();
    now.asked.length = 0;
    await signing.sign([order(5_000)]);
    expect(now.asked).toHaveLength(1);
  });

  it('forgets also what was still to be signed when everything was cancelled', async () => {
    const { ahead, signing } = await moved();
    ahead.asked.length = 0;
    await signing.sign([order(4_800)]);
    signing.forget();
    await idle();
    expect(ahead.asked).toEqual([]);
  });

  it('waits until the orders themselves are out', async () => {
    const { ahead, signing } = await moved();
    ahead.asked.length = 0;
    await signing.sign([order(4_700)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(ahead.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ahead.asked.length).toBeGreaterThan(0);
  });

  it('waits while the signer is busy with orders that are to go now', async () => {
    const now = countingQueue();
    const ahead = countingQueue();
    const { promise, resolve } = Promise.withResolvers<void>();
    let isBusy = false;
    const signing = createSigningAhead(
      { sign: (orders) => (isBusy ? promise.then(() => now.queue.sign(orders)) : now.queue.sign(orders)) },
      ahead.queue,
    );
    await signing.sign([order(4_800)]);
    await signing.sign([order(4_900)]);
    isBusy = true;
    const signed = signing.sign([order(3_000)]);
    await idle();
    expect(ahead.asked).toEqual([]);
    resolve();
    await signed;
    await idle();
    expect(ahead.asked.length).toBeGreaterThan(0);
  });

  it('forgets what it has, and asks again, once the signer gave no answer', async () => {
    const now = countingQueue();
    const ahead = countingQueue();
    let isGone = false;
    const signing = createSigningAhead(now.queue, {
      sign: (orders) => (isGone ? Promise.reject(new Error('gone')) : ahead.queue.sign(orders)),
    });
    for (const price of [4_800, 4_900]) {
      await signing.sign([order(price)]);
      await idle();
    }
    isGone = true;
    await signing.sign([order(3_000)]);
    await idle();
    now.asked.length = 0;
    await signing.sign([order(5_000)]);
    expect(now.asked).toHaveLength(1);
  });

  it('puts what was ready and what is signed now into the places of the orders that asked', async () => {
    const { now, signing } = await moved();
    const orders = [order(4_700), order(5_000), order(4_600)];
    const answers = await signing.sign(orders);
    expect(now.asked.map(({ price }) => price)).toEqual([4_700, 4_600]);
    expect(answers[0]).toEqual(oracle.sign(orders[0] as OrderRequest));
    expect(answers[2]).toEqual(oracle.sign(orders[2] as OrderRequest));
    expect(answers[1]).not.toEqual(oracle.sign(orders[1] as OrderRequest));
  });

  it('looks only at the newest 512 orders of a burst', async () => {
    const { ahead, signing } = await moved();
    ahead.asked.length = 0;
    const burst = Array.from({ length: 600 }, (_, index) => order(4_800, { tokenId: `${index + 10}` }));
    await signing.sign(burst);
    await idle();
    await signing.sign(burst.map(({ tokenId }) => order(4_900, { tokenId })));
    await idle();
    const tokens = new Set(ahead.asked.map(({ tokenId }) => Number(tokenId) - 10));
    expect(tokens.size).toBe(512);
    expect(Math.min(...tokens)).toBe(88);
  });

  it('signs nothing any more once it is closed', async () => {
    const { ahead, signing } = await moved();
    ahead.asked.length = 0;
    await signing.sign([order(4_800)]);
    signing.close();
    expect(vi.getTimerCount()).toBe(0);
    await idle();
    expect(ahead.asked).toEqual([]);
  });

  it('rests where the signer refuses, and lets orders go on', async () => {
    const now = countingQueue();
    const ahead = countingQueue(true);
    const signing = createSigningAhead(now.queue, ahead.queue);
    for (const price of [4_800, 4_900, 5_000, 5_100]) {
      await signing.sign([order(price)]);
      await idle();
    }
    expect(ahead.asked).toHaveLength(2);
    expect(now.asked).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(10_100);
    await signing.sign([order(5_200)]);
    await idle();
    expect(ahead.asked.length).toBeGreaterThan(2);
  });

  it('whatever is quoted, answers with what was asked for, signed by the key, and never twice with the same', async () => {
    const step = fc.record({
      ticks: fc.integer({ min: -2, max: 2 }),
      token: fc.constantFrom('1', '2'),
      side: fc.constantFrom('BUY', 'SELL'),
      lots: fc.integer({ min: 1, max: 2 }),
      postOnly: fc.boolean(),
      waits: fc.boolean(),
    } as const);
    let ready = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const now = countingQueue();
        const signing = createSigningAhead(now.queue, countingQueue().queue);
        const ids = new Set<string>();
        const at = new Map<string, number>();
        for (const { ticks, token, side, lots, postOnly, waits } of steps) {
          const key = `${token}${side}`;
          const price = Math.min(9_900, Math.max(100, (at.get(key) ?? 5_000) + 100 * ticks));
          at.set(key, price);
          const wanted = order(price, { tokenId: token, side, postOnly, sizeMicro: 10_000_000 * lots });
          const before = now.asked.length;
          const [answer] = await signing.sign([wanted]);
          if (answer === undefined || !isSigned(answer)) throw new Error('nothing was signed');
          if (now.asked.length === before) ready += 1;
          const signed: SignedOrder = answer;
          const expected = oracle.sign({ ...wanted, salt: signed.salt, timestampMs: signed.timestampMs });
          expect(signed).toMatchObject(expected);
          expect(orderBody(wanted, signed, 'key')).toBe(orderBody(wanted, expected, 'key'));
          expect(Date.now() - signed.timestampMs).toBeLessThanOrEqual(20_000);
          expect(ids.has(signed.orderId)).toBe(false);
          ids.add(signed.orderId);
          if (waits) await idle();
        }
      }),
      { numRuns: 40 },
    );
    expect(ready).toBeGreaterThan(20);
  });
});
