import { describe, expect, it } from 'vitest';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Price, Usd } from '../domain/units.ts';
import { bookExternal, bookOpening, bookTransaction } from './book-change.ts';
import { bookFill } from './book-fill.ts';
import {
  type Books,
  booksResidual,
  createBooks,
  evictFills,
  freeCash,
  freeTokens,
  inMotion,
  NONE_PENDING,
  profitParts,
} from './books.ts';
import { expectedChain, reconcileChain } from './ledger.ts';
import { applyCancelAnswered } from './order-life.ts';
import { createOrderTable, evictTerminal, type OrderTable } from './order-table.ts';
import { averageCost } from './position.ts';
import {
  CONDITION,
  cents,
  dollars,
  FEE_FREE,
  fill,
  MARKET,
  NO,
  orderId,
  rest,
  shares,
  T0,
  YES,
} from './test-orders.ts';

const LATER = T0 + 60_000;

function opened(cash = 1_000): { books: Books; orders: OrderTable } {
  const books = createBooks();
  bookOpening(books, dollars(cash), [], T0);
  return { books, orders: createOrderTable() };
}

const positionOf = (books: Books) => {
  const position = books.positions.get(CONDITION);
  if (position === undefined) throw new Error('no position');
  return position;
};

const residualOf = (books: Books): number => booksResidual(books, () => MARKET);

const split = (
  key: string,
  count: number,
  action: TransactionRequest['action'] = 'split',
): TransactionRequest => ({
  txKey: key,
  action,
  conditionId: CONDITION,
  negRisk: false,
  amount: shares(count),
});

describe('fills', () => {
  it('books a fill once, whatever channel repeats it, and makes it final step by step', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    expect(bookFill(books, orders, fill({ trade: 'a', order: 1 }), MARKET, T0).kind).toBe('booked');
    expect(bookFill(books, orders, fill({ trade: 'a', order: 1 }), MARKET, T0).kind).toBe('repeat');
    expect(positionOf(books).yes).toEqual({ final: 0, provisionalIn: shares(10), provisionalOut: 0 });
    expect(
      bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'CONFIRMED' }), MARKET, T0).kind,
    ).toBe('advanced');
    expect(bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'MINED' }), MARKET, T0).kind).toBe(
      'repeat',
    );
    expect(positionOf(books).yes).toEqual({ final: shares(10), provisionalIn: 0, provisionalOut: 0 });
    expect(freeCash(books, orders, 0 as Usd)).toBe(dollars(995));
    expect(orders.byOrderId.get(orderId(1))?.state).toBe('filled');
    expect(residualOf(books)).toBe(0);
  });

  it('W7: books every part of an order, and parts that come after its cancel', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    bookFill(books, orders, fill({ trade: 'a', order: 1, size: shares(3) }), MARKET, T0);
    expect(orders.byOrderId.get(orderId(1))?.state).toBe('partiallyFilled');
    applyCancelAnswered(orders, [orderId(1)], [orderId(1)], [], T0);
    bookFill(books, orders, fill({ trade: 'b', order: 1, size: shares(2) }), MARKET, LATER);
    expect(positionOf(books).yes.provisionalIn).toBe(shares(5));
    expect(orders.byOrderId.get(orderId(1))?.state).toBe('canceled');
    expect(residualOf(books)).toBe(0);
  });

  it('W7: books fills of orders that have left the table or were never in it', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    applyCancelAnswered(orders, [orderId(1)], [orderId(1)], [], T0);
    evictTerminal(orders, LATER, 0);
    const effect = bookFill(books, orders, fill({ trade: 'a', order: 1 }), MARKET, LATER);
    expect([effect.kind, effect.order]).toEqual(['booked', null]);
    expect(positionOf(books).yes.provisionalIn).toBe(shares(10));
  });

  it('reverses a failed trade once, to the unit, and does not give the size back to the order', () => {
    const { books, orders } = opened();
    rest(orders, 1, { price: cents(33), size: shares(10.01) });
    const terms = { trade: 'a', order: 1, price: cents(33), size: shares(10.01), role: 'TAKER' } as const;
    bookFill(books, orders, fill(terms), MARKET, T0);
    expect(positionOf(books).feesUsd).toBeGreaterThan(0);
    expect(bookFill(books, orders, fill({ ...terms, status: 'FAILED' }), MARKET, LATER).kind).toBe('failed');
    expect(bookFill(books, orders, fill({ ...terms, status: 'FAILED' }), MARKET, LATER).kind).toBe('repeat');
    expect(freeCash(books, orders, 0 as Usd)).toBe(dollars(1_000));
    expect(positionOf(books).yes).toEqual({ final: 0, provisionalIn: 0, provisionalOut: 0 });
    expect(positionOf(books)).toMatchObject({ realisedUsd: 0, feesUsd: 0, openedAtMs: null });
    expect(orders.byOrderId.get(orderId(1))?.matched).toBe(shares(10.01));
  });

  it('believes the chain where a failed trade is confirmed after all', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'FAILED' }), MARKET, T0);
    expect(
      bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'CONFIRMED' }), MARKET, T0).kind,
    ).toBe('revived');
    expect(positionOf(books).yes.final).toBe(shares(10));
    expect(residualOf(books)).toBe(0);
  });

  it('refuses a report that contradicts what was booked under its key', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    bookFill(books, orders, fill({ trade: 'a', order: 1 }), MARKET, T0);
    const other = fill({ trade: 'a', order: 1, size: shares(9), status: 'CONFIRMED' });
    expect(bookFill(books, orders, other, MARKET, T0).kind).toBe('conflict');
    expect(books.fills.counts.conflicts).toBe(1);
  });

  it('leaves out trades that the opening balances contain', () => {
    const { books, orders } = opened();
    const old = fill({ trade: 'a', order: 7, matchedAtMs: T0 - 5_000 });
    expect(bookFill(books, orders, old, MARKET, LATER).kind).toBe('beforeBooks');
    expect(books.positions.size).toBe(0);
  });

  it('knows an evicted fill again by its age', () => {
    const { books, orders } = opened();
    rest(orders, 1);
    bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'CONFIRMED' }), MARKET, T0);
    const dayLater = T0 + 86_400_000;
    expect(evictFills(books, orders, dayLater, 3_600_000)).toBe(0);
    evictTerminal(orders, dayLater, 0);
    expect(evictFills(books, orders, dayLater, 3_600_000)).toBe(1);
    expect(bookFill(books, orders, fill({ trade: 'a', order: 1 }), MARKET, dayLater).kind).toBe(
      'beforeBooks',
    );
  });

  it('throws when the market is not that of the fill', () => {
    const { books, orders } = opened();
    const wrong = { ...MARKET, yesTokenId: '5' as typeof YES, noTokenId: '6' as typeof NO };
    expect(() => bookFill(books, orders, fill({ trade: 'a', order: 1 }), wrong, LATER)).toThrow(
      'no such token',
    );
  });
});

