import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeeSchedule, Side } from '../../domain/market.ts';
import type { WireLevel } from '../../domain/market-event.ts';
import { MICRO, type Price, type Shares, type Usd } from '../../domain/units.ts';
import { conditionId, market } from '../../kernel/test-support/test-kernel.ts';
import type { OwnQuote } from '../../orders/types.ts';
import type { SetOpportunity, SetTerms } from '../../pricing/complete-set.ts';
import { planSet, type SetInput } from './plan-set.ts';

const LOT = 10_000n;
const feeOf = (ratePpm: number, exponent = 1): FeeSchedule => ({
  ratePpm,
  exponent,
  takerOnly: true,
  rebatePpm: 0,
});

/** A side of random levels; `tick` 100 is a cent. Sizes in hundredths of a share. */
const side = (which: Side, tick: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 10_000 / tick - 1 }), fc.integer({ min: 1, max: 4_000 })), {
      maxLength: 5,
    })
    .map((rows): WireLevel[] =>
      [...new Map(rows).entries()]
        .map(([index, lots]) => [(index * tick) as Price, (lots * 10_000) as Shares] as const)
        .sort(([one], [other]) => (which === 'BUY' ? other - one : one - other)),
    );
const outcome = (tick: number) => fc.record({ bids: side('BUY', tick), asks: side('SELL', tick) });
const terms = fc.record({
  gasPerTransaction: fc.constantFrom(0, 5_000, 500_000) as fc.Arbitrary<Usd>,
  maxCapital: fc.integer({ min: 1, max: 400 }).map((dollars) => (dollars * MICRO) as Usd),
  minProfitPct: fc.constantFrom(0, 0.5, 5),
  legFailure: fc.constantFrom(0, 0.1),
}) as fc.Arbitrary<SetTerms>;
const quotes = fc.array(
  fc.record({
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    at: fc.integer({ min: 1, max: 99 }),
    lots: fc.integer({ min: 1, max: 3_000 }),
  }),
  { maxLength: 4 },
);
const cases = fc
  .constantFrom(10, 100)
  .chain((tick) =>
    fc.record({
      yes: outcome(tick),
      no: outcome(tick),
      fee: fc.constantFrom(feeOf(0), feeOf(30_000), feeOf(70_000), feeOf(250_000, 2)),
      terms,
      quotes,
      freeCash: fc.integer({ min: 0, max: 500 }).map((dollars) => (dollars * MICRO) as Usd),
      freePairs: fc.integer({ min: 0, max: 30_000 }).map((lots) => (lots * 10_000) as Shares),
    }),
  )
  .map(
    ({ fee, quotes: rows, ...rest }): SetInput => ({
      ...rest,
      market: market(1, { fee }),
      own: rows.map(
        ({ side: which, at, lots }, index): OwnQuote => ({
          clientId: `o-${index}` as OwnQuote['clientId'],
          side: which,
          price: (at * 100) as Price,
          size: (lots * 10_000) as Shares,
        }),
      ),
    }),
  );

/**
 * The oracle, from the venue's rules alone, in bigint: walks a leg through what others rest, level by level, and gives its dollars
 * and its fee, or null where the limit or the depth does not reach.
 */
function walk(input: SetInput, leg: SetOpportunity['legs'][number]) {
  const isBuy = leg.side === 'BUY';
  const book = leg.outcome === 'YES' ? input.yes : input.no;
  let left = BigInt(leg.size);
  let dollars = 0n;
  let fee = 0n;
  for (const [price, size] of isBuy ? book.asks : book.bids) {
    if (isBuy ? price > leg.limitPrice : price < leg.limitPrice) break;
    const yesPrice = leg.outcome === 'YES' ? price : 10_000 - price;
    const standsAsBid = (leg.outcome === 'YES') !== isBuy;
    const own = input.own.filter(
      (quote) => quote.price === yesPrice && (quote.side === 'BUY') === standsAsBid,
    );
    const others = BigInt(size) - own.reduce((sum, quote) => sum + BigInt(quote.size), 0n);
    if (others <= 0n) continue;
    const taken = left < others ? left : others;
    left -= taken;
    dollars += (taken * BigInt(price)) / 10_000n;
    const { ratePpm, exponent } = input.market.fee;
    const above = taken * BigInt(ratePpm) * (BigInt(price) * BigInt(10_000 - price)) ** BigInt(exponent);
    const step = 10n * 1_000_000n * 100_000_000n ** BigInt(exponent);
    fee += ((2n * above + step) / (2n * step)) * 10n;
    if (left === 0n) break;
  }
  return left === 0n ? { dollars, fee } : null;
}

