import type { ConditionId } from '../../../domain/market.ts';
import type { ScoredRow } from '../../../kernel/decision.ts';
import type { LoopView } from '../../../kernel/loop.ts';
import type { ScoredMarket, ScorerMemory } from './scorer-memory.ts';

/** What the scorer said of a market, for the decision about its quotes; null where it said nothing. */
export function explainScore(
  { markets }: ScorerMemory,
  conditionId: ConditionId,
): { readonly of10: number; readonly flags: string | null } | null {
  const score = markets.get(conditionId)?.score ?? null;
  return score === null
    ? null
    : { of10: score.overall, flags: score.flags.length === 0 ? null : score.flags.join(', ') };
}

/** Scores that were not journaled in this run, to be journaled now. */
export function tellScores({ state }: Pick<LoopView, 'state'>, { markets }: ScorerMemory): ScoredRow[] {
  const { runId } = state.run;
  const rows: ScoredRow[] = [];
  if (!state.settings.mm.scorerEnabled) return rows;
  for (const [conditionId, ofMarket] of markets) {
    if (ofMarket.score === null || ofMarket.toldInRun === runId) continue;
    ofMarket.toldInRun = runId;
    rows.push(rowOf(conditionId, ofMarket.score));
  }
  return rows;
}

const rowOf = (
  conditionId: ConditionId,
  { overall, flags, note }: NonNullable<ScoredMarket['score']>,
): ScoredRow => [conditionId, overall, flags, note];
