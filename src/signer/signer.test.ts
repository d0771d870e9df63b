import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { loadKeccak } from '../adapters/polymarket/signing/keccak.ts';
import type { SignatureType } from '../adapters/polymarket/signing/order-encoder.ts';
import { createOrderSigner } from '../adapters/polymarket/signing/order-signer.ts';
import { developmentSecret, orderRequest } from '../adapters/polymarket/testing/orders.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { OrderRequest } from '../domain/order.ts';
import type { Price, Usd } from '../domain/units.ts';
import { createBudget } from './budget.ts';
import { openSignerSession } from './open-signer.ts';
import { frameOf } from './protocol.ts';
import { createSignerClient, type SignerClientOptions } from './signer-client.ts';
import { testSigner, WIDE_LIMITS } from './testing/test-signer.ts';

const NOW_MS = 1_795_373_206_847;
const WALLET = '0x1111111111111111111111111111111111111111';
const nowMs = (): number => NOW_MS;
const account = await openAccount(developmentSecret());
const oracleOf = (signatureType: SignatureType) =>
  createOrderSigner({
    account,
    chainId: 137,
    contracts: CONTRACTS,
    signatureType,
    wallet: signatureType === 0 ? account.address : WALLET,
  });

const anyOrder = fc
  .record({
    tokenId: fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }).map(String),
    side: fc.constantFrom('BUY', 'SELL'),
    priceTenThousandths: fc.integer({ min: 1, max: 9_999 }),
    sizeMicro: fc.integer({ min: 10_000, max: 10_000_000 }).map((hundredths) => hundredths * 10_000),
    negRisk: fc.boolean(),
    timeInForce: fc.constantFrom('GTC', 'FAK', 'FOK'),
    salt: fc.maxSafeNat(),
  } as const)
  .map((given): OrderRequest => orderRequest(given));

describe('orders', () => {
  it.each([0, 1, 2, 3] as const)(
    'come back from the signer with the very bytes of the reference, for signature type %i',
    async (signatureType) => {
      const funder = signatureType === 0 ? null : WALLET;
      const signer = await testSigner({ signatureType, funder, nowMs, signsInThread: signatureType === 3 });
      const oracle = oracleOf(signatureType);
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(anyOrder, { maxLength: 60 }), async (orders) => {
            expect(await signer.signOrders(orders)).toEqual(orders.map(oracle.sign));
          }),
          { numRuns: 15 },
        );
      } finally {
        await signer.close();
      }
    },
  );

  it('of a list are refused one by one, each with its own reason and id', async () => {
    const limits = {
      ...WIDE_LIMITS,
      maxOrder: 50_000_000 as Usd,
      minPrice: 1_000 as Price,
      maxPrice: 9_000 as Price,
    };
    const signer = await testSigner({ nowMs, limits });
    const orders = [
      orderRequest({ salt: 1 }),
      orderRequest({ salt: 2, sizeMicro: 200_000_000 }),
      orderRequest({ salt: 3, priceTenThousandths: 1_000 }),
      orderRequest({ salt: 4, priceTenThousandths: 9_000 }),
      orderRequest({ salt: 5, timestampMs: NOW_MS - 3_600_000 }),
      // Sold cheap it may lose what the other outcome would cost.
      orderRequest({ salt: 6, side: 'SELL', sizeMicro: 90_000_000 }),
      orderRequest({ salt: 7, side: 'SELL', sizeMicro: 100_000_000 }),
    ];
    const answers = await signer.signOrders(orders);
    const oracle = oracleOf(0);
    expect(answers.map(({ orderId }) => orderId)).toEqual(orders.map((order) => oracle.sign(order).orderId));
    const refusals = answers.map((answer) => ('refused' in answer ? answer.refused : null));
    expect(refusals).toEqual([
      null,
      expect.stringContaining('SIGNER_MAX_ORDER_USD allows 50'),
      expect.stringContaining('the band'),
      expect.stringContaining('the band'),
      expect.stringContaining("from the signer's"),
      null,
      expect.stringContaining('counts for 52 USD'),
    ]);
  });

  it('that cannot be encoded fail their own call and no other', async () => {
    const signer = await testSigner({ nowMs });
    const [good, bad] = await Promise.allSettled([
      signer.signOrders([orderRequest()]),
      signer.signOrders([orderRequest(), orderRequest({ sizeMicro: 10_001 })]),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
  });
});

