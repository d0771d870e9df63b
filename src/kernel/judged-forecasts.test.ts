import { describe, expect, it } from 'vitest';
import type { DirectionalSignal } from '../domain/directional.ts';
import type { Payouts } from '../domain/resolution.ts';
import { DAY_MS, utcDayOf } from '../domain/utc-day.ts';
import { decodeState, encodeState } from './codec.ts';
import { noteDirectional } from './directional.ts';
import { JUDGED_KEPT } from './judged-forecasts.ts';
import type { KernelState } from './state.ts';
import { directionalState, signalOn, take } from './test-support/directional-cases.ts';
import { conditionId, market, runStarted, T0, testKernel } from './test-support/test-kernel.ts';

const DAY = utcDayOf(T0);
const END_AT_MS = T0 + 10 * DAY_MS;

/** The model says `yesProbability` of market `n`, and the map that it went through makes 0.6 to 0.62 of that. */
function say(
  state: KernelState,
  n: number,
  yesProbability: number,
  atMs = state.nowMs,
  change: Partial<DirectionalSignal> = {},
): void {
  const model = { yesProbability, recalibratedOn: { markets: 80, days: 20 } };
  noteDirectional(state, { of: 'signal', signal: signalOn(n, { atMs, model, ...change }) });
}

const pay = (state: KernelState, n: number, payouts: Payouts | null, afterMs = 1): void =>
  take(
    state,
    {
      kind: 'resolutionsRead',
      resolutions: [{ conditionId: conditionId(n), stage: 'resolved', payouts }],
      askedAtMs: state.nowMs,
    },
    afterMs,
  );

describe('what the model said of a market that the chain has paid', () => {
  it('is kept as it was before recalibration, the first of each day, with what became of it', () => {
    const state = directionalState(2);
    say(state, 1, 0.3);
    say(state, 1, 0.8);
    say(state, 1, 0.4, T0 + DAY_MS);
    say(state, 2, 0.7);
    expect(state.directional.judged).toEqual([]);
    pay(state, 1, null);
    expect(state.directional.judged).toEqual([]);
    pay(state, 1, [0, 1], 11 * DAY_MS);
    expect(state.directional.judged).toEqual([
      {
        conditionId: conditionId(1),
        coin: 'BTC',
        endAtMs: END_AT_MS,
        knownAtMs: state.nowMs,
        isYes: false,
        forecasts: [
          { day: DAY, yesProbability: 0.3 },
          { day: DAY + 1, yesProbability: 0.4 },
        ],
      },
    ]);
    expect([...state.directional.awaited.keys()]).toEqual([conditionId(2)]);
  });

  it('counts once, whatever is read again', () => {
    const state = directionalState(1);
    say(state, 1, 0.3);
    pay(state, 1, [1, 0]);
    say(state, 1, 0.9, T0 + DAY_MS);
    pay(state, 1, [1, 0]);
    pay(state, 1, [0, 1]);
    expect(state.directional.judged).toMatchObject([{ isYes: true, forecasts: [{ yesProbability: 0.3 }] }]);
  });

  it.each([
    ['is void', [1, 1]],
    ['pays in a way that no market does', [2, 1]],
  ] as const)('counts for none where it %s', (_, payouts) => {
    const state = directionalState(1);
    say(state, 1, 0.3);
    pay(state, 1, payouts);
    expect(state.directional.judged).toEqual([]);
    expect(state.directional.awaited.size).toBe(0);
  });

  it('is not judged by what a socket says', () => {
    const state = directionalState(1);
    say(state, 1, 0.3);
    take(state, { kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' });
    expect(state.directional.judged).toEqual([]);
    pay(state, 1, [0, 1]);
    expect(state.directional.judged).toMatchObject([{ isYes: false }]);
  });

  it('teaches from the end of its market on, also where it was paid before', () => {
    const state = directionalState(1);
    say(state, 1, 0.3);
    pay(state, 1, [1, 0], DAY_MS);
    expect(state.directional.judged).toMatchObject([{ knownAtMs: END_AT_MS }]);
  });

  it('is nothing where it could not price it, or the journal does not say what the model itself had said', () => {
    const state = directionalState(2);
    say(state, 1, 0.3, T0, { yesProbability: null });
    noteDirectional(state, { of: 'signal', signal: signalOn(2) });
    expect([...state.directional.awaited.keys()]).toEqual([conditionId(2)]);
    pay(state, 1, [1, 0]);
    pay(state, 2, [1, 0]);
    expect(state.directional.judged).toEqual([]);
  });

  it('is kept of so many markets and days, the oldest go first', () => {
    const state = directionalState(1);
    for (let day = 0; day < 40; day += 1) say(state, 1, day / 100, T0 + day * DAY_MS);
    pay(state, 1, [1, 0]);
    const [first] = state.directional.judged;
    if (first === undefined) throw new Error('expected what was said of market 1');
    expect(first.forecasts).toHaveLength(30);
    expect(first.forecasts[0]).toEqual({ day: DAY + 10, yesProbability: 0.1 });
    const other = { ...first, conditionId: conditionId(9) };
    state.directional.judged = [first, ...Array.from({ length: JUDGED_KEPT - 1 }, () => other)];
    const next = directionalState(1);
    next.directional.judged = state.directional.judged;
    say(next, 1, 0.3);
    pay(next, 1, [0, 1]);
    expect(next.directional.judged).toHaveLength(JUDGED_KEPT);
    expect(next.directional.judged.at(0)).toBe(other);
    expect(next.directional.judged.at(-1)).toMatchObject({ isYes: false });
  });

  it('outlives a restart', () => {
    const test = testKernel([]);
    test.step(runStarted('run-1'));
    test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
    say(test.state, 1, 0.3);
    say(test.state, 2, 0.6);
    pay(test.state, 1, [1, 0]);
    const copy = decodeState(encodeState(test.state)) as KernelState;
    const next = testKernel([], copy, test.nowMs + DAY_MS);
    next.step(runStarted('run-2'));
    expect(next.state.directional.judged).toEqual(test.state.directional.judged);
    expect(next.state.directional.judged).toHaveLength(1);
    pay(next.state, 2, [0, 1]);
    expect(next.state.directional.judged).toMatchObject([{ isYes: true }, { isYes: false }]);
  });
});
