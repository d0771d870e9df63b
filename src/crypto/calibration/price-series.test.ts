import { describe, expect, it } from 'vitest';
import {
  addPrices,
  collectPrices,
  extremesBetween,
  inOrder,
  latestPrice,
  nearestPrice,
} from './price-series.ts';

const at = (text: string): number => Date.parse(text);
const read = (name: string, text: string) => {
  const collected = collectPrices();
  return { count: addPrices(collected, name, text), series: inOrder(collected) };
};

describe('recorded prices', () => {
  it('reads a column a coin and rows of one coin, also within one file', () => {
    const { count, series } = read(
      'day.csv',
      [
        'timestamp_utc,BTC,ETH,DOGE',
        '2026-06-24T00:01:00+00:00,62669,1665.52,0.078823',
        '2026-06-24T00:00:00+00:00,62000,1660.1,',
        '2026-06-24T00:02:00+00:00,BTC,62700.00,0.0,0.3',
        'no time,BTC,1,0,0',
      ].join('\n'),
    );
    expect(count).toBe(6);
    expect(series.prints.get('BTC')).toEqual([
      { atMs: at('2026-06-24T00:00:00Z'), price: 62_000 },
      { atMs: at('2026-06-24T00:01:00Z'), price: 62_669 },
      { atMs: at('2026-06-24T00:02:00Z'), price: 62_700 },
    ]);
    expect(series.prints.get('DOGE')).toHaveLength(1);
  });

  it('does not take a price for one that is written too coarsely to be any', () => {
    const { count } = read(
      'x.csv',
      'timestamp_utc,asset,price_usd\n2026-06-24T00:00:00Z,DOGE,0.08\n2026-06-24T00:00:00Z,XRP,1.11',
    );
    expect(count).toBe(0);
  });

  it('reads candles as closes at the end of their day, without the last, which may still run', () => {
    const candles =
      'timestamp,open,high,low,close,volume\n2024-01-01,1,2,1,42000.5,9\n2024-01-02,1,2,1,43000,9\n';
    const { count, series } = read('BTCUSDT_1d.csv', candles);
    expect(count).toBe(1);
    expect(series.dailyCloses.get('BTC')).toEqual([{ atMs: at('2024-01-02T00:00:00Z'), price: 42_000.5 }]);
    expect(read('unknown_1d.csv', candles).count).toBe(0);
    expect(read('empty.csv', '').count).toBe(0);
  });

  const points = [0, 60, 120, 600].map((seconds) => ({ atMs: seconds * 1_000, price: 100 + seconds }));

  it('finds the latest price that is fresh, and the nearest that was known', () => {
    expect(latestPrice(points, 130_000, 60_000)).toBe(220);
    expect(latestPrice(points, 190_000, 60_000)).toBeNull();
    expect(latestPrice(points, -1, 60_000)).toBeNull();
    expect(nearestPrice(points, 100_000, 60_000, 1e12)).toBe(220);
    // The nearest one is not known yet at 110 s.
    expect(nearestPrice(points, 100_000, 60_000, 110_000)).toBe(160);
    expect(nearestPrice(points, 400_000, 60_000, 1e12)).toBeNull();
  });

  it('knows highest and lowest only where no gap may hide them', () => {
    expect(extremesBetween(points, 0, 120_000, 60_000)).toEqual({ highUsd: 220, lowUsd: 100 });
    expect(extremesBetween(points, 0, 600_000, 60_000)).toBeNull();
    expect(extremesBetween(points, 0, 600_000, 500_000)).toEqual({ highUsd: 700, lowUsd: 100 });
    expect(extremesBetween(points, 0, 2_000_000, 500_000)).toBeNull();
    expect(extremesBetween([], 0, 1, 500_000)).toBeNull();
  });
});
