import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import { booksResidual } from '../orders/books.ts';
import type { Intent } from './loop.ts';
import {
  conditionId,
  dollars,
  laterProcess,
  market,
  ofKind,
  runStarted,
  scriptedLoop,
  shares,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';
import { tokensReserved } from './transactions.ts';

/** Three questions of one event, a hundred dollars, ten NO of each. */
const MARKETS = [1, 2, 3].map((n) => ({ ...market(n), negRisk: true }));
const HELD = { cash: 100, tokens: { 12: 10, 22: 10, 32: 10 } };

const converting = (amount: number, gives: readonly number[] = [1, 2, 3]): Intent => ({
  kind: 'transact',
  action: 'convert',
  conditionId: conditionId(1),
  amount: shares(amount),
  why: 'test',
  conversion: {
    marketId: `0x${'a'.repeat(62)}00`,
    members: [1, 2, 3].map((n, index) => ({
      conditionId: conditionId(n),
      index,
      givesNo: gives.includes(n),
    })),
  },
});

function asked(...intents: Intent[]) {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], undefined, MARKETS, HELD);
  script.push(intents);
  const commands = wakes(test, 1, 10_000);
  return { test, transactions: ofKind(commands, 'transact').map(({ transaction }) => transaction.request) };
}

/** A new run that begins from the snapshot of the old one's state. */
function restart(test: TestKernel): TestKernel {
  const next = laterProcess(test, [], 5_000);
  next.step(runStarted('run-2'));
  return next;
}

const holdings = ({ state }: TestKernel) =>
  [1, 2, 3].map((n) => {
    const position = state.books.positions.get(conditionId(n));
    return [position?.yes.final ?? 0, position?.no.final ?? 0];
  });
const cashOf = ({ state }: TestKernel): number => state.books.ledger.balances.get('own.final|USD') ?? 0;
const residualOf = ({ state }: TestKernel): number =>
  booksResidual(state.books, (id: ConditionId) => state.markets.get(id)?.market ?? null);

describe('converting NO shares of an event', () => {
  it('keeps the NO shares of every market that gives from everybody else until it has ended', () => {
    const { test, transactions } = asked(converting(8, [1, 2]), converting(3, [2, 3]), converting(2, [2, 3]));
    expect(transactions.map(({ amount }) => amount)).toEqual([shares(8), shares(2)]);
    expect(tokensReserved(test.state.transactions, conditionId(1))).toEqual({ yes: 0, no: shares(8) });
    expect(tokensReserved(test.state.transactions, conditionId(2))).toEqual({ yes: 0, no: shares(10) });
    expect(tokensReserved(test.state.transactions, conditionId(3))).toEqual({ yes: 0, no: shares(2) });
    expect(test.state.counts.refused).toMatchObject({ notEnoughTokens: 1 });
  });

  it('books dollars and shares in every market at once when it is confirmed', () => {
    const { test } = asked(converting(4, [1, 3]));
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 1 });
    expect(holdings(test)).toEqual([
      [0, shares(10)],
      [0, shares(10)],
      [0, shares(10)],
    ]);
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    expect(holdings(test)).toEqual([
      [0, shares(6)],
      [shares(4), shares(10)],
      [0, shares(6)],
    ]);
    expect(cashOf(test)).toBe(dollars(104));
    expect(residualOf(test)).toBe(0);
    expect(tokensReserved(test.state.transactions, conditionId(1))).toEqual({ yes: 0, no: 0 });
  });

  it.each(['reverted', 'notSent'] as const)('changes nothing when it ended as %s', (status) => {
    const { test } = asked(converting(4));
    test.step({ kind: 'transactionEnded', txKey: 't-1', status, text: '' });
    expect(holdings(test)).toEqual([
      [0, shares(10)],
      [0, shares(10)],
      [0, shares(10)],
    ]);
    expect(tokensReserved(test.state.transactions, conditionId(3)).no).toBe(0);
  });

  it('stays reserved while its outcome is unknown, is asked for by its hash after a restart, and booked once', () => {
    const { test } = asked(converting(5));
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 1 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'unknown', text: 'no answer' });
    expect(tokensReserved(test.state.transactions, conditionId(2)).no).toBe(shares(5));
    const next = restart(test);
    expect([...next.state.transactions.pending.values()]).toMatchObject([{ state: 'unknown', hash: '0xh' }]);
    expect(tokensReserved(next.state.transactions, conditionId(2)).no).toBe(shares(5));
    next.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    next.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' });
    expect(holdings(next)).toEqual([
      [0, shares(5)],
      [0, shares(5)],
      [0, shares(5)],
    ]);
    expect(cashOf(next)).toBe(dollars(110));
    expect(residualOf(next)).toBe(0);
  });

  it('is refused where a market that it moves is not listed, and where none gives', () => {
    const unlisted = converting(2);
    if (unlisted.kind !== 'transact' || unlisted.conversion === undefined) throw new Error('a conversion');
    const { conversion } = unlisted;
    const members = [...conversion.members, { conditionId: conditionId(9), index: 3, givesNo: false }];
    const { transactions } = asked(
      { ...unlisted, conversion: { ...conversion, members } },
      converting(2, []),
    );
    expect(transactions).toEqual([]);
  });
});
