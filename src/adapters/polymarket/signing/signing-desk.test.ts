import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../domain/order.ts';
import { developmentSecret, orderRequest } from '../testing/orders.ts';
import { CONTRACTS } from '../venue-facts.ts';
import { openAccount } from './account.ts';
import type { DigestThread } from './digest-thread.ts';
import type { SignatureType } from './order-encoder.ts';
import { createOrderSigner } from './order-signer.ts';
import { DIGEST_BYTES, signDigests } from './sign-digest.ts';
import { createSigningDesk } from './signing-desk.ts';

const KEY = Buffer.from(developmentSecret().reveal().slice(2), 'hex');
const account = await openAccount(developmentSecret());
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const signerOf = (signatureType: SignatureType) =>
  createOrderSigner({
    account,
    chainId: 137,
    contracts: CONTRACTS,
    signatureType,
    wallet: signatureType === 0 ? account.address : '0x1111111111111111111111111111111111111111',
  });
const signer = signerOf(0);

const orders = (count: number, first = 0): OrderRequest[] =>
  Array.from({ length: count }, (_, index) =>
    orderRequest({ salt: first + index, negRisk: index % 3 === 0 }),
  );
/** An order that was made wrong: its size is no multiple of 0.01 share. */
const wrongOrder = orderRequest({ sizeMicro: 10_001 });

/** A desk on a clock on which a signature on this thread takes 0.1 ms and nothing else takes any time. */
function desk(thread: DigestThread | null, signatureType: SignatureType = 0) {
  const here = { nowMs: 0, signed: 0 };
  const made = createSigningDesk({
    encode: signerOf(signatureType).encode,
    account: {
      signDigest: (digest) => {
        here.nowMs += 0.1;
        here.signed += 1;
        return account.signDigest(digest);
      },
    },
    thread,
    nowMs: () => here.nowMs,
  });
  return { ...made, here };
}

type Mood = 'answers' | 'fails' | 'isLate';

/** A thread that signs, fails, or takes turns to answer, as told for each chunk in turn. */
function moodyThread(moods: readonly Mood[]) {
  const got: number[] = [];
  const thread: DigestThread = {
    isOpen: () => true,
    sign: async (digests) => {
      const mood = moods[got.length % moods.length];
      got.push(digests.length / DIGEST_BYTES);
      for (let turn = 0; mood === 'isLate' && turn < 5; turn += 1) await nextTurn();
      if (mood === 'fails') throw new Error('this thread is in no mood');
      return signDigests(digests, KEY);
    },
    close: () => Promise.resolve(),
  };
  return { thread, got };
}

describe('the signing desk', () => {
  it('signs a few orders before the call returns, and asks no thread for them', async () => {
    const { thread, got } = moodyThread(['answers']);
    const { sign, here } = desk(thread);
    const signing = sign(orders(3));
    expect(here.signed).toBe(3);
    expect(await signing).toEqual(orders(3).map(signer.sign));
    expect(got).toEqual([]);
    expect(await sign([])).toEqual([]);
  });

  it('signs no more in a turn than fits, whether it comes in one call or in many, and gives other work its turn', async () => {
    for (const calls of [orders(60).map((order) => [order]), [orders(60)]]) {
      const { sign, here } = desk(null);
      const signing = Promise.all(calls.map((call) => sign(call)));
      const inTurns = [here.signed];
      while (here.signed < 60) {
        const before = here.signed;
        await nextTurn();
        inTurns.push(here.signed - before);
      }
      expect((await signing).flat()).toEqual(orders(60).map(signer.sign));
      // 0.4 ms of 0.1 ms each, and one more where the sum of tenths falls short of it.
      for (const count of inTurns) expect(count).toBeLessThanOrEqual(5);
      expect(inTurns.length).toBeGreaterThanOrEqual(12);
    }
  });

  it('lets each batch go as soon as it is signed', async () => {
    const { sign, here } = desk(null);
    const signedAtEnd: number[] = [];
    await Promise.all(
      [0, 1, 2, 3].map(async (n) => {
        await sign(orders(15, 100 * n));
        signedAtEnd.push(here.signed);
      }),
    );
    expect(signedAtEnd[0]).toBeLessThan(25);
    expect(signedAtEnd).toEqual([...signedAtEnd].sort((a, b) => a - b));
  });

  it('gives the thread a part of what is large, and signs itself what the thread does not', async () => {
    for (const mood of ['answers', 'fails'] as const) {
      const { thread, got } = moodyThread([mood]);
      const { sign, here } = desk(thread);
      expect(await sign(orders(100))).toEqual(orders(100).map(signer.sign));
      const there = got.reduce((sum, count) => sum + count, 0);
      expect(there).toBeGreaterThan(20);
      expect(here.signed).toBe(mood === 'fails' ? 100 : 100 - there);
    }
  });

  it('answers every call with the very bytes of the signer, or with the fault of its order, whatever the thread does', async () => {
    const anyCall = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      wrongAt: fc.option(fc.nat(39), { freq: 4 }),
    });
    const anyMoods = fc.array(fc.constantFrom<Mood>('answers', 'fails', 'isLate'), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCall, { minLength: 1, maxLength: 8 }),
        anyMoods,
        fc.constantFrom<SignatureType>(0, 3),
        async (calls, moods, signatureType) => {
          const { sign } = desk(moodyThread(moods).thread, signatureType);
          const requests = calls.map(({ count, wrongAt }, n) =>
            orders(count, 1_000 * n).map((order, index) => (index === wrongAt ? wrongOrder : order)),
          );
          const results = await Promise.allSettled(requests.map((call) => sign(call)));
          for (const [n, result] of results.entries()) {
            const call = requests[n] ?? [];
            if (call.includes(wrongOrder)) expect(result).toMatchObject({ reason: expect.any(RangeError) });
            else expect(result).toMatchObject({ value: call.map(signerOf(signatureType).sign) });
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
