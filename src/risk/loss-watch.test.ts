import { describe, expect, it } from 'vitest';
import type { Usd } from '../domain/units.ts';
import {
  acceptLosses,
  confirmedValue,
  createLossWatch,
  isLookDue,
  type LossLimits,
  moveBaselines,
  nextLookAtMs,
  observeLosses,
} from './loss-watch.ts';
import { createTradingState, type TradingState, unblock } from './trading-state.ts';

const DAY_MS = 86_400_000;
const NOON = 20_000 * DAY_MS + DAY_MS / 2;
const LIMITS: LossLimits = {
  reducePct: 15,
  killPct: 25,
  resumePct: 20,
  cooldownMs: 1_800_000,
  maxRecoveriesPerDay: 1,
  stopPct: 25,
  dailyStopPct: 20,
};
const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;

/** An account that is looked at each second. */
function account(limits = LIMITS) {
  const trading: TradingState = createTradingState(NOON);
  unblock(trading, 'notReconciled', NOON);
  const run = {
    trading,
    watch: createLossWatch(),
    nowMs: NOON,
    /** Stays at this value for some looks. */
    at(value: number, looks = 3) {
      const news = [];
      for (let look = 0; look < looks; look += 1) {
        run.nowMs += 1_000;
        news.push(...observeLosses(run.watch, trading, dollars(value), limits, run.nowMs));
      }
      return news;
    },
    blocks: () => [...trading.blocks.keys()].sort(),
    resume() {
      for (const name of run.blocks()) unblock(trading, name, run.nowMs);
      acceptLosses(run.watch);
    },
  };
  run.at(100);
  return run;
}

describe('a look at the account', () => {
  it('counts once two of three agree, so that a book that is thin for a moment neither halts nor raises the mark', () => {
    const run = account();
    run.at(20, 1);
    run.at(500, 1);
    run.at(100, 2);
    expect(run.blocks()).toEqual([]);
    expect(run.watch.drawdown.highWaterUsd).toBe(dollars(100));
    run.at(70, 1);
    expect(run.blocks()).toEqual([]);
    run.at(70, 1);
    expect(run.blocks()).toContain('drawdownKill');
  });

  it('is the first one while there are not three', () => {
    expect(confirmedValue([])).toBeNull();
    expect(confirmedValue([dollars(5)])).toBe(dollars(5));
    expect(confirmedValue([dollars(5), dollars(9)])).toBe(dollars(5));
    expect(confirmedValue([dollars(5), dollars(9), dollars(7)])).toBe(dollars(7));
  });

  it('is due each second, and asked for where one waits to be confirmed, a cool-down ends or a day begins', () => {
    const run = account();
    expect(isLookDue(run.watch, run.nowMs + 999)).toBe(false);
    expect(isLookDue(run.watch, run.nowMs + 1_000)).toBe(true);
    expect(nextLookAtMs(run.watch, LIMITS, run.nowMs)).toBe(Number.MAX_SAFE_INTEGER);
    run.at(70, 1);
    expect(nextLookAtMs(run.watch, LIMITS, run.nowMs)).toBe(run.nowMs + 1_000);
    run.at(70, 2);
    const killedAtMs = run.watch.drawdown.killedAtMs ?? 0;
    expect(nextLookAtMs(run.watch, LIMITS, run.nowMs)).toBe(killedAtMs + LIMITS.cooldownMs);
    run.nowMs += LIMITS.cooldownMs;
    run.at(70, 1);
    expect(nextLookAtMs(run.watch, LIMITS, run.nowMs)).toBe(NOON + DAY_MS / 2);
  });
});

