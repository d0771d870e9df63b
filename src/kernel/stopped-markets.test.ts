import { describe, expect, it } from 'vitest';
import type { CoinSymbol } from '../domain/spot-price.ts';
import { defaultSettings } from '../settings/index.ts';
import { noteStop, restAfterStop, type StoppedMarkets } from './stopped-markets.ts';
import { conditionId, strategySettings, T0 } from './test-support/test-kernel.ts';

const HOUR_MS = 3_600_000;
const BTC = 'BTC' as CoinSymbol;
const ETH = 'ETH' as CoinSymbol;
const position = (n: number, coin = BTC) => ({ conditionId: conditionId(n), coin });

function rest(stops: StoppedMarkets, n: number, nowMs: number, coin = BTC, reentryHours = 24) {
  const settings = strategySettings({}, { cd: { ...defaultSettings().cd, reentryHours } });
  return restAfterStop({ directional: { stops } as never, settings, nowMs }, conditionId(n), coin);
}

describe('a market that was stopped', () => {
  it.each(['stopped', 'edgeReversed'] as const)('rests after %s for as long as the setting says', (cause) => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), cause, T0);
    expect(rest(stops, 1, T0)).toContain(`(${cause})`);
    expect(rest(stops, 1, T0 + 24 * HOUR_MS - 1)).not.toBeNull();
    expect(rest(stops, 1, T0 + 24 * HOUR_MS)).toBeNull();
    expect(rest(stops, 1, T0 + HOUR_MS, BTC, 1)).toBeNull();
    expect(rest(stops, 1, T0, BTC, 0)).toBeNull();
    expect(rest(stops, 2, T0)).toBeNull();
  });

  it.each(['tookProfit', 'expiry'] as const)('does not rest after %s', (cause) => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), cause, T0);
    expect(stops.size).toBe(0);
  });

  it('rests from its last stop on', () => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), 'stopped', T0);
    noteStop(stops, position(1), 'stopped', T0 + 20 * HOUR_MS);
    noteStop(stops, position(1), 'tookProfit', T0 + 21 * HOUR_MS);
    expect(rest(stops, 1, T0 + 40 * HOUR_MS)).not.toBeNull();
  });

  it('is remembered through a day of more stops than closed positions are kept, and forgotten after a month', () => {
    const stops: StoppedMarkets = new Map();
    noteStop(stops, position(1), 'stopped', T0);
    for (let n = 2; n <= 2_000; n += 1) noteStop(stops, position(n, ETH), 'stopped', T0 + n);
    expect(rest(stops, 1, T0 + HOUR_MS)).not.toBeNull();
    noteStop(stops, position(2_001), 'stopped', T0 + 721 * HOUR_MS);
    expect([...stops.keys()]).toEqual([conditionId(2_001)]);
  });
});

it('a coin rests while two of its markets do, and no other coin', () => {
  const stops: StoppedMarkets = new Map();
  noteStop(stops, position(1), 'stopped', T0);
  expect(rest(stops, 3, T0)).toBeNull();
  noteStop(stops, position(1), 'stopped', T0 + HOUR_MS);
  expect(rest(stops, 3, T0 + HOUR_MS)).toBeNull();
  noteStop(stops, position(2), 'edgeReversed', T0 + 2 * HOUR_MS);
  expect(rest(stops, 3, T0 + 2 * HOUR_MS)).toContain('2 markets of BTC');
  expect(rest(stops, 3, T0 + 2 * HOUR_MS, ETH)).toBeNull();
  // The first of the two is free again.
  expect(rest(stops, 3, T0 + 25 * HOUR_MS - 1)).not.toBeNull();
  expect(rest(stops, 3, T0 + 25 * HOUR_MS)).toBeNull();
});
