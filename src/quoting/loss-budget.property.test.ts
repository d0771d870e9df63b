import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICRO, type Shares, type Usd } from '../domain/units.ts';
import { openLossEpoch, rebaseLossEpoch } from '../pricing/loss-epoch.ts';
import { priceAndShape } from './price-and-shape.ts';
import { anyQuotingInputs, bookOf, DEFAULT_QUOTING, quotingInputs } from './test-support/quoting-cases.ts';

const bounded = { ...DEFAULT_QUOTING, pricingEngine: 'bounded' } as const;
const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** What the adversary does at one moment: the market is somewhere, and he takes part of our bids, our asks, or both in turn. */
const moment = fc.record({
  at: anyQuotingInputs,
  takes: fc.array(fc.record({ bid: fc.boolean(), part: float(0, 1) }), { maxLength: 6 }),
});

describe('the dollar budget of a market', () => {
  it('holds through the whole pipeline: any markets in a row, any settings, any fills at our own prices', () => {
    fc.assert(
      fc.property(float(5, 200), fc.array(moment, { maxLength: 12 }), (budgetUsd, moments) => {
        let cash = 0;
        let q = 0;
        for (const { at, takes } of moments) {
          const result = priceAndShape({
            ...at,
            settings: { ...at.settings, pricingEngine: 'bounded' },
            inventory: holdingOf(q),
            budget: (1_000_000 * MICRO) as Usd,
            lossEpoch: rebaseLossEpoch(
              Math.max(0.001, Math.min(0.999, at.staleFactor)),
              { cashUsd: cash, inventoryShares: q },
              budgetUsd,
            ),
          });
          if (result.kind === 'none') continue;
          const left = { bids: [...result.bids], asks: [...result.asks] };
          for (const { bid, part } of takes) {
            const level = bid ? left.bids.shift() : left.asks.shift();
            if (level === undefined) continue;
            const size = (part * level.size) / MICRO;
            cash -= ((bid ? 1 : -1) * size * level.price) / 10_000;
            q += bid ? size : -size;
            expect(-(cash + Math.min(0, q))).toBeLessThanOrEqual(budgetUsd + 1e-4);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('cuts a quote that the spread limit made too good, and leaves others alone', () => {
    const shaped = (budgetUsd: number) => {
      const settings = { ...bounded, maxSpreadPts: 4 };
      const result = priceAndShape(quotingInputs({ settings, lossEpoch: openLossEpoch(0.5, budgetUsd) }));
      if (result.kind === 'none') throw new Error(result.reason);
      return {
        why: result.trace.find(({ stage }) => stage === 'applyLossBudget')?.why,
        bidShares: (result.bids[0]?.size ?? 0) / MICRO,
      };
    };
    expect(shaped(100)).toEqual({ why: 'every level keeps the loss within 100 USD', bidShares: 10 });
    const cut = shaped(15);
    expect(cut.why).toBe('cut to what keeps the loss within 15 USD');
    expect(cut.bidShares).toBeLessThan(10);
  });

  it('once spent leaves only what reduces', () => {
    const spent = rebaseLossEpoch(0.5, { cashUsd: -60, inventoryShares: 30 }, 50);
    const shaped = (yes: number) => {
      const inputs = { settings: bounded, lossEpoch: spent, inventory: holdingOf(yes) };
      const result = priceAndShape(quotingInputs(inputs));
      return result.kind === 'none' ? null : [result.bids.length, result.asks.length];
    };
    expect([shaped(30), shaped(-30), shaped(0)]).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
  });
});

describe('money and sides decide no price', () => {
  const engines = ['legacy', 'as', 'bounded', 'glft'] as const;
  const inputs = fc.record({
    mid: fc.integer({ min: 12, max: 88 }),
    half: fc.integer({ min: 1, max: 8 }),
    bidShares: fc.integer({ min: 50, max: 500 }),
    askShares: fc.integer({ min: 50, max: 500 }),
    net: fc.integer({ min: -60, max: 60 }),
    volatilityPtsPerSqrtS: fc.option(float(1e-4, 0.2)),
    multiLevelCount: fc.integer({ min: 1, max: 3 }),
    kappaPerPt: fc.option(float(0.2, 5)),
  });

  interface Case {
    readonly mid: number;
    readonly half: number;
    readonly bidShares: number;
    readonly askShares: number;
    readonly net: number;
    readonly volatilityPtsPerSqrtS: number | null;
    readonly multiLevelCount: number;
    readonly kappaPerPt: number | null;
  }

  const shapedAt = (engine: (typeof engines)[number], given: Case, money: number) => {
    const { mid, half, bidShares, askShares, net, multiLevelCount, ...rest } = given;
    const result = priceAndShape(
      quotingInputs({
        ...rest,
        book: bookOf(100, [
          ['BUY', (mid - half) * 100, bidShares * money],
          ['SELL', (mid + half) * 100, askShares * money],
        ]),
        minOrderSize: (money * 5 * MICRO) as Shares,
        inventory: holdingOf(net * money),
        budget: (money * 1_000 * MICRO) as Usd,
        settings: {
          ...DEFAULT_QUOTING,
          pricingEngine: engine,
          multiLevelCount,
          // Ten shares and a bit, so that cutting to hundredths of a share leaves lots of exactly ten.
          quoteSizeUsd: 0.100001 * Math.max(mid, 100 - mid) * money,
          fairValue: 'mid',
          maxPerMarketUsd: 64 * money,
          unwindThreshold: 1,
        },
      }),
    );
    if (result.kind === 'none') throw new Error(result.reason);
    return result;
  };

  it.each(engines)('twice the money doubles the sizes and changes no price (%s)', (engine) => {
    fc.assert(
      fc.property(inputs, (given) => {
        const one = shapedAt(engine, given, 1);
        const two = shapedAt(engine, given, 2);
        expect(two.engineQuote.bidPts).toBeCloseTo(one.engineQuote.bidPts, 9);
        expect(two.engineQuote.askPts).toBeCloseTo(one.engineQuote.askPts, 9);
        expect(two.engineQuote.onlySide).toBe(one.engineQuote.onlySide);
        for (const side of ['bids', 'asks'] as const) {
          expect(two[side].map((level) => level.price)).toEqual(one[side].map((level) => level.price));
          // Sizes are cut to hundredths of a share, of which doubling first can keep one more.
          two[side].forEach((level, index) => {
            expect(Math.abs(level.size - 2 * (one[side][index]?.size ?? 0))).toBeLessThanOrEqual(40_000);
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(engines)('seen from NO every quote is the complement of the other side (%s)', (engine) => {
    fc.assert(
      fc.property(inputs, (given) => {
        const yes = shapedAt(engine, given, 1);
        const { bidShares, askShares } = given;
        const mirror = {
          ...given,
          mid: 100 - given.mid,
          net: -given.net,
          bidShares: askShares,
          askShares: bidShares,
        };
        const no = shapedAt(engine, mirror, 1);
        expect(no.engineQuote.bidPts).toBeCloseTo(100 - yes.engineQuote.askPts, 9);
        expect(no.engineQuote.askPts).toBeCloseTo(100 - yes.engineQuote.bidPts, 9);
        expect(no.bids.map((level) => level.price)).toEqual(yes.asks.map((level) => 10_000 - level.price));
        expect(no.asks.map((level) => level.price)).toEqual(yes.bids.map((level) => 10_000 - level.price));
      }),
      { numRuns: 200 },
    );
  });
});

function holdingOf(net: number) {
  const yes = Math.round(Math.max(0, net) * MICRO) as Shares;
  const no = Math.round(Math.max(0, -net) * MICRO) as Shares;
  return { yes, no, yesAvailable: yes, noAvailable: no };
}
