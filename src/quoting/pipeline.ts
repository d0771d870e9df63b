import type { Side } from '../domain/market.ts';
import type { ClientId } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import type { EngineQuote } from '../pricing/pricing-engine.ts';
import type { Funding, QuoteProposal } from './proposal.ts';

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
  /** How far the directional model puts YES above the market, in points; null without a signal. */
  readonly cdSignalPts: number | null;
  /** How much of it quotes lean; null while that is off. */
  readonly cdSynergyWeight: number | null;
  /** What resting orders earn here; null where nothing is paid, or no mid qualifies. */
  readonly reward: RewardContext | null;
  /** How fast fills grow rare with depth, and how many an hour there are at depth 0. */
  readonly kPerPt: number;
  readonly fillsPerHour: number;
  /** Orders whose partner has filled. What they may take of budget and inventory is not in `budget` and `inventory` any more. */
  readonly hanging: readonly HangingLevel[];
  /** Distance from the reservation price below which nothing may tighten. */
  readonly minHalfSpreadPts: number;
  /** Widest spread of level 0 that widening may reach; the risk gate refuses a wider quote. */
  readonly maxSpreadPts: number;
  readonly postOnly: boolean;
}

/** A market's liquidity reward against the competition of this moment. */
export interface RewardContext {
  readonly minSize: Shares;
  readonly maxSpreadPts: number;
  readonly dailyRateUsd: number;
  /** What a promised dollar has turned out to be worth. */
  readonly paidRatio: number;
  /** The size-cut-off-adjusted mid. */
  readonly midPts: number;
  /** The most that everybody else can score together. */
  readonly competition: number;
}

/** A resting order that may stay beside new quotes, in YES coordinates. */
export interface HangingLevel {
  readonly clientId: ClientId;
  readonly side: Side;
  readonly price: Price;
  /** What still rests. */
  readonly size: Shares;
  readonly level: number;
  readonly funding: Funding;
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
