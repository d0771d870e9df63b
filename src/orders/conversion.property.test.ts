import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionId, TokenId } from '../domain/market.ts';
import { PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { bookConversion, bookOpening } from './book-change.ts';
import { booksResidual, createBooks, profitParts } from './books.ts';
import { conversionChanges } from './conversion.ts';
import { dollars, FEE_FREE, T0 } from './test-orders.ts';

const side = fc.record({
  givesNo: fc.boolean(),
  mark: fc.integer({ min: 0, max: PRICE_ONE }).map((value) => value as Price),
});
const sides = fc
  .array(side, { minLength: 2, maxLength: 15 })
  .filter((all) => all.some(({ givesNo }) => givesNo));
const amount = fc.integer({ min: 1, max: 5_000_000_000 }).map((value) => value as Shares);

describe('a conversion', () => {
  it('gives out what the chain pays to the micro-dollar: a dollar for each NO beyond the first', () => {
    fc.assert(
      fc.property(sides, amount, (all, size) => {
        const changes = conversionChanges(size, all);
        const cash = changes.reduce((sum, { yesUsd, noUsd }) => sum + yesUsd + noUsd, 0);
        expect(cash).toBe((all.filter(({ givesNo }) => givesNo).length - 1) * size);
        for (const [index, { yesShares, noShares, yesUsd, noUsd }] of changes.entries()) {
          expect([yesShares, noShares]).toEqual(all[index]?.givesNo === true ? [0, -size] : [size, 0]);
          expect(yesUsd).toBeLessThanOrEqual(0);
          expect(yesUsd).toBeGreaterThanOrEqual(-size);
          expect(noUsd).toBeGreaterThanOrEqual(0);
          expect(noUsd).toBeLessThanOrEqual(size);
        }
      }),
    );
  });

  it('brings the same cash whichever of the questions give, and so does it in two steps or in one', () => {
    fc.assert(
      fc.property(sides, amount, amount, (all, first, second) => {
        const cash = (size: number) =>
          conversionChanges(size as Shares, all).reduce((sum, { yesUsd, noUsd }) => sum + yesUsd + noUsd, 0);
        expect(cash(first) + cash(second)).toBe(cash(first + second));
      }),
    );
  });

  it('leaves books without a residual, and holdings that the chain has', () => {
    const markets = Array.from({ length: 15 }, (_, index) => ({
      conditionId: `0x${index}` as ConditionId,
      yesTokenId: `${index}1` as TokenId,
      noTokenId: `${index}2` as TokenId,
      fee: FEE_FREE,
    }));
    fc.assert(
      fc.property(sides, amount, fc.integer({ min: 1, max: 9_999 }), (all, size, price) => {
        const books = createBooks();
        const held = all.map((_, index) => ({
          ...markets[index]!,
          outcome: 'NO' as const,
          shares: (size + index) as Shares,
          price: price as Price,
        }));
        bookOpening(books, dollars(1_000), held, T0);
        const before = profitParts(books);
        const converted = all.map((one, index) => ({ ...one, market: markets[index]! }));
        const realised = bookConversion(books, { txKey: 't-1', amount: size }, converted, T0 + 1);
        const given = all.filter(({ givesNo }) => givesNo).length;
        const after = profitParts(books);
        expect(after.cashUsd - before.cashUsd).toBe((given - 1) * size);
        expect(after.realisedUsd - before.realisedUsd).toBe(realised);
        expect(after.realisedUsd - after.costUsd - (before.realisedUsd - before.costUsd)).toBe(
          (given - 1) * size,
        );
        const marketOf = (id: ConditionId) => markets.find(({ conditionId }) => conditionId === id) ?? null;
        expect(booksResidual(books, marketOf)).toBe(0);
        for (const [index, { givesNo }] of all.entries()) {
          const position = books.positions.get(markets[index]!.conditionId);
          expect([position?.yes.final, position?.no.final]).toEqual(
            givesNo ? [0, index] : [size, size + index],
          );
        }
      }),
    );
  });
});
