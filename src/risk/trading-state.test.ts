import { describe, expect, it } from 'vitest';
import {
  applyFeed,
  applyOperator,
  BLOCK_RULES,
  type BlockName,
  block,
  createTradingState,
  explainBlocks,
  mayTransmit,
  unblock,
} from './trading-state.ts';

const T0 = 1_790_000_000_000;

const active = () => {
  const state = createTradingState(T0);
  unblock(state, 'notReconciled', T0);
  return state;
};

describe('the trading state', () => {
  it('starts unreconciled, and becomes active once reconciled', () => {
    const state = createTradingState(T0);
    expect([state.mode, mayTransmit(state.mode)]).toEqual(['starting', false]);
    expect(unblock(state, 'notReconciled', T0 + 5)).toBe(true);
    expect([state.mode, state.sinceMs]).toEqual(['active', T0 + 5]);
  });

  it('is the strictest of what stands, so that clearing one block does not clear another', () => {
    const state = active();
    applyOperator(state, 'reduce', 'careful', T0);
    applyFeed(state, 'heartbeat', false, 'no beat for 10 s', T0 + 1);
    expect(state.mode).toBe('halted');
    applyFeed(state, 'heartbeat', true, 'beat', T0 + 2);
    expect(state.mode).toBe('starting');
    unblock(state, 'notReconciled', T0 + 3);
    expect(state.mode).toBe('reducing');
    applyOperator(state, 'resume', 'fine', T0 + 4);
    expect(state.mode).toBe('active');
  });

  it('does not resume over a fact, and never out of a stop', () => {
    const state = active();
    block(state, 'ledgerResidual', '7 micro-dollars', T0);
    applyOperator(state, 'resume', 'please', T0);
    expect(state.mode).toBe('halted');
    applyOperator(state, 'stop', 'bye', T0);
    applyOperator(state, 'resume', 'wait', T0);
    unblock(state, 'ledgerResidual', T0);
    expect(unblock(state, 'operatorStop', T0)).toBe(false);
    expect(state.mode).toBe('stopping');
  });

  it('keeps the time a block was raised and shows what clears it', () => {
    const state = active();
    block(state, 'userFeed', 'closed', T0 + 1);
    block(state, 'userFeed', 'refused', T0 + 9);
    expect(state.blocks.get('userFeed')).toEqual({ sinceMs: T0 + 1, why: 'refused' });
    expect(explainBlocks(state)).toEqual([
      `userFeed: refused; since 2026-09-21T14:13:20Z; cleared by ${BLOCK_RULES.userFeed.clearedBy}`,
    ]);
    expect(explainBlocks(state, T0 + 9)).toEqual(explainBlocks(state));
    expect(explainBlocks(state, T0 + 1)).toEqual([
      `userFeed: refused; cleared by ${BLOCK_RULES.userFeed.clearedBy}`,
    ]);
  });

  it.each(Object.keys(BLOCK_RULES) as BlockName[])('%s holds new risk back', (name) => {
    const state = active();
    block(state, name, 'test', T0);
    expect(state.mode).not.toBe('active');
  });
});
