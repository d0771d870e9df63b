import { describe, expect, it } from 'vitest';
import { createKernel } from './kernel.ts';
import {
  accept,
  book,
  confirmCancels,
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
  strategySettings,
  T0,
  testKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

const twoMarkets = [market(1), market(2)];

describe('the schedule of loops', () => {
  it('lets marks between two runs coalesce, and keeps the gap between runs', () => {
    const { loop, runs } = scriptedLoop();
    const test = trading([loop], strategySettings(), twoMarkets);
    wakes(test, 1, 10_000);
    runs.length = 0;
    for (let frame = 0; frame < 5; frame += 1) test.step(book(1, 47, 53), 10);
    test.step(book(2, 47, 53), 10);
    expect(runs).toEqual([]);
    expect(test.kernel.nextWakeAtMs()).toBeGreaterThan(test.nowMs);
    wakes(test, 1, test.kernel.nextWakeAtMs() - test.nowMs);
    expect(runs).toEqual(['woken 1 2']);
    test.step(book(2, 46, 53), 250);
    expect(runs).toEqual(['woken 1 2', 'woken 2']);
  });

  it('looks at every market when something woke it that concerns all of them', () => {
    const { loop, runs } = scriptedLoop();
    const test = trading([loop], strategySettings(), twoMarkets);
    wakes(test, 1, 10_000);
    runs.length = 0;
    test.step(book(1, 47, 53), 1);
    test.step({ kind: 'settingsChanged', settings: strategySettings(), by: 'test' }, 1);
    wakes(test, 1, 250);
    expect(runs).toEqual(['woken']);
  });

  it('keeps beats on their grid, and counts those that were missed without making up for them', () => {
    const { loop, runs } = scriptedLoop();
    const test = trading([loop]);
    const run = test.state.loops.get('market-making');
    wakes(test, 1, 10_000);
    runs.length = 0;
    const next = run?.nextBeatAtMs ?? 0;
    wakes(test, 1, next + 34_000 - test.nowMs);
    expect(runs).toEqual(['beat']);
    expect(run).toMatchObject({ skippedBeats: 3, nextBeatAtMs: next + 40_000 });
    wakes(test, 1, 5_999);
    expect(runs).toEqual(['beat']);
    wakes(test, 1, 1);
    expect(runs).toEqual(['beat', 'beat']);
    expect(run?.skippedBeats).toBe(3);
  });

  it('beats sooner as soon as the loop wants to, without waiting for the beat that was set', () => {
    let everyMs = 30_000;
    const { loop, runs } = scriptedLoop({ everyMs: () => everyMs });
    const test = trading([loop]);
    wakes(test, 1, 30_000);
    runs.length = 0;
    everyMs = 1_000;
    expect(test.kernel.nextWakeAtMs()).toBe(test.nowMs + 1_000);
    wakes(test, 3, 1_000);
    expect(runs).toEqual(['beat', 'beat', 'beat']);
    expect(test.state.loops.get('market-making')?.skippedBeats).toBe(0);
  });

  it('does not run a loop in a state it is not allowed in, and does not ask to be woken for it', () => {
    const { loop, runs } = scriptedLoop();
    const test = testKernel([loop]);
    test.step(runStarted());
    wakes(test, 3, 20_000);
    // Until a list shows that no order is left, that is what it wakes for.
    expect(test.kernel.nextWakeAtMs()).toBeLessThan(Number.MAX_SAFE_INTEGER);
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    expect(runs).toEqual([]);
    expect(test.kernel.nextWakeAtMs()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('needs runStarted first', () => {
    expect(() => createKernel([], null).step(T0, { kind: 'wake' })).toThrow(
      /first input of a run is runStarted/,
    );
  });
});

describe('a loop that throws', () => {
  const faulted = () => {
    const broken = scriptedLoop();
    const sound = scriptedLoop({ name: 'maintenance', allowedIn: ['active', 'halted'] });
    const test = trading([broken.loop, sound.loop]);
    return { broken, sound, test };
  };

  it('runs no more, has its orders canceled, and a person is told; the others go on', () => {
    const { broken, sound, test } = faulted();
    broken.script.push([quoteIntent(1, [['BUY', 48, 10]])], new Error('division by nothing'));
    accept(test, wakes(test, 1, 10_000));
    const commands = wakes(test, 1, 10_000);
    expect(ofKind(commands, 'notify').map(({ level }) => level)).toContain('alarm');
    expect(ofKind(commands, 'cancel')).toHaveLength(1);
    expect(test.state.counts.faults).toBe(1);
    const runs = broken.runs.length;
    sound.runs.length = 0;
    wakes(test, 3, 10_000);
    expect(broken.runs).toHaveLength(runs);
    expect(sound.runs).toHaveLength(3);
    expect(test.state.trading.mode).toBe('active');
  });

  it('has an order canceled that was still being signed when it broke, until it is gone', () => {
    const { broken, test } = faulted();
    broken.script.push([quoteIntent(1, [['BUY', 48, 10]])], new Error('broken'));
    const place = wakes(test, 1, 10_000);
    expect(ofKind(wakes(test, 1, 10_000), 'cancel')).toEqual([]);
    const following = accept(test, place);
    const [order] = placed(place);
    const ids = order === undefined ? [] : [orderIdOf(order.clientId)];
    expect(ofKind(following, 'cancel').map(({ orderIds }) => orderIds)).toEqual([ids]);
    // That cancel finds nothing to cancel yet, so it is repeated.
    test.step({ kind: 'cancelFailed', requested: ids, code: 'timeout', text: 'no answer' });
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(test.nowMs + 2_000);
    const again = wakes(test, 1, 2_000);
    expect(ofKind(again, 'cancel').map(({ orderIds }) => orderIds)).toEqual([ids]);
    confirmCancels(test, again);
    expect(ofKind(wakes(test, 3, 2_000), 'cancel')).toEqual([]);
  });

  it('sends nothing of the intents it broke on, and holds no money back for them', () => {
    const { broken, test } = faulted();
    const unusable = { kind: 'cancel', orderIds: null, why: '' } as never;
    broken.script.push([quoteIntent(1, [['BUY', 48, 10]]), unusable]);
    expect(placed(wakes(test, 1, 10_000))).toEqual([]);
    expect([...test.state.orders.byClientId.values()].map(({ state }) => state)).toEqual(['refused']);
    expect(test.state.orders.workingByCondition.size).toBe(0);
  });

  it('gets a new chance with the next run', () => {
    const { broken, test } = faulted();
    broken.script.push(new Error('broken'));
    wakes(test, 1, 10_000);
    test.step(runStarted('run-2'));
    feedsUp(test);
    reconcile(test);
    expect(test.state.loops.get('market-making')?.fault).toBeNull();
    expect(broken.runs.length).toBeGreaterThan(1);
  });
});

describe('measurements', () => {
  /** A loop that wants to measure at the moments in `dueAtMs`, and then have market 2 looked at. */
  function measuring(dueAtMs: number[]) {
    const measured: number[] = [];
    const fills: string[] = [];
    const { loop, runs, script } = scriptedLoop({
      nextWakeAtMs: () => dueAtMs[0] ?? null,
      observe: (state) => {
        dueAtMs.shift();
        measured.push(state.nowMs);
        return [market(2).conditionId];
      },
      observeFill: (_state, { kind, record, order }) => {
        fills.push(`${kind} ${record.fill.tradeId} of ${order?.request.clientId}`);
      },
    });
    return { loop, runs, script, measured, fills };
  }

  it('are taken at the moment the loop has named, in its gap and while it may not run', () => {
    const dueAtMs: number[] = [];
    const { loop, runs, measured } = measuring(dueAtMs);
    const test = trading([loop], strategySettings(), twoMarkets);
    wakes(test, 1, 10_000);
    runs.length = 0;
    test.step(book(1, 47, 53), 250);
    dueAtMs.push(test.nowMs + 100, test.nowMs + 20_000);
    expect(test.kernel.nextWakeAtMs()).toBe(test.nowMs + 100);
    wakes(test, 1, 99);
    expect(measured).toEqual([]);
    wakes(test, 1, 1);
    expect(measured).toEqual([test.nowMs]);
    expect(runs).toEqual(['woken 1']);
    wakes(test, 1, 150);
    expect(runs).toEqual(['woken 1', 'woken 2']);
    test.step({ kind: 'operator', order: 'halt', by: 'test', reason: 'test' });
    wakes(test, 1, (dueAtMs[0] ?? 0) - test.nowMs);
    expect(measured).toHaveLength(2);
    expect(runs).toHaveLength(2);
  });

  it('are told each own fill once, by whichever channel it comes, and when its trade fails', () => {
    const { loop, script, fills } = measuring([]);
    const test = trading([loop]);
    script.push([quoteIntent(1, [['BUY', 48, 10]])]);
    accept(test, wakes(test, 1, 10_000));
    const [order] = placed(test.commands);
    if (order === undefined) throw new Error('expected an order');
    const fill = fillOf(order, 'trade-1', 5, 'MATCHED', test.nowMs);
    test.step({ kind: 'fill', fill });
    test.step({ kind: 'fill', fill });
    test.step({ kind: 'tradesRead', fills: [fill], sinceMs: 0, askedAtMs: test.nowMs });
    expect(fills).toEqual(['booked trade-1 of o-1']);
    test.step({ kind: 'fill', fill: { ...fill, status: 'FAILED' } });
    expect(fills).toEqual(['booked trade-1 of o-1', 'failed trade-1 of o-1']);
  });

  it('that throw fault the loop like a decision that throws', () => {
    const { loop } = scriptedLoop({
      nextWakeAtMs: () => 0,
      observe: () => {
        throw new Error('broken measurement');
      },
    });
    const test = trading([loop]);
    expect(test.state.loops.get('market-making')?.fault).toContain('broken measurement');
    expect(ofKind(test.commands, 'notify').map(({ level }) => level)).toContain('alarm');
  });
});
