import { type Estimate, isTooFew } from '../../pricing/cluster-bootstrap.ts';
import { calibrationOf, type ForecastGroup } from '../../pricing/forecast-bias.ts';
import { clusterMean, logLossOf } from '../../pricing/forecast-scores.ts';
import { CLASSIFIED_KINDS } from '../questions/payoff.ts';
import type { MarketForecast } from './forecast-markets.ts';

/** Whose probabilities are judged. */
export type Forecaster = 'model' | 'market' | 'other' | 'recalibrated';
const FORECASTERS: readonly Forecaster[] = ['model', 'market', 'other', 'recalibrated'];

function probabilityOf(forecast: MarketForecast, by: Forecaster): number | null {
  switch (by) {
    case 'model':
      return forecast.probability;
    case 'market':
      return forecast.marketProbability;
    case 'other':
      return forecast.otherProbability;
    case 'recalibrated':
      return forecast.recalibratedProbability;
  }
}

/** A mean, and its interval or the reason why there is none. The mean is there in any case. */
export interface Figure {
  readonly mean: number;
  readonly interval: Estimate;
}

export interface ForecasterScores {
  readonly by: Forecaster;
  readonly forecasts: number;
  readonly brier: Figure;
  readonly logLoss: Figure;
  /** Log loss of the model less this one's on the same rows; null for the model itself. Below 0 the model is better. */
  readonly modelAhead: Figure | null;
}

export interface ScoredKind {
  /** A kind of payoff, or all of them. */
  readonly kind: string;
  readonly markets: number;
  readonly scores: readonly ForecasterScores[];
}

export interface CalibrationReport {
  readonly kinds: readonly ScoredKind[];
  /** By tenths of what was said. */
  readonly reliability: readonly {
    readonly by: Forecaster;
    readonly groups: readonly ForecastGroup[];
  }[];
}

export function calibrationReport(forecasts: readonly MarketForecast[]): CalibrationReport {
  const kinds = CLASSIFIED_KINDS.filter((kind) => forecasts.some((forecast) => forecast.kind === kind));
  return {
    kinds: [
      scoredKind('all', forecasts),
      ...(kinds.length > 1 ? kinds : []).map((kind) =>
        scoredKind(
          kind,
          forecasts.filter((forecast) => forecast.kind === kind),
        ),
      ),
    ],
    reliability: FORECASTERS.flatMap((by) => {
      const groups = calibrationOf(rowsOf(forecasts, by));
      return groups.length === 0 ? [] : [{ by, groups }];
    }),
  };
}

function rowsOf(forecasts: readonly MarketForecast[], by: Forecaster): MarketForecast[] {
  return forecasts.flatMap((forecast) => {
    const probability = probabilityOf(forecast, by);
    return probability === null ? [] : [{ ...forecast, probability }];
  });
}

function scoredKind(kind: string, forecasts: readonly MarketForecast[]): ScoredKind {
  const markets = new Set(forecasts.map(({ marketId }) => marketId)).size;
  const scores = FORECASTERS.flatMap((by): ForecasterScores[] => {
    const rows = forecasts.filter((forecast) => probabilityOf(forecast, by) !== null);
    if (rows.length === 0) return [];
    const said = (forecast: MarketForecast): number => probabilityOf(forecast, by) ?? 0;
    const loss = (forecast: MarketForecast): number => logLossOf(said(forecast), forecast.outcome);
    const ahead = (forecast: MarketForecast): number =>
      logLossOf(forecast.probability, forecast.outcome) - loss(forecast);
    return [
      {
        by,
        forecasts: rows.length,
        brier: figure(rows, (forecast) => (said(forecast) - forecast.outcome) ** 2),
        logLoss: figure(rows, loss),
        modelAhead: by === 'model' ? null : figure(rows, ahead),
      },
    ];
  });
  return { kind, markets, scores };
}

function figure(rows: readonly MarketForecast[], of: (row: MarketForecast) => number): Figure {
  return {
    mean: rows.reduce((sum, row) => sum + of(row), 0) / rows.length,
    interval: clusterMean(rows, of),
  };
}

const NAMES: Record<Forecaster, string> = {
  model: 'model',
  market: 'market price',
  other: 'other model',
  recalibrated: 'recalibrated',
};

/** The scores as lines of text. */
export function scoreLines({ kinds }: CalibrationReport): string[] {
  return kinds.flatMap(({ kind, markets, scores }) => [
    `${kind === 'all' ? 'all payoffs' : kind}: ${markets} markets`,
    `  ${''.padEnd(14)}${'rows'.padStart(6)}  ${'Brier'.padEnd(24)}${'log loss'.padEnd(24)}model less this, log loss`,
    ...scores.map(({ by, forecasts, brier, logLoss, modelAhead }) =>
      `  ${NAMES[by].padEnd(14)}${String(forecasts).padStart(6)}  ${figureText(brier).padEnd(24)}${figureText(logLoss).padEnd(24)}${modelAhead === null ? '' : figureText(modelAhead)}`.trimEnd(),
    ),
  ]);
}

/** What happened by tenths of what was said, as lines of text. */
export function reliabilityLines({ reliability }: CalibrationReport): string[] {
  return reliability.flatMap(({ by, groups }) => [
    `reliability of the ${NAMES[by]}`,
    `  ${'said'.padEnd(10)}${'rows'.padStart(6)}${'mean'.padStart(9)}${'happened'.padStart(10)}   95 % of what happens`,
    ...groups.map(({ name, forecasts, claimed, happened, bias }) => {
      const band = bandOf(claimed, bias);
      const range =
        band === null
          ? `none: ${isTooFew(bias) ? bias.tooFew : ''}`
          : `${percent(band.low)} to ${percent(band.high)}${(claimed ?? 0) < band.low || (claimed ?? 0) > band.high ? '  outside' : ''}`;
      return `  ${name.padEnd(10)}${String(forecasts).padStart(6)}${percent(claimed).padStart(9)}${percent(happened).padStart(10)}   ${range}`;
    }),
  ]);
}

/** Between what shares what was said in a group comes true, by its interval; null without one. */
export function bandOf(
  claimed: number | null,
  bias: Estimate,
): { readonly low: number; readonly high: number } | null {
  if (claimed === null || isTooFew(bias)) return null;
  return { low: Math.max(0, claimed + bias.low), high: Math.min(1, claimed + bias.high) };
}

const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);

function figureText({ mean, interval }: Figure): string {
  const digits = (value: number): string => value.toFixed(4);
  return isTooFew(interval)
    ? `${digits(mean)} (${interval.clusters} blocks)`
    : `${digits(mean)} [${digits(interval.low)} ${digits(interval.high)}]`;
}
