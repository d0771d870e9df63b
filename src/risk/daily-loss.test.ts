import { describe, expect, it } from 'vitest';
import type { Usd } from '../domain/units.ts';
import { createDailyLoss, type DailyLoss, moveDayStart, observeDay } from './daily-loss.ts';

const DAY_MS = 86_400_000;
const NOON = 20_000 * DAY_MS + DAY_MS / 2;
const LIMIT_PCT = 20;
const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;

/** A day that began at 100 dollars. */
function day(): { state: DailyLoss; at(value: number, nowMs?: number): boolean } {
  const state = createDailyLoss();
  const at = (value: number, nowMs = NOON): boolean => observeDay(state, dollars(value), LIMIT_PCT, nowMs);
  at(100);
  return { state, at };
}

describe('the loss of a day', () => {
  it('stops at the limit itself, and says so once', () => {
    const { state, at } = day();
    expect(at(80.01)).toBe(false);
    expect(at(80)).toBe(true);
    expect(at(60)).toBe(false);
    expect(at(100)).toBe(false);
    expect(state.isStopped).toBe(true);
    expect(at(100, NOON + DAY_MS)).toBe(true);
    expect(state).toEqual({ day: 20_001, startUsd: dollars(100), lossPct: 0, isStopped: false });
  });

  it('is not forgotten because a clock is behind', () => {
    const { state, at } = day();
    at(80);
    expect(at(80, NOON - DAY_MS)).toBe(false);
    expect(state).toEqual({ day: 20_000, startUsd: dollars(100), lossPct: 20, isStopped: true });
  });
});

describe('money that is put in or taken out', () => {
  it('leaves the loss the share that it was, and is rounded to the nearest millionth', () => {
    const { state, at } = day();
    at(90);
    moveDayStart(state, dollars(90), 33_333_333 as Usd);
    expect(state.startUsd).toBe(37_037_037);
    expect(state.lossPct).toBeCloseTo(10, 9);
  });

  it('that leaves nothing is remembered with the loss of that moment, which comes back with the money', () => {
    const { state } = day();
    moveDayStart(state, dollars(90), dollars(0));
    expect(state).toMatchObject({ startUsd: 0 });
    expect(state.lossPct).toBeCloseTo(10, 9);
    moveDayStart(state, dollars(0), dollars(450));
    expect(state.startUsd).toBe(dollars(500));
  });

  it('counts as it is where the day has lost everything', () => {
    const { state, at } = day();
    at(0);
    moveDayStart(state, dollars(0), dollars(50));
    expect(state.startUsd).toBe(dollars(150));
    at(50);
    expect(state.lossPct).toBeCloseTo(66.67, 2);
  });

  it('moves nothing before a value was confirmed', () => {
    const state = createDailyLoss();
    moveDayStart(state, dollars(10), dollars(20));
    expect(state).toEqual(createDailyLoss());
  });
});
