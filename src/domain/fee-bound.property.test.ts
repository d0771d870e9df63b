import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takerFee, takerFeeBound } from './fee.ts';
import type { FeeSchedule, Side } from './market.ts';
import type { TimeInForce } from './order.ts';
import { notional, type Price, type Shares } from './units.ts';

const schedule = (ratePpm: number, exponent: number): FeeSchedule => ({
  ratePpm,
  exponent,
  takerOnly: true,
  rebatePpm: 0,
});
const order = (timeInForce: TimeInForce, price: number, size: number, side: Side = 'BUY') => ({
  side,
  price: price as Price,
  size: size as Shares,
  postOnly: false,
  timeInForce,
});

describe('the bound on the taker fee', () => {
  it('of a purchase stated in dollars covers every way in which it may be filled at its limit or better', () => {
    const fills = fc.array(
      fc.record({ better: fc.nat({ max: 9_999 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: 500, max: 100_000 }),
        fc.constantFrom(0, 30_000, 50_000, 70_000, 1_000_000),
        fc.constantFrom(1, 2),
        fills,
        (limit, lots, ratePpm, exponent, parts) => {
          const terms = schedule(ratePpm, exponent);
          const size = lots * 10_000;
          const bound = takerFeeBound(terms, order('FAK', limit, size));
          let left = notional(limit as Price, size as Shares);
          let paid = 0;
          for (const { better, part } of parts) {
            const at = (1 + (better % limit)) as Price;
            const bought = (Math.floor((left * part) / at) * 10_000) as Shares;
            left = (left - notional(at, bought)) as typeof left;
            paid += takerFee(terms, at, bought);
          }
          // Each of the trades may have been rounded up by half a step.
          expect(paid).toBeLessThanOrEqual(bound + 5 * parts.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is nothing for a post-only order and for a sale, and the fee at the limit for an order sized in shares', () => {
    const crypto = schedule(70_000, 1);
    expect(takerFeeBound(crypto, { ...order('GTC', 5_000, 1e8), postOnly: true })).toBe(0);
    expect(takerFeeBound(crypto, order('FAK', 5_000, 1e8, 'SELL'))).toBe(0);
    expect(takerFeeBound(crypto, order('GTC', 5_000, 1e8))).toBe(1_750_000);
    expect(takerFeeBound(crypto, order('FAK', 5_000, 1e8))).toBeGreaterThan(3_500_000);
  });
});
