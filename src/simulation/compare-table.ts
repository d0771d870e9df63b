import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import type { MarketOutcome, RunOutcome } from './compare-run.ts';
import {
  type Difference,
  expectedShortfallOf,
  meanOf,
  pairedDifference,
  standardDeviationOf,
} from './compare-statistics.ts';

/** The share of outcomes whose mean is the expected shortfall. */
export const SHORTFALL_SHARE = 0.01;
/** What every other engine is compared with. */
export const BASE_ENGINE: PricingEngineName = 'legacy';

/** One engine at one level of informed flow. An outcome is one market of one run; dollars and shares are those of one market. */
export interface EngineRow {
  readonly informed: number;
  readonly engine: PricingEngineName;
  readonly outcomes: number;
  readonly meanPnlUsd: number;
  readonly sdPnlUsd: number;
  readonly shortfallUsd: number;
  readonly worstUsd: number;
  readonly fills: number;
  readonly meanHeldShares: number;
  readonly mostHeldShares: number;
  readonly ordersPlaced: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Against the base engine on the same seeds; null for the base engine itself, and with fewer than two seeds. */
  readonly againstBase: { readonly meanPnlUsd: Difference; readonly shortfallUsd: Difference } | null;
}

const shortfall = (values: readonly number[]): number => expectedShortfallOf(values, SHORTFALL_SHARE);

/** A row for every level and engine that ran, levels rising, engines in the order they first appear. Runs may come in any order. */
export function comparisonTable(runs: readonly RunOutcome[]): EngineRow[] {
  const levels = [...new Set(runs.map(({ run }) => run.informed))].sort((a, b) => a - b);
  const engines = [...new Set(runs.map(({ run }) => run.engine))];
  return levels.flatMap((informed) => {
    const runsOf = (engine: PricingEngineName): RunOutcome[] =>
      runs
        .filter(({ run }) => run.informed === informed && run.engine === engine)
        .sort((a, b) => a.run.seed - b.run.seed);
    const base = runsOf(BASE_ENGINE);
    return engines.map((engine) =>
      rowOf(informed, engine, runsOf(engine), engine === BASE_ENGINE ? [] : base),
    );
  });
}

function rowOf(
  informed: number,
  engine: PricingEngineName,
  runs: readonly RunOutcome[],
  base: readonly RunOutcome[],
): EngineRow {
  const outcomes = runs.flatMap((run) => run.outcomes);
  const profits = outcomes.map(({ pnlUsd }) => pnlUsd);
  const averageOf = (what: (outcome: MarketOutcome) => number): number => meanOf(outcomes.map(what));
  return {
    informed,
    engine,
    outcomes: outcomes.length,
    meanPnlUsd: meanOf(profits),
    sdPnlUsd: standardDeviationOf(profits),
    shortfallUsd: shortfall(profits),
    worstUsd: Math.min(...profits),
    fills: averageOf(({ fills }) => fills),
    meanHeldShares: averageOf(({ meanHeldShares }) => meanHeldShares),
    mostHeldShares: averageOf(({ mostHeldShares }) => mostHeldShares),
    ordersPlaced: meanOf(runs.map((run) => run.ordersPlaced / run.outcomes.length)),
    refused: addedUp(runs),
    againstBase: differences(runs, base),
  };
}

function differences(runs: readonly RunOutcome[], base: readonly RunOutcome[]): EngineRow['againstBase'] {
  if (base.length < 2) return null;
  if (runs.length !== base.length || runs.some(({ run }, index) => run.seed !== base[index]?.run.seed))
    throw new RangeError('engines can only be compared over the same seeds');
  const [treated, control] = [blocksOf(runs), blocksOf(base)];
  return {
    meanPnlUsd: pairedDifference(treated, control, meanOf),
    shortfallUsd: pairedDifference(treated, control, shortfall),
  };
}

const blocksOf = (runs: readonly RunOutcome[]): number[][] =>
  runs.map(({ outcomes }) => outcomes.map(({ pnlUsd }) => pnlUsd));

function addedUp(runs: readonly RunOutcome[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { refused } of runs)
    for (const [code, count] of Object.entries(refused)) sums[code] = (sums[code] ?? 0) + count;
  return sums;
}

/** The rows as lines for a terminal. */
export function tableLines(rows: readonly EngineRow[]): string[] {
  const heads = ['informed', 'engine', 'mean', 'sd', 'ES 1 %', 'worst', 'fills', 'held', 'most', 'orders'];
  const cells = rows.map((row) => [
    `${Number((100 * row.informed).toFixed(2))} %`,
    row.engine,
    row.meanPnlUsd.toFixed(2),
    row.sdPnlUsd.toFixed(2),
    row.shortfallUsd.toFixed(2),
    row.worstUsd.toFixed(2),
    row.fills.toFixed(1),
    row.meanHeldShares.toFixed(1),
    row.mostHeldShares.toFixed(1),
    row.ordersPlaced.toFixed(0),
  ]);
  const more = rows.map(({ againstBase }) =>
    againstBase === null ? '' : `${shown(againstBase.meanPnlUsd)}  ${shown(againstBase.shortfallUsd)}`,
  );
  const line = (row: readonly string[], rest: string): string =>
    `${row.map((cell) => cell.padStart(9)).join('')}   ${rest}`.trimEnd();
  const rest = `${`mean less ${BASE_ENGINE}`.padEnd(24)}  ES less ${BASE_ENGINE}`;
  return [line(heads, rest), ...cells.map((row, index) => line(row, more[index] ?? ''))];
}

const shown = ({ value, low, high }: Difference): string =>
  `${value.toFixed(2).padStart(7)} [${low.toFixed(2)}, ${high.toFixed(2)}]`.padEnd(24);
