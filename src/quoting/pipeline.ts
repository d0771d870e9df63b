import type { Price, Shares, Usd } from '../domain/units.ts';
import type { EngineQuote } from '../pricing/pricing-engine.ts';
import type { QuoteProposal } from './proposal.ts';

/** What stages may look at. Everything is a value of this moment; nothing is looked up. */
export interface StageContext {
  readonly engineQuote: EngineQuote;
  readonly tick: Price;
  /** Best prices of everybody else, dust included; null where that side is empty. */
  readonly othersBestBid: Price | null;
  readonly othersBestAsk: Price | null;
  /** Wanted size of level 0 on each side. Two numbers, because what we can pay and what we can deliver differ. */
  readonly bidSize: Shares;
  readonly askSize: Shares;
  /** The venue's smallest order. */
  readonly minSize: Shares;
  /** Smallest order worth sending; 0 where the venue has no such rule. */
  readonly minNotional: Usd;
  readonly inventory: QuoteInventory;
  /** Dollars the cash-funded levels of both sides may cost together, orders of this market that will be replaced counted as free. */
  readonly budget: Usd;
  /** |net inventory at risk| / limit, signed: positive when long YES. */
  readonly inventoryRatio: number;
  /** Ratio from which only the reducing side is quoted. */
  readonly unwindThreshold: number;
  /** The trading state allows only orders that reduce. */
  readonly reduceOnly: boolean;
  readonly multiLevelCount: number;
  readonly levelSpreadMult: number;
  readonly levelSizeMult: number;
  /** Volatility over one minute, in points; null while unknown. */
  readonly volatilityPtsPerSqrtMin: number | null;
  readonly volWidenThresholdPts: number;
  /** The guard has flagged an event risk for this market. */
  readonly eventRisk: boolean;
  readonly eventRiskWidenPct: number;
  /** Mean adverse mark-out of this market's fills in points, shrunk to its category; positive is a cost. Null while unmeasured. */
  readonly markoutPts: number | null;
  readonly markoutFeedback: boolean;
  readonly markoutThresholdBps: number;
  /** Distance from the reservation price below which nothing may tighten. */
  readonly minHalfSpreadPts: number;
  /** Widest spread of level 0 that widening may reach; the risk gate refuses a wider quote. */
  readonly maxSpreadPts: number;
  readonly postOnly: boolean;
}

/** Shares held, and how many of them are free to be sold by new orders (orders that will be replaced counted as free). */
export interface QuoteInventory {
  readonly yes: Shares;
  readonly no: Shares;
  readonly yesAvailable: Shares;
  readonly noAvailable: Shares;
}

/** Either the proposal that replaces the one given, with the reason, or a reason why the stage left it as it was. */
export type StageResult =
  | { readonly proposal: QuoteProposal; readonly why: string }
  | { readonly skip: string };

export type Stage = (proposal: QuoteProposal, context: StageContext) => StageResult;

/** One stage's part in a decision. `before` and `after` are the same object when the stage skipped. */
export interface StageTrace {
  readonly stage: string;
  readonly before: QuoteProposal;
  readonly after: QuoteProposal;
  readonly why: string;
}

export interface PipelineResult {
  readonly proposal: QuoteProposal;
  readonly trace: readonly StageTrace[];
}

/** Runs the stages in order. Each leaves its before, after and why; the objects are shared, so a trace costs one small object a stage. */
export function runPipeline(
  stages: readonly Stage[],
  proposal: QuoteProposal,
  context: StageContext,
): PipelineResult {
  const trace: StageTrace[] = [];
  let current = proposal;
  for (const stage of stages) {
    const result = stage(current, context);
    const after = 'skip' in result ? current : result.proposal;
    trace.push({
      stage: stage.name,
      before: current,
      after,
      why: 'skip' in result ? result.skip : result.why,
    });
    current = after;
  }
  return { proposal: current, trace };
}
