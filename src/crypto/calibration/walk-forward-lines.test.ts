import { describe, expect, it } from 'vitest';
import { plainShape } from '../model/horizon-shape.ts';
import { bucketsOf, type DailyForecast } from './walk-forward.ts';
import { bucketLines, lossLines } from './walk-forward-lines.ts';

const forecast = (day: number, horizonDays: number): DailyForecast => ({
  coin: 'BTC',
  atMs: day,
  horizonDays,
  deviation: 1,
  spot: 100,
  strike: 103,
  shape: plainShape(6),
  dailyVolatility: 0.03,
  probability: 0.25,
  isAbove: day % 4 === 0,
});

it('prints what was said, what came, and how many buckets hold', () => {
  const forecasts = [1, 30].flatMap((horizon) =>
    Array.from({ length: 200 }, (_, day) => forecast(day, horizon)),
  );
  const lines = bucketLines(bucketsOf(forecasts, 1));
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(
    /^BTC {5}1 d {5}\+1 {4}200 {3}25\.0 % {4}25\.0 % +[+-]?\d+\.\d to [+-]?\d+\.\d +-?0\.0$/,
  );
  expect(lines.at(-1)).toMatch(
    /^inside their band: 1 of 1 at up to 7 days, 1 of 1 beyond; farthest 0\.0 standard errors$/,
  );
});

describe('the log loss', () => {
  it('is the mean over a horizon', () => {
    const expected = -(Math.log(0.25) + 3 * Math.log(0.75)) / 4;
    const forecasts = Array.from({ length: 8 }, (_, day) => forecast(day, 3));
    expect(lossLines(forecasts)).toEqual([`log loss at 3 d: ${expected.toFixed(4)}`]);
  });
});
