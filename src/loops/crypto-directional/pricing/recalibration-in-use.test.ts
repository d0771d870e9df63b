import { describe, expect, it } from 'vitest';
import { LEAST_DAYS } from '../../../crypto/model/learn-recalibration.ts';
import { NO_RECALIBRATION, recalibrated } from '../../../crypto/model/recalibration.ts';
import { type JudgedTerms, judgedMarkets } from '../../../crypto/model/test-support/judged-markets.ts';
import type { JudgedMarket } from '../../../domain/directional.ts';
import { streamOf } from '../../../domain/random.ts';
import { DAY_MS, utcDayOf } from '../../../domain/utc-day.ts';
import {
  feedsUp,
  laterProcess,
  reconcile,
  runStarted,
  type TestKernel,
} from '../../../kernel/test-support/test-kernel.ts';
import { directionalEntry } from '../entry/loop.ts';
import {
  canceled,
  closeAbove,
  type EntryTerms,
  entries,
  entryRun,
  NOW,
  ONE,
  settingsOf,
  signals,
  worldAround,
} from '../entry/test-support/entry-run.ts';
import { heldProbability } from '../exit/held-probability.ts';
import { type CoinModels, createCoinModels, fitNextCoin } from './coin-models.ts';
import { mapInUse, recalibrationOf } from './recalibration-in-use.ts';
import { knowing } from './test-support/known-prices.ts';

const TODAY = utcDayOf(NOW);
const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];

/** Four markets on each of the days before today. The model gave each 10 per cent, and one in `every` was YES. */
const judged = ({ every = 5, ...change }: Partial<JudgedTerms> & { every?: number } = {}): JudgedMarket[] =>
  judgedMarkets(streamOf(7, 'in use'), {
    coins: COINS,
    days: 60,
    fromDay: TODAY - 60,
    intercept: 0,
    slope: 1,
    ...change,
  }).map((one, index) => ({
    ...one,
    isYes: index % every === 0,
    forecasts: [{ day: TODAY - 61, yesProbability: 0.1 }],
  }));

function entering(known: readonly JudgedMarket[], cd: EntryTerms['cd'] = {}) {
  const run = entryRun({ cd: { recalibrate: true, ...cd } });
  run.test.state.directional.judged = [...known];
  return run;
}

function firstSignal(known: readonly JudgedMarket[], cd: EntryTerms['cd'] = {}) {
  const [signal] = signals(entering(known, cd).pass(5));
  if (signal === undefined) throw new Error('expected a signal');
  return signal;
}

function mapOf(test: TestKernel, known: readonly JudgedMarket[], models: CoinModels = createCoinModels()) {
  test.state.directional.judged = [...known];
  return mapInUse(test.state, models);
}

const kernel = (cd: EntryTerms['cd'] = { recalibrate: true }): TestKernel =>
  knowing({ spotUsd: 100_000, dailyVolatility: 0.02 }, NOW, cd, [closeAbove(1)]);

