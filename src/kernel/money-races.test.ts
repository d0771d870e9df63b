import { describe, expect, it } from 'vitest';
import type { FillReport, OrderRequest } from '../domain/order.ts';
import { maintenance } from '../loops/maintenance/loop.ts';
import { booksResidual, profitParts } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import type { Command, Input } from './messages.ts';
import {
  accept,
  balances,
  dollars,
  feedsUp,
  fillOf,
  market,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  reconcile,
  runStarted,
  scriptedLoop,
  shares,
  type TestKernel,
  testKernel,
  trading,
  venueOrder,
  type WalletTerms,
  wakes,
  yesToken,
} from './test-support/test-kernel.ts';

/** A run with one bid of 20 YES at 48 cents on the book. */
function withBid(): { test: TestKernel; bid: OrderRequest } {
  const { loop, script } = scriptedLoop();
  const test = trading([maintenance, loop]);
  script.push([quoteIntent(1, [['BUY', 48, 20]])]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  const [bid] = placed(commands);
  if (bid === undefined) throw new Error('the bid was not placed');
  return { test, bid };
}

/** Starts a run and answers its reads for ten seconds: the chain at once, the venue half a second later. */
function startAgain(next: TestKernel, wallet: WalletTerms, fills: readonly FillReport[]): void {
  let asked = [...next.step(runStarted('run-2')), ...feedsUp(next)];
  for (let second = 0; second < 10; second += 1) {
    const askedAtMs = next.nowMs;
    const answers: Input[] = [];
    if (ofKind(asked, 'readBalances').length > 0) answers.push({ ...balances(next, wallet), askedAtMs });
    if (ofKind(asked, 'readTrades').length > 0)
      answers.push({ kind: 'tradesRead', fills, sinceMs: 0, askedAtMs });
    if (ofKind(asked, 'readOpenOrders').length > 0)
      answers.push({ kind: 'openOrdersRead', orders: [], askedAtMs });
    asked = answers.flatMap((answer) => next.step(answer, 500));
    asked.push(...next.step({ kind: 'wake' }, 500));
  }
}

const residual = ({ state }: TestKernel): number =>
  booksResidual(state.books, (conditionId) => state.markets.get(conditionId)?.market ?? null);
const cashOf = ({ state }: TestKernel): number => balanceOf(state.books.ledger, 'own.final', 'USD');

describe('a fill that only the list of trades tells of', () => {
  const stopped = (): { test: TestKernel; bid: OrderRequest } => {
    const { test, bid } = withBid();
    test.step({ kind: 'operator', order: 'stop', by: 'test', reason: 'test' });
    // Ten shares were bought before the cancel came, and the user socket lost every frame of it.
    const orderId = orderIdOf(bid.clientId);
    test.step({ kind: 'cancelAnswered', requested: [], canceled: [orderId], notCanceled: [] });
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    return { test, bid };
  };

  it('is read and booked on the way out, before the run counts as ended clean', () => {
    const { test, bid } = stopped();
    const commands: Command[] = [];
    const hasExited = (): boolean => ofKind(commands, 'exit').length > 0;
    for (let second = 0; second < 20 && !hasExited(); second += 1) {
      const now = test.step({ kind: 'wake' }, 1_000);
      commands.push(...now);
      const askedAtMs = test.nowMs;
      if (ofKind(now, 'readTrades').length > 0) {
        const fill = fillOf(bid, 'late', 10, 'CONFIRMED', askedAtMs - 5_000);
        commands.push(...test.step({ kind: 'tradesRead', fills: [fill], sinceMs: 0, askedAtMs }));
      }
      if (ofKind(now, 'readBalances').length > 0) {
        const wallet = balances(test, { cash: 1_000 - 4.8, tokens: { [yesToken(1)]: 10 } });
        commands.push(...test.step({ ...wallet, askedAtMs }));
      }
    }
    expect(ofKind(commands, 'exit')).toHaveLength(1);
    expect(test.state.books.positions.get(bid.conditionId)?.yes.final).toBe(shares(10));
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: 0, tokenResidual: 0 });
    expect(test.state.endedClean).toBe(true);
  });

  it('is not taken for a deposit by the next run, in whatever order the answers come', () => {
    const { test, bid } = withBid();
    test.step({
      kind: 'cancelAnswered',
      requested: [orderIdOf(bid.clientId)],
      canceled: [orderIdOf(bid.clientId)],
      notCanceled: [],
    });
    const { state } = test;
    state.endedClean = true;
    const next = testKernel([maintenance, scriptedLoop().loop], state, test.nowMs + 60_000);
    const fill = fillOf(bid, 'late', 10, 'CONFIRMED', test.nowMs - 1_000);
    const wallet = { cash: 1_000 - 4.8, tokens: { [yesToken(1)]: 10 } };
    startAgain(next, wallet, [fill]);
    expect(state.trading.mode).toBe('active');
    expect(profitParts(state.books).externalUsd).toBe(dollars(1_000));
    expect(cashOf(next)).toBe(dollars(1_000 - 4.8));
    expect(state.reconciliation.chain).toMatchObject({ cashResidual: 0, tokenResidual: 0 });
    expect(residual(next)).toBe(0);
  });

  it('leaves a deposit between two runs a deposit', () => {
    const { test, bid } = withBid();
    test.step({
      kind: 'cancelAnswered',
      requested: [orderIdOf(bid.clientId)],
      canceled: [orderIdOf(bid.clientId)],
      notCanceled: [],
    });
    const { state } = test;
    state.endedClean = true;
    const next = testKernel([maintenance, scriptedLoop().loop], state, test.nowMs + 60_000);
    startAgain(next, { cash: 1_500 }, []);
    expect(state.trading.mode).toBe('active');
    expect(profitParts(state.books).externalUsd).toBe(dollars(1_500));
    expect(residual(next)).toBe(0);
  });
});

