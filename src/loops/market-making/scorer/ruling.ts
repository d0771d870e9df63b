import { type ScoreExclusion, verdictOn } from '../../../ai/score-verdict.ts';
import type { ConditionId } from '../../../domain/market.ts';
import type { MarketMakingSettings } from '../settings.ts';
import type { ScoredMarket, ScorerMemory } from './scorer-memory.ts';

/** Why the scorer keeps a market out. */
export type ScorerExclusion = ScoreExclusion | 'waiting for its score' | 'not scored';

type ScorerSettings = Pick<
  MarketMakingSettings,
  'scorerEnabled' | 'scorerMinScore' | 'scorerCacheMinutes' | 'scorerFailOpen'
>;

/** A score is used for so long at least: an answer takes seconds to come, and would be too old when it is there. */
const LEAST_LIFE_MS = 60_000;
/** A market that could pass unscored waits this long for its first score. */
const MOST_WAIT_MS = 120_000;

/** How long a score is used. */
export const scoreLifeMs = ({ scorerCacheMinutes }: Pick<ScorerSettings, 'scorerCacheMinutes'>): number =>
  Math.max(LEAST_LIFE_MS, scorerCacheMinutes * 60_000);

/**
 * Why the scorer keeps this market out; null where it does not. A score that holds a market back stands until a newer one comes,
 * however old it is; one that lets it through runs out. Where no score is to be had the setting decides: `scorerFailOpen` lets the
 * market pass, once it is clear that none is coming.
 */
export function rulingOf(
  scorer: ScorerMemory,
  conditionId: ConditionId,
  mm: ScorerSettings,
  incumbent: boolean,
  nowMs: number,
): ScorerExclusion | null {
  if (!mm.scorerEnabled) return null;
  const ofMarket = scorer.markets.get(conditionId);
  if (ofMarket !== undefined && ofMarket.score !== null) {
    const verdict = verdictOn(ofMarket.score, mm.scorerMinScore);
    if (verdict.kind === 'exclude') return verdict.reason;
    if (isFresh(ofMarket, mm, nowMs)) return null;
  }
  if (!mm.scorerFailOpen) return 'not scored';
  // Quotes that rest already are not pulled for a score that was never bad.
  if (incumbent || nowMs < scorer.trouble.untilMs) return null;
  if (ofMarket === undefined) return 'waiting for its score';
  const hasWaited = ofMarket.failedAtMs !== null || nowMs - ofMarket.wantedAtMs >= MOST_WAIT_MS;
  return hasWaited ? null : 'waiting for its score';
}

export const isFresh = (
  { scoredAtMs }: Pick<ScoredMarket, 'scoredAtMs'>,
  mm: Pick<ScorerSettings, 'scorerCacheMinutes'>,
  nowMs: number,
): boolean => scoredAtMs !== null && nowMs - scoredAtMs < scoreLifeMs(mm);

/** Whether the last score of a market has a flag for which its quotes stand further out. It holds until a newer score comes. */
export function isWidened(
  { markets }: ScorerMemory,
  conditionId: ConditionId,
  mm: Pick<ScorerSettings, 'scorerEnabled' | 'scorerMinScore'>,
): boolean {
  const score = mm.scorerEnabled ? (markets.get(conditionId)?.score ?? null) : null;
  return score !== null && score.flags.length > 0 && verdictOn(score, mm.scorerMinScore).kind === 'widen';
}

const VERDICTS: readonly string[] = [
  'scored too low',
  'flagged: ambiguous resolution',
  'flagged: near-resolution trap',
] satisfies ScoreExclusion[];

/** Whether a reason is what a score said, so that what is held there should be sold. */
export const isVerdict = (reason: string): boolean => VERDICTS.includes(reason);