describe('profit', () => {
  it('realises against the average cost and leaves the rest of the cost with the rest', () => {
    const { books, orders } = opened();
    const done = { status: 'CONFIRMED' } as const;
    bookFill(books, orders, fill({ trade: 'a', order: 1, price: cents(40), ...done }), MARKET, LATER);
    bookFill(books, orders, fill({ trade: 'b', order: 2, price: cents(50), ...done }), MARKET, LATER);
    const effect = bookFill(
      books,
      orders,
      fill({ trade: 'c', order: 3, side: 'SELL', price: cents(60), size: shares(15), ...done }),
      MARKET,
      LATER,
    );
    expect(effect.realisedUsd).toBe(dollars(15 * 0.6 - 15 * 0.45));
    expect(averageCost(positionOf(books), 'YES')).toBe(cents(45));
    expect(profitParts(books)).toEqual({
      externalUsd: dollars(1_000),
      realisedUsd: dollars(2.25),
      feesUsd: 0,
      rewardsUsd: 0,
      rebatesUsd: 0,
      costUsd: dollars(2.25),
      cashUsd: dollars(1_000),
    });
  });

  it('charges takers by the market’s schedule and makers nothing', () => {
    const { books, orders } = opened();
    bookFill(books, orders, fill({ trade: 'a', order: 1, role: 'TAKER' }), MARKET, LATER);
    bookFill(books, orders, fill({ trade: 'b', order: 2 }), MARKET, LATER);
    // 10 * 0.04 * 0.25
    expect(positionOf(books).feesUsd).toBe(dollars(0.1));
    bookFill(
      books,
      orders,
      fill({ trade: 'c', order: 3, role: 'TAKER' }),
      { ...MARKET, fee: FEE_FREE },
      LATER,
    );
    expect(positionOf(books).feesUsd).toBe(dollars(0.1));
  });
});

