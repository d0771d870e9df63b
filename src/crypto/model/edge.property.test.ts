import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeeSchedule } from '../../domain/market.ts';
import { complement, MICRO, notional, type Price, price, type Shares, usd } from '../../domain/units.ts';
import {
  bestEntry,
  entryCandidates,
  feePerShare,
  kellyFraction,
  type MarketTouch,
  sharesForStake,
  stakeUsd,
} from './edge.ts';

const CRYPTO: FeeSchedule = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 200_000 };
const FREE: FeeSchedule = { ...CRYPTO, ratePpm: 0 };
/** Books of the two outcomes mirror each other. */
const touchOf = (bid: number, ask: number): MarketTouch => ({
  YES: { bid: price(bid), ask: price(ask) },
  NO: { bid: complement(price(ask)), ask: complement(price(bid)) },
});
const anyTouch = fc
  .tuple(fc.integer({ min: 1, max: 9_998 }), fc.integer({ min: 1, max: 9_998 }))
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => touchOf(Math.min(a, b), Math.max(a, b)));
const anyP = fc.double({ min: 0, max: 1, noNaN: true });

describe('the edge of an entry', () => {
  it('W23: a YES that is too dear is bought as NO', () => {
    const candidates = entryCandidates(0.3, touchOf(4_900, 5_000), CRYPTO, false);
    expect(bestEntry(candidates, 5)?.outcome).toBe('NO');
    expect(candidates.map(({ outcome }) => outcome)).toEqual(['NO', 'YES']);
  });

  it('W23: costs the ask and the taker fee, and never the middle', () => {
    const [yes] = entryCandidates(0.6, touchOf(4_000, 5_000), CRYPTO, false);
    // 0.07 * 0.5 * 0.5 a share.
    expect(yes?.feePerShareUsd).toBeCloseTo(0.0175, 12);
    expect(yes?.costPerShareUsd).toBeCloseTo(0.5175, 12);
    expect(yes?.edgePts).toBeCloseTo(8.25, 10);
  });

  it('post-only costs the bid it joins, without a fee where only takers pay', () => {
    const [yes] = entryCandidates(0.6, touchOf(4_000, 5_000), CRYPTO, true);
    expect(yes).toMatchObject({ price: 4_000, feePerShareUsd: 0 });
    expect(yes?.edgePts).toBeCloseTo(20, 10);
    const [charged] = entryCandidates(0.6, touchOf(4_000, 5_000), { ...CRYPTO, takerOnly: false }, true);
    expect(charged?.feePerShareUsd).toBeCloseTo(0.07 * 0.24, 9);
  });

  it('taking both sides never brings more than it costs', () => {
    fc.assert(
      fc.property(anyP, anyTouch, (p, touch) => {
        const sum = entryCandidates(p, touch, CRYPTO, false).reduce(
          (total, { edgePts }) => total + edgePts,
          0,
        );
        expect(sum).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it('is lower with a fee, lower for taking than for resting, and rises with the probability', () => {
    fc.assert(
      fc.property(anyP, anyP, anyTouch, (p, q, touch) => {
        const of = (
          probability: number,
          fee: FeeSchedule,
          postOnly: boolean,
          outcome: 'YES' | 'NO',
        ): number =>
          entryCandidates(probability, touch, fee, postOnly).find((one) => one.outcome === outcome)!.edgePts;
        for (const outcome of ['YES', 'NO'] as const) {
          expect(of(p, CRYPTO, false, outcome)).toBeLessThanOrEqual(of(p, FREE, false, outcome));
          expect(of(p, CRYPTO, false, outcome)).toBeLessThanOrEqual(of(p, CRYPTO, true, outcome));
        }
        const [low, high] = [Math.min(p, q), Math.max(p, q)];
        expect(of(low, CRYPTO, false, 'YES')).toBeLessThanOrEqual(of(high, CRYPTO, false, 'YES'));
        expect(of(low, CRYPTO, false, 'NO')).toBeGreaterThanOrEqual(of(high, CRYPTO, false, 'NO'));
      }),
    );
  });

  it('between two probabilities an edge has to hold for both', () => {
    fc.assert(
      fc.property(anyP, anyP, anyTouch, (p, q, touch) => {
        const range = { low: Math.min(p, q), high: Math.max(p, q) };
        const both = entryCandidates(range, touch, CRYPTO, false);
        for (const one of both)
          for (const probability of [p, q]) {
            const same = entryCandidates(probability, touch, CRYPTO, false);
            expect(one.edgePts).toBeLessThanOrEqual(
              same.find(({ outcome }) => outcome === one.outcome)!.edgePts + 1e-9,
            );
          }
      }),
    );
    // 58 % with drift, 50 % without, at 50.5 cents and no fee: nothing is left to buy.
    expect(
      bestEntry(entryCandidates({ low: 0.5, high: 0.58 }, touchOf(4_950, 5_050), FREE, false), 1),
    ).toBeNull();
    expect(() => entryCandidates({ low: 0.6, high: 0.5 }, touchOf(4_900, 5_100), FREE, false)).toThrow(
      RangeError,
    );
  });

  it('mirrors: YES of p in a book is NO of 1 - p in the mirrored one', () => {
    fc.assert(
      fc.property(anyP, anyTouch, fc.boolean(), (p, touch, postOnly) => {
        const here = entryCandidates(p, touch, CRYPTO, postOnly).find(({ outcome }) => outcome === 'YES')!;
        const there = entryCandidates(1 - p, { YES: touch.NO, NO: touch.YES }, CRYPTO, postOnly);
        expect(there.find(({ outcome }) => outcome === 'NO')!.edgePts).toBeCloseTo(here.edgePts, 9);
      }),
    );
  });

  it('needs the side it would trade with, and enough of an edge', () => {
    const empty = { bid: null, ask: null };
    expect(entryCandidates(0.9, { YES: empty, NO: empty }, CRYPTO, false)).toEqual([]);
    const oneSided = entryCandidates(
      0.9,
      { YES: { bid: null, ask: price(5_000) }, NO: empty },
      CRYPTO,
      false,
    );
    expect(oneSided).toHaveLength(1);
    expect(bestEntry(oneSided, 38.25)).toBe(oneSided[0]);
    expect(bestEntry(oneSided, 38.26)).toBeNull();
    expect(bestEntry([], 0)).toBeNull();
    expect(bestEntry(entryCandidates(0.5, touchOf(4_900, 5_100), FREE, false), -5)).toBeNull();
    expect(() => entryCandidates(Number.NaN, touchOf(4_900, 5_100), FREE, false)).toThrow(RangeError);
  });

  it("asks the market's own fee schedule", () => {
    expect(feePerShare(FREE, price(3_000))).toBe(0);
    expect(feePerShare({ ...CRYPTO, exponent: 2 }, price(3_000))).toBeCloseTo(0.07 * 0.21 ** 2, 9);
  });
});

describe('the stake', () => {
  const entry = (probability: number, costPerShareUsd: number) => ({ probability, costPerShareUsd });

  it('60 % at 50 cents is a fifth of capital; a quarter of that, of $1000, is $50 and the cap of 5 %', () => {
    expect(kellyFraction(0.6, 0.5)).toBeCloseTo(0.2, 12);
    const thousand = usd(1_000 * MICRO);
    expect(stakeUsd(entry(0.6, 0.5), thousand, { kellyFraction: 0.25, maxPositionPct: 100 })).toBe(
      50 * MICRO,
    );
    expect(stakeUsd(entry(0.6, 0.5), thousand, { kellyFraction: 0.25, maxPositionPct: 5 })).toBe(50 * MICRO);
    expect(stakeUsd(entry(0.95, 0.45), thousand, { kellyFraction: 1, maxPositionPct: 5 })).toBe(50 * MICRO);
  });

  it('W24: an edge that persists is staked once and not every cycle', () => {
    const terms = { kellyFraction: 0.25, maxPositionPct: 5 };
    const thousand = usd(1_000 * MICRO);
    const first = stakeUsd(entry(0.6, 0.5), thousand, terms);
    expect(stakeUsd(entry(0.6, 0.5), thousand, terms, first)).toBe(0);
    expect(stakeUsd(entry(0.6, 0.5), thousand, terms, usd(first - 7))).toBe(7);
    expect(stakeUsd(entry(0.52, 0.5), thousand, terms, first)).toBe(0);
  });

  it('is nothing without an edge, without capital, and at a price that wins nothing', () => {
    for (const [p, cost] of [
      [0.5, 0.5],
      [0.4, 0.5],
      [0, 0.5],
      [1, 1],
      [0.5, 0],
    ] as const)
      expect(kellyFraction(p, cost)).toBe(0);
    expect(stakeUsd(entry(0.9, 0.5), usd(0), { kellyFraction: 1, maxPositionPct: 100 })).toBe(0);
  });

  it('maximises the expected logarithm of capital', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (p, cost) => {
          const growth = (part: number): number =>
            p * Math.log(1 + (part * (1 - cost)) / cost) + (1 - p) * Math.log(1 - part);
          const best = kellyFraction(p, cost);
          for (const other of [best - 0.01, best + 0.01])
            if (other >= 0 && other < 1) expect(growth(other)).toBeLessThanOrEqual(growth(best) + 1e-12);
        },
      ),
    );
  });

  it('never passes the cap, never costs more than itself, and grows with the edge', () => {
    fc.assert(
      fc.property(
        anyP,
        anyP,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 1e12 }),
        (p, q, cost, capital) => {
          const terms = { kellyFraction: 0.25, maxPositionPct: 5 };
          const [low, high] = [Math.min(p, q), Math.max(p, q)].map((probability) =>
            stakeUsd(entry(probability, cost), usd(capital), terms),
          );
          expect(low!).toBeLessThanOrEqual(high!);
          expect(high!).toBeLessThanOrEqual(capital * 0.05);
          const size = sharesForStake(high!, cost);
          expect(notional(Math.floor(cost * 10_000) as Price, size as Shares)).toBeLessThanOrEqual(high!);
        },
      ),
    );
  });
});
