import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../clob/clock.ts';
import { RecordingError, readRecording } from './recorded-prices.ts';
import { spotAt, steerPath } from './spot-path.ts';
import { createSpotWorld } from './spot-world.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-spot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string | Buffer): string {
  const path = join(folder, 'prices.csv');
  writeFileSync(path, content);
  return path;
}

const WIDE = `timestamp_utc,BTC,ETH,MATIC
2026-06-24T00:00:00+00:00,60000,1600,
2026-06-24T00:00:30+00:00,61000,,
2026-06-24T00:01:00+00:00,60500,1700,
`;
const START = Date.UTC(2026, 10, 23, 8, 20);

describe('recorded prices', () => {
  it('are read with a column for each coin, or with one price a line, packed or not', () => {
    const wide = readRecording(file(WIDE));
    expect([...wide.keys()]).toEqual(['BTC', 'ETH']);
    expect(wide.get('ETH')).toEqual([
      { afterMs: 0, usd: 1_600 },
      { afterMs: 60_000, usd: 1_700 },
    ]);
    const long =
      'timestamp_utc,asset,price_usd\n2026-06-24T00:00:30Z,BTC,61000\n2026-06-24T00:00:00Z,ETH,1600\n';
    const packed = readRecording(file(gzipSync(long)));
    expect(packed.get('BTC')).toEqual([{ afterMs: 30_000, usd: 61_000 }]);
    expect(packed.get('ETH')).toEqual([{ afterMs: 0, usd: 1_600 }]);
  });

  it('that are none are refused with what was found', () => {
    expect(() => readRecording(join(folder, 'none.csv'))).toThrow(RecordingError);
    expect(() => readRecording(file('time,BTC\nyesterday,5\n'))).toThrow(/line 2 begins with yesterday/);
    expect(() => readRecording(file('time,BTC\n2026-06-24T00:00:00Z,-5\n'))).toThrow(/no price of a coin/);
  });

  it('are what the coins cost from the start of the world on, and then the path goes on by itself', () => {
    const world = createSpotWorld('recorded', createManualClock(START), readRecording(file(WIDE)));
    const btc = world.paths.get('BTC');
    const sol = world.paths.get('SOL');
    if (btc === undefined || sol === undefined) throw new Error('the world has no BTC or SOL');
    expect([0, 29_999, 30_000, 59_000, 60_000].map((ms) => spotAt(btc, START + ms))).toEqual([
      60_000, 60_000, 61_000, 61_000, 60_500,
    ]);
    const later = spotAt(btc, START + 90_000);
    expect(later).not.toBe(60_500);
    expect(Math.abs(Math.log(later / 60_500))).toBeLessThan(0.01);
    const plain = createSpotWorld('recorded', createManualClock(START)).paths.get('SOL');
    expect(plain && spotAt(plain, START + 60_000)).toBe(spotAt(sol, START + 60_000));
  });

  it('go on with their moves where the price is steered away from them', () => {
    const world = createSpotWorld('recorded', createManualClock(START), readRecording(file(WIDE)));
    const btc = world.paths.get('BTC');
    if (btc === undefined) throw new Error('the world has no BTC');
    steerPath(btc, START + 10_000, 30_000);
    expect(spotAt(btc, START + 29_000)).toBe(30_000);
    expect(spotAt(btc, START + 30_000)).toBeCloseTo(30_500, 6);
  });
});
