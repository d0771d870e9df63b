import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../../../domain/book.ts';
import type { Market } from '../../../domain/market.ts';
import type { Price } from '../../../domain/units.ts';
import {
  cents,
  conditionId,
  market,
  shares,
  strategySettings,
  T0,
} from '../../../kernel/test-support/test-kernel.ts';
import type { MarketValue } from '../../../pricing/market-value.ts';
import { scannerLimits } from '../settings.ts';
import { depthUsd, type Exclusion } from './exclusions.ts';
import type { ScannerLimits } from './scanner-limits.ts';
import { type Candidate, select } from './select.ts';

type MarketMaking = Parameters<typeof strategySettings>[0];
const limits = (mm: MarketMaking = {}): ScannerLimits => scannerLimits(strategySettings(mm).mm);
const seed = (mm: MarketMaking = {}): ScannerLimits => limits({ scannerRanking: 'seed', ...mm });

const bookOf = (bid: number | null, ask: number | null, size = 1_000): TickBook => {
  const book = createBook(100 as Price);
  if (bid !== null) setLevel(book, 'BUY', cents(bid), shares(size));
  if (ask !== null) setLevel(book, 'SELL', cents(ask), shares(size));
  return book;
};

/** A market worth so many dollars a day and dollar of capital. */
const worth = (usd: number, change: Partial<MarketValue> = {}): MarketValue => ({
  depthPts: 3,
  adversePts: 1,
  isMeasured: false,
  filledShares: 100,
  tradingUsdPerDay: usd,
  rewardUsdPerDay: 0,
  promisedUsdPerDay: 0,
  capitalUsd: 1,
  ...change,
});

const HOUR_MS = 3_600_000;
const young = (n: number): Market => market(n, { createdAtMs: T0 - HOUR_MS });
const candidate = (n: number, book: TickBook | null, change: Partial<Candidate> = {}): Candidate => ({
  market: market(n),
  book,
  incumbent: false,
  value: worth(1),
  ...change,
});
const wide = bookOf(47, 53);

describe('what the live book rules out', () => {
  const cases: readonly (readonly [Exclusion, TickBook | null])[] = [
    ['book not live yet', null],
    ['book is one-sided', bookOf(47, null)],
    ['book is one-sided', bookOf(null, 53)],
    ['book is one-sided', bookOf(null, null)],
    ['book is one-sided', bookOf(53, 53)],
    ['spread too tight', bookOf(49, 51)],
    ['too little depth', bookOf(47, 53, 400)],
  ];

  it.each(cases)('a market whose %s', (reason, book) => {
    const found = select([candidate(1, book), candidate(2, wide)], limits(), T0);
    expect(found.chosen).toEqual([conditionId(2)]);
    expect(found.excluded.get(conditionId(1))).toBe(reason);
  });

  it('a mid too close to 0 or 1, whatever the listing said', () => {
    const edge = createBook(10 as Price);
    setLevel(edge, 'BUY', 10 as Price, shares(1_000_000));
    setLevel(edge, 'SELL', 360 as Price, shares(1_000));
    expect(select([candidate(1, edge)], limits(), T0).excluded.get(conditionId(1))).toBe(
      'price too close to 0 or 1',
    );
  });

  const settings: readonly (readonly [string, MarketMaking, Partial<Candidate>])[] = [
    ['MM_MIN_SPREAD_PTS', { minSpreadPts: 7 }, {}],
    ['MM_MIN_DEPTH_USD', { minDepthUsd: 1_000 }, {}],
    ['MM_MIN_MID', { minMid: 0.51 }, {}],
    ['MM_MAX_MID', { maxMid: 0.49 }, {}],
    ['MM_EARLY_MARKET_MIN_DEPTH_USD', { earlyMarketMinDepthUsd: 1_000 }, { market: young(1) }],
  ];
  it.each(settings)('%s decides', (_name, mm, change) => {
    expect(select([candidate(1, wide, change)], limits(), T0).chosen).toHaveLength(1);
    expect(select([candidate(1, wide, change)], limits(mm), T0).chosen).toHaveLength(0);
  });

  it('asks less depth of a young market', () => {
    const thin = bookOf(47, 53, 150);
    const found = select([candidate(1, thin), candidate(2, thin, { market: young(2) })], limits(), T0);
    expect(found.chosen).toEqual([conditionId(2)]);
  });

  it('keeps an incumbent on a spread and a depth just below what a newcomer needs', () => {
    const thin = bookOf(47, 53, 410);
    expect(select([candidate(1, thin)], limits(), T0).chosen).toEqual([]);
    expect(select([candidate(1, thin, { incumbent: true })], limits(), T0).chosen).toHaveLength(1);
  });
});

