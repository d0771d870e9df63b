import { logLossOf } from '../../pricing/forecast-scores.ts';
import type { Bucket, DailyForecast } from './walk-forward.ts';

/** Buckets as lines of text: what was said of a close above each strike, and how often it came. */
export function bucketLines(buckets: readonly Bucket[]): string[] {
  const inside = (days: (horizon: number) => boolean): string => {
    const some = buckets.filter(({ horizonDays }) => days(horizonDays));
    return `${some.filter(({ isInside }) => isInside).length} of ${some.length}`;
  };
  const rows = buckets.map(
    ({ coin, horizonDays, deviation, count, predicted, realised, gap, isInside, errors }) =>
      [
        coin.padEnd(6),
        `${horizonDays} d`.padStart(5),
        (deviation > 0 ? `+${deviation}` : String(deviation)).padStart(7),
        String(count).padStart(7),
        percent(predicted).padStart(9),
        percent(realised).padStart(10),
        `${signed(100 * gap.low)} to ${signed(100 * gap.high)}`.padStart(17),
        errors.toFixed(1).padStart(8),
        isInside ? '' : '  outside',
      ].join(''),
  );
  return [
    `coin  horizon strike  days     said  happened   gap, 95 % (pts)  errors`,
    ...rows,
    `inside their band: ${inside((days) => days <= 7)} at up to 7 days, ${inside((days) => days > 7)} beyond; farthest ${Math.max(...buckets.map(({ errors }) => Math.abs(errors))).toFixed(1)} standard errors`,
  ];
}

/** Mean log loss of each horizon, over all coins and strikes. */
export function lossLines(forecasts: readonly DailyForecast[]): string[] {
  const groups = Map.groupBy(forecasts, ({ horizonDays }) => horizonDays);
  return [...groups].map(([days, group]) => {
    const loss = group.reduce(
      (sum, { probability, isAbove }) => sum + logLossOf(probability, isAbove ? 1 : 0),
      0,
    );
    return `log loss at ${days} d: ${(loss / group.length).toFixed(4)}`;
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
