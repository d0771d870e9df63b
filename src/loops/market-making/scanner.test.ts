import { describe, expect, it } from 'vitest';
import { createBook, setLevel, type TickBook } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import type { Price } from '../../domain/units.ts';
import {
  cents,
  conditionId,
  DAY_MS,
  dollars,
  market,
  shares,
  strategySettings,
  T0,
} from '../../kernel/test-support/test-kernel.ts';
import {
  type Candidate,
  depthUsd,
  type Exclusion,
  type ScannerLimits,
  select,
  shortlist,
} from './scanner.ts';
import { scannerLimits } from './settings.ts';

const limits = (change: Partial<ScannerLimits> = {}): ScannerLimits => ({
  ...scannerLimits(strategySettings().mm),
  ...change,
});

const bookOf = (bid: number | null, ask: number | null, size = 1_000): TickBook => {
  const book = createBook(100 as Price);
  if (bid !== null) setLevel(book, 'BUY', cents(bid), shares(size));
  if (ask !== null) setLevel(book, 'SELL', cents(ask), shares(size));
  return book;
};

const HOUR_MS = 3_600_000;
const young = (n: number, change: Partial<Market> = {}): Market =>
  market(n, { createdAtMs: T0 - HOUR_MS, ...change });

describe('the shortlist', () => {
  const cases: readonly (readonly [Exclusion, Partial<Market>])[] = [
    ['closed', { closed: true }],
    ['closed', { active: false }],
    ['no order book', { enableOrderBook: false }],
    ['not accepting orders', { acceptingOrders: false }],
    ['protocol version not supported', { version: 'v2' }],
    ['no end date', { endAtMs: null }],
    ['resolves too soon', { endAtMs: T0 + DAY_MS - 1 }],
    ['resolves too late', { endAtMs: T0 + 60 * DAY_MS + 1 }],
    ['price too close to 0 or 1', { listedYesPrice: 100 as Price }],
    ['price too close to 0 or 1', { listedYesPrice: 9_900 as Price }],
    ['too little activity', { volume24h: dollars(1_439) }],
  ];

  it.each(cases)('leaves out a market that is %s: %j', (reason, change) => {
    const { watch, excluded } = shortlist([market(1, change), market(2)], limits(), T0);
    expect(watch.map((one) => one.conditionId)).toEqual([conditionId(2)]);
    expect(excluded.get(conditionId(1))).toBe(reason);
  });

  it('takes the limits themselves, and a market without a listed price', () => {
    const kept = [
      market(1, { endAtMs: T0 + DAY_MS }),
      market(2, { endAtMs: T0 + 60 * DAY_MS }),
      market(3, { listedYesPrice: 200 as Price }),
      market(4, { volume24h: dollars(1_440) }),
      market(5, { listedYesPrice: null }),
    ];
    expect(shortlist(kept, limits(), T0).excluded.size).toBe(0);
  });

  it('asks less activity of a young market', () => {
    const quiet = dollars(200);
    const { watch } = shortlist(
      [market(1, { volume24h: quiet }), young(2, { volume24h: quiet })],
      limits(),
      T0,
    );
    expect(watch.map((one) => one.conditionId)).toEqual([conditionId(2)]);
  });

  it('watches three candidates for each market that may be quoted, best volume first', () => {
    const markets = [1, 2, 3, 4, 5].map((n) => market(n, { volume24h: dollars(10_000 * n) }));
    const { watch, excluded } = shortlist(markets, limits({ maxMarkets: 1 }), T0);
    expect(watch.map((one) => one.conditionId)).toEqual([5, 4, 3].map(conditionId));
    expect(excluded.get(conditionId(2))).toBe('outranked by volume');
  });
});

describe('the choice', () => {
  const candidate = (n: number, book: TickBook | null, change: Partial<Candidate> = {}): Candidate => ({
    market: market(n),
    book,
    incumbent: false,
    ...change,
  });

  const cases: readonly (readonly [Exclusion, TickBook | null])[] = [
    ['book not live yet', null],
    ['book is one-sided', bookOf(47, null)],
    ['book is one-sided', bookOf(null, 53)],
    ['book is one-sided', bookOf(53, 53)],
    ['price too close to 0 or 1', bookOf(null, null, 1)],
    ['spread too tight', bookOf(49, 51)],
    ['too little depth', bookOf(47, 53, 400)],
  ];

  it.each(cases)('leaves out a market whose %s', (reason, book) => {
    const found = select([candidate(1, book), candidate(2, bookOf(47, 53))], limits(), T0);
    expect(found.chosen).toEqual([conditionId(2)]);
    if (reason !== 'price too close to 0 or 1') expect(found.excluded.get(conditionId(1))).toBe(reason);
  });

  it('leaves out a mid too close to 0 or 1, whatever the listing said', () => {
    const edge = createBook(10 as Price);
    setLevel(edge, 'BUY', 10 as Price, shares(1_000_000));
    setLevel(edge, 'SELL', 360 as Price, shares(1_000));
    expect(select([candidate(1, edge)], limits(), T0).excluded.get(conditionId(1))).toBe(
      'price too close to 0 or 1',
    );
  });

  it('takes the widest spreads first, and the same ones in any order of the candidates', () => {
    const candidates = [
      candidate(1, bookOf(48, 52)),
      candidate(2, bookOf(45, 55)),
      candidate(3, bookOf(47, 53)),
    ];
    const wanted = [2, 3].map(conditionId);
    expect(select(candidates, limits({ maxMarkets: 2 }), T0).chosen).toEqual(wanted);
    const found = select([...candidates].reverse(), limits({ maxMarkets: 2 }), T0);
    expect(found.chosen).toEqual(wanted);
    expect(found.excluded.get(conditionId(1))).toBe('outranked');
  });

  it('keeps an incumbent until a market is clearly better', () => {
    const one = limits({ maxMarkets: 1 });
    const incumbent = candidate(1, bookOf(46, 54), { incumbent: true });
    expect(select([incumbent, candidate(2, bookOf(45, 54))], one, T0).chosen).toEqual([conditionId(1)]);
    expect(select([incumbent, candidate(2, bookOf(44, 55))], one, T0).chosen).toEqual([conditionId(2)]);
  });

  it('keeps an incumbent on a spread and a depth just below what a newcomer needs', () => {
    const thin = bookOf(47, 53, 410);
    expect(select([candidate(1, thin)], limits(), T0).chosen).toEqual([]);
    expect(select([candidate(1, thin, { incumbent: true })], limits(), T0).chosen).toHaveLength(1);
  });

  it('gives young markets a head start, and only so many places', () => {
    const early = [1, 2, 3, 4].map((n) => candidate(n, bookOf(48, 52), { market: young(n) }));
    const old = candidate(5, bookOf(47, 53));
    const found = select([...early, old], limits({ earlyMarketMaxSlots: 2, maxMarkets: 4 }), T0);
    expect(found.chosen).toEqual([1, 2, 5].map(conditionId));
    expect(found.excluded.get(conditionId(3))).toBe('early-market slots taken');
  });

  it('asks less depth of a young market', () => {
    const thin = bookOf(47, 53, 150);
    expect(
      select([candidate(1, thin), candidate(2, thin, { market: young(2) })], limits(), T0).chosen,
    ).toEqual([conditionId(2)]);
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
    expect(select([{ market: market(1), book, incumbent: false }], limits(), T0).chosen).toHaveLength(1);
  });
});