describe('the next look', () => {
  const DAY_ENDS = NOON + DAY_MS / 2;

  it('is with the day where the day alone has stopped, and where a kill alone has not let up after its cool-down', () => {
    const stopped = account({ ...LIMITS, reducePct: 80, killPct: 90, stopPct: 95 });
    stopped.at(70);
    expect(stopped.blocks()).toEqual(['dailyStopLoss']);
    expect(nextLookAtMs(stopped.watch, LIMITS, stopped.nowMs)).toBe(DAY_ENDS);
    const limits = { ...LIMITS, stopPct: 45, dailyStopPct: 50 };
    const killed = account(limits);
    killed.at(70);
    expect(killed.blocks()).toEqual(['drawdownKill']);
    killed.nowMs += LIMITS.cooldownMs;
    killed.at(70, 1);
    expect(nextLookAtMs(killed.watch, limits, killed.nowMs)).toBe(DAY_ENDS);
  });

  it('is due at once when a cool-down has ended since the last one, and never within a second of it', () => {
    const run = account({ ...LIMITS, dailyStopPct: 50 });
    run.at(70);
    const coolAtMs = (run.watch.drawdown.killedAtMs ?? 0) + LIMITS.cooldownMs;
    const lookedAtMs = run.watch.lookedAtMs ?? 0;
    expect(nextLookAtMs(run.watch, LIMITS, coolAtMs)).toBe(lookedAtMs + 1_000);
    run.nowMs = coolAtMs - 1_300;
    run.at(70, 1);
    expect(nextLookAtMs(run.watch, LIMITS, run.nowMs)).toBe(coolAtMs + 700);
  });

  it('after a person has accepted the losses is due at once, and counts without those before', () => {
    const run = account();
    run.at(60);
    run.resume();
    expect(isLookDue(run.watch, run.nowMs)).toBe(true);
    run.at(80, 1);
    expect(run.watch.drawdown.highWaterUsd).toBe(dollars(80));
  });
});

describe('a block for losses', () => {
  it('keeps the words with which it was raised, with the limit that was its own', () => {
    const run = account({ ...LIMITS, reducePct: 10, killPct: 25, stopPct: 40, dailyStopPct: 50 });
    run.at(88);
    expect(run.trading.blocks.get('drawdownReduce')?.why).toBe(
      '12.0 % below the high-water mark, limit 10 %',
    );
    run.at(74);
    run.at(70);
    expect(run.trading.blocks.get('drawdownKill')?.why).toBe('26.0 % below the high-water mark, limit 25 %');
    run.at(59);
    expect(run.trading.blocks.get('drawdownStopLoss')?.why).toContain('41.0 % below');
    expect(run.trading.blocks.get('drawdownStopLoss')?.why).toContain('limit 40 %');
  });
});

it('money that comes while a book is thin is measured by the value that is confirmed', () => {
  const run = account();
  moveBaselines(run.watch, dollars(100), dollars(20));
  expect(run.watch.drawdown.highWaterUsd).toBe(dollars(200));
  expect(run.watch.day.startUsd).toBe(dollars(200));
});

describe('W11: pausing for losses', () => {
  it('W11: the stop does not undo the resume of the kill where both have the same level, as by default', () => {
    const run = account();
    run.at(74);
    // A loss of a quarter within the day is the daily stop's, too.
    expect(run.blocks()).toEqual(['dailyStopLoss', 'drawdownKill']);
    run.nowMs = NOON + DAY_MS / 2;
    run.at(74);
    expect(run.blocks()).toEqual(['drawdownKill']);
    run.nowMs += LIMITS.cooldownMs;
    run.at(81);
    expect(run.blocks()).toEqual(['drawdownReduce']);
    run.at(88);
    expect(run.blocks()).toEqual([]);
  });

  it('W11: the stop takes over once the kill may not end by itself any more, and ends by the word of a person', () => {
    const run = account({ ...LIMITS, dailyStopPct: 50 });
    run.at(74);
    run.nowMs += LIMITS.cooldownMs;
    run.at(81);
    run.at(74);
    expect(run.blocks()).toEqual(['drawdownKill', 'drawdownStopLoss']);
    run.nowMs += 3 * DAY_MS;
    run.at(99);
    expect(run.blocks()).toEqual(['drawdownKill', 'drawdownStopLoss']);
    run.resume();
    run.at(99);
    expect(run.blocks()).toEqual([]);
    expect(run.watch.drawdown).toMatchObject({ highWaterUsd: dollars(99), verdict: 'ok' });
  });

  it('W11: a stop above the kill halts beside it and outlasts it', () => {
    const run = account({ ...LIMITS, stopPct: 40, dailyStopPct: 50 });
    run.at(55);
    expect(run.blocks()).toEqual(['drawdownKill', 'drawdownStopLoss']);
    run.nowMs += LIMITS.cooldownMs;
    run.at(95);
    expect(run.blocks()).toContain('drawdownStopLoss');
  });

  it('W11: a person’s resume accepts the loss, so that the same loss does not halt again at the next look', () => {
    const run = account();
    run.at(60);
    run.resume();
    run.at(60, 60);
    expect(run.blocks()).toEqual([]);
    run.at(50);
    expect(run.blocks()).toEqual(['drawdownReduce']);
  });

  it('W11: an account in cash alone, whose drawdown can not shrink, is let go by a person', () => {
    const run = account();
    run.at(84, 600);
    expect(run.blocks()).toEqual(['drawdownReduce']);
    run.resume();
    run.at(84, 600);
    expect(run.blocks()).toEqual([]);
  });
});