describe('an order that is live and not in the books', () => {
  it('keeps trading from starting until a read shows that it is gone', () => {
    const test = testKernel([maintenance, scriptedLoop().loop]);
    test.step(runStarted());
    feedsUp(test);
    test.step({ kind: 'marketsListed', markets: [market(1)] });
    const { bid } = withBid();
    const orphan = venueOrder({ ...bid, clientId: 'o-99' as OrderRequest['clientId'] });
    const commands = reconcile(test, { orders: [orphan] });
    expect(ofKind(commands, 'cancel').flatMap(({ orderIds }) => orderIds)).toEqual([orphan.orderId]);
    expect(test.state.trading.mode).toBe('starting');
    expect(ofKind(wakes(test, 3, 1_000), 'readOpenOrders').length).toBeGreaterThan(0);
    reconcile(test);
    expect(test.state.trading.mode).toBe('active');
  });
});

describe('a fill that cannot be', () => {
  it('of a token that is not of its market, raises an alarm and breaks nothing', () => {
    const { test, bid } = withBid();
    const fill = {
      ...fillOf(bid, 't1', 5, 'MATCHED', test.nowMs),
      tokenId: '777' as OrderRequest['tokenId'],
    };
    const commands = test.step({ kind: 'fill', fill });
    expect(ofKind(commands, 'notify').map(({ level }) => level)).toContain('alarm');
    expect(residual(test)).toBe(0);
  });
});

describe('a market that is watched again', () => {
  it('has no live book until one arrives, even if a late read came while nobody watched', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    const { conditionId } = market(1);
    script.push(
      [{ kind: 'watch', conditionIds: [conditionId] }],
      [{ kind: 'unwatch', conditionIds: [conditionId] }],
    );
    wakes(test, 2, 10_000);
    test.step({
      kind: 'book',
      conditionId,
      tick: market(1).tickSize,
      bids: [],
      asks: [],
      hash: '',
      venueAtMs: 0,
      source: 'read',
    });
    script.push([{ kind: 'watch', conditionIds: [conditionId] }]);
    wakes(test, 2, 10_000);
    expect(test.state.markets.get(conditionId)).toMatchObject({ watched: true, bookLive: false });
  });
});