describe('the budget', () => {
  const limits = { ...WIDE_LIMITS, maxMinute: 1_000 as Usd, maxDay: 5_000 as Usd };

  it('never lets more through in any minute than allowed, and refuses nothing that a minute and a second have room for', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 40_000 }),
      amount: fc.integer({ min: 1, max: 600 }),
    });
    let refusals = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const clock = { ms: 12_345 };
        const budget = createBudget(
          { ...limits, maxDay: Number.MAX_SAFE_INTEGER as Usd },
          { dayMs: nowMs, steadyMs: () => clock.ms },
        );
        const taken: { at: number; amount: number }[] = [];
        const within = (windowMs: number): number =>
          taken.filter(({ at }) => at > clock.ms - windowMs).reduce((sum, { amount }) => sum + amount, 0);
        for (const { waitMs, amount } of steps) {
          clock.ms += waitMs;
          const refusal = budget.takeOrder(amount as Usd, false);
          if (refusal === null) taken.push({ at: clock.ms, amount });
          else {
            refusals += 1;
            expect(within(61_001) + amount).toBeGreaterThan(limits.maxMinute);
          }
          expect(within(60_000)).toBeLessThanOrEqual(limits.maxMinute);
        }
      }),
    );
    expect(refusals).toBeGreaterThan(100);
  });

  it('counts what is signed ahead in a minute of its own, and both in the day', () => {
    const clock = { ms: 0 };
    const budget = createBudget(limits, { dayMs: nowMs, steadyMs: () => clock.ms });
    const take = (amount: number, isAhead: boolean) => budget.takeOrder(amount as Usd, isAhead);
    expect([take(1_000, false), take(1_000, true)]).toEqual([null, null]);
    expect(take(1, true)).toContain('ahead within a minute');
    expect(take(1, false)).toContain('SIGNER_MAX_MINUTE_USD');
    clock.ms += 120_000;
    expect(take(1_000, false)).toBeNull();
    // Half of the day is left to what is sent.
    expect(take(1, true)).toContain('SIGNER_MAX_DAY_USD');
    for (let minute = 0; minute < 2; minute += 1) {
      clock.ms += 120_000;
      expect(take(1_000, false)).toBeNull();
    }
    clock.ms += 120_000;
    expect(take(1, false)).toContain('SIGNER_MAX_DAY_USD');
  });
});

describe('the connection', () => {
  async function connected(
    given: (frame: Uint8Array, forward: (frame: Uint8Array) => void) => void,
    options: Partial<SignerClientOptions> = {},
  ) {
    const lost: string[] = [];
    const session = await openSignerSession(
      {
        privateKey: developmentSecret(),
        chainId: 137,
        signatureType: 0,
        funder: null,
        limits: WIDE_LIMITS,
        log: {
          debug: () => undefined,
          note: () => undefined,
          warning: () => undefined,
          alarm: () => undefined,
        },
        clock: { nowMs, steadyMs: () => performance.now() },
      },
      (frame) => client.receive(frame),
    );
    let isReady = false;
    const client = createSignerClient({
      keccak: await loadKeccak(),
      contracts: CONTRACTS,
      write: (frame) => {
        if (isReady) given(frame, session.receive);
        else session.receive(frame);
      },
      onLost: (text) => lost.push(text),
      ...options,
    });
    const signer = await client.hello();
    isReady = true;
    return { signer, client, lost };
  }

  it('in pieces of any size gives the same answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.array(anyOrder, { minLength: 1, maxLength: 20 }),
        async (piece, orders) => {
          const { signer } = await connected((frame, forward) => {
            for (let from = 0; from < frame.length; from += piece)
              forward(frame.subarray(from, from + piece));
          });
          expect(await signer.signOrders(orders)).toEqual(orders.map(oracleOf(0).sign));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('to a signer that signs another order than asked for is not believed', async () => {
    const { signer } = await connected((frame, forward) => {
      const changed = Uint8Array.from(frame);
      // A bit of the first order's token id.
      changed[9 + 51 + 40] = changed[9 + 51 + 40]! ^ 1;
      forward(changed);
    });
    await expect(signer.signOrders([orderRequest()])).rejects.toThrow('another order than it was asked for');
  });

  it('to a signer that does not answer ends with its bound, and everything after it fails at once', async () => {
    const { signer, lost } = await connected(() => undefined, { answerBoundMs: 30 });
    await expect(signer.signOrders([orderRequest()])).rejects.toMatchObject({ code: 'signerSilent' });
    await expect(signer.proveKey(Math.floor(NOW_MS / 1_000), 0)).rejects.toMatchObject({
      code: 'signerSilent',
    });
    expect(lost).toEqual(['the signer did not answer within 30 ms']);
  });

  it('that is lost fails what is under way, once, and what is asked later', async () => {
    const { signer, client, lost } = await connected(() => undefined);
    const asked = signer.signOrders([orderRequest()]);
    client.lost('the signer is gone');
    client.lost('the signer is gone');
    await expect(asked).rejects.toMatchObject({ code: 'signerGone' });
    await expect(signer.signOrders([orderRequest()])).rejects.toMatchObject({ code: 'signerGone' });
    expect(lost).toEqual(['the signer is gone']);
  });

  it('takes nothing from a signer that breaks the protocol', async () => {
    const { signer, client, lost } = await connected(() => undefined);
    const asked = signer.signOrders([orderRequest()]);
    client.receive(Uint8Array.from([0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0]));
    await expect(asked).rejects.toMatchObject({ code: 'signerGone' });
    expect(lost[0]).toContain('breaks the protocol');
  });

  it('hears what the signer was asked for, and ignores answers that nobody waits for', async () => {
    const words: string[] = [];
    const { client } = await connected(() => undefined, { onWord: (word) => words.push(word) });
    for (const kind of [96, 66, 97, 127]) client.receive(frameOf(kind, 99, new Uint8Array(3)));
    expect(words).toEqual(['stop', 'abort']);
  });
});

it('an account that the settings do not make is refused', async () => {
  await expect(testSigner({ signatureType: 3 })).rejects.toThrow(/funder/);
  await expect(testSigner({ funder: WALLET })).rejects.toThrow(/signature type 0/);
});

it('the proof of the key is for the venue, now, and for nothing else', async () => {
  const signer = await testSigner({ nowMs });
  const timeS = Math.floor(NOW_MS / 1_000);
  expect(await signer.proveKey(timeS, 0)).toMatch(/^0x[0-9a-f]{130}$/);
  await expect(signer.proveKey(timeS, 1)).rejects.toThrow('nonce 1');
  await expect(signer.proveKey(timeS - 601, 0)).rejects.toThrow("from the signer's");
});
