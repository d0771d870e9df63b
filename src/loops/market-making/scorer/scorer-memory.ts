import { type AskingTrouble, createAskingTrouble } from '../../../ai/asking-trouble.ts';
import type { MarketScore } from '../../../ai/score-verdict.ts';
import type { ConditionId } from '../../../domain/market.ts';

/** What is known of one market's score. Plain data. */
export interface ScoredMarket {
  score: MarketScore | null;
  /** When that score came; null before the first. */
  scoredAtMs: number | null;
  /** Since when a score is wanted that is not there. */
  wantedAtMs: number;
  /** When it was last asked for in vain, for whatever reason; null where it never was, or has been given since. */
  failedAtMs: number | null;
  /** When an answer came that passed this market over. */
  leftOutAtMs: number | null;
  /** The run in which the score was journaled; null before. */
  toldInRun: string | null;
}

/** The question that is on its way. */
export interface PendingQuestion {
  readonly key: string;
  readonly askedAtMs: number;
  readonly asked: ReadonlyMap<string, ConditionId>;
}

/** The scorer's part of the loop's memory: plain data. */
export interface ScorerMemory {
  readonly markets: Map<ConditionId, ScoredMarket>;
  /** At most one at a time. */
  pending: PendingQuestion | null;
  nextQuestion: number;
  /** When questions were asked in the last hour, oldest first. */
  askedAtMs: number[];
  readonly trouble: AskingTrouble;
  readonly counts: {
    asked: number;
    answered: number;
    failed: number;
    inputTokens: number;
    outputTokens: number;
  };
}

export const createScorerMemory = (): ScorerMemory => ({
  markets: new Map(),
  pending: null,
  nextQuestion: 1,
  askedAtMs: [],
  trouble: createAskingTrouble(),
  counts: { asked: 0, answered: 0, failed: 0, inputTokens: 0, outputTokens: 0 },
});

export function scoredMarketOf(
  { markets }: ScorerMemory,
  conditionId: ConditionId,
  nowMs: number,
): ScoredMarket {
  let ofMarket = markets.get(conditionId);
  if (ofMarket === undefined) {
    ofMarket = {
      score: null,
      scoredAtMs: null,
      wantedAtMs: nowMs,
      failedAtMs: null,
      leftOutAtMs: null,
      toldInRun: null,
    };
    markets.set(conditionId, ofMarket);
  }
  return ofMarket;
}
