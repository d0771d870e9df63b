import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../domain/order.ts';
import type { Price } from '../domain/units.ts';
import {
  checkDirectional,
  createDirectionalDay,
  type DirectionalBook,
  type DirectionalEntry,
  type DirectionalLimits,
} from './directional.ts';
import type { GatePass } from './gate.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Noon of a day, UTC. */
const NOON = 20_000 * DAY_MS + 12 * HOUR_MS;

const TERMS: DirectionalLimits = {
  minEdge: 500 as Price,
  minPrice: 500 as Price,
  maxPrice: 9_500 as Price,
  minEntry: dollars(1),
  maxEntryBps: 500,
  maxPositions: 5,
  minTimeLeftMs: 2 * HOUR_MS,
  maxTimeLeftMs: 60 * DAY_MS,
  maxEntriesPerDay: 20,
  maxPerDayBps: 5_000,
};

const bookOf = (change: Partial<DirectionalLimits> = {}, positions = 0): DirectionalBook => ({
  limits: { ...TERMS, ...change },
  today: createDirectionalDay(NOON),
  positions,
});

const entry = (
  change: Partial<Omit<DirectionalEntry, 'request'>> = {},
  request: Partial<OrderRequest> = {},
): DirectionalEntry => ({
  request: order(request),
  edge: 600,
  isHeld: false,
  endAtMs: NOON + DAY_MS,
  ...change,
});

const passAt = (nowMs = NOON, change: Partial<GatePass> = {}): GatePass => gatePass({ nowMs, ...change });

const verdictOn = (wanted: DirectionalEntry, book = bookOf(), pass = passAt()) =>
  checkDirectional(pass, book, gateMarket(), wanted);

