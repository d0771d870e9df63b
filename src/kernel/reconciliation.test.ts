import { describe, expect, it } from 'vitest';
import { createTradingState } from '../risk/trading-state.ts';
import {
  createReconciliation,
  dueReads,
  isReconciled,
  needReconciliation,
  noteAsked,
  noteDone,
  noteFailed,
  RECONCILING_READS,
  type Reconciliation,
  takeComparison,
} from './reconciliation.ts';

const EVERY_MS = 60_000;
const readAll = (state: Reconciliation, atMs: number): void => {
  for (const name of RECONCILING_READS) {
    noteAsked(state, name, atMs);
    noteDone(state, name, atMs);
  }
};

describe('reconciliation', () => {
  it('needs all three reads, each asked for after the need arose', () => {
    const state = createReconciliation(1_000);
    expect(dueReads(state, 1_000, EVERY_MS)).toEqual(['openOrders', 'trades', 'balances']);
    noteDone(state, 'openOrders', 1_000);
    noteDone(state, 'trades', 1_001);
    noteDone(state, 'balances', 999);
    expect(isReconciled(state)).toBe(false);
    expect(dueReads(state, 1_002, EVERY_MS)).toEqual(['balances']);
    noteDone(state, 'balances', 1_002);
    expect(isReconciled(state)).toBe(true);
    needReconciliation(state, 2_000, 'the user feed came up');
    expect(state.reason).toBe('the user feed came up');
    expect(isReconciled(state)).toBe(false);
    // The answer to a read from before tells nothing of what happened since.
    noteDone(state, 'trades', 1_500);
    expect(dueReads(state, 2_001, EVERY_MS)).toEqual(['openOrders', 'trades', 'balances']);
  });

  it('repeats every read each period, and never because an older answer came late', () => {
    const state = createReconciliation(0);
    readAll(state, 100);
    expect(dueReads(state, 60_099, EVERY_MS)).toEqual([]);
    expect(dueReads(state, 60_100, EVERY_MS)).toEqual([...RECONCILING_READS]);
    readAll(state, 60_100);
    noteDone(state, 'trades', 500);
    expect(dueReads(state, 60_101, EVERY_MS)).toEqual([]);
    expect(state.reads.trades).toMatchObject({ askedAtMs: null, doneAtMs: 60_100 });
  });

  it('asks once while a read is under way, and again when its answer never came', () => {
    const state = createReconciliation(0);
    for (const name of RECONCILING_READS) noteAsked(state, name, 0);
    expect(dueReads(state, 29_999, EVERY_MS)).toEqual([]);
    expect(dueReads(state, 30_000, EVERY_MS)).toEqual([...RECONCILING_READS]);
  });

  it('repeats a failed read after a second, and then waits for the answer however slow it is', () => {
    const state = createReconciliation(0);
    noteDone(state, 'trades', 0);
    noteDone(state, 'balances', 0);
    noteAsked(state, 'openOrders', 0);
    noteFailed(state, 'openOrders', 'timeout: 15 s', 15_000);
    expect(state.reads.openOrders).toMatchObject({ failedAtMs: 15_000, lastError: 'timeout: 15 s' });
    expect(dueReads(state, 15_999, EVERY_MS)).toEqual([]);
    expect(dueReads(state, 16_000, EVERY_MS)).toEqual(['openOrders']);
    noteAsked(state, 'openOrders', 16_000);
    expect(dueReads(state, 25_000, EVERY_MS)).toEqual([]);
    noteDone(state, 'openOrders', 16_000);
    expect(state.reads.openOrders).toMatchObject({ failedAtMs: null, lastError: null });
    expect(isReconciled(state)).toBe(true);
  });

  it('starts a run with what the run before knew of trades, which confirms nothing yet', () => {
    const state = createReconciliation(1_000, 400);
    expect(state.reads.trades.doneAtMs).toBe(400);
    expect(dueReads(state, 1_000, EVERY_MS)).toEqual([...RECONCILING_READS]);
  });
});

describe('a difference between chain and books', () => {
  /** A comparison whose wallet was asked for then, after trades that were asked for then. */
  function compared() {
    const state = createReconciliation(0);
    const trading = createTradingState(0);
    const at = (nowMs: number, cash: number, tokens: number, tradesAtMs = nowMs, askedAtMs = nowMs) => {
      noteDone(state, 'trades', tradesAtMs);
      const found = { askedAtMs, blockNumber: 1, cashResidual: cash, tokenResidual: tokens };
      return takeComparison(state, trading, found, nowMs);
    };
    return { state, trading, at };
  }

  it.each([
    ['dollars', 1, 0],
    ['shares', 0, 1],
  ])(
    'of %s alone is one, and halts once trades asked for 5 s later do not explain it',
    (_what, cash, tokens) => {
      const { trading, at } = compared();
      expect(at(1_000, 0, 0)).toBe('agrees');
      expect(at(2_000, cash, tokens)).toBe('doubtful');
      expect(at(6_999, cash, tokens)).toBe('doubtful');
      expect(trading.blocks.has('ledgerResidual')).toBe(false);
      expect(at(7_000, cash, tokens)).toBe('differs');
      expect(trading.blocks.has('ledgerResidual')).toBe(true);
      expect(at(8_000, 0, 0)).toBe('agrees');
      expect(trading.blocks.has('ledgerResidual')).toBe(false);
    },
  );

  it('is doubtful as long as the wallet was asked for before those trades', () => {
    const { at } = compared();
    at(2_000, 5, 0);
    expect(at(9_000, 5, 0, 8_000, 7_999)).toBe('doubtful');
    expect(at(9_001, 5, 0, 8_000, 8_000)).toBe('differs');
  });

  it('is read again every 5 s, or as often as all is read where that is more often', () => {
    const { state, at } = compared();
    readAll(state, 10_000);
    at(10_000, 5, 0);
    expect(dueReads(state, 14_999, EVERY_MS)).toEqual([]);
    expect(dueReads(state, 15_000, EVERY_MS)).toEqual([...RECONCILING_READS]);
    expect(dueReads(state, 12_000, 2_000)).toEqual([...RECONCILING_READS]);
  });
});
