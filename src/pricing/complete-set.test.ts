import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, type Level, setLevel } from '../domain/book.ts';
import type { FeeSchedule, Side } from '../domain/market.ts';
import { MICRO, price, type Shares, shares, type Usd, usd } from '../domain/units.ts';
import {
  type OutcomeBook,
  outcomeBooksOf,
  type SetMarket,
  type SetOpportunity,
  type SetResult,
  type SetTerms,
  scanBinary,
  scanEvent,
} from './complete-set.ts';

const feeOf = (ratePpm: number): FeeSchedule => ({ ratePpm, exponent: 1, takerOnly: true, rebatePpm: 0 });
const FREE = feeOf(0);
const CRYPTO = feeOf(70_000);
const dollars = (amount: number): Usd => usd(Math.round(amount * MICRO));
const level = (units: number, count: number): Level => ({
  price: price(units),
  size: shares(Math.round(count * MICRO)),
});
const asksOnly = (...levels: Level[]): OutcomeBook => ({ bids: [], asks: levels });
const bidsOnly = (...levels: Level[]): OutcomeBook => ({ bids: levels, asks: [] });
const market = (yes: OutcomeBook, no: OutcomeBook, change: Partial<SetMarket> = {}): SetMarket => ({
  marketId: 'm1',
  fee: FREE,
  minOrderSize: shares(5 * MICRO),
  yes,
  no,
  ...change,
});
const TERMS: SetTerms = {
  gasPerTransaction: usd(5_000),
  maxCapital: dollars(1_000),
  minProfitPct: 0.5,
  legFailure: 0,
};

function found(result: SetResult): SetOpportunity {
  if (result.kind === 'none') throw new Error(`expected an opportunity, found none: ${result.because}`);
  return result;
}

