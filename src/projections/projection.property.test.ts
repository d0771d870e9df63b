import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complement, type Price, type Shares } from '../domain/units.ts';
import { cents, conditionId, shares } from '../kernel/test-support/test-kernel.ts';
import { profitParts } from '../orders/books.ts';
import { createTale, type Tale, type TaleOrder } from './test-support/tale.ts';

const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const outcome = fc.constantFrom('YES' as const, 'NO' as const);
const n = fc.constantFrom(1, 2);
/** Odd sizes, so that dollars do not come out even. */
const size = fc.integer({ min: 1, max: 40_000 }).map((hundredths) => (hundredths * 10_000 + 7) as Shares);
const price = fc.integer({ min: 1, max: 99 }).map(cents);

const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('trade' as const),
      n,
      side,
      outcome,
      price,
      size,
      isTaker: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('news' as const),
      which: fc.nat(),
      status: fc.constantFrom(
        'MATCHED' as const,
        'MINED' as const,
        'RETRYING' as const,
        'FAILED' as const,
        'CONFIRMED' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('operate' as const),
      n,
      action: fc.constantFrom('split' as const, 'merge' as const),
      size,
      isReverted: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('book' as const),
      n,
      bid: fc.integer({ min: 1, max: 97 }),
      spread: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('gap' as const), n }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 20_000, 95_000, 130_000, 3_700_000, 30_000_000),
    }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function play(tale: Tale, happenings: readonly Happening[]): void {
  const reports: ReturnType<Tale['trade']>[] = [];
  for (const at of happenings) {
    if (at.what === 'trade') {
      const [order] = tale.place({
        n: at.n,
        outcome: at.outcome,
        side: at.side,
        price: at.price,
        size: at.size,
      });
      const report = tale.trade(order as TaleOrder, at.size, at.isTaker ? 'TAKER' : 'MAKER');
      reports.push(report);
      tale.tell(report, 'MATCHED');
    } else if (at.what === 'news') {
      const report = reports[at.which % Math.max(1, reports.length)];
      if (report !== undefined) tale.tell(report, at.status);
    } else if (at.what === 'operate')
      tale.operate(at.n, at.action, at.size, at.isReverted ? 'reverted' : 'confirmed');
    else if (at.what === 'book') tale.setBook(at.n, at.bid, Math.min(99, at.bid + at.spread));
    else if (at.what === 'gap')
      tale.input({ kind: 'bookUntrusted', conditionId: conditionId(at.n), reason: 'a gap' });
    else tale.wait(at.ms);
  }
}

const residuals = (tale: Tale): unknown[] =>
  (['mm_fills', 'mm_profit', 'mm_daily_metrics'] as const).flatMap((table) =>
    tale.rows(table).flatMap(({ residual_micro_usd }) => residual_micro_usd ?? []),
  );

describe('the tables of any history', () => {
  it('add up to the micro-dollar: every fill, every market and every day, and all days to the account', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const tale = createTale();
        play(tale, happenings);
        tale.look();
        expect(residuals(tale).filter((residual) => residual !== 0)).toEqual([]);
        const days = tale.rows('mm_daily_metrics');
        const total = days.reduce((sum, day) => sum + Number(day.total_micro_usd), 0);
        const value = Math.round(Number(days.at(-1)?.portfolio_value) * 1e6);
        // Each day's total and value are whole micro-dollars; what a day rounds off is at most one of them.
        expect(Math.abs(value - 1_000_000_000 - total)).toBeLessThanOrEqual(days.length);
        for (const day of days) {
          const markets = tale.rows('mm_profit').filter(({ date }) => date === day.date);
          const sum = markets.reduce((all, { total_micro_usd }) => all + Number(total_micro_usd), 0);
          expect(Math.abs(sum - Number(day.total_micro_usd))).toBeLessThanOrEqual(markets.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('come to the same realised profit, by outcome, as the books do by market', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const tale = createTale();
        play(tale, happenings);
        const books = tale.projection.facts?.books;
        if (books === undefined) throw new Error('the books are open');
        const realized = tale
          .rows('mm_inventory')
          .reduce((sum, row) => sum + Math.round(Number(row.realized_pnl) * 1e6), 0);
        expect(realized).toBe(profitParts(books).realisedUsd);
      }),
      { numRuns: 100 },
    );
  });

  it('are the same in a mirror: YES and NO exchanged change no profit', () => {
    const mirrored = (at: Happening): Happening => {
      if (at.what === 'trade') return { ...at, outcome: at.outcome === 'YES' ? 'NO' : 'YES' };
      if (at.what !== 'book') return at;
      const ask = Math.min(99, at.bid + at.spread);
      return { ...at, bid: 100 - ask, spread: ask - at.bid };
    };
    const dayOf = (happenings: readonly Happening[]) => {
      const tale = createTale();
      play(tale, happenings);
      const { total, parts, fills, residual } = tale.look();
      return { total, fills, residual, captured: parts.spreadCaptured, markout: parts.markout };
    };
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        const straight = dayOf(happenings);
        const mirror = dayOf(happenings.map(mirrored));
        for (const key of ['total', 'captured', 'markout'] as const)
          expect(Math.abs(straight[key] - mirror[key])).toBeLessThanOrEqual(2);
        expect(mirror.fills).toBe(straight.fills);
      }),
      { numRuns: 100 },
    );
  });

  it('are hurt by an event that is missing, to the micro-dollar', () => {
    const tale = createTale();
    const [order] = tale.place({
      n: 1,
      outcome: 'YES',
      side: 'BUY',
      price: complement(5_300 as Price),
      size: shares(10),
    });
    tale.tell(tale.trade(order as TaleOrder, shares(10)), 'MATCHED');
    const market = tale.projection.measures.day?.markets.get(conditionId(1));
    if (market === undefined) throw new Error('the fill belongs to a market');
    market.running.fees -= 1_000_000n;
    expect(tale.look()).toMatchObject({ residual: 1 });
  });
});
