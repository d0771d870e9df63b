import { describe, expect, it } from 'vitest';
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