describe('MM_SCANNER_RANKING=seed', () => {
  it('takes the widest spreads first, whatever they are worth', () => {
    const candidates = [
      candidate(1, bookOf(48, 52), { value: null }),
      candidate(2, bookOf(45, 55), { value: worth(-5, { isMeasured: true }) }),
      candidate(3, bookOf(47, 53)),
    ];
    const found = select(candidates, seed({ maxMarkets: 2 }), T0);
    expect(found.chosen).toEqual([2, 3].map(conditionId));
    expect(found.excluded.get(conditionId(1))).toBe('outranked');
    expect(found.scores.get(conditionId(2))).toBe(10);
  });

  it('keeps an incumbent until a market is better by MM_INCUMBENT_MARGIN_PCT', () => {
    const incumbent = candidate(1, bookOf(46, 54), { incumbent: true });
    const one = seed({ maxMarkets: 1 });
    expect(select([incumbent, candidate(2, bookOf(45, 54))], one, T0).chosen).toEqual([conditionId(1)]);
    expect(select([incumbent, candidate(2, bookOf(44, 55))], one, T0).chosen).toEqual([conditionId(2)]);
    const loyal = seed({ maxMarkets: 1, incumbentMarginPct: 50 });
    expect(select([incumbent, candidate(2, bookOf(44, 55))], loyal, T0).chosen).toEqual([conditionId(1)]);
  });

  it('gives young markets MM_EARLY_MARKET_BOOST, and MM_EARLY_MARKET_MAX_SLOTS places', () => {
    const early = [1, 2, 3, 4].map((n) => candidate(n, bookOf(48, 52), { market: young(n) }));
    const old = candidate(5, bookOf(47, 53));
    const found = select([...early, old], seed({ earlyMarketMaxSlots: 2, maxMarkets: 4 }), T0);
    expect(found.chosen).toEqual([1, 2, 5].map(conditionId));
    expect(found.excluded.get(conditionId(3))).toBe('early-market slots taken');
    const plain = select([...early, old], seed({ earlyMarketBoostPts: 0, maxMarkets: 1 }), T0);
    expect(plain.chosen).toEqual([conditionId(5)]);
  });
});

