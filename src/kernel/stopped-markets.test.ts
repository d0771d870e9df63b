import { describe, expect, it } from 'vitest';
import type { CoinSymbol } from '../domain/spot-price.ts';
import { defaultSettings } from '../settings/index.ts';
import { noteStop, restAfterStop, type StoppedMarkets } from './stopped-markets.ts';
import { conditionId, strategySettings, T0 } from './test-support/test-kernel.ts';

const HOUR_MS = 3_600_000;
const BTC = 'BTC' as CoinSymbol;
const ETH = 'ETH' as CoinSymbol;
/** Bought at `T0`. */
const position = (n: number, coin = BTC) => ({ conditionId: conditionId(n), coin, approvedAtMs: T0 });

function rest(stops: StoppedMarkets, n: number, nowMs: number, coin = BTC, reentryHours = 24) {
  const settings = strategySettings({}, { cd: { ...defaultSettings().cd, reentryHours } });
  return restAfterStop({ directional: { stops } as never, settings, nowMs }, conditionId(n), coin);
}

describe('a market that was stopped', () => {
  it.each(['stopped', 'edgeReversed'] as const)('rests after %s for as long as the setting says', (cause) => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), cause, true, T0);
    expect(rest(stops, 1, T0)).toContain(`(${cause})`);
    expect(rest(stops, 1, T0 + 24 * HOUR_MS - 1)).not.toBeNull();
    expect(rest(stops, 1, T0 + 24 * HOUR_MS)).toBeNull();
    expect(rest(stops, 1, T0 + HOUR_MS, BTC, 1)).toBeNull();
    expect(rest(stops, 1, T0, BTC, 0)).toBeNull();
    expect(rest(stops, 2, T0)).toBeNull();
  });

  it('rests after a stop at whatever price, and not after a reversal for what was paid or more', () => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), 'edgeReversed', false, T0);
    expect(stops.size).toBe(0);
    noteStop(stops, position(1), 'stopped', false, T0);
    expect(rest(stops, 1, T0)).toContain('(stopped)');
  });

  it.each(['tookProfit', 'expiry'] as const)('does not rest after %s', (cause) => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), cause, true, T0);
    expect(stops.size).toBe(0);
  });

  it('rests from its last stop on', () => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), 'stopped', true, T0);
    noteStop(stops, position(1), 'stopped', true, T0 + 20 * HOUR_MS);
    noteStop(stops, position(1), 'tookProfit', true, T0 + 21 * HOUR_MS);
    expect(rest(stops, 1, T0 + 40 * HOUR_MS)).not.toBeNull();
  });

  it('is remembered through a day of more stops than closed positions are kept, and forgotten after a month', () => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), 'stopped', true, T0);
    for (let n = 2; n <= 2_000; n += 1) noteStop(stops, position(n, ETH), 'stopped', true, T0 + n);
    expect(rest(stops, 1, T0 + HOUR_MS)).not.toBeNull();
    noteStop(stops, position(2_001), 'stopped', true, T0 + 721 * HOUR_MS);
    expect([...stops.keys()]).toEqual([conditionId(2_001)]);
  });
});

it('a coin rests while two of its markets do, and no other coin', () => {
  const stops: StoppedMarkets = new Map();
  noteStop(stops, position(1), 'stopped', true, T0);
  expect(rest(stops, 3, T0)).toBeNull();
  noteStop(stops, position(1), 'stopped', true, T0 + HOUR_MS);
  expect(rest(stops, 3, T0 + HOUR_MS)).toBeNull();
  noteStop(stops, position(2), 'stopped', true, T0 + 2 * HOUR_MS);
  expect(rest(stops, 3, T0 + 2 * HOUR_MS)).toContain('2 markets of BTC');
  expect(rest(stops, 3, T0 + 2 * HOUR_MS, ETH)).toBeNull();
  // The first of the two is free again.
  expect(rest(stops, 3, T0 + 25 * HOUR_MS - 1)).not.toBeNull();
  expect(rest(stops, 3, T0 + 25 * HOUR_MS)).toBeNull();
});

it('a coin does not rest because of reversals, also at a loss: each keeps its own market out', () => {
  const stops: StoppedMarkets = new Map();
  for (const n of [1, 2, 4]) noteStop(stops, position(n), 'edgeReversed', true, T0);
  expect(rest(stops, 3, T0)).toBeNull();
  noteStop(stops, position(5), 'stopped', true, T0);
  expect(rest(stops, 3, T0)).toBeNull();
  expect([1, 2, 4, 5].map((n) => rest(stops, n, T0) !== null)).toEqual([true, true, true, true]);
});

it('a position that was stopped in part stays stopped when the rest is sold at a reversal, and a later one does not', () => {
  const stops: StoppedMarkets = new Map();
  noteStop(stops, position(1), 'stopped', true, T0 + 1);
  noteStop(stops, position(1), 'edgeReversed', true, T0 + 2);
  expect(stops.get(conditionId(1))).toEqual({ coin: BTC, cause: 'stopped', atMs: T0 + 2 });
  noteStop(stops, { ...position(1), approvedAtMs: T0 + 3 }, 'edgeReversed', true, T0 + 4);
  expect(stops.get(conditionId(1))).toEqual({ coin: BTC, cause: 'edgeReversed', atMs: T0 + 4 });
});
