import { describe, expect, it } from 'vitest';
import type { SpotSource } from '../../../domain/spot-price.ts';
import {
  actions,
  canceled,
  closeAbove,
  type EntryRun,
  entries,
  entryRun,
  signals,
} from './test-support/entry-run.ts';

function tick(run: EntryRun, prices: Partial<Record<SpotSource, number>>, ageMs = 0): void {
  const { test } = run;
  const ticks = Object.entries(prices).map(
    ([source, usd]) => [source as SpotSource, 'BTC', usd, test.nowMs - ageMs] as const,
  );
  test.step({ kind: 'spotTicks', ticks });
}

/** Lets so many seconds pass in which only the stream says what a coin costs. */
function passOnStream(run: EntryRun, seconds: number, usd: number): void {
  run.silent.add('BTC');
  for (let second = 0; second < seconds; second += 1) {
    tick(run, { polybolt: usd });
    run.pass(1);
  }
}

describe('a touch between two reads of candles', () => {
  const reach = closeAbove(1, 1, {
    question: 'Will Bitcoin reach $105,000 November 9-13?',
    about: { endDate: '2026-11-14T05:00:00Z' },
  });

  it('takes back what rests on the outcome that is dead, and enters nothing new', () => {
    const run = entryRun({ markets: [reach], touch: [62, 64] });
    expect(entries(run.pass(10))).toEqual([expect.stringMatching(/^NO 36 x/)]);
    const before = run.test.commands.length;
    for (const usd of [100_001, 105_200, 100_000]) tick(run, { polybolt: usd, binance: usd });
    run.pass(6);
    const commands = run.test.commands.slice(before);
    expect(canceled(commands)).toEqual([
      'it can not be priced: A price after the last candles reached the strike; the next ones tell whether it counts.',
    ]);
    expect(entries(commands)).toEqual([]);
  });
});

describe('an own price of the deciding source that is old', () => {
  it('lets nothing be entered that has its edge only at the believed one', () => {
    const run = entryRun({ cd: { minEdgePts: 6.5 } });
    run.silent.add('BTC');
    tick(run, { polybolt: 100_000, binance: 100_450 });
    run.pass(5);
    expect(actions(run.test.commands)).toEqual(['noEdge']);
    const before = run.test.commands.length;
    // A cycle ends while Binance has been silent for 20 s.
    passOnStream(run, 270, 100_000);
    tick(run, { binance: 100_450 });
    passOnStream(run, 28, 100_000);
    const told = signals(run.test.commands.slice(before));
    expect(told.map(({ action }) => action)).toEqual(['noEdge']);
    expect(told[0]?.spotUsd).toBe(100_000);
    expect(told[0]?.yesProbability?.high).toBeLessThan(1 - (told[0]?.probability ?? 1));
  });

  it('takes back what rests without an edge at it', () => {
    const run = entryRun({ cd: { minEdgePts: 6.5 } });
    expect(entries(run.pass(5)).length).toBe(1);
    passOnStream(run, 20, 100_000);
    expect(canceled(run.test.commands)).toEqual([]);
    tick(run, { binance: 100_450 }, 12_000);
    passOnStream(run, 6, 100_000);
    expect(canceled(run.test.commands)).toEqual([expect.stringMatching(/^its edge is [56]\.\d points now$/)]);
  });
});
