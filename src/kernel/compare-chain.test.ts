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

const texts = (commands: readonly Command[]): string[] =>
  ofKind(commands, 'notify').map(({ level, text }) => `${level}: ${text}`);
const cashOf = (test: TestKernel): number => balanceOf(test.state.books.ledger, 'own.final', 'USD');

/** The run after one that ended with nothing on its way, or after one that was killed; connected, and nothing read yet. */
function nextRun(test: TestKernel, endedClean: boolean): TestKernel {
  test.state.endedClean = endedClean;
  const next = laterProcess(test, [], 60_000);
  next.step(runStarted('run-2'));
  feedsUp(next);
  return next;
}
const readWallet = (test: TestKernel, terms: Parameters<typeof balances>[1]): Command[] =>
  test.step({ ...balances(test, terms), askedAtMs: test.nowMs }, 1_000);
const readTrades = (test: TestKernel): Command[] =>
  test.step({ kind: 'tradesRead', fills: [], sinceMs: 0, askedAtMs: test.nowMs }, 1_000);

describe('what differs at the start of a run', () => {
  it('was deposited or withdrawn where the run before ended clean, once trades that were read explain nothing', () => {
    const next = nextRun(trading([]), true);
    expect(texts(readWallet(next, { cash: 900 }))).toEqual([]);
    expect(cashOf(next)).toBe(dollars(1_000));
    expect(next.state.reconciliation.reads.balances.doneAtMs).toBeNull();
    readTrades(next);
    const told = texts(readWallet(next, { cash: 900 }));
    expect(told).toContainEqual(
      'note: taken in as deposited or withdrawn between runs: -100000000 micro-USD, 0 micro-shares',
    );
    expect(cashOf(next)).toBe(dollars(900));
    // Neither won nor lost: a withdrawal is no loss to the limits.
    reconcile(next, { cash: 900 });
    wakes(next, 4, 1_000);
    expect(next.state.losses.drawdown.drawdownPct).toBe(0);
    expect(next.state.losses.day.lossPct).toBe(0);
  });

  it('is a difference at once where the run before was killed', () => {
    const next = nextRun(trading([]), false);
    const told = texts(readWallet(next, { cash: 900 }));
    expect(told).toEqual([expect.stringMatching(/^warning: chain and books differ: cash by -100000000/)]);
    expect(next.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(-100) });
    expect(cashOf(next)).toBe(dollars(1_000));
  });

  it('is taken for a deposit once: what differs later is a difference', () => {
    const next = nextRun(trading([]), true);
    readTrades(next);
    readWallet(next, { cash: 1_000 });
    readBoth(next, 1_100);
    expect(cashOf(next)).toBe(dollars(1_000));
    expect(next.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(100) });
  });

  it.each([
    ['this run, which have told of deposits already', 5, 0, 1_000],
    ['the run before, which say nothing of the time between', 5, -61_000, 900],
    ['nobody', 0, 0, 900],
  ])('is judged by the transfers that were read by %s', (_whom, readToBlock, afterMs, expectedUsd) => {
    const next = nextRun(trading([]), true);
    readTrades(next);
    next.state.transfers.readToBlock = readToBlock;
    next.state.transfers.readAtMs = next.state.run.startedAtMs + afterMs;
    readWallet(next, { cash: 900 });
    expect(cashOf(next)).toBe(dollars(expectedUsd));
  });
});

describe('a comparison with the wallet', () => {
  it('leaves aside a node that is behind the block whose transfers are booked', () => {
    const test = trading([]);
    test.state.transfers.bookedToBlock = 2;
    readBoth(test, 900);
    expect(test.state.reconciliation.chain).toBeNull();
    test.state.transfers.bookedToBlock = 1;
    readBoth(test, 900);
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: dollars(-100) });
  });

  it('tells of a difference once while it is in doubt, and of its end only where it had halted', () => {
    const test = trading([]);
    const first = texts(readBoth(test, 999));
    expect(first.filter((text) => text.includes('differ'))).toHaveLength(1);
    const second = texts(readBoth(test, 999, 3_000));
    expect(second.filter((text) => text.includes('differ'))).toEqual([]);
    const over = texts(readBoth(test, 1_000, 1_000));
    expect(over.filter((text) => text.includes('agree'))).toEqual([]);
    for (let times = 0; times < 2; times += 1) readBoth(test, 999);
    const ended = texts(readBoth(test, 1_000));
    expect(ended.filter((text) => text.includes('agree'))).toEqual(['note: chain and books agree again']);
  });

  it('adds up what tokens differ by, whichever way each does, and says so when it is taken in', () => {
    const held = { cash: 1_000, tokens: { 11: 30, 12: 30 } };
    const test = trading([], undefined, undefined, held);
    const odd = { cash: 1_000, tokens: { 11: 40, 12: 20 } };
    for (let times = 0; times < 3; times += 1) {
      wakes(test, 1, 6_000);
      reconcile(test, odd);
    }
    expect(test.state.reconciliation.chain).toMatchObject({ cashResidual: 0, tokenResidual: 20_000_000 });
    expect(test.state.trading.mode).toBe('halted');
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'moved' });
    const told = texts(reconcile(test, odd));
    expect(told).toContainEqual(
      'warning: taken in unexplained, accepted by me: moved: 0 micro-USD, 20000000 micro-shares',
    );
  });

  it('uses the word of a person up, so that the next difference is not accepted with it', () => {
    const test = trading([]);
    for (let times = 0; times < 3; times += 1) readBoth(test, 999);
    test.step({ kind: 'operator', order: 'resume', by: 'me', reason: 'a fee' });
    // It went away by itself before it was taken in.
    readBoth(test, 1_000);
    readBoth(test, 1_000);
    for (let times = 0; times < 3; times += 1) readBoth(test, 950);
    expect(cashOf(test)).toBe(dollars(1_000));
    expect(test.state.trading.mode).toBe('halted');
  });
});