describe('splits, merges and redemptions', () => {
  it('conserve value to the unit at any price, and a merge undoes a split', () => {
    const { books } = opened();
    bookTransaction(books, split('t-1', 20), MARKET, 3_333 as Price, T0);
    expect(profitParts(books)).toMatchObject({ costUsd: dollars(20), cashUsd: dollars(980), realisedUsd: 0 });
    bookTransaction(books, split('t-2', 20, 'merge'), MARKET, 7_777 as Price, LATER);
    expect(profitParts(books)).toMatchObject({ costUsd: 0, cashUsd: dollars(1_000), realisedUsd: 0 });
    expect(positionOf(books).openedAtMs).toBeNull();
    expect(residualOf(books)).toBe(0);
  });

  it('pay out the winner and burn both at a redemption', () => {
    const { books, orders } = opened();
    bookTransaction(books, split('t-1', 20), MARKET, 5_000 as Price, T0);
    bookFill(
      books,
      orders,
      fill({ trade: 'a', order: 1, side: 'SELL', price: cents(60), status: 'CONFIRMED' }),
      MARKET,
      LATER,
    );
    bookTransaction(books, split('t-2', 20, 'redeem'), MARKET, 0 as Price, LATER + 1);
    // 20 NO pay 1 each: 20 + 6 - 20.
    expect(profitParts(books)).toMatchObject({
      realisedUsd: dollars(6),
      costUsd: 0,
      cashUsd: dollars(1_006),
    });
    expect(expectedChain(books.ledger).tokens.size).toBe(0);
  });
});

describe('what may be spent', () => {
  it('is unknown before the books are open', () => {
    expect(freeCash(createBooks(), createOrderTable(), 0 as Usd)).toBeNull();
  });

  it('leaves out what orders, unconfirmed trades and transactions take, and what is not confirmed yet', () => {
    const { books, orders } = opened(100);
    rest(orders, 1, { price: cents(50), size: shares(20) });
    bookFill(books, orders, fill({ trade: 'a', order: 1, size: shares(5) }), MARKET, T0);
    // 100 - 2.5 paid - 7.5 on the book - 20 for a split.
    expect(freeCash(books, orders, dollars(20))).toBe(dollars(70));
    expect(freeTokens(books, orders, CONDITION, NONE_PENDING)).toEqual({ yes: 0, no: 0 });
    bookFill(books, orders, fill({ trade: 'a', order: 1, size: shares(5), status: 'CONFIRMED' }), MARKET, T0);
    expect(freeTokens(books, orders, CONDITION, { yes: shares(2), no: shares(2) })).toEqual({
      yes: shares(3),
      no: 0,
    });
    bookFill(books, orders, fill({ trade: 'b', order: 9, side: 'SELL', size: shares(4) }), MARKET, LATER);
    expect(freeTokens(books, orders, CONDITION, NONE_PENDING).yes).toBe(shares(1));
    expect(freeCash(books, orders, 0 as Usd)).toBe(dollars(90));
  });
});

describe('books against the chain', () => {
  it('agree when all is final, and name what does not', () => {
    const { books, orders } = opened();
    bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'MINED' }), MARKET, LATER);
    const expected = expectedChain(books.ledger);
    expect(expected.cash).toEqual({ final: dollars(1_000), withMined: dollars(995) });
    expect(expected.tokens.get(YES)).toEqual({ final: 0, withMined: shares(10) });
    const read = { cash: dollars(995), tokens: [[YES, shares(10)]] as const, askedAtMs: LATER + 1 };
    expect(reconcileChain(books.ledger, read, inMotion(books, orders, 0)).quiet).toBe(false);
    bookFill(books, orders, fill({ trade: 'a', order: 1, status: 'CONFIRMED' }), MARKET, LATER);
    const agreed = reconcileChain(books.ledger, read, inMotion(books, orders, 0));
    expect(agreed).toEqual({ quiet: true, residuals: [], totalMicro: 0 });
    const off = reconcileChain(books.ledger, { ...read, cash: dollars(994) }, 0);
    expect(off.residuals).toEqual([
      { asset: 'USD', expected: dollars(995), found: dollars(994), residual: -dollars(1) },
    ]);
  });

  it('takes deposits, withdrawals and tokens from outside without calling them profit', () => {
    const { books } = opened(10);
    const tokens = [
      {
        conditionId: CONDITION,
        outcome: 'NO',
        yesTokenId: YES,
        noTokenId: NO,
        shares: shares(4),
        price: cents(30),
      },
    ] as const;
    bookExternal(books, dollars(5), tokens, 'deposit 1', LATER);
    expect(profitParts(books)).toEqual({
      externalUsd: dollars(16.2),
      realisedUsd: 0,
      feesUsd: 0,
      rewardsUsd: 0,
      rebatesUsd: 0,
      costUsd: dollars(1.2),
      cashUsd: dollars(15),
    });
    expect(residualOf(books)).toBe(0);
    expect(() => bookOpening(books, dollars(1), [], LATER)).toThrow('open them once');
  });
});
