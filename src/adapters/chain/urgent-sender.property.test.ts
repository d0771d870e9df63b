import fc from 'fast-check';
import { expect, it } from 'vitest';
import { raise } from './urgent-sender.ts';

it('each raise is one that nodes take for a replacement, ends at the bound, and never offers a tip above the whole', () => {
  const wei = fc.bigInt({ min: 1n, max: 3_000_000_000_000n });
  fc.assert(
    fc.property(wei, wei, wei, (a, b, bound) => {
      const start = a > b ? [a, b] : [b, a];
      let offer = { maxFeePerGas: start[0] as bigint, maxPriorityFeePerGas: start[1] as bigint };
      for (let raises = 0; raises < 200; raises += 1) {
        const next = raise(offer, bound);
        if (next === null) {
          expect((offer.maxFeePerGas * 131n) / 100n + 2n > bound).toBe(true);
          return;
        }
        expect(next.maxFeePerGas <= bound).toBe(true);
        expect(next.maxPriorityFeePerGas <= next.maxFeePerGas).toBe(true);
        // The strictest nodes ask for an eighth more of both.
        expect(next.maxFeePerGas * 8n >= offer.maxFeePerGas * 9n).toBe(true);
        expect(next.maxPriorityFeePerGas * 8n >= offer.maxPriorityFeePerGas * 9n).toBe(true);
        offer = next;
      }
      throw new Error('no end');
    }),
  );
});
