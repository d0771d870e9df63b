import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import type { Price, Usd } from '../domain/units.ts';
import { checkOrder, checkTogether } from './gate.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, order, shares } from './test-gate.ts';

const takes = { timeInForce: 'FAK', postOnly: false } as const;
const CRYPTO = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };

describe('an order that takes', () => {
  it('is approved across the spread, where a post-only one is refused', () => {
    const at = { price: 5_100 as Price, size: shares(10) };
    expect(checkOrder(gatePass(), gateMarket(), order({ ...at, postOnly: true }))).toMatchObject({
      refused: 'crossesBook',
    });
    expect(isRefused(checkOrder(gatePass(), gateMarket(), order({ ...at, ...takes })))).toBe(false);
  });

  it('cannot be post-only, and states dollars in whole cents within its price', () => {
    const refusal = (change: Parameters<typeof order>[0]) =>
      checkOrder(gatePass(), gateMarket(), order({ price: 5_000 as Price, size: shares(10), ...change }));
    expect(refusal({ timeInForce: 'FAK', postOnly: true })).toMatchObject({ refused: 'badTerms' });
    expect(refusal({ ...takes, spend: dollars(5.001) })).toMatchObject({ refused: 'badTerms' });
    expect(refusal({ ...takes, spend: dollars(5.01) })).toMatchObject({ refused: 'badTerms' });
    expect(refusal({ ...takes, spend: 0 as Usd })).toMatchObject({ refused: 'badTerms' });
    expect(refusal({ timeInForce: 'GTC', postOnly: false, spend: dollars(5) })).toMatchObject({
      refused: 'badTerms',
    });
    expect(isRefused(refusal({ ...takes, spend: dollars(4.99) }))).toBe(false);
  });

  it('needs its fee in cash beside its price', () => {
    const request = order({ price: 5_000 as Price, size: shares(10), ...takes, spend: dollars(5) });
    const market = gateMarket({ fee: CRYPTO });
    const short = gatePass({ freeCash: dollars(5.3) });
    expect(checkOrder(short, market, request)).toMatchObject({ refused: 'notEnoughCash' });
    expect(short.freeCash).toBe(dollars(5.3));
    const enough = gatePass({ freeCash: dollars(5.4) });
    expect(isRefused(checkOrder(enough, market, request))).toBe(false);
    // What the fee may come to is held back: 7 per cent of the dollars, and one rounding step.
    expect(enough.freeCash).toBe(dollars(5.4 - 5 - 0.35) - 10);
  });

  it('stays within the price band and never meets an own order', () => {
    const far = order({ price: 6_300 as Price, size: shares(10), ...takes });
    expect(checkOrder(gatePass(), gateMarket(), far)).toMatchObject({ refused: 'tooFarFromMid' });
    const near = order({ price: 5_100 as Price, size: shares(10), ...takes });
    expect(checkOrder(gatePass(), gateMarket({ ownBestAsk: 5_100 as Price }), near)).toMatchObject({
      refused: 'selfCross',
    });
  });
});

describe('orders that only make sense together', () => {
  const legs = (market: ReturnType<typeof gateMarket>, yesAt: number, noAt: number, size = 10) => [
    { market, request: order({ ...takes, price: yesAt as Price, size: shares(size) }) },
    {
      market,
      request: order({
        ...takes,
        clientId: 'o-2' as ClientId,
        outcome: 'NO',
        price: noAt as Price,
        size: shares(size),
      }),
    },
  ];

  it('are approved together, with only one leg counted as risk', () => {
    const pass = gatePass();
    const verdict = checkTogether(pass, legs(gateMarket(), 4_500, 4_800));
    expect(isRefused(verdict)).toBe(false);
    expect(pass.totalExposure).toBe(dollars(5));
    expect(pass.freeCash).toBe(dollars(1_000 - 4.5 - 4.8) - 20);
    expect(pass.openOrders).toBe(2);
  });

  it('reserve nothing when any of them is refused, whichever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 38, max: 62 }),
        fc.integer({ min: 38, max: 62 }),
        fc.integer({ min: 0, max: 3 }),
        (cash, yesAt, noAt, tokens) => {
          const pass = gatePass({ freeCash: dollars(cash), openOrders: 98 });
          pass.budget.tokens = tokens;
          const market = gateMarket();
          const before = structuredClone({ pass, market });
          const verdict = checkTogether(pass, legs(market, yesAt * 100, noAt * 100));
          if (isRefused(verdict)) expect({ pass, market }).toEqual(before);
          else expect(verdict).toHaveLength(2);
        },
      ),
      { numRuns: 300 },
    );
  });
});
