import type { ConditionId, Outcome, TokenId } from '../domain/market.ts';
import type { ClientId, FillReport, TradeStatus } from '../domain/order.ts';
import type { Usd } from '../domain/units.ts';
import { createMarkoutTimers, type Markout, type MarkoutTimers } from '../pricing/mark-out.ts';
import type { DayResult, OpenLot } from '../pricing/performance-measures.ts';
import type { MicroMid } from '../pricing/profit-identity.ts';
import type { DayMeasures } from './day-measures.ts';
import { createDirectionalMeasures, type DirectionalMeasures } from './directional.ts';
import type { MarketRecord, Strategy } from './market-results.ts';
import { createQuotes, type Quotes } from './quotes.ts';

/** A fill of ours with what was measured of it. */
export interface MeasuredFill {
  readonly id: string;
  readonly report: FillReport;
  readonly outcome: Outcome;
  /** Dollars in (positive) or out (negative), fee apart. */
  readonly cash: Usd;
  readonly fee: Usd;
  readonly atMs: number;
  /** Mid of YES just before the fill, in micro-dollars. */
  readonly mid: MicroMid;
  /** Null where there was no mid that measures anything. */
  readonly midAtFillPts: number | null;
  readonly quoteId: string | null;
  readonly strategy: Strategy;
  readonly level: number | null;
  readonly quotedSpreadPts: number | null;
  status: TradeStatus;
  /** By horizon in milliseconds: the mid of YES then in points, and what it says. */
  readonly markouts: Map<number, { readonly midPts: number; readonly markout: Markout }>;
  /** Mid at the end of the identity's horizon, or when the trade failed before; null while it runs. */
  midAtHorizon: MicroMid | null;
}

/**
 * What tables need beyond the facts. Plain data: it is carried over from run to run. What it holds is bounded by what is open,
 * by the fills of the last hour and by the quotes that were hit today.
 */
export interface Measures {
  runId: string;
  wallet: string;
  nowMs: number;
  /** The input whose outputs follow. */
  inputSeq: number;
  /** Levels of the quotes that were decided on that input. */
  levels: Map<ClientId, number>;
  readonly markouts: MarkoutTimers;
  readonly fills: Map<string, MeasuredFill>;
  /** Confirmed fills that nothing has closed yet, oldest first. */
  readonly lots: Map<ConditionId, OpenLot[]>;
  /** Dollars that came in for each token, less those paid for it, fees apart. */
  readonly cashOfToken: Map<TokenId, number>;
  readonly quotes: Quotes;
  /** Markets in which something was held or traded, or of which a model has said something, and what came of it. */
  readonly results: Map<ConditionId, MarketRecord>;
  readonly directional: DirectionalMeasures;
  /** When forecasts at fixed times before an end were last looked for. */
  horizonsAtMs: number;
  day: DayMeasures | null;
  /** The days before, oldest first, as many as a ratio looks back. */
  pastDays: DayResult[];
  /** What did not add up on the days before. 0, always. */
  pastResidual: number;
  tidiedAtMs: number;
}

export const createMeasures = (): Measures => ({
  runId: '',
  wallet: '',
  nowMs: 0,
  inputSeq: 0,
  levels: new Map(),
  markouts: createMarkoutTimers(),
  fills: new Map(),
  lots: new Map(),
  cashOfToken: new Map(),
  quotes: createQuotes(),
  results: new Map(),
  directional: createDirectionalMeasures(),
  horizonsAtMs: 0,
  day: null,
  pastDays: [],
  pastResidual: 0,
  tidiedAtMs: 0,
});