describe('MM_SCANNER_RANKING=expectedValue', () => {
  it('takes what is worth most for each dollar and day, not what is widest', () => {
    const candidates = [
      candidate(1, bookOf(30, 70), { value: worth(0.1) }),
      candidate(2, wide, { value: worth(0.4, { capitalUsd: 2 }) }),
      candidate(3, wide, { value: worth(0.3) }),
    ];
    const found = select(candidates, limits({ maxMarkets: 2 }), T0);
    expect(found.chosen).toEqual([3, 2].map(conditionId));
  });

  it('leaves out what was measured to lose; a guess only puts it last; what nobody has valued waits', () => {
    const candidates = [
      candidate(1, wide, { value: worth(-0.1, { isMeasured: true }) }),
      candidate(2, wide, { value: worth(-0.1) }),
      candidate(3, wide, { value: null }),
      candidate(4, wide),
    ];
    const found = select(candidates, limits(), T0);
    expect(found.chosen).toEqual([4, 2].map(conditionId));
    expect([...found.excluded]).toEqual([
      [conditionId(1), 'expected to lose money'],
      [conditionId(3), 'not valued yet'],
    ]);
  });

  it('counts rewards only while the account earns the dollar a day below which nothing is paid', () => {
    const trading = candidate(1, wide, { value: worth(0.5) });
    const rewarded = (usd: number) => candidate(2, wide, { value: worth(0.1, { rewardUsdPerDay: usd }) });
    const one = limits({ maxMarkets: 1 });
    const enough = select([trading, rewarded(1.2)], one, T0);
    expect([enough.chosen, enough.rewardsCount]).toEqual([[conditionId(2)], true]);
    const tooLittle = select([trading, rewarded(0.9)], one, T0);
    expect([tooLittle.chosen, tooLittle.rewardsCount]).toEqual([[conditionId(1)], false]);
  });

  it('gives young markets half of MM_EARLY_MARKET_BOOST on each filled share', () => {
    const early = candidate(1, wide, { market: young(1), value: worth(0.5) });
    const old = candidate(2, wide, { value: worth(1.9) });
    expect(select([early, old], limits({ maxMarkets: 1 }), T0).chosen).toEqual([conditionId(1)]);
    const unboosted = limits({ maxMarkets: 1, earlyMarketBoostPts: 0 });
    expect(select([early, old], unboosted, T0).chosen).toEqual([conditionId(2)]);
  });

  const anyCandidate = fc
    .record({
      n: fc.integer({ min: 1, max: 60 }),
      half: fc.integer({ min: 1, max: 20 }),
      usd: fc.double({ min: -2, max: 5, noNaN: true }),
      reward: fc.double({ min: 0, max: 2, noNaN: true }),
      incumbent: fc.boolean(),
      isYoung: fc.boolean(),
      isLive: fc.boolean(),
      isMeasured: fc.boolean(),
    })
    .map(({ n, half, usd, reward, incumbent, isYoung, isLive, isMeasured }) =>
      candidate(n, isLive ? bookOf(50 - half, 50 + half, 5_000) : null, {
        incumbent,
        market: isYoung ? young(n) : market(n),
        value: worth(usd, { rewardUsdPerDay: reward, isMeasured }),
      }),
    );
  const anyCandidates = fc.uniqueArray(anyCandidate, {
    selector: (one) => one.market.conditionId,
    maxLength: 20,
  });
  const anyLimits = fc
    .record({
      maxMarkets: fc.integer({ min: 1, max: 6 }),
      earlyMarketMaxSlots: fc.integer({ min: 0, max: 3 }),
      scannerRanking: fc.constantFrom('seed' as const, 'expectedValue' as const),
    })
    .map(limits);

  it('does not depend on the order of candidates, and says of each what becomes of it', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimits, (candidates, given) => {
        const one = select(candidates, given, T0);
        const other = select([...candidates].reverse(), given, T0);
        expect(other.chosen).toEqual(one.chosen);
        expect(new Map([...other.excluded].sort())).toEqual(new Map([...one.excluded].sort()));
        expect(one.chosen.length + one.excluded.size).toBe(candidates.length);
        expect(one.chosen.length).toBeLessThanOrEqual(given.maxMarkets);
      }),
    );
  });

  it('chooses the same with and without a market that it excludes', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimits, (candidates, given) => {
        const all = select(candidates, given, T0);
        for (const excluded of all.excluded.keys()) {
          const others = candidates.filter((one) => one.market.conditionId !== excluded);
          expect(select(others, given, T0).chosen).toEqual(all.chosen);
        }
      }),
    );
  });

  it('gives no place away for less than the margin', () => {
    fc.assert(
      fc.property(anyCandidates, anyLimits, (candidates, given) => {
        const { chosen, excluded, scores } = select(candidates, given, T0);
        const newcomers = candidates.filter(
          (one) => !one.incumbent && chosen.includes(one.market.conditionId),
        );
        for (const { market: lost, incumbent } of candidates) {
          if (!incumbent || excluded.get(lost.conditionId) !== 'outranked') continue;
          const held = scores.get(lost.conditionId) as number;
          for (const { market: won } of newcomers)
            expect(scores.get(won.conditionId)).toBeGreaterThanOrEqual(held + Math.abs(held) * 0.25);
        }
      }),
    );
  });
});

describe('depth', () => {
  it('counts five levels of each side, a bid at its price and an ask at what NO costs there', () => {
    const book = createBook(100 as Price);
    for (let level = 0; level < 7; level += 1) {
      setLevel(book, 'BUY', cents(40 - level), shares(100));
      setLevel(book, 'SELL', cents(60 + level), shares(100));
    }
    expect(depthUsd(book)).toBeCloseTo(2 * (40 + 39 + 38 + 37 + 36), 9);
  });

  it('W1: is that of the levels next to the mid, not of the far ones', () => {
    const book = bookOf(47, 53);
    for (let at = 1; at <= 6; at += 1) setLevel(book, 'BUY', cents(at), shares(1_000_000));
    expect(depthUsd(book)).toBeCloseTo(2 * 470 + (6 + 5 + 4 + 3) * 10_000, 6);
    expect(select([candidate(1, book)], limits(), T0).chosen).toHaveLength(1);
  });
});
