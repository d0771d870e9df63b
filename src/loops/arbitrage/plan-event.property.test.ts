import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Level } from '../../domain/book.ts';
import { takerFee } from '../../domain/fee.ts';
import type { Outcome } from '../../domain/market.ts';
import { MICRO, PRICE_ONE, type Price, type Shares, type Usd } from '../../domain/units.ts';
import type { SetMarket, SetTerms } from '../../pricing/complete-set.ts';
import { type EventInput, planEventSet } from './plan-event.ts';

const LOT = 10_000;
const CENT = 10_000;
const size = (shares: number): Shares => (shares * MICRO) as Shares;

/** Asks of one token, best first, in cents and hundredths of a share. */
const ladder = fc
  .array(fc.record({ above: fc.integer({ min: 1, max: 4 }), lots: fc.integer({ min: 100, max: 9_000 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => (from: number): Level[] => {
    let price = from;
    return steps.map(({ above, lots }, index) => {
      price += index === 0 ? 0 : above * 100;
      return { price: Math.min(9_900, price) as Price, size: (lots * LOT) as Shares };
    });
  });

const event = fc
  .integer({ min: 2, max: 6 })
  .chain((count) =>
    fc.array(fc.tuple(ladder, ladder, fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 40_000)), {
      minLength: count,
      maxLength: count,
    }),
  )
  .map((rows) =>
    rows.map(([yes, no, wobble, ratePpm], index): SetMarket => {
      // Each outcome is worth about its share of a dollar, so that sets lie near what they pay.
      const fair = Math.round(100 / rows.length) * 100;
      const fee = { ratePpm, exponent: 1, takerOnly: true, rebatePpm: 0 };
      const yesFrom = Math.max(100, fair - 400 + wobble * 100);
      const noFrom = Math.max(100, PRICE_ONE - fair - 400 + wobble * 100);
      return {
        marketId: `m-${index}`,
        fee,
        minOrderSize: size(5),
        yes: { bids: [], asks: yes(yesFrom) },
        no: { bids: [], asks: no(noFrom) },
      };
    }),
  );

const TERMS: SetTerms = {
  gasPerTransaction: 20_000 as Usd,
  maxCapital: (500 * MICRO) as Usd,
  minProfitPct: 0.1,
  legFailure: 0,
};
const inputOf = (markets: readonly SetMarket[], change: Partial<EventInput> = {}): EventInput => ({
  markets,
  terms: TERMS,
  fits: () => true,
  ...change,
});

/** What buying so much costs, level by level, fees included; written apart from the planner's own arithmetic. */
function costOf(market: SetMarket, outcome: Outcome, wanted: number) {
  let left = wanted;
  let dollars = 0;
  let fees = 0;
  for (const level of (outcome === 'YES' ? market.yes : market.no).asks) {
    const taken = Math.min(left, level.size);
    dollars += (taken / LOT) * level.price;
    fees += takerFee(market.fee, level.price, taken as Shares);
    left -= taken;
  }
  return { left, dollars, fees };
}

describe('a set across an event', () => {
  it('pays more than it costs in dollars that the chain gives, by exactly its profit, and every leg costs whole cents', () => {
    let found = 0;
    fc.assert(
      fc.property(event, (markets) => {
        const verdict = planEventSet(inputOf(markets));
        if (verdict.kind === 'none') return;
        found += 1;
        const { set } = verdict;
        expect(set.legs.map(({ marketId, side }) => [marketId, side])).toEqual(
          markets.map(({ marketId }) => [marketId, 'BUY']),
        );
        const outcome = set.legs[0]?.outcome as Outcome;
        let paid = 0;
        for (const [index, leg] of set.legs.entries()) {
          const { left, dollars, fees } = costOf(markets[index]!, outcome, set.size);
          expect([leg.outcome, leg.size, left]).toEqual([outcome, set.size, 0]);
          expect([leg.amount, leg.amount % CENT, leg.fee]).toEqual([dollars, 0, fees]);
          paid += dollars + fees;
        }
        const pays = outcome === 'NO' ? (markets.length - 1) * set.size : set.size;
        expect(set.strategy).toBe(outcome === 'NO' ? 'buyConvert' : 'buyAllYes');
        expect(set.profit).toBe(pays - paid - TERMS.gasPerTransaction);
        expect(set.profit).toBeGreaterThan(0);
        expect(paid + TERMS.gasPerTransaction).toBeLessThanOrEqual(TERMS.maxCapital);
      }),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('is never larger than what fits', () => {
    let cut = 0;
    fc.assert(
      fc.property(event, fc.integer({ min: 1, max: 60 }), (markets, most) => {
        const free = planEventSet(inputOf(markets));
        const bound = planEventSet(inputOf(markets, { fits: (_outcome, wanted) => wanted <= size(most) }));
        if (bound.kind === 'trade') expect(bound.set.size).toBeLessThanOrEqual(size(most));
        if (free.kind === 'trade' && free.set.size > size(most)) cut += 1;
      }),
      { numRuns: 200 },
    );
    expect(cut).toBeGreaterThan(10);
  });

  it('is not there when the best prices do not show it', () => {
    const flat = (yes: number, no: number): SetMarket => ({
      marketId: `${yes}/${no}`,
      fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
      minOrderSize: size(5),
      yes: { bids: [], asks: [{ price: yes as Price, size: size(50) }] },
      no: { bids: [], asks: [{ price: no as Price, size: size(50) }] },
    });
    const noEdge = { kind: 'none', because: 'noEdge' };
    expect(planEventSet(inputOf([flat(5_000, 5_000), flat(5_000, 5_000)]))).toEqual(noEdge);
    expect(planEventSet(inputOf([flat(4_900, 5_200), flat(5_000, 5_100)]))).toMatchObject({ kind: 'trade' });
    expect(planEventSet(inputOf([flat(5_200, 4_900), flat(5_100, 5_000)]))).toMatchObject({
      set: { strategy: 'buyConvert', size: size(50) },
    });
    const dear = { terms: { ...TERMS, minProfitPct: 10 } };
    expect(planEventSet(inputOf([flat(5_200, 4_900), flat(5_100, 5_000)], dear))).toEqual({
      kind: 'none',
      because: 'belowThreshold',
    });
  });
});
