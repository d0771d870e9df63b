import { describe, expect, it } from 'vitest';
import type { Price, Shares, Usd } from '../domain/units.ts';
import {
  accountValue,
  createDrawdown,
  type DrawdownLimits,
  moveHighWater,
  observeValue,
  resetDrawdown,
} from './drawdown.ts';

const LIMITS: DrawdownLimits = {
  reducePct: 15,
  killPct: 25,
  resumePct: 20,
  cooldownMs: 1_800_000,
  maxRecoveriesPerDay: 1,
  stopPct: 45,
};
const T0 = 1_790_000_000_000;
const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;
const held = (yes: number, no: number, mark: number) => ({
  yes: dollars(yes) as number as Shares,
  no: dollars(no) as number as Shares,
  mark: mark as Price,
});

describe('W9: the account is worth its cash and its inventory', () => {
  it('W9: buying at the mark, splitting and merging move no drawdown', () => {
    const state = createDrawdown();
    observeValue(state, accountValue(dollars(100), []), LIMITS, T0);
    // 30 dollars of cash become 60 YES at 0.50; 40 more become 40 pairs.
    observeValue(state, accountValue(dollars(70), [held(60, 0, 5_000)]), LIMITS, T0);
    observeValue(state, accountValue(dollars(30), [held(100, 40, 5_000)]), LIMITS, T0);
    expect(state).toMatchObject({ drawdownPct: 0, verdict: 'ok', highWaterUsd: dollars(100) });
  });

  it('W9: a fall of the mark shows before anything is sold', () => {
    const state = createDrawdown();
    observeValue(state, accountValue(dollars(40), [held(120, 0, 5_000)]), LIMITS, T0);
    expect(observeValue(state, accountValue(dollars(40), [held(120, 0, 3_500)]), LIMITS, T0)).toBe(true);
    expect(state).toMatchObject({ drawdownPct: 18, verdict: 'reduce' });
  });

  it('W9: a pair is a dollar whatever the mark', () => {
    expect(accountValue(dollars(0), [held(10, 10, 3_333)])).toBe(dollars(10));
  });
});

describe('W10: the high-water mark', () => {
  it('W10: begins at the first confirmed value, however small, not at an invented one', () => {
    const state = createDrawdown();
    expect(state.highWaterUsd).toBeNull();
    observeValue(state, dollars(40), LIMITS, T0);
    expect(state).toMatchObject({ highWaterUsd: dollars(40), drawdownPct: 0, verdict: 'ok' });
  });

  it('W10: a withdrawal is no loss and a deposit is no profit', () => {
    const state = createDrawdown();
    observeValue(state, dollars(100), LIMITS, T0);
    moveHighWater(state, dollars(100), dollars(50));
    observeValue(state, dollars(50), LIMITS, T0);
    expect(state).toMatchObject({ drawdownPct: 0, verdict: 'ok' });
    moveHighWater(state, dollars(50), dollars(100));
    observeValue(state, dollars(100), LIMITS, T0);
    expect(state.drawdownPct).toBe(0);
  });

  it('W10: an account of nothing has no drawdown', () => {
    const state = createDrawdown();
    observeValue(state, 0 as Usd, LIMITS, T0);
    expect(state).toMatchObject({ drawdownPct: 0, verdict: 'ok' });
  });
});

describe('a kill', () => {
  const killed = () => {
    const state = createDrawdown();
    observeValue(state, dollars(100), LIMITS, T0);
    observeValue(state, dollars(75), LIMITS, T0);
    return state;
  };

  it('lasts through the cool-down and until the drawdown is below the resume limit', () => {
    const state = killed();
    expect(state.verdict).toBe('kill');
    observeValue(state, dollars(90), LIMITS, T0 + LIMITS.cooldownMs - 1);
    expect(state.verdict).toBe('kill');
    observeValue(state, dollars(80), LIMITS, T0 + LIMITS.cooldownMs);
    expect(state.verdict).toBe('kill');
    observeValue(state, dollars(81), LIMITS, T0 + LIMITS.cooldownMs);
    expect(state.verdict).toBe('reduce');
  });

  it('ends by itself only so often a day', () => {
    const state = killed();
    observeValue(state, dollars(90), LIMITS, T0 + LIMITS.cooldownMs);
    observeValue(state, dollars(70), LIMITS, T0 + LIMITS.cooldownMs + 1);
    observeValue(state, dollars(90), LIMITS, T0 + 2 * LIMITS.cooldownMs + 1);
    expect(state.verdict).toBe('kill');
    resetDrawdown(state);
    observeValue(state, dollars(90), LIMITS, T0 + 2 * LIMITS.cooldownMs + 2);
    expect(state).toMatchObject({ verdict: 'ok', highWaterUsd: dollars(90) });
  });

  it('may end by itself anew the next day (UTC), and not because a clock is behind', () => {
    const dayMs = 86_400_000;
    const nextDayMs = (Math.floor(T0 / dayMs) + 1) * dayMs;
    const state = killed();
    observeValue(state, dollars(90), LIMITS, T0 + LIMITS.cooldownMs);
    observeValue(state, dollars(70), LIMITS, T0 + LIMITS.cooldownMs + 1);
    observeValue(state, dollars(90), LIMITS, nextDayMs - dayMs - 1);
    observeValue(state, dollars(90), LIMITS, nextDayMs - 1);
    expect(state).toMatchObject({ verdict: 'kill', recoveries: 1 });
    observeValue(state, dollars(90), LIMITS, nextDayMs + LIMITS.cooldownMs);
    expect(state).toMatchObject({ verdict: 'ok', recoveries: 1 });
    observeValue(state, dollars(70), LIMITS, nextDayMs + LIMITS.cooldownMs + 1);
    observeValue(state, dollars(90), LIMITS, nextDayMs + 2 * LIMITS.cooldownMs + 1);
    expect(state.verdict).toBe('kill');
  });

  it('that a person has lifted has still used up what may end by itself that day', () => {
    const state = killed();
    observeValue(state, dollars(90), LIMITS, T0 + LIMITS.cooldownMs);
    resetDrawdown(state);
    observeValue(state, dollars(100), LIMITS, T0 + LIMITS.cooldownMs + 1);
    observeValue(state, dollars(70), LIMITS, T0 + LIMITS.cooldownMs + 2);
    observeValue(state, dollars(99), LIMITS, T0 + 3 * LIMITS.cooldownMs);
    expect(state).toMatchObject({ verdict: 'kill', recoveries: 1 });
  });
});

describe('a level of the drawdown', () => {
  it('counts when it is reached, and not only when it is passed', () => {
    const stopped = createDrawdown();
    observeValue(stopped, dollars(100), LIMITS, T0);
    observeValue(stopped, dollars(55), LIMITS, T0);
    expect(stopped.isStopped).toBe(true);
    const reducing = createDrawdown();
    observeValue(reducing, dollars(100), LIMITS, T0);
    observeValue(reducing, dollars(85), LIMITS, T0);
    expect(reducing.verdict).toBe('reduce');
    // A tenth below 15 per cent is 13.5.
    observeValue(reducing, dollars(86.5), LIMITS, T0);
    expect(reducing.verdict).toBe('reduce');
    observeValue(reducing, dollars(86.6), LIMITS, T0);
    expect(reducing.verdict).toBe('ok');
  });
});
