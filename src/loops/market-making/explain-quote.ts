import { POINT, sharesToFloat } from '../../domain/units.ts';
import type { QuotingInputs, QuotingResult } from '../../quoting/price-and-shape.ts';
import type { QuoteLevel, QuoteProposal } from '../../quoting/proposal.ts';

/**
 * How quotes came about, in a form worth keeping: what went in, what the engine said, and what each stage left behind. Prices
 * and distances in points, sizes in shares, both rounded to four places; levels in rows of their own. A stage's before is what the stage above it left.
 */
export interface QuoteExplanation {
  /** By name, with units last; null for what was not known. */
  readonly inputs: Readonly<Record<string, number | string | boolean | null>>;
  readonly engine: {
    readonly name: string;
    readonly bidPts: number;
    readonly askPts: number;
    readonly reservationPts: number;
    readonly halfSpreadPts: number;
    readonly skewPts: number;
    readonly onlySide: string | null;
    readonly because: Readonly<Record<string, number>>;
  };
  readonly stages: readonly StageRow[];
}

/** A stage that changed something has its levels, one that did not has only its reason. */
export type StageRow =
  | readonly [stage: string, why: string]
  | readonly [stage: string, why: string, bids: LevelRows, asks: LevelRows];

/**
 * Four whole numbers a level, best first: level, ten-thousandths of a point, micro-shares, and who pays (0 undecided, 1 cash, 2
 * shares that are held). Whole, because these are most of a decision and fractions take several times as long to write.
 */
export type LevelRows = readonly number[];

export function explainQuote(
  inputs: QuotingInputs,
  { fair, engineQuote, trace }: Extract<QuotingResult, { kind: 'quote' }>,
): QuoteExplanation {
  const { engine, bidPts, askPts, reservationPts, halfSpreadPts, skewPts } = engineQuote;
  return {
    inputs: {
      bookBidPts: fair.bestBid / POINT,
      bookAskPts: fair.bestAsk / POINT,
      tickPts: (inputs.tick ?? inputs.book.tick) / POINT,
      fairMethod: inputs.settings.fairValue,
      fairPts: rounded(fair.fairPts),
      uncertaintyPts: rounded(fair.uncertaintyPts),
      imbalance: rounded(fair.imbalance),
      volatilityPtsPerSqrtS: roundedOrNull(inputs.volatilityPtsPerSqrtS),
      kappaPerPt: roundedOrNull(inputs.kappaPerPt),
      fillsPerHour: roundedOrNull(inputs.fillsPerHour),
      markoutPts: roundedOrNull(inputs.markoutPts),
      yesShares: sharesToFloat(inputs.inventory.yes),
      noShares: sharesToFloat(inputs.inventory.no),
      yesFreeShares: sharesToFloat(inputs.inventory.yesAvailable),
      noFreeShares: sharesToFloat(inputs.inventory.noAvailable),
      budgetUsd: rounded(inputs.budget / 1e6),
      hoursToResolution: roundedOrNull(inputs.hoursToResolution),
      staleFactor: rounded(inputs.staleFactor),
      unwindUrgency: rounded(inputs.unwindUrgency),
      eventRisk: inputs.eventRisk,
      reduceOnly: inputs.reduceOnly,
    },
    engine: {
      name: engine,
      bidPts: rounded(bidPts),
      askPts: rounded(askPts),
      reservationPts: rounded(reservationPts),
      halfSpreadPts: rounded(halfSpreadPts),
      skewPts: rounded(skewPts),
      onlySide: engineQuote.onlySide ?? null,
      because: roundedAll(engineQuote.because),
    },
    stages: trace.map(({ stage, before, after, why }) =>
      isSame(before, after) ? [stage, why] : [stage, why, rowsOf(after.bids), rowsOf(after.asks)],
    ),
  };
}

/** Rows hold points in these units; a grid price is hundredths of a point already. */
export const ROW_UNITS_PER_PT = 10_000;
const ROW_UNITS_PER_PRICE = ROW_UNITS_PER_PT / POINT;

/** Whether a stage left every level as it was, be it in a new object. */
const isSame = (before: QuoteProposal, after: QuoteProposal): boolean =>
  before.bids === after.bids && before.asks === after.asks;

function rowsOf(levels: readonly QuoteLevel[]): number[] {
  const rows: number[] = [];
  for (const { level, pricePts, price, size, funding } of levels)
    rows.push(
      level,
      price === null ? Math.round(pricePts * ROW_UNITS_PER_PT) : price * ROW_UNITS_PER_PRICE,
      size,
      funding === null ? 0 : funding === 'cash' ? 1 : 2,
    );
  return rows;
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
function roundedAll(figures: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in figures) all[name] = rounded(figures[name] as number);
  return all;
}
const roundedOrNull = (value: number | null | undefined): number | null =>
  value == null ? null : rounded(value);