describe('the daily stop', () => {
  it('stops at a loss since the start of the UTC day and ends with it, though the value came back before', () => {
    const run = account();
    expect(run.at(80).map(({ name, isRaised }) => [name, isRaised])).toContainEqual(['dailyStopLoss', true]);
    run.at(100);
    expect(run.blocks()).toEqual(['dailyStopLoss']);
    run.nowMs = NOON + DAY_MS / 2 - 4_000;
    run.at(100);
    expect(run.blocks()).toEqual(['dailyStopLoss']);
    expect(run.at(100, 1).map(({ name, isRaised }) => [name, isRaised])).toEqual([['dailyStopLoss', false]]);
    expect(run.watch.day).toMatchObject({ startUsd: dollars(100), lossPct: 0, isStopped: false });
  });

  it('counts from the start of the day and not from its best, and not across days', () => {
    const run = account({ ...LIMITS, reducePct: 80, killPct: 90, stopPct: 95 });
    run.at(120);
    run.at(97);
    expect(run.watch.day.lossPct).toBeCloseTo(3, 9);
    for (let days = 1; days <= 5; days += 1) {
      run.nowMs = NOON + days * DAY_MS;
      run.at(97 * 0.81 ** (days - 1));
      run.at(97 * 0.81 ** days);
      expect(run.blocks()).toEqual([]);
    }
  });

  it('takes out what was put in or taken out', () => {
    const run = account();
    run.at(90);
    moveBaselines(run.watch, dollars(-60), dollars(90));
    run.at(30);
    expect(run.watch.day.lossPct).toBeCloseTo(10, 4);
    expect(run.watch.drawdown.drawdownPct).toBeCloseTo(10, 4);
    moveBaselines(run.watch, dollars(2_970), dollars(30));
    run.at(3_000);
    expect(run.watch.day.lossPct).toBeCloseTo(10, 4);
    expect(run.blocks()).toEqual([]);
  });

  it('is not raised by taking everything out after a loss, and the loss is there again with the money', () => {
    const run = account();
    run.at(90);
    moveBaselines(run.watch, dollars(-90), dollars(90));
    run.at(0);
    expect(run.blocks()).toEqual([]);
    expect(run.watch.day).toMatchObject({ startUsd: 0, isStopped: false });
    expect(run.watch.day.lossPct).toBeCloseTo(10, 9);
    moveBaselines(run.watch, dollars(450), dollars(0));
    run.at(450);
    expect(run.watch.day.startUsd).toBe(dollars(500));
    expect(run.watch.day.lossPct).toBeCloseTo(10, 9);
    expect(run.watch.drawdown.drawdownPct).toBeCloseTo(10, 9);
    run.at(399);
    expect(run.blocks()).toContain('dailyStopLoss');
  });

  it('forgets the loss of an emptied account with the day', () => {
    const run = account();
    run.at(90);
    moveBaselines(run.watch, dollars(-90), dollars(90));
    run.nowMs = NOON + DAY_MS / 2;
    run.at(0);
    expect(run.watch.day).toMatchObject({ startUsd: 0, lossPct: 0 });
    moveBaselines(run.watch, dollars(50), dollars(0));
    run.at(50);
    expect(run.watch.day).toMatchObject({ startUsd: dollars(50), lossPct: 0 });
  });
});

it('the reduce limit lets up a tenth below its level, so that a value that trembles does not switch it back and forth', () => {
  const run = account();
  let news = 0;
  for (let times = 0; times < 50; times += 1) news += run.at(85.2).length + run.at(84.9).length;
  expect(news).toBe(1);
  run.at(86.6);
  expect(run.blocks()).toEqual([]);
});
