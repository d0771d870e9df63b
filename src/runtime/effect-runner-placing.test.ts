import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientIds, ids, place, runner } from './test-support/effects-on-ports.ts';

describe('placing what was signed ahead', () => {
  it('does nothing within the step that asked for it, whose journal is still to be written, and all of it right after', async () => {
    const { effects, calls, inputs } = runner({ signedAhead: true });
    effects.run(place());
    effects.run({ kind: 'cancel', orderIds: ids, reason: 'replaced' });
    expect([calls, inputs]).toEqual([['prepare'], []]);
    await Promise.resolve();
    expect(calls).toEqual(['prepare', 'place']);
    expect(inputs.map(({ kind }) => kind)).toEqual(['ordersPrepared']);
    await effects.idle();
    expect(calls).toEqual(['prepare', 'place', 'cancel 2']);
  });

  it('W13: sends nothing after a halt that came with the step', async () => {
    let allowed = true;
    const { run, calls, inputs } = runner({ signedAhead: true }, () => allowed);
    const placing = run(place());
    allowed = false;
    await placing;
    expect(calls).toEqual(['prepare']);
    expect(inputs.at(-1)).toMatchObject({ answers: clientIds.map((id) => [id, { result: 'notSent' }]) });
  });
});

describe('the bound of a call', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('makes an unknown of an order that nobody answers, and is no bound of the next call', async () => {
    vi.useFakeTimers();
    const { effects, signals, inputs } = runner({ signedAhead: true, answersNever: true });
    for (let time = 0; time < 3; time += 1) {
      effects.run(place());
      await vi.advanceTimersByTimeAsync(9_999);
      expect(signals.at(-1)?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(inputs.at(-1)).toMatchObject({
        answers: clientIds.map((id) => [id, { result: 'unknown', code: 'timeout' }]),
      });
    }
    expect(new Set(signals).size).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is over from the start for a call that comes when the runner is closed', async () => {
    const { effects, signals } = runner();
    effects.run(place());
    await effects.idle();
    effects.close();
    effects.run(place());
    await effects.idle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });
});
