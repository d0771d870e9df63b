import type { PerformanceReport } from '../app/index.ts';

type Source = PerformanceReport['forecasts'][number];
type Group = Source['calibration'][number];
type Estimate = Group['bias'];

const MOST_MARKETS = 20;
const NAME_WIDTH = 34;

/** A figure with its interval, or why there is none. */
const estimate = (one: Estimate, digits: number): string =>
  'tooFew' in one
    ? `too few (${one.tooFew})`
    : `${one.value.toFixed(digits)} [${one.low.toFixed(digits)}, ${one.high.toFixed(digits)}]`;

/** The report as lines: results by strategy and market, then each source of forecasts. Intervals are of 95 per cent. */
export function performanceLines(report: PerformanceReport): string[] {
  const { statuses, strategies, markets, forecasts, profitUsd, residualMicroUsd } = report;
  const told = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
  return [
    `markets traded or held: ${told.join(', ') || 'none'}`,
    ...(strategies.length === 0 ? ['no market is resolved yet, so nothing is won or lost for good'] : []),
    ...strategies.map(
      (one) =>
        `${one.strategy.padEnd(15)} ${one.markets} resolved markets, ${one.wins} won, ${one.losses} lost, ${one.even} even; held the winner in ${one.heldWinner}, the loser in ${one.heldLoser}; ${one.fills} fills; ${one.profitUsd.toFixed(2)} USD, a market ${estimate(one.meanProfitUsd, 4)}`,
    ),
    ...(strategies.length === 0
      ? []
      : [`in all ${profitUsd.toFixed(6)} USD; ${residualMicroUsd} micro-USD between results and books`]),
    ...marketLines(markets),
    ...forecasts.flatMap(sourceLines),
    ...(forecasts.length === 0 ? ['', 'no forecasts yet'] : []),
  ];
}

function marketLines(markets: PerformanceReport['markets']): string[] {
  if (markets.length === 0) return [];
  const newest = markets.slice(-MOST_MARKETS).toReversed();
  return [
    '',
    `${'market'.padEnd(NAME_WIDTH)} strategy        outcome   fills     result`,
    ...newest.map(
      (row) =>
        `${cut(row.slug)} ${row.strategy.padEnd(15)} ${(row.actual_outcome ?? '').padEnd(7)} ${String(row.fills_count).padStart(7)} ${(row.pnl_net ?? 0).toFixed(2).padStart(10)}`,
    ),
    ...(markets.length > MOST_MARKETS
      ? [`and ${markets.length - MOST_MARKETS} older; --json has them all`]
      : []),
  ];
}

const cut = (name: string): string =>
  name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name.padEnd(NAME_WIDTH);

function sourceLines(one: Source): string[] {
  const { source, scores, waiting } = one;
  const title = `forecasts: ${source}: ${scores.forecasts} scored in ${scores.clusters} markets or events, ${waiting} wait for an outcome, ${one.void} void`;
  if (scores.forecasts === 0) return ['', title];
  const { murphy } = scores;
  return [
    '',
    title,
    `  Brier ${estimate(scores.brier, 4)}`,
    `  log loss ${estimate(scores.logLoss, 4)}`,
    `  skill against the mid ${estimate(scores.skill, 4)}`,
    ...(murphy === null
      ? []
      : [
          `  of the Brier score: reliability ${murphy.reliability.toFixed(4)}, resolution ${murphy.resolution.toFixed(4)}, uncertainty ${murphy.uncertainty.toFixed(4)}, within bins ${(murphy.withinBinVariance - murphy.withinBinCovariance).toFixed(4)}`,
        ]),
    ...groupLines('by probability', one.calibration),
    ...groupLines('by confidence', one.confidence),
    ...groupLines('by side', one.bySide),
    ...groupLines('by category', one.byCategory),
    ...groupLines('by price', one.byPrice),
    `  favourite-longshot slope ${estimate(one.favouriteLongshot, 3)}`,
    ...(one.findings.length === 0
      ? ['  nothing beyond chance']
      : one.findings.map((finding) => `  beyond chance: ${finding}`)),
  ];
}

function groupLines(title: string, groups: readonly Group[]): string[] {
  if (groups.length === 0) return [];
  return [
    `  ${title.padEnd(NAME_WIDTH - 2)}     n  markets  claimed happened  happened - claimed`,
    ...groups.map(
      ({ name, forecasts, clusters, claimed, happened, bias }) =>
        `    ${name.padEnd(NAME_WIDTH - 4)} ${String(forecasts).padStart(5)} ${String(clusters).padStart(8)} ${percent(claimed)} ${percent(happened)}  ${estimate(bias, 3)}`,
    ),
  ];
}

const percent = (share: number | null): string =>
  (share === null ? '-' : `${(share * 100).toFixed(1)}%`).padStart(8);
