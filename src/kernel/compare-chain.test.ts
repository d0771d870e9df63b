import { describe, expect, it } from 'vitest';
import { profitParts } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import type { Command } from './messages.ts';
import { dueReads } from './reconciliation.ts';
import {
  accept,
  balances,
  confirmCancels,
  dollars,
  feedsUp,
  fillOf,
  laterProcess,
  ofKind,
  placed,
  quoteIntent,
  reconcile,
  runStarted,
  scriptedLoop,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

/** Trades and wallet are read, `afterMs` after what was before, and the wallet holds so many dollars. */
function readBoth(test: TestKernel, cash: number, afterMs = 6_000): Command[] {
  wakes(test, 1, afterMs);
  return reconcile(test, { cash });
}

const alarms = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'notify').flatMap(({ level, text }) => (level === 'alarm' ? [text] : []));

describe('a wallet that holds something else than the books', () => {
  it('halts trading once nothing is left that could explain it, and not before', () => {
    const test = trading([]);
    expect(alarms(readBoth(test, 999))).toEqual([]);
    expect(test.state.trading.mode).toBe('active');
    // Trades that were read too soon after it prove nothing.
    readBoth(test, 999, 3_000);
    expect(test.state.trading.mode).toBe('active');
    expect(alarms(readBoth(test, 999))).toEqual([
      'chain and books differ, and nothing explains it: cash by -1000000 micro-USD, tokens by 0 micro-shares',
    ]);
    expect(test.state.trading.mode).toBe('halted');
    expect([...test.state.trading.blocks.keys()]).toEqual(['ledgerResidual']);
    // Told once, however often it is seen.
    expect(alarms(readBoth(test, 999))).toEqual([]);
  });

  it('is read again soon, and trades on by itself once both agree', () => {
    const test = trading([]);
    readBoth(test, 999);
    expect(dueReads(test.state.reconciliation, test.nowMs + 5_000, 60_000)).toContain('balances');
    readBoth(test, 999);
    expect(test.state.trading.mode).toBe('halted');
    readBoth(test, 1_000);
    expect(test.state.trading.blocks.has('ledgerResidual')).toBe(false);
    // What the halt ends with was asked for before it ended.
    expect(test.state.trading.mode).toBe('starting');
    readBoth(test, 1_000);
    expect(test.state.trading.mode).toBe('active');
    expect(dueReads(test.state.reconciliation, test.nowMs + 5_000, 60_000)).toEqual([]);
  });

  it('is forgotten where a fill that came late explains it', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    const commands = wakes(test, 1, 10_000);
    accept(test, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an order');
    confirmCancels(test, test.step({ kind: 'operator', order: 'pause', by: 'me', reason: 'a look' }));
    // It was filled before it was cancelled, and nobody has told of it yet.
    const wallet = { cash: 995.2, tokens: { 11: 10 } };
    wakes(test, 1, 1_000);
    test.step({ ...balances(test, wallet), askedAtMs: test.nowMs });
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(-4.8) });
    expect(test.state.trading.blocks.has('ledgerResidual')).toBe(false);
    wakes(test, 1, 6_000);
    const askedAtMs = test.nowMs;
    const late = fillOf(order, 'late', 10, 'CONFIRMED', askedAtMs - 8_000);
    test.step({ kind: 'tradesRead', fills: [late], sinceMs: 0, askedAtMs });
    wakes(test, 1, 1_000);
    test.step({ ...balances(test, wallet), askedAtMs: test.nowMs });
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: 0, differsSinceMs: null });
    expect(test.state.trading.blocks.has('ledgerResidual')).toBe(false);
  });

  it('is taken into the books on the word of a person: what is missing stays a loss to the limits', () => {
    const test = trading([]);
    for (let times = 0; times < 3; times += 1) readBoth(test, 900);
    expect(test.state.trading.mode).toBe('halted');
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'a fee of the bank' });
    expect(test.state.trading.mode).toBe('halted');
    readBoth(test, 900);
    readBoth(test, 900);
    expect(test.state.trading.mode).toBe('active');
    expect(balanceOf(test.state.books.ledger, 'own.final', 'USD')).toBe(dollars(900));
    expect(profitParts(test.state.books).externalUsd).toBe(dollars(900));
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown.drawdownPct).toBeCloseTo(10, 9);
    expect(ofKind(test.commands, 'notify').map(({ text }) => text)).toContain(
      'taken in unexplained, accepted by me: a fee of the bank: -100000000 micro-USD, 0 micro-shares',
    );
  });

  it('is no gain where it holds more', () => {
    const test = trading([]);
    for (let times = 0; times < 3; times += 1) readBoth(test, 1_500);
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'found' });
    readBoth(test, 1_500);
    wakes(test, 3, 1_000);
    expect(test.state.losses.drawdown).toMatchObject({ drawdownPct: 0, highWaterUsd: dollars(1_500) });
    expect(test.state.losses.day.lossPct).toBeCloseTo(0, 9);
  });

  it('is not accepted by a resume from something else', () => {
    const test = trading([]);
    readBoth(test, 999);
    test.step({ kind: 'operator', order: 'pause', by: 'me', reason: 'a look' });
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'go on' });
    readBoth(test, 999);
    expect([...test.state.trading.blocks.keys()]).toEqual(['ledgerResidual']);
    expect(balanceOf(test.state.books.ledger, 'own.final', 'USD')).toBe(dollars(1_000));
  });

  it('does not pass for a deposit after a restart, and halts until then', () => {
    const test = trading([]);
    for (let times = 0; times < 3; times += 1) readBoth(test, 999);
    const { sinceMs } = test.state.trading.blocks.get('ledgerResidual') ?? { sinceMs: 0 };
    const next = laterProcess(test, [], 60_000);
    next.step(runStarted('run-2'));
    feedsUp(next);
    readBoth(next, 999);
    expect(next.state.trading.mode).toBe('halted');
    expect(next.state.trading.blocks.get('ledgerResidual')?.sinceMs).toBe(sinceMs);
    expect(balanceOf(next.state.books.ledger, 'own.final', 'USD')).toBe(dollars(1_000));
    readBoth(next, 1_000);
    readBoth(next, 1_000);
    expect(next.state.trading.mode).toBe('active');
  });
});
