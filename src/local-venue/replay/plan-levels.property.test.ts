import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Price, type Shares, shares } from '../../domain/units.ts';
import { planLevels, type RestingQuote } from './plan-levels.ts';

const MIN = shares(5_000_000);
const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const size = fc.integer({ min: 1, max: 50_000 }).map((lots) => (lots * 10_000) as Shares);
const resting = fc
  .array(
    fc.record({
      side,
      price: fc.integer({ min: 1, max: 20 }).map((cents) => (cents * 100) as Price),
      remaining: size,
    }),
    {
      maxLength: 20,
    },
  )
  .map((quotes) => quotes.map((quote, index): RestingQuote => ({ ...quote, orderId: String(index) })));
const levels = fc.uniqueArray(
  fc.record({ price: fc.integer({ min: 1, max: 20 }).map((cents) => (cents * 100) as Price), size }),
  { selector: ({ price }) => price, maxLength: 5 },
);

it('makes every level equal to what is wanted, short of less than a minimum order', () => {
  fc.assert(
    fc.property(resting, levels, levels, (quotes, bids, asks) => {
      const plan = planLevels(quotes, bids, asks, MIN);
      const totals = new Map<string, number>();
      const add = (key: string, amount: number): void =>
        void totals.set(key, (totals.get(key) ?? 0) + amount);
      for (const quote of quotes) {
        if (!plan.cancel.includes(quote.orderId)) add(`${quote.side}${quote.price}`, quote.remaining);
      }
      for (const quote of plan.place) {
        expect(quote.size).toBeGreaterThanOrEqual(MIN);
        add(`${quote.side}${quote.price}`, quote.size);
      }
      for (const [name, wanted] of [
        ['BUY', bids],
        ['SELL', asks],
      ] as const) {
        for (const level of wanted) {
          const total = totals.get(`${name}${level.price}`) ?? 0;
          expect(total).toBeLessThanOrEqual(level.size);
          expect(level.size - total).toBeLessThan(MIN);
          totals.delete(`${name}${level.price}`);
        }
      }
      expect([...totals.values()].every((total) => total === 0)).toBe(true);
    }),
  );
});

it('sends nothing when the levels are there already', () => {
  fc.assert(
    fc.property(levels, levels, (bids, asks) => {
      const quotes = [
        ...bids.map((level) => ({ ...level, side: 'BUY' as const })),
        ...asks.map((level) => ({ ...level, side: 'SELL' as const })),
      ];
      const there = quotes.map((quote, index) => ({
        side: quote.side,
        price: quote.price,
        remaining: quote.size,
        orderId: String(index),
      }));
      expect(planLevels(there, bids, asks, MIN)).toEqual({ cancel: [], place: [] });
    }),
  );
});