describe('one market', () => {
  it('buys both and merges, net of gas', () => {
    const set = found(scanBinary(market(asksOnly(level(4_500, 100)), asksOnly(level(4_800, 60))), TERMS));
    expect(set).toMatchObject({ strategy: 'buyMerge', size: 60 * MICRO, profit: dollars(60 * 0.07 - 0.005) });
    expect(set.legs.map((leg) => [leg.outcome, leg.side, leg.limitPrice, leg.amount])).toEqual([
      ['YES', 'BUY', 4_500, dollars(27)],
      ['NO', 'BUY', 4_800, dollars(28.8)],
    ]);
  });

  it('splits and sells both, and tries it also when buying is found but too small', () => {
    const yes: OutcomeBook = { bids: [level(5_500, 50)], asks: [level(5_590, 50)] };
    const no: OutcomeBook = { bids: [level(5_200, 50)], asks: [level(4_400, 50)] };
    expect(found(scanBinary(market(yes, no), TERMS))).toMatchObject({
      strategy: 'splitSell',
      profit: dollars(50 * 0.07 - 0.005),
    });
  });

  it('takes every level that still pays and stops before one that does not', () => {
    const yes = asksOnly(level(4_500, 10), level(4_900, 10), level(5_300, 50));
    const set = found(scanBinary(market(yes, asksOnly(level(4_800, 100))), TERMS));
    expect(set.size).toBe(20 * MICRO);
    expect(set.legs[0]?.limitPrice).toBe(4_900);
    expect(set.profit).toBe(dollars(10 * 0.07 + 10 * 0.03 - 0.005));
  });

  it('refuses what only looks like profit before taker fees', () => {
    const books = [asksOnly(level(4_800, 100)), asksOnly(level(5_000, 100))] as const;
    expect(scanBinary(market(...books), TERMS).kind).toBe('opportunity');
    const refused = scanBinary(market(...books, { fee: CRYPTO }), TERMS);
    expect(refused).toMatchObject({ kind: 'none', because: 'noProfit' });
    const fees = 0.07 * (0.48 * 0.52 + 0.25);
    expect((refused.kind === 'none' && refused.bestProfit) || 0).toBeCloseTo(
      5 * (0.02 - fees) * MICRO - 5_000,
      -2,
    );
  });

  it('MM_ARB_MAX_SIZE_USD: is a limit of dollars, not of shares', () => {
    const books = [asksOnly(level(4_500, 100)), asksOnly(level(4_500, 100))] as const;
    const set = found(scanBinary(market(...books), { ...TERMS, maxCapital: dollars(50) }));
    expect(set.size).toBe(55.55 * MICRO);
    expect(set.capital).toBeLessThanOrEqual(dollars(50));
    expect(scanBinary(market(...books), { ...TERMS, maxCapital: dollars(1) })).toMatchObject({
      because: 'noCapital',
    });
  });

  it('MM_ARB_MIN_PROFIT_PCT and MM_ARB_GAS_COST_USD: refuse what is too little for the dollars paid out', () => {
    const books = [asksOnly(level(4_980, 100)), asksOnly(level(4_980, 100))] as const;
    expect(scanBinary(market(...books), TERMS)).toMatchObject({ because: 'belowThreshold' });
    expect(scanBinary(market(...books), { ...TERMS, minProfitPct: 0 }).kind).toBe('opportunity');
    const dear = { ...TERMS, minProfitPct: 0, gasPerTransaction: dollars(100) };
    expect(scanBinary(market(...books), dear)).toMatchObject({ because: 'noProfit' });
  });

  it('needs depth on both legs, and the least order', () => {
    const some = asksOnly(level(4_000, 100));
    expect(scanBinary(market(some, asksOnly()), TERMS)).toMatchObject({ because: 'noDepth' });
    expect(scanBinary(market(some, asksOnly(level(4_000, 4.99))), TERMS)).toMatchObject({
      because: 'belowMinSize',
    });
  });

  it('counts what a failed leg costs, and refuses when that outweighs the profit', () => {
    const yes: OutcomeBook = { asks: [level(4_500, 10)], bids: [level(4_400, 100)] };
    const no: OutcomeBook = { asks: [level(4_800, 10)], bids: [level(3_800, 100)] };
    const set = found(scanBinary(market(yes, no), { ...TERMS, gasPerTransaction: usd(0), legFailure: 0.1 }));
    const stuck = 0.9 - 0.81;
    expect(set.expectedLegLoss).toBeCloseTo(stuck * dollars(10 * (0.01 + 0.1)), -1);
    expect(set.expectedProfit).toBeCloseTo(0.81 * set.profit - set.expectedLegLoss, -1);
    const gapped = { ...no, bids: [] };
    expect(scanBinary(market(yes, gapped), { ...TERMS, legFailure: 0.3 })).toMatchObject({
      because: 'legRisk',
    });
  });
});

const tick = 100;
const smallSide = fc.array(
  fc.record({ units: fc.integer({ min: 1, max: 99 }), count: fc.integer({ min: 1, max: 9 }) }),
  { maxLength: 3 },
);
const levelsFrom = (rows: readonly { units: number; count: number }[], side: Side): Level[] => {
  const at = new Map(rows.map((row) => [row.units, row.count]));
  return [...at]
    .sort(([one], [other]) => (side === 'BUY' ? other - one : one - other))
    .map(([units, count]) => level(units * tick, count));
};
/** A book that is not crossed in itself: bids under a border, asks from it on. */
const smallBook = fc
  .record({ bids: smallSide, asks: smallSide, border: fc.integer({ min: 1, max: 99 }) })
  .map(({ bids, asks, border }) => ({
    bids: levelsFrom(
      bids.filter((row) => row.units < border),
      'BUY',
    ),
    asks: levelsFrom(
      asks.filter((row) => row.units >= border),
      'SELL',
    ),
  }));

