import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studentTCdf, unitStudentTSurvival } from '../../pricing/student-t.ts';
import type { PricePoint } from '../model/ewma-volatility.ts';
import { DAY_MS } from '../questions/civil-time.ts';
import {
  type Bucket,
  bucketsOf,
  type DailyForecast,
  isDaily,
  WALK_FORWARD_TERMS,
  walkForward,
} from './walk-forward.ts';

const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data');
const FOLDER = join(SHARED, 'prices/binance_daily');
const COINS = ['BTC', 'ETH'];
const SEED = 20_261_123;

/** Daily closes at the end of their day; the last row may be a running day, so it is left out. */
function closesOf(coin: string): PricePoint[] {
  const [, ...rows] = readFileSync(join(FOLDER, `${coin}USDT_1d.csv`), 'utf8')
    .trim()
    .split('\n');
  return rows.slice(0, -1).map((row) => {
    const [day = '', , , , close = ''] = row.split(',');
    return { atMs: Date.parse(`${day.slice(0, 10)}T00:00:00Z`) + DAY_MS, price: Number(close) };
  });
}

const short = (buckets: readonly Bucket[]): Bucket[] => buckets.filter(({ horizonDays }) => horizonDays < 30);
const worst = (buckets: readonly Bucket[]): number =>
  Math.max(...buckets.map(({ errors }) => Math.abs(errors)));
const outside = (buckets: readonly Bucket[]): string[] =>
  buckets
    .filter(({ isInside }) => !isInside)
    .map((bucket) => `${bucket.coin} ${bucket.horizonDays}d ${bucket.deviation}`);

describe('walk forward over daily closes of 2020 to 2025', () => {
  if (!existsSync(FOLDER)) {
    it(`skipped: ../shared/data not found`, () => {
      expect(process.env.CI, `CI needs ${FOLDER}`).not.toBe('true');
    });
    return;
  }
  const closes = new Map(COINS.map((coin) => [coin, closesOf(coin)]));
  const forecasts: DailyForecast[] = COINS.flatMap((coin) =>
    walkForward(coin, closes.get(coin)!, WALK_FORWARD_TERMS),
  );

  it('asks every day', () => {
    for (const coin of COINS) expect(isDaily(closes.get(coin)!)).toBe(true);
    expect(forecasts.length).toBeGreaterThan(75_000);
    expect(Math.min(...forecasts.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(Date.UTC(2020, 0, 1));
  });

  // The verdict does not hang on how long the blocks are.
  it.each([10, 14, 30, 60])(
    'at 1, 3 and 7 days nine of ten buckets are inside, none beyond four errors: blocks of %d days',
    (days) => {
      const buckets = short(bucketsOf(forecasts, SEED, undefined, (horizon) => Math.max(days, 2 * horizon)));
      expect(buckets).toHaveLength(COINS.length * 3 * 5);
      expect(outside(buckets).length, outside(buckets).join(', ')).toBeLessThanOrEqual(3);
      expect(worst(buckets)).toBeLessThan(4);
    },
  );

  it("W21: the predecessor's scaling fails the same test", () => {
    // F((ln(K/S) / (sd sqrt(days))) sqrt((nu - 2) / nu)) at nu 6: the factor upside down.
    const buckets = short(
      bucketsOf(forecasts, SEED, ({ deviation }) => 1 - studentTCdf(deviation * Math.sqrt(4 / 6), 6)),
    );
    expect(outside(buckets).length).toBeGreaterThan(20);
    expect(worst(buckets)).toBeGreaterThan(10);
  });

  it('the plain model of the setting, without any fit, is better but does not pass', () => {
    const buckets = short(bucketsOf(forecasts, SEED, ({ deviation }) => unitStudentTSurvival(deviation, 6)));
    expect(outside(buckets).length).toBeGreaterThan(3);
    expect(worst(buckets)).toBeLessThan(4);
  });

  it('fits stay within their bounds, and drift within what a year of it would be', () => {
    for (const { shape } of forecasts) {
      expect(shape.nu).toBeGreaterThanOrEqual(3 - 1e-9);
      expect(shape.nu).toBeLessThanOrEqual(30 + 1e-9);
      expect(Math.abs(shape.shift) / Math.sqrt(shape.horizonDays)).toBeLessThan(0.1);
    }
  });
});
