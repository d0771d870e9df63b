import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import type { CoinSymbol, SpotSource } from '../domain/spot-price.ts';
import { defaultSettings } from '../settings/index.ts';
import { decodeState, encodeState } from './codec.ts';
import { noteDirectional } from './directional.ts';
import type { Input } from './messages.ts';
import { candlesOf, dailyClosesOf, historyFailureOf, spotOf } from './spot-prices.ts';
import type { KernelState } from './state.ts';
import { signalOn } from './test-support/directional-cases.ts';
import {
  conditionId,
  dollars,
  market,
  ofKind,
  runStarted,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  testKernel,
} from './test-support/test-kernel.ts';

const { cd } = defaultSettings();
const following = strategySettings({}, { cd });
const COINS = ['Will Bitcoin be above $150,000?', 'Will ETH hit $9,000?', 'Will it rain?'];
const listed = (questions = COINS): Input => ({
  kind: 'marketsListed',
  markets: questions.map((question, index) => market(index + 1, { question, slug: `m${index}`, tags: [] })),
});

function follow(settings = following): TestKernel {
  const test = testKernel([]);
  test.step(runStarted('run-1', settings));
  test.step(listed());
  return test;
}

/** A price of BTC from each source, told `ageMs` ago. */
const btc = (test: TestKernel, prices: Partial<Record<SpotSource, number>>, ageMs = 0): Input => ({
  kind: 'spotTicks',
  ticks: Object.entries(prices).map(([source, usd]) => [
    source as SpotSource,
    'BTC',
    usd,
    test.nowMs - ageMs,
  ]),
});

const warnings = (commands: ReturnType<TestKernel['step']>): string[] =>
  ofKind(commands, 'notify').flatMap(({ level, text }) => (level === 'warning' ? [text] : []));

