import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from './codec.ts';
import type { KernelState } from './state.ts';
import {
  ofKind,
  runStarted,
  scriptedLoop,
  strategySettings,
  testKernel,
  trading,
} from './test-support/test-kernel.ts';

describe('a change of settings', () => {
  it('W29: wakes the loops that decide by it, at once, and is told to a person with who and why', () => {
    const { loop } = scriptedLoop();
    const test = trading([loop]);
    test.step({ kind: 'wake' }, 60_000);
    const before = test.state.loops.get(loop.name)?.runs ?? 0;
    const settings = strategySettings();
    const commands = test.step(
      {
        kind: 'settingsChanged',
        settings: { ...settings, mm: { ...settings.mm, quoteSizeUsd: 7 } },
        by: 'me',
        change: { name: 'MM_QUOTE_SIZE_USD', from: 5, to: 7, reason: 'thin books' },
      },
      1_000,
    );
    expect(test.state.settings.mm.quoteSizeUsd).toBe(7);
    expect(test.state.loops.get(loop.name)?.runs).toBe(before + 1);
    expect(ofKind(commands, 'notify').map(({ text }) => text)).toContain(
      'MM_QUOTE_SIZE_USD changed from 5 to 7 by me: thin books',
    );
  });

  it('W29: is in a snapshot, and a restart takes what it is started with', () => {
    const test = trading([scriptedLoop().loop]);
    const settings = strategySettings();
    const changed = { ...settings, mm: { ...settings.mm, quoteSizeUsd: 7 } };
    test.step({ kind: 'settingsChanged', settings: changed, by: 'me' });
    const state = decodeState(encodeState(test.state)) as KernelState;
    expect(state.settings).toEqual(changed);
    const next = testKernel([scriptedLoop().loop], state, test.nowMs + 5_000);
    next.step(runStarted('run-2', changed));
    expect(next.state.settings.mm.quoteSizeUsd).toBe(7);
  });
});
