import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takerFee } from '../domain/fee.ts';
import type { FillReport, TradeStatus } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { bookOpening, bookTransaction } from './book-change.ts';
import { bookFill } from './book-fill.ts';
import { type Books, booksResidual, createBooks, freeCash, profitParts } from './books.ts';
import { createOrderTable } from './order-table.ts';
import { openPosition } from './position.ts';
import { CONDITION, dollars, fill, MARKET, rest, T0 } from './test-orders.ts';

const CASH = dollars(1_000_000);

interface Trade {
  readonly report: FillReport;
  readonly statuses: readonly TradeStatus[];
}

const PATHS: readonly (readonly TradeStatus[])[] = [
  ['MATCHED'],
  ['MATCHED', 'MINED'],
  ['MATCHED', 'MINED', 'CONFIRMED'],
  ['CONFIRMED'],
  ['MATCHED', 'RETRYING', 'MINED', 'CONFIRMED'],
  ['MATCHED', 'FAILED'],
  ['MATCHED', 'MINED', 'FAILED'],
  ['FAILED'],
];

const trade = (index: number): fc.Arbitrary<Trade> =>
  fc
    .record({
      outcome: fc.constantFrom('YES', 'NO'),
      side: fc.constantFrom('BUY', 'SELL'),
      price: fc.integer({ min: 1, max: 9_999 }).map((value) => value as Price),
      // Down to a millionth of a share, so that dollars do not come out even.
      size: fc.integer({ min: 1, max: 50_000_000 }).map((value) => value as Shares),
      role: fc.constantFrom('MAKER', 'TAKER'),
      second: fc.integer({ min: 1, max: 20 }),
      statuses: fc.constantFrom(...PATHS),
    })
    .map(({ second, statuses, ...terms }) => ({
      report: fill({ ...terms, trade: `t${index}`, order: index, matchedAtMs: T0 + second * 1_000 }),
      statuses,
    }));

const trades = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => trade(index + 1))));

interface Report {
  readonly report: FillReport;
  readonly order: number;
}

/** All reports of all trades, some twice, in an order given by `keys`. */
function shuffle(all: readonly Trade[], keys: readonly number[], repeats: boolean): Report[] {
  const reports = all.flatMap(({ report, statuses }, order) =>
    statuses.flatMap((status) => {
      const one = { report: { ...report, status }, order };
      return repeats ? [one, one] : [one];
    }),
  );
  return reports
    .map((report, index) => ({ report, key: keys[index % keys.length] ?? 0, index }))
    .sort((a, b) => a.key - b.key || a.index - b.index)
    .map(({ report }) => report);
}

function run(reports: readonly Report[], check: (books: Books) => void): Books {
  const books = createBooks();
  const orders = createOrderTable();
  bookOpening(books, CASH, [], T0);
  for (const { report } of reports) {
    bookFill(books, orders, report, MARKET, T0 + 30_000);
    check(books);
  }
  return books;
}

/** A second, simpler model: cash and tokens from the trades' last words alone. */
function recompute(all: readonly Trade[]): { cash: bigint; yes: bigint; no: bigint; fees: bigint } {
  const sum = { cash: BigInt(CASH), yes: 0n, no: 0n, fees: 0n };
  for (const { report, statuses } of all) {
    if (statuses.includes('FAILED')) continue;
    const product = BigInt(report.price) * BigInt(report.size);
    const isBuy = report.side === 'BUY';
    // Against us: what we pay is rounded up, what we get is rounded down.
    const usd = isBuy ? (product + 9_999n) / 10_000n : product / 10_000n;
    const fee = report.role === 'TAKER' ? BigInt(takerFee(MARKET.fee, report.price, report.size)) : 0n;
    const signed = isBuy ? BigInt(report.size) : -BigInt(report.size);
    sum.cash += (isBuy ? -usd : usd) - fee;
    sum.fees += fee;
    if (report.tokenId === MARKET.yesTokenId) sum.yes += signed;
    else sum.no += signed;
  }
  return sum;
}

const netOf = (books: Books, outcome: 'yes' | 'no'): bigint => {
  const holding = books.positions.get(CONDITION)?.[outcome];
  return holding === undefined ? 0n : BigInt(holding.final + holding.provisionalIn - holding.provisionalOut);
};