describe('prices of coins', () => {
  it('are followed for the coins of the listed markets, and for others when those change', () => {
    const test = testKernel([]);
    test.step(runStarted('run-1', following));
    expect(ofKind(test.step(listed()), 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: ['BTC', 'ETH'] }]);
    expect(ofKind(test.step(listed()), 'watchSpot')).toEqual([]);
    const fewer = test.step(listed(['Will it rain?', 'Will ETH hit $9,000?']));
    expect(ofKind(fewer, 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: ['ETH'] }]);
  });

  it('are followed on for what is held when the strategy is switched off, and of a held coin before any other', () => {
    const test = follow();
    noteDirectional(test.state, {
      of: 'entry',
      clientId: 'e-1' as ClientId,
      signal: signalOn(2, { coin: 'ETH' as CoinSymbol }),
      cost: dollars(5),
    });
    const position = test.state.directional.positions.get(conditionId(2));
    if (position === undefined) throw new Error('expected a position');
    position.bought = shares(10);
    const off = strategySettings({}, { cd: { ...cd, enabled: false } });
    const commands = test.step({ kind: 'settingsChanged', settings: off, by: 'me' });
    expect(ofKind(commands, 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: ['ETH'] }]);
    test.step({
      kind: 'spotTicks',
      ticks: [
        ['polybolt', 'ETH', 2_000, test.nowMs],
        ['binance', 'ETH', 2_001, test.nowMs],
      ],
    });
    expect(spotOf(test.state, 'ETH')).toMatchObject({ kind: 'trusted' });
    expect(spotOf(test.state, 'BTC')).toMatchObject({ kind: 'untrusted' });
    // Coins of forty markets, two each, are more than one connection carries; the one that is held has none of them.
    const many = Array.from({ length: 80 }, (_, at) => `Market ${at}?`);
    test.step(listed(many));
    [...test.state.markets.values()].forEach((slot, at) => {
      slot.coin = `C${at % 40}` as CoinSymbol;
    });
    test.step({ kind: 'settingsChanged', settings: following, by: 'me' });
    expect(test.state.spot.coins).toHaveLength(32);
    expect(test.state.spot.coins).toContain('ETH');
  });

  it('are not asked for where the strategy is off, nor in a journal of before there was one', () => {
    for (const settings of [strategySettings({}, { cd: { ...cd, enabled: false } }), strategySettings()]) {
      const test = follow(settings);
      expect(ofKind(test.commands, 'watchSpot')).toEqual([]);
      test.step(btc(test, { polybolt: 97_000, binance: 97_000 }));
      expect(test.state.spot.board.coins.size).toBe(0);
      expect(test.state.spot.lookAtMs).toBe(Number.MAX_SAFE_INTEGER);
      expect(spotOf(test.state, 'BTC').kind).toBe('untrusted');
    }
  });

  it('are let go of, and forgotten, when the strategy is switched off while the worker runs', () => {
    const test = follow();
    test.step(btc(test, { polybolt: 97_000, binance: 97_000 }));
    expect(spotOf(test.state, 'BTC').kind).toBe('trusted');
    const off = { ...following, cd: { ...cd, enabled: false } };
    const commands = test.step({ kind: 'settingsChanged', settings: off, by: 'me' });
    expect(ofKind(commands, 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: [] }]);
    expect(test.state.spot.board.coins.size).toBe(0);
    const on = test.step({ kind: 'settingsChanged', settings: following, by: 'me' });
    expect(ofKind(on, 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: ['BTC', 'ETH'] }]);
    expect(spotOf(test.state, 'BTC')).toMatchObject({ code: 'stale' });
  });

  it('are believed while sources agree, and a person hears when they do not, and when they do again', () => {
    const test = follow();
    expect(warnings(test.step(btc(test, { polybolt: 97_000 })))).toEqual([]);
    expect(spotOf(test.state, 'BTC')).toMatchObject({ code: 'tooFewSources' });
    test.step(btc(test, { binance: 97_010 }));
    expect(spotOf(test.state, 'BTC')).toMatchObject({ kind: 'trusted', priceUsd: 97_000 });
    const said = warnings(test.step(btc(test, { binance: 99_000 }), 5_000));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /not believed.+BTC: polybolt 97000, binance 99000: 2\.06 % apart, at most 0\.5 %/,
    );
    const agreeing = test.step(btc(test, { polybolt: 97_020, binance: 97_010 }), 5_000);
    expect(spotOf(test.state, 'BTC').kind).toBe('trusted');
    // It has just been told of: the next word waits for its minute.
    expect(ofKind(agreeing, 'notify')).toEqual([]);
    const later = [];
    for (let beat = 0; beat < 12; beat += 1)
      later.push(...test.step(btc(test, { polybolt: 97_020, binance: 97_010 }), 5_000));
    expect(ofKind(later, 'notify').map(({ text }) => text)).toEqual(['the price of BTC is believed again']);
  });

  it('are believed no more in the very millisecond in which they are too old, although nothing comes in', () => {
    const test = follow();
    test.step(btc(test, { polybolt: 97_000, binance: 97_000 }));
    const tickAtMs = test.nowMs - 1;
    expect(test.state.spot.lookAtMs).toBe(tickAtMs + 30_001);
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(tickAtMs + 30_001);
    test.step({ kind: 'wake' }, 29_999);
    expect(spotOf(test.state, 'BTC').kind).toBe('trusted');
    const said = warnings(test.step({ kind: 'wake' }, 1));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/BTC: every price is older than 30 s/);
    expect(spotOf(test.state, 'BTC')).toMatchObject({ code: 'stale' });
    expect(test.state.spot.lookAtMs).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('follow a limit that is changed while the worker runs', () => {
    const test = follow();
    test.step(btc(test, { polybolt: 97_000, binance: 97_300 }));
    expect(spotOf(test.state, 'BTC').kind).toBe('trusted');
    const settings = { ...following, cd: { ...cd, maxPriceDisagreementPct: 0.1 } };
    const said = warnings(test.step({ kind: 'settingsChanged', settings, by: 'me' }));
    expect(said.some((text) => text.includes('0.31 % apart, at most 0.1 %'))).toBe(true);
  });

  it('wake the loops that want to know', () => {
    const { loop, runs } = scriptedLoop({ wakesOn: ['spot'], allowedIn: ['halted'] });
    const test = testKernel([loop]);
    test.step(runStarted('run-1', following));
    test.step(listed());
    test.step({ kind: 'wake' }, 10_000);
    test.step({ kind: 'wake' }, 1_000);
    const before = runs.length;
    test.step(btc(test, { polybolt: 97_000 }), 1_000);
    expect(runs.slice(before)).toEqual(['woken']);
  });

  it('begin anew with every run: what an earlier one heard is old', () => {
    const test = follow();
    test.step(btc(test, { polybolt: 97_000, binance: 97_000 }));
    const copy = decodeState(encodeState(test.state)) as KernelState;
    expect(copy.spot).toEqual(test.state.spot);
    const next = testKernel([], copy, test.nowMs + 1_000);
    next.step(runStarted('run-2', following));
    expect(next.state.spot.board.coins.size).toBe(0);
    expect(ofKind(next.step(listed()), 'watchSpot')).toEqual([{ kind: 'watchSpot', coins: ['BTC', 'ETH'] }]);
    expect(spotOf(next.state, 'BTC')).toMatchObject({ code: 'stale' });
  });
});