describe('a set that is to be traded', () => {
  it('never loses when its legs fill, recomputed from the books level by level', () => {
    let traded = 0;
    fc.assert(
      fc.property(cases, (input) => {
        const verdict = planSet(input);
        if (verdict.kind === 'none') return;
        const { set } = verdict;
        traded += 1;
        const size = BigInt(set.size);
        const buys = set.strategy === 'buyMerge';
        const gas = verdict.kind === 'trade' && !buys ? 0n : BigInt(input.terms.gasPerTransaction);
        let profit = (buys ? size : -size) - gas;
        for (const leg of set.legs) {
          const walked = walk(input, leg);
          expect(walked).not.toBeNull();
          if (walked === null) continue;
          profit += (buys ? -walked.dollars : walked.dollars) - walked.fee;
          expect(BigInt(leg.amount)).toBe(walked.dollars);
        }
        expect(profit).toBe(BigInt(set.profit));
        expect(profit).toBeGreaterThan(0n);
        expect(set.profitPct).toBeGreaterThanOrEqual(input.terms.minProfitPct);
        expect(set.capital).toBeLessThanOrEqual(input.terms.maxCapital);
        expect(size % LOT).toBe(0n);
        expect(set.size).toBeGreaterThanOrEqual(input.market.minOrderSize);
        if (verdict.kind === 'trade' && !buys) expect(set.size).toBeLessThanOrEqual(input.freePairs);
        else expect(set.capital).toBeLessThanOrEqual(input.freeCash);
        if (!buys) return;
        // The venue takes purchases in whole cents and from a dollar on.
        for (const leg of set.legs) {
          expect(leg.amount % 10_000).toBe(0);
          expect(leg.amount).toBeGreaterThanOrEqual(MICRO);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(traded).toBeGreaterThan(100);
  });

  it('is the same with the names of the outcomes changed', () => {
    fc.assert(
      fc.property(cases, (input) => {
        const turned: SetInput = {
          ...input,
          yes: input.no,
          no: input.yes,
          own: input.own.map((quote) => ({
            ...quote,
            side: quote.side === 'BUY' ? 'SELL' : 'BUY',
            price: (10_000 - quote.price) as Price,
          })),
        };
        const one = planSet(input);
        const other = planSet(turned);
        expect(other.kind).toBe(one.kind);
        if (one.kind !== 'none' && other.kind !== 'none')
          expect([other.set.size, other.set.profit]).toEqual([one.set.size, one.set.profit]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the settings of a set', () => {
  const levels = (...rows: (readonly [cents: number, shares: number])[]): WireLevel[] =>
    rows.map(([cents, count]) => [(cents * 100) as Price, (count * MICRO) as Shares] as const);
  const input = (change: Partial<SetTerms> = {}): SetInput => ({
    market: market(1),
    yes: { bids: [], asks: levels([45, 100]) },
    no: { bids: [], asks: levels([48, 60], [54, 100]) },
    own: [],
    terms: {
      gasPerTransaction: 5_000 as Usd,
      maxCapital: (1_000 * MICRO) as Usd,
      minProfitPct: 0.5,
      legFailure: 0,
      ...change,
    },
    freeCash: (1_000 * MICRO) as Usd,
    freePairs: 0 as Shares,
  });
  const sizeOf = (verdict: ReturnType<typeof planSet>): number | string =>
    verdict.kind === 'none' ? verdict.because : verdict.set.size / MICRO;

  it('W34: takes the depth of every level that pays, and no more', () => {
    expect(sizeOf(planSet(input()))).toBe(100);
    expect(sizeOf(planSet({ ...input(), market: market(1, { fee: feeOf(70_000) }) }))).toBe(60);
    expect(sizeOf(planSet({ ...input(), market: market(1, { fee: feeOf(250_000) }) }))).toBe('noProfit');
  });

  it('MM_ARB_MAX_SIZE_USD, cash and pairs bound it', () => {
    expect(sizeOf(planSet(input({ maxCapital: (50 * MICRO) as Usd })))).toBe(53);
    expect(sizeOf(planSet({ ...input(), freeCash: (20 * MICRO) as Usd }))).toBe(21);
    expect(sizeOf(planSet({ ...input(), freeCash: 0 as Usd }))).toBe('noCapital');
  });

  it('MM_ARB_MIN_PROFIT_PCT and MM_ARB_GAS_COST_USD refuse what brings too little', () => {
    expect(sizeOf(planSet(input({ minProfitPct: 20 })))).toBe('belowThreshold');
    expect(sizeOf(planSet(input({ gasPerTransaction: (100 * MICRO) as Usd })))).toBe('noProfit');
  });

  it('leaves own orders out, since nobody earns by trading with himself', () => {
    const own: OwnQuote[] = [
      // A bid for YES at 52 cents is what NO at 48 is sold from.
      {
        clientId: 'o-1' as OwnQuote['clientId'],
        side: 'BUY',
        price: 5_200 as Price,
        size: (60 * MICRO) as Shares,
      },
    ];
    const verdict = planSet({ ...input(), own });
    expect(verdict).toMatchObject({ kind: 'trade', set: { legs: [{}, { limitPrice: 5_400 }] } });
    expect(verdict.kind === 'trade' && verdict.set.legs[0]?.marketId).toBe(conditionId(1));
  });

  it('sells pairs that are held, and asks for a split where none are', () => {
    const selling: SetInput = {
      ...input(),
      yes: { bids: levels([55, 40]), asks: [] },
      no: { bids: levels([52, 40]), asks: [] },
    };
    expect(planSet({ ...selling, freePairs: (25 * MICRO) as Shares })).toMatchObject({
      kind: 'trade',
      set: { strategy: 'splitSell', size: 25 * MICRO, gas: 0, profit: 25 * 70_000 },
    });
    expect(planSet(selling)).toMatchObject({ kind: 'split', set: { size: 40 * MICRO, gas: 5_000 } });
  });

  it('gives up a set that cannot be bought in whole cents on both sides', () => {
    const odd: SetInput = {
      ...input(),
      market: market(1, { tickSize: 1 as Price, minOrderSize: (5 * MICRO) as Shares }),
      yes: { bids: [], asks: [[4_501 as Price, (6 * MICRO) as Shares]] },
      no: { bids: [], asks: [[4_803 as Price, (6 * MICRO) as Shares]] },
    };
    expect(sizeOf(planSet(odd))).toBe('wholeCents');
  });
});