describe('a directional entry', () => {
  it('is approved within all limits, and counts as a position and against the day', () => {
    const book = bookOf();
    // Ten shares at 48 cents.
    expect(verdictOn(entry(), book)).toHaveProperty('request');
    expect(book).toMatchObject({ positions: 1, today: { entries: 1, usd: dollars(4.8) } });
  });

  it.each<[string, DirectionalEntry, Partial<DirectionalLimits>, object]>([
    ['too little edge', entry({ edge: 499 }), {}, { refused: 'entryEdge', value: 499, limit: 500 }],
    ['an edge that is no number', entry({ edge: Number.NaN }), {}, { refused: 'entryEdge' }],
    ['a sale', entry({}, { side: 'SELL' }), {}, { refused: 'entryTerms' }],
    ['a price too low', entry(), { minPrice: 4_900 as Price }, { refused: 'entryPrice', value: 4_800 }],
    ['a price too high', entry(), { maxPrice: 4_700 as Price }, { refused: 'entryPrice', limit: 4_700 }],
    ['a stake too small', entry(), { minEntry: dollars(5) }, { refused: 'entrySize', value: dollars(4.8) }],
    ['a stake too large', entry(), { maxEntryBps: 40 }, { refused: 'entrySize', limit: dollars(4) }],
    ['a second position in one market', entry({ isHeld: true }), {}, { refused: 'entryHeld' }],
    ['no position allowed', entry(), { maxPositions: 0 }, { refused: 'entryPositions', limit: 0 }],
    [
      'an end too near',
      entry({ endAtMs: NOON + 2 * HOUR_MS - 1 }),
      {},
      { refused: 'entryExpiry', value: 2 * HOUR_MS - 1, limit: 2 * HOUR_MS },
    ],
    ['an end too far', entry({ endAtMs: NOON + 61 * DAY_MS }), {}, { refused: 'entryExpiry' }],
    ['an end that nobody names', entry({ endAtMs: null }), {}, { refused: 'entryExpiry' }],
    ['no entry allowed', entry(), { maxEntriesPerDay: 0 }, { refused: 'entriesPerDay' }],
    ['too many dollars a day', entry(), { maxPerDayBps: 47 }, { refused: 'entryDollarsPerDay' }],
  ])('is refused for %s, and leaves no trace', (_, wanted, change, refusal) => {
    const book = bookOf(change);
    const pass = passAt();
    const before = structuredClone({ ...book, budget: pass.budget, notional: pass.notional });
    expect(verdictOn(wanted, book, pass)).toMatchObject(refusal);
    expect({ ...book, budget: pass.budget, notional: pass.notional }).toEqual(before);
  });

  it('is held to every bound exactly', () => {
    const exact = bookOf({ minPrice: 4_800 as Price, maxPrice: 4_800 as Price, minEntry: dollars(4.8) });
    expect(verdictOn(entry({ edge: 500, endAtMs: NOON + 2 * HOUR_MS }), exact)).toHaveProperty('request');
    expect(verdictOn(entry({ endAtMs: NOON + 60 * DAY_MS }), bookOf({ maxEntryBps: 48 }))).toHaveProperty(
      'request',
    );
  });

  it('is held to the limits of every order, too, and then counts nothing', () => {
    const book = bookOf();
    const pass = passAt(NOON, { limits: limits({ maxPerMarket: dollars(1) }) });
    expect(verdictOn(entry(), book, pass)).toMatchObject({ refused: 'perMarketLimit' });
    expect(verdictOn(entry(), book, passAt(NOON, { mode: 'halted' }))).toMatchObject({
      refused: 'tradingState',
    });
    expect(verdictOn(entry(), book, passAt(NOON, { freeCash: null }))).toMatchObject({
      refused: 'balanceUnknown',
    });
    expect(book).toMatchObject({ positions: 0, today: { entries: 0, usd: 0 } });
  });

  it('counts by the UTC day, and a clock that goes back does not bring a day back', () => {
    const book = bookOf({ maxEntriesPerDay: 1, maxPositions: 100 });
    const at = (nowMs: number) => verdictOn(entry({ endAtMs: nowMs + DAY_MS }), book, passAt(nowMs));
    const midnight = 20_001 * DAY_MS;
    expect(at(NOON)).toHaveProperty('request');
    expect(at(midnight - 1)).toMatchObject({ refused: 'entriesPerDay', value: 1, limit: 1 });
    expect(at(midnight)).toHaveProperty('request');
    expect(at(midnight - 1)).toMatchObject({ refused: 'entriesPerDay' });
    expect(at(midnight + DAY_MS)).toHaveProperty('request');
  });

  it('keeps number, dollars and positions within their limits for any sequence', () => {
    let approved = 0;
    const wants = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 5 * HOUR_MS }),
        size: fc.integer({ min: 5, max: 100 }),
        cents: fc.integer({ min: 45, max: 49 }),
        edge: fc.integer({ min: 300, max: 900 }),
        ends: fc.boolean(),
      }),
      { minLength: 5, maxLength: 60 },
    );
    fc.assert(
      fc.property(wants, (list) => {
        const terms = { maxEntriesPerDay: 4, maxPerDayBps: 800, maxPositions: 3 };
        const book = bookOf(terms);
        const days = new Map<number, { entries: number; usd: number }>();
        let nowMs = NOON;
        for (const { afterMs, size, cents, edge, ends } of list) {
          nowMs += afterMs;
          // A position is sold now and then.
          if (ends) book.positions = Math.max(0, book.positions - 1);
          const wanted = entry(
            { edge, endAtMs: nowMs + DAY_MS },
            { size: shares(size), price: (cents * 100) as Price },
          );
          if (isRefused(verdictOn(wanted, book, passAt(nowMs)))) continue;
          approved += 1;
          const day = Math.floor(nowMs / DAY_MS);
          const so = days.get(day) ?? { entries: 0, usd: 0 };
          days.set(day, { entries: so.entries + 1, usd: so.usd + (size * cents) / 100 });
          expect(edge).toBeGreaterThanOrEqual(500);
          expect((size * cents) / 100).toBeLessThanOrEqual(50);
          expect(book.positions).toBeLessThanOrEqual(3);
        }
        for (const { entries, usd } of days.values()) {
          expect(entries).toBeLessThanOrEqual(4);
          expect(usd).toBeLessThanOrEqual(80 + 1e-6);
        }
      }),
      { numRuns: 200 },
    );
    expect(approved).toBeGreaterThan(300);
  });
});