describe('mirrored books', () => {
  it('W34: never show an opportunity, with or without fees, whatever the book', () => {
    fc.assert(
      fc.property(smallSide, smallSide, fc.constantFrom(FREE, CRYPTO), (bids, asks, fee) => {
        const book = createBook(price(tick));
        for (const row of bids) setLevel(book, 'BUY', price(row.units * tick), level(1, row.count).size);
        const over = Math.max(0, ...bids.map((row) => row.units));
        for (const row of asks)
          if (row.units > over) setLevel(book, 'SELL', price(row.units * tick), level(1, row.count).size);
        const { yes, no } = outcomeBooksOf(book);
        const lenient = { ...TERMS, minProfitPct: 0, gasPerTransaction: usd(0) };
        const result = scanBinary(market(yes, no, { fee, minOrderSize: shares(0) }), lenient);
        expect(result.kind).toBe('none');
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * The oracle: every size in hundredths of a share, each leg walked a hundredth at a time in whole units of 1e-14 dollars, written
 * from the venue's rules alone. `legs` are [levels taken, whether bought]; a set brings `dollars` besides.
 */
function oracleProfit(
  legs: readonly (readonly [readonly Level[], boolean, FeeSchedule])[],
  dollarsPerSet: number,
  least: number,
  gas: number,
): number {
  let best = Number.NEGATIVE_INFINITY;
  const depth = Math.min(...legs.map(([levels]) => levels.reduce((sum, at) => sum + at.size, 0)));
  for (let size = Math.max(least, 10_000); size <= depth; size += 10_000) {
    let profit = dollarsPerSet * size - gas;
    for (const [levels, isBought, fee] of legs) {
      let left = size;
      for (const at of levels) {
        const taken = Math.min(left, at.size);
        left -= taken;
        const exactFee = (BigInt(taken) * BigInt(fee.ratePpm) * BigInt(at.price * (10_000 - at.price))) / 1n;
        const steps = (exactFee * 2n + 10n ** 15n) / (2n * 10n ** 15n);
        const worth = (taken * at.price) / 10_000;
        profit += (isBought ? -worth : worth) - Number(steps) * 10;
      }
    }
    best = Math.max(best, profit);
  }
  return best;
}

const profitOf = (result: SetResult): number | null => (result.kind === 'opportunity' ? result.profit : null);
const LENIENT: SetTerms = { ...TERMS, minProfitPct: 0, maxCapital: dollars(1e6) };
/** Fees are rounded a level, so one more hundredth of a share can be worth a few rounding steps. */
const ROUNDING_USD = 100;

describe('against exhaustive enumeration', () => {
  it('one market: never more profit than there is, and none missed', () => {
    fc.assert(
      fc.property(smallBook, smallBook, fc.constantFrom(FREE, feeOf(30_000), CRYPTO), (yes, no, fee) => {
        const at = market(yes, no, { fee });
        const of = (levels: readonly Level[], isBought: boolean) => [levels, isBought, fee] as const;
        const most = Math.max(
          oracleProfit([of(yes.asks, true), of(no.asks, true)], 1, at.minOrderSize, 5_000),
          oracleProfit([of(yes.bids, false), of(no.bids, false)], -1, at.minOrderSize, 5_000),
        );
        const result = profitOf(scanBinary(at, LENIENT));
        if (result !== null) expect(result).toBeLessThanOrEqual(most);
        if (most > ROUNDING_USD) expect(result ?? 0).toBeGreaterThanOrEqual(most - ROUNDING_USD);
      }),
      { numRuns: 300 },
    );
  });

  it('an event of three: never more profit than the best choice of paths, and none missed', () => {
    const books = fc.array(fc.record({ yes: smallBook, no: smallBook }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(books, fc.constantFrom(FREE, CRYPTO), fc.boolean(), (pairs, fee, isExhaustive) => {
        const markets = pairs.map((pair, index) =>
          market(pair.yes, pair.no, { fee, marketId: `m${index}`, minOrderSize: shares(MICRO) }),
        );
        let most = isExhaustive
          ? oracleProfit(
              pairs.map((pair) => [pair.yes.asks, true, fee] as const),
              1,
              MICRO,
              5_000,
            )
          : Number.NEGATIVE_INFINITY;
        for (const chosen of [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
          const legs = pairs.map((pair, index) =>
            chosen.includes(index)
              ? ([pair.no.asks, true, fee] as const)
              : ([pair.yes.bids, false, fee] as const),
          );
          const gas = chosen.length === 0 ? 10_000 : 5_000;
          most = Math.max(most, oracleProfit(legs, chosen.length - 1, MICRO, gas));
        }
        const result = profitOf(scanEvent(markets, isExhaustive, LENIENT));
        if (result !== null) expect(result).toBeLessThanOrEqual(most);
        if (most > ROUNDING_USD) expect(result ?? 0).toBeGreaterThanOrEqual(most - ROUNDING_USD);
      }),
      { numRuns: 120 },
    );
  });
});

describe('an event', () => {
  const noAt = (units: number) => market(bidsOnly(), asksOnly(level(units, 50)), { marketId: `no${units}` });
  const yesBid = (units: number) => market(bidsOnly(level(units, 50)), asksOnly());
  const yesAsk = (units: number) => market(asksOnly(level(units, 50)), asksOnly());

  it('buys all NO for less than n - 1 and converts', () => {
    const set = found(scanEvent([noAt(6_000), noAt(6_500), noAt(7_000)], false, TERMS));
    expect(set).toMatchObject({ strategy: 'convertSell', transactions: 1, isLocked: false });
    expect(set.profit).toBe(dollars(50 * 0.05 - 0.005));
  });

  it('splits a dollar, converts and sells all YES for more than 1', () => {
    const set = found(scanEvent([yesBid(4_000), yesBid(3_500), yesBid(3_000)], false, TERMS));
    expect(set).toMatchObject({ strategy: 'convertSell', transactions: 2 });
    expect(set.profit).toBe(dollars(50 * 0.05 - 0.01));
  });

  it('mixes: buys NO where that is cheaper, converts, sells the other outcomes', () => {
    const set = found(scanEvent([noAt(5_000), yesBid(3_000), yesBid(2_600)], false, TERMS));
    expect(set.legs.map((leg) => [leg.outcome, leg.side])).toEqual([
      ['NO', 'BUY'],
      ['YES', 'SELL'],
      ['YES', 'SELL'],
    ]);
    expect(set.profit).toBe(dollars(50 * 0.06 - 0.005));
  });

  it('holds all YES bought below a dollar only where no outcome can be added, and says it is locked', () => {
    const cheap = [yesAsk(3_000), yesAsk(3_000), yesAsk(3_500)];
    expect(scanEvent(cheap, false, TERMS).kind).toBe('none');
    expect(found(scanEvent(cheap, true, TERMS))).toMatchObject({
      strategy: 'buyAllYes',
      isLocked: true,
      profit: dollars(50 * 0.05 - 0.005),
    });
  });

  it('uses the fee schedule of each market', () => {
    const dear = { ...noAt(6_500), fee: CRYPTO };
    const mixed = found(scanEvent([noAt(6_000), dear, noAt(7_000)], false, TERMS));
    const fee = 50 * 0.07 * 0.65 * 0.35;
    expect(mixed.profit).toBeCloseTo(dollars(50 * 0.05 - 0.005 - fee), -2);
    expect(mixed.legs.map((leg) => leg.fee > 0)).toEqual([false, true, false]);
  });

  it('decides by the touch in a large event, still exactly', () => {
    const many = [...Array.from({ length: 8 }, () => noAt(8_700))];
    const set = found(scanEvent(many, false, TERMS));
    expect(set.profit).toBe(dollars(50 * (7 - 8 * 0.87) - 0.005));
    expect(set.size satisfies Shares).toBe(50 * MICRO);
  });
});
