import { describe, expect, it } from 'vitest';
import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { orderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import { createOrderEncoder } from '../adapters/polymarket/signing/order-encoder.ts';
import { createOrderSigner } from '../adapters/polymarket/signing/order-signer.ts';
import { developmentSecret, orderRequest } from '../adapters/polymarket/testing/orders.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { OrderRequest } from '../domain/order.ts';
import type { OrderClaim } from './order-claim.ts';
import { createOrderQueue } from './order-queue.ts';
import type { OrderReply } from './protocol.ts';

const account = await openAccount(developmentSecret());
const terms = {
  account,
  keccak: account.keccak,
  address: account.address,
  wallet: account.address,
  chainId: 137,
  signatureType: 0,
  contracts: CONTRACTS,
} as const;
const oracle = createOrderSigner(terms);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Asked {
  readonly claims: readonly OrderClaim[];
  readonly answered: (replies: readonly OrderReply[]) => void;
}

/** A queue whose questions wait to be answered, on a clock on which a hash takes 0.1 ms and nothing else takes any time. */
function queueThatWaits() {
  const encoder = createOrderEncoder(terms);
  const done: string[] = [];
  const asked: Asked[] = [];
  let nowMs = 0;
  const queue = createOrderQueue({
    claimOf: (order) => {
      const amounts = orderAmounts(order.side, order.price, order.size, order.timeInForce);
      const { salt, timestampMs, timeInForce, price, size, side, tokenId } = order;
      const ofOrder = { salt, timestampMs, timeInForce, price, size, isBuy: side === 'BUY' };
      const tokenWord = encoder.tokenWord(tokenId);
      return { ...ofOrder, ...amounts, tokenWord, contract: new Uint8Array(20), spend: null, expirationS: 0 };
    },
    encode: (order, amounts) => {
      nowMs += 0.1;
      done.push('hash');
      return encoder.encodeAmounts(order, amounts);
    },
    send: (claims, answered) => {
      done.push('question');
      asked.push({ claims, answered });
    },
    turnMs: () => nowMs,
  });
  /** The answer to one question, as the signer would give it. */
  const reply = ({ claims, answered }: Asked): void => {
    answered(
      claims.map((claim) => {
        const words = { ...claim, negRisk: false, marketVersion: 'v1' } as const;
        const { digest } = encoder.hash(words, claim);
        return { digest, signature: account.signDigest(digest) };
      }),
    );
  };
  return { queue, done, asked, reply };
}

const orders = (count: number): OrderRequest[] =>
  Array.from({ length: count }, (_, salt) => orderRequest({ salt, negRisk: false }));

describe('the order queue', () => {
  it('asks everything before it hashes anything, and hashes no more in a turn than fits', async () => {
    const { queue, done, asked } = queueThatWaits();
    void queue.sign(orders(50));
    expect(done).toEqual(['question', 'question', 'question', 'question', 'question']);
    const hashes: number[] = [];
    while (done.length < 55) {
      const before = done.length;
      await nextTurn();
      hashes.push(done.length - before);
    }
    expect(asked.map(({ claims }) => claims.length)).toEqual([12, 12, 12, 12, 2]);
    // A question of twelve is hashed as one, and none is begun once the share of the turn is used up.
    for (const count of hashes) expect(count).toBeLessThanOrEqual(12);
  });

  it('answers orders that were not hashed yet as those that were', async () => {
    for (const turns of [0, 1, 9]) {
      const { queue, asked, reply } = queueThatWaits();
      const signing = queue.sign(orders(50));
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      for (const question of asked) reply(question);
      expect(await signing).toEqual(orders(50).map(oracle.sign));
    }
  });

  it('rejects the call whose order cannot be hashed, whether it is answered before or not, and no other', async () => {
    const wrong = orderRequest({ salt: -1, negRisk: false });
    for (const turns of [0, 9]) {
      const { queue, asked, reply } = queueThatWaits();
      const signings = [queue.sign([...orders(3), wrong]), queue.sign(orders(5))];
      const settled = Promise.allSettled(signings);
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      asked[0]?.answered(asked[0].claims.map(() => ({ refused: 'wrong' })));
      for (const question of asked.slice(1)) reply(question);
      const [first, second] = await settled;
      expect(first).toMatchObject({ reason: expect.any(RangeError) });
      expect(second).toMatchObject({ value: orders(5).map(oracle.sign) });
    }
  });
});
