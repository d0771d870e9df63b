import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JudgedMarket } from '../../domain/directional.ts';
import type { ConditionId } from '../../domain/market.ts';
import { streamOf } from '../../domain/random.ts';
import { DAY_MS, utcDayOf } from '../../domain/utc-day.ts';
import { logLossOf } from '../../pricing/forecast-scores.ts';
import type { PricePoint } from '../model/ewma-volatility.ts';
import { learnRecalibration } from '../model/learn-recalibration.ts';
import { recalibrated } from '../model/recalibration.ts';
import { blockBootstrap } from './block-bootstrap.ts';
import { type DailyForecast, WALK_FORWARD_TERMS, walkForward } from './walk-forward.ts';

const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data');
const FOLDER = join(SHARED, 'prices/binance_daily');
/** As many as trading remembers. */
const KEPT = 1_000;

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

/** Each question as a market that is resolved at the close that decides it. */
const asMarket = (
  { coin, atMs, horizonDays, probability, isAbove }: DailyForecast,
  n: number,
): JudgedMarket => ({
  conditionId: String(n) as ConditionId,
  coin,
  endAtMs: atMs + horizonDays * DAY_MS - 1,
  knownAtMs: atMs + horizonDays * DAY_MS,
  isYes: isAbove,
  forecasts: [{ day: utcDayOf(atMs), yesProbability: probability }],
});

/** By day: how much more the recalibrated probabilities lose in log loss than the model's own. */
function lossesOf(forecasts: readonly DailyForecast[]): number[] {
  const markets = forecasts.map(asMarket).sort((a, b) => a.knownAtMs - b.knownAtMs);
  const byDay = [...Map.groupBy(forecasts, ({ atMs }) => utcDayOf(atMs))].sort(([a], [b]) => a - b);
  let known = 0;
  return byDay.flatMap(([day, asked]) => {
    while (known < markets.length && markets[known]!.knownAtMs <= day * DAY_MS) known += 1;
    const { map } = learnRecalibration(markets.slice(Math.max(0, known - KEPT), known), day * DAY_MS);
    if (map.markets === 0) return [];
    const more = asked.map(({ probability, isAbove }) => {
      const outcome = isAbove ? 1 : 0;
      return logLossOf(recalibrated(map, probability), outcome) - logLossOf(probability, outcome);
    });
    return [more.reduce((sum, one) => sum + one, 0) / more.length];
  });
}

describe('recalibrating over daily closes of 2020 to 2025 as trading would', () => {
  if (!existsSync(FOLDER)) {
    it(`skipped: ../shared/data not found`, () => {
      expect(process.env.CI, `CI needs ${FOLDER}`).not.toBe('true');
    });
    return;
  }

  it('makes the model worse, beyond chance: the last weeks say less than it costs to follow them', () => {
    const terms = { ...WALK_FORWARD_TERMS, horizonsDays: [1, 3, 7] };
    const losses = lossesOf(['BTC', 'ETH'].flatMap((coin) => walkForward(coin, closesOf(coin), terms)));
    expect(losses.length).toBeGreaterThan(1_900);
    const { mean, low, high } = blockBootstrap(losses, 30, streamOf(20_261_123, 'recalibration'));
    console.log(`recalibrated less own: ${[mean, low, high].map((loss) => loss.toFixed(4)).join(' ')}`);
    expect(low).toBeGreaterThan(0);
    expect(mean).toBeCloseTo(0.0066, 3);
  }, 120_000);
});
