import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from '../../../domain/market.ts';
import type { Price } from '../../../domain/units.ts';
import {
  conditionId,
  DAY_MS,
  dollars,
  market,
  strategySettings,
  T0,
} from '../../../kernel/test-support/test-kernel.ts';
import { scannerLimits } from '../settings.ts';
import { type Exclusion, isOutranked } from './exclusions.ts';
import type { ScannerLimits } from './scanner-limits.ts';
import { shortlist } from './shortlist.ts';

type MarketMaking = Parameters<typeof strategySettings>[0];
const limits = (mm: MarketMaking = {}): ScannerLimits => scannerLimits(strategySettings(mm).mm);
const idsOf = (markets: readonly Market[]) => markets.map((one) => one.conditionId);
const HOUR_MS = 3_600_000;
const young = (n: number, change: Partial<Market> = {}): Market =>
  market(n, { createdAtMs: T0 - HOUR_MS, ...change });

describe('the shortlist', () => {
  const cases: readonly (readonly [Exclusion, Partial<Market>])[] = [
    ['closed', { closed: true }],
    ['closed', { active: false }],
    ['no order book', { enableOrderBook: false }],
    ['not accepting orders', { acceptingOrders: false }],
    ['outcome is proposed', { resolution: 'proposed' }],
    ['outcome is disputed', { resolution: 'disputed' }],
    ['outcome is decided', { resolution: 'resolved' }],
    ['protocol version not supported', { version: 'v2' }],
    ['no end date', { endAtMs: null }],
    ['resolves too soon', { endAtMs: T0 + DAY_MS - 1 }],
    ['resolves too late', { endAtMs: T0 + 60 * DAY_MS + 1 }],
    ['its game is under way', { gameStartAtMs: T0 }],
    ['price too close to 0 or 1', { listedYesPrice: 100 as Price }],
    ['price too close to 0 or 1', { listedYesPrice: 9_900 as Price }],
    ['too little activity', { volume24h: dollars(1_439) }],
    ['listed spread too tight', { listedSpread: 290 as Price }],
  ];

  it.each(cases)('leaves out a market that is %s: %j', (reason, change) => {
    const { watch, excluded } = shortlist([market(1, change), market(2)], limits(), T0);
    expect(idsOf(watch)).toEqual([conditionId(2)]);
    expect(excluded.get(conditionId(1))).toBe(reason);
  });

  it('takes the limits themselves, and a market of which prices and games are unknown', () => {
    const kept = [
      market(1, { endAtMs: T0 + DAY_MS }),
      market(2, { endAtMs: T0 + 60 * DAY_MS }),
      market(3, { listedYesPrice: 200 as Price }),
      market(4, { volume24h: dollars(1_440) }),
      market(5, { listedYesPrice: null, gameStartAtMs: T0 + 1 }),
      market(6, { listedSpread: 300 as Price }),
    ];
    expect(shortlist(kept, limits(), T0).excluded.size).toBe(0);
  });

  it('MM_ALLOW_RESTRICTED=false leaves out what the venue marks as restricted', () => {
    const markets = [market(1, { restricted: true }), market(2)];
    expect(shortlist(markets, limits(), T0).excluded.size).toBe(0);
    const strict = shortlist(markets, limits({ allowRestricted: false }), T0);
    expect([...strict.excluded]).toEqual([[conditionId(1), 'restricted']]);
  });

  const settings: readonly (readonly [string, MarketMaking, Partial<Market>])[] = [
    ['MM_MIN_MID', { minMid: 0.3 }, { listedYesPrice: 2_900 as Price }],
    ['MM_MAX_MID', { maxMid: 0.7 }, { listedYesPrice: 7_100 as Price }],
    ['MM_MIN_SPREAD_PTS', { minSpreadPts: 5 }, { listedSpread: 400 as Price }],
    ['MM_MIN_ACTIVITY_PER_MIN', { minActivityUsdPerMin: 100 }, { volume24h: dollars(100_000) }],
    ['MM_MIN_DAYS_TO_RESOLUTION', { minDaysToResolution: 11 }, {}],
    ['MM_MAX_DAYS_TO_RESOLUTION', { maxDaysToResolution: 9 }, {}],
    [
      'MM_EARLY_MARKET_MIN_ACTIVITY',
      { earlyMarketMinActivityUsdPerMin: 100 },
      { createdAtMs: T0, volume24h: dollars(100_000) },
    ],
  ];
  it.each(settings)('%s decides', (_name, mm, change) => {
    expect(shortlist([market(1, change)], limits(), T0).watch).toHaveLength(1);
    expect(shortlist([market(1, change)], limits(mm), T0).watch).toHaveLength(0);
  });

  it('asks less activity of a market younger than MM_EARLY_MARKET_HOURS', () => {
    const quiet = dollars(200);
    const markets = [market(1, { volume24h: quiet }), young(2, { volume24h: quiet })];
    expect(idsOf(shortlist(markets, limits(), T0).watch)).toEqual([conditionId(2)]);
    expect(shortlist(markets, limits({ earlyMarketHours: 0.5 }), T0).watch).toEqual([]);
  });

  const MANY = 30;
  it('watches three candidates for each market of MM_MAX_MARKETS and twenty more', () => {
    const markets = Array.from({ length: MANY }, (_, n) =>
      market(n, { volume24h: dollars(10_000 * (n + 1)) }),
    );
    const { watch, excluded } = shortlist(markets, limits({ maxMarkets: 1, scannerRanking: 'seed' }), T0);
    expect(watch).toHaveLength(23);
    expect(idsOf(watch).slice(0, 2)).toEqual([conditionId(29), conditionId(28)]);
    expect(excluded.get(conditionId(0))).toBe('outranked in the listing');
    expect(isOutranked(excluded.get(conditionId(0)))).toBe(true);
  });

  it('looks at volume times spread, shared with the liquidity that is there; by the seed at volume alone', () => {
    const markets = [
      market(1, { volume24h: dollars(90_000), listedSpread: 600 as Price }),
      market(2, { volume24h: dollars(100_000), listedSpread: 300 as Price }),
      market(3, { volume24h: dollars(95_000), listedSpread: 600 as Price, liquidity: dollars(1_000_000) }),
    ];
    const first = (mm: MarketMaking) => idsOf(shortlist(markets, limits(mm), T0).watch);
    expect(first({})).toEqual([1, 2, 3].map(conditionId));
    expect(first({ scannerRanking: 'seed' })).toEqual([2, 3, 1].map(conditionId));
  });

  it('keeps watching a market that we are in, though others rank before it and our quotes narrow its listed spread', () => {
    const markets = Array.from({ length: MANY }, (_, n) => market(n));
    const own = market(99, { volume24h: dollars(2_000), listedSpread: 100 as Price });
    const few = limits({ maxMarkets: 1 });
    const { watch } = shortlist([...markets, own], few, T0, new Set([own.conditionId]));
    expect(idsOf(watch)).toContain(own.conditionId);
    expect(shortlist([...markets, own], few, T0).excluded.get(own.conditionId)).toBe(
      'listed spread too tight',
    );
  });

  const anyMarket = fc
    .record({
      n: fc.integer({ min: 1, max: 200 }),
      volume: fc.integer({ min: 0, max: 200_000 }),
      spread: fc.option(fc.integer({ min: 1, max: 2_000 })),
      closed: fc.boolean(),
      days: fc.option(fc.integer({ min: 0, max: 80 })),
    })
    .map(({ n, volume, spread, closed, days }) =>
      market(n, {
        volume24h: dollars(volume),
        listedSpread: spread as Price | null,
        closed,
        endAtMs: days === null ? null : T0 + days * DAY_MS,
      }),
    );

  it('does not depend on the order of the listing, and says of every market what becomes of it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyMarket, { selector: ({ conditionId: id }) => id, maxLength: 60 }),
        fc.constantFrom('seed' as const, 'expectedValue' as const),
        (markets, scannerRanking) => {
          const few = limits({ maxMarkets: 1, scannerRanking });
          const one = shortlist(markets, few, T0);
          const other = shortlist([...markets].reverse(), few, T0);
          expect(idsOf(other.watch)).toEqual(idsOf(one.watch));
          expect(new Map([...other.excluded].sort())).toEqual(new Map([...one.excluded].sort()));
          expect(one.watch.length + one.excluded.size).toBe(markets.length);
        },
      ),
    );
  });

  it('is the same with and without a market that is ruled out', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyMarket, { selector: ({ conditionId: id }) => id, maxLength: 40 }),
        (markets) => {
          const few = limits({ maxMarkets: 1 });
          const with300 = shortlist([...markets, market(300, { acceptingOrders: false })], few, T0);
          expect(idsOf(with300.watch)).toEqual(idsOf(shortlist(markets, few, T0).watch));
        },
      ),
    );
  });
});