describe('entries', () => {
  it('are priced by what resolved markets teach, and say so and what the model itself says', () => {
    const plain = firstSignal(judged(), { recalibrate: false });
    const signal = firstSignal(judged());
    const map = mapOf(kernel(), judged());
    expect(recalibrated(map, 0.1)).toBeGreaterThan(0.17);
    expect(plain).toMatchObject({ action: 'entered', model: { recalibratedOn: null } });
    expect(plain.why).not.toContain('recalibrated');
    const { low, high } = plain.yesProbability ?? { low: 0, high: 0 };
    expect(signal.yesProbability?.low).toBeCloseTo(recalibrated(map, low), 12);
    expect(signal.yesProbability?.high).toBeCloseTo(recalibrated(map, high), 12);
    expect(signal.yesProbability?.low).toBeLessThanOrEqual(signal.yesProbability?.high ?? 0);
    expect(signal.model).toEqual({
      yesProbability: plain.model?.yesProbability,
      recalibratedOn: { markets: 240, days: 60 },
    });
    expect(signal.action).toBe('noEdge');
    expect(signal.why).toMatch(
      /; the model itself says \d+\.\d %, recalibrated on 240 resolved markets of 60 days$/,
    );
  });

  it('say nothing of a map that moves their probability by less than a point', () => {
    const signal = firstSignal(judged({ every: 9 }));
    expect(signal.model?.recalibratedOn).toEqual({ markets: 240, days: 60 });
    const moved = (signal.yesProbability?.low ?? 0) - (signal.model?.yesProbability ?? 0);
    expect(Math.abs(moved)).toBeGreaterThan(0);
    expect(Math.abs(moved)).toBeLessThan(0.01);
    expect(signal.why).not.toContain('recalibrated');
  });

  it('are priced by the model alone while too little has resolved', () => {
    const few = judged({ days: LEAST_DAYS - 1 });
    expect(firstSignal(few)).toEqual(firstSignal([]));
    expect(firstSignal(few).model?.recalibratedOn).toBeNull();
  });

  it('are judged later by what the model itself said of them, so that no map is fitted to what a map has made', () => {
    const run = entering(judged());
    const [signal] = signals(run.pass(5));
    expect(run.test.state.directional.awaited.get(ONE)?.forecasts).toEqual([
      { day: TODAY, yesProbability: signal?.model?.yesProbability },
    ]);
    expect(signal?.model?.yesProbability).toBeLessThan((signal?.yesProbability?.low ?? 0) - 0.05);
  });

  it('that rest are taken back when it is switched on and turns against them', () => {
    const run = entering(judged(), { recalibrate: false });
    expect(entries(run.pass(5))).toHaveLength(1);
    const settings = settingsOf({ recalibrate: true });
    const commands = run.test.step({ kind: 'settingsChanged', settings, by: 'test' });
    expect(canceled([...commands, ...run.pass(7)])).toEqual([expect.stringContaining('its edge is')]);
  });

  it('come out the same when the journal is read again, from the snapshot of a restart', () => {
    const run = entering(judged());
    const restarted = (): TestKernel => laterProcess(run.test, [directionalEntry], 1_000);
    const next = worldAround(restarted(), run.known);
    next.touches.set(1, [12, 14]);
    expect(next.test.state.directional.judged).toEqual(judged());
    next.test.step(runStarted('run-2', settingsOf({ recalibrate: true })));
    feedsUp(next.test);
    next.test.step({ kind: 'marketsListed', markets: [closeAbove(1)] });
    reconcile(next.test);
    next.cycle();
    expect(signals(next.test.commands)[0]?.model?.recalibratedOn).toEqual({ markets: 240, days: 60 });
    const again = restarted();
    for (const [atMs, input] of next.test.inputs) again.commands.push(...again.kernel.step(atMs, input));
    expect(again.commands).toEqual(next.test.commands);
    expect(again.state.directional).toEqual(next.test.state.directional);
  });
});

describe('exits', () => {
  it.each(['YES', 'NO'] as const)('price %s with the same map as entries', (outcome) => {
    const test = kernel();
    const models = createCoinModels();
    fitNextCoin(test.state, models, ['BTC']);
    const slot = test.state.markets.get(ONE);
    if (slot === undefined) throw new Error('expected the market');
    const signal = firstSignal(judged());
    const payoff = { payoff: PAYOFF, createdAtMs: null };
    test.state.directional.judged = judged();
    const { probability } = heldProbability(test.state, models, payoff, { outcome });
    const { low, high } = signal.yesProbability ?? { low: 0, high: 0 };
    expect(probability).toBeCloseTo(outcome === 'YES' ? high : 1 - low, 3);
  });
});

const PAYOFF = {
  kind: 'close',
  coin: 'BTC',
  direction: 'above',
  strikesUsd: [105_000],
  window: { startAtMs: null, endAtMs: Date.parse('2026-11-13T17:00:00Z'), zone: 'ET' },
  source: 'binance',
  settlement: 'one-minute-close',
  twapLookbackSeconds: null,
  from: {},
  missing: [],
} as const;

describe('the map of a day', () => {
  it('is fitted on what was known when the day began: what resolves later touches no forecast before', () => {
    const test = kernel();
    const models = createCoinModels();
    const morning = mapOf(test, judged(), models);
    const late = judged({ every: 1, days: 1, fromDay: TODAY });
    // Fitted anew at the same moment, and again after hours, with markets in the list that resolved today.
    expect(mapOf(test, [...judged(), ...late])).toEqual(morning);
    expect(mapOf(test, [...judged(), ...late], models)).toBe(morning);
    test.step({ kind: 'wake' }, DAY_MS);
    const next = mapOf(test, [...judged(), ...late], models);
    expect(next).not.toEqual(morning);
    expect(next.markets).toBeCloseTo(244, 6);
    expect(models.recalibration).toMatchObject({ day: TODAY + 1, markets: 244, coinDays: 244, days: 61 });
  });

  it('is none, and is not fitted, while it is switched off', () => {
    const test = kernel({});
    const models = createCoinModels();
    expect(mapOf(test, judged(), models)).toBe(NO_RECALIBRATION);
    expect(recalibrationOf(test.state, models)).toBeNull();
    expect(models.recalibration).toBeNull();
  });
});