/** What must not depend on order or repetition. */
const essence = (books: Books) => {
  const position = openPosition(books, CONDITION);
  return {
    profit: profitParts(books),
    yes: position.yes,
    no: position.no,
    pools: [position.yesPool, position.noPool],
    open: [...books.fills.open].sort(),
  };
};

const keys = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 30, maxLength: 30 });

describe('books under random trades', () => {
  it('conserve every micro-dollar and every token after every report', () => {
    fc.assert(
      fc.property(trades, keys, (all, order) => {
        const books = run(shuffle(all, order, true), (now) => {
          expect(booksResidual(now, () => MARKET)).toBe(0);
          const parts = profitParts(now);
          expect(parts.cashUsd).toBe(parts.externalUsd + parts.realisedUsd - parts.feesUsd - parts.costUsd);
        });
        const simple = recompute(all);
        expect(BigInt(profitParts(books).cashUsd)).toBe(simple.cash);
        expect(BigInt(profitParts(books).feesUsd)).toBe(simple.fees);
        expect(netOf(books, 'yes')).toBe(simple.yes);
        expect(netOf(books, 'no')).toBe(simple.no);
      }),
      { numRuns: 300 },
    );
  });

  it('end the same whatever the order of arrival and however often a report is repeated', () => {
    fc.assert(
      fc.property(trades, keys, (all, order) => {
        const inOrder = run(shuffle(all, [0], false), () => undefined);
        const shuffled = run(shuffle(all, order, true), () => undefined);
        expect(essence(shuffled)).toEqual(essence(inOrder));
      }),
      { numRuns: 300 },
    );
  });

  it('never let what is reserved or unconfirmed be spent', () => {
    fc.assert(
      fc.property(trades, keys, (all, order) => {
        const books = createBooks();
        const orders = createOrderTable();
        bookOpening(books, CASH, [], T0);
        all.forEach(({ report }, index) => {
          rest(orders, index + 1, { price: report.price, size: report.size, side: report.side });
        });
        for (const { report } of shuffle(all, order, true))
          bookFill(books, orders, report, MARKET, T0 + 30_000);
        const worst = recompute(all.filter(({ report }) => report.side === 'BUY')).cash;
        const gained = recompute(
          all.filter(({ report, statuses }) => report.side === 'SELL' && statuses.includes('CONFIRMED')),
        ).cash;
        // Sells count once confirmed, buys from the first word.
        const most = worst + (gained - BigInt(CASH));
        expect(BigInt(freeCash(books, orders, 0 as Usd) ?? 0)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200 },
    );
  });

  it('conserve value through splits, merges and redemptions between the trades', () => {
    const step = fc.oneof(
      fc.record({
        action: fc.constantFrom('split', 'merge', 'redeem'),
        amount: fc.integer({ min: 1, max: 30_000_000 }),
        yesPrice: fc.integer({ min: 0, max: 10_000 }).map((value) => value as Price),
      }),
      trades,
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        const books = createBooks();
        const orders = createOrderTable();
        bookOpening(books, CASH, [], T0);
        steps.forEach((one, index) => {
          if (!('action' in one)) {
            for (const { report, statuses } of one)
              for (const status of statuses)
                bookFill(
                  books,
                  orders,
                  { ...report, tradeId: `${index}/${report.tradeId}`, status },
                  MARKET,
                  T0,
                );
          } else {
            const before = profitParts(books);
            const { action, amount, yesPrice } = one;
            const request = {
              txKey: `x${index}`,
              action,
              conditionId: CONDITION,
              negRisk: false,
              amount: amount as Shares,
            };
            bookTransaction(books, request, MARKET, yesPrice, T0 + index * 2_000);
            const after = profitParts(books);
            if (action !== 'redeem') expect(Math.abs(after.cashUsd - before.cashUsd)).toBe(amount);
          }
          expect(booksResidual(books, () => MARKET)).toBe(0);
          const parts = profitParts(books);
          expect(parts.cashUsd).toBe(parts.externalUsd + parts.realisedUsd - parts.feesUsd - parts.costUsd);
        });
      }),
      { numRuns: 200 },
    );
  });
});