describe('a source of prices', () => {
  it('that goes away is told of once, and once when it is back', () => {
    const test = follow();
    const say = (up: boolean) => test.step({ kind: 'spotSource', source: 'binance', up, reason: 'http 503' });
    expect(ofKind(say(true), 'notify')).toEqual([]);
    expect(warnings(say(false))).toEqual(['price source binance is down: http 503']);
    expect(ofKind(say(false), 'notify')).toEqual([]);
    expect(ofKind(say(true), 'notify').map(({ text }) => text)).toEqual(['price source binance is up again']);
    expect(test.state.spot.publishers.get('binance')).toMatchObject({ up: true });
  });
});

describe('histories', () => {
  const closes = [
    { dayAtMs: 0, closeUsd: 96_000, isWhole: true },
    { dayAtMs: 86_400_000, closeUsd: 97_000, isWhole: false },
  ];
  const candles = [{ openAtMs: 0, openUsd: 1, highUsd: 2, lowUsd: 1, closeUsd: 2 }];

  it('are kept with their age, for coins that are watched', () => {
    const test = follow();
    expect(dailyClosesOf(test.state, 'BTC')).toBeNull();
    const askedAtMs = test.nowMs;
    for (const coin of ['BTC', 'DOGE']) {
      test.step({ kind: 'dailyClosesRead', coin, closes, askedAtMs });
      test.step({ kind: 'candlesRead', coin, step: '1m', fromMs: 0, candles, askedAtMs });
    }
    expect(dailyClosesOf(test.state, 'BTC')).toMatchObject({ closes, ageMs: test.nowMs - askedAtMs });
    expect(candlesOf(test.state, 'BTC', '1m')).toMatchObject({ candles, fromMs: 0 });
    expect(candlesOf(test.state, 'BTC', '1h')).toBeNull();
    expect(dailyClosesOf(test.state, 'DOGE')).toBeNull();
    expect(candlesOf(test.state, 'DOGE', '1m')).toBeNull();
  });

  it('that could not be read say why, until they can', () => {
    const test = follow();
    const failed = {
      kind: 'readFailed',
      read: 'candles',
      key: 'BTC 1m',
      code: 'timeout',
      text: 'late',
    } as const;
    expect(warnings(test.step(failed))).toEqual(['reading candles failed: late']);
    expect(historyFailureOf(test.state, 'BTC', '1m')).toEqual({
      atMs: test.nowMs,
      text: 'late',
      times: 1,
      isLost: true,
    });
    expect(historyFailureOf(test.state, 'BTC', null)).toBeNull();
    test.step({ ...failed, key: 'DOGE 1m' });
    expect(historyFailureOf(test.state, 'DOGE', '1m')).toBeNull();
    test.step({ kind: 'candlesRead', coin: 'BTC', step: '1m', fromMs: 0, candles, askedAtMs: test.nowMs });
    expect(historyFailureOf(test.state, 'BTC', '1m')).toBeNull();
  });

  it('are asked for by loops', () => {
    const { loop, script } = scriptedLoop({ allowedIn: ['halted'] });
    const asked = [
      { kind: 'readDailyCloses', coin: 'BTC', days: 60 },
      { kind: 'readCandles', coin: 'BTC', step: '1h', fromMs: 7 },
    ] as const;
    const test = testKernel([loop]);
    script.push(asked);
    test.step(runStarted('run-1', following));
    expect(test.commands).toEqual(expect.arrayContaining([...asked]));
  });
});
