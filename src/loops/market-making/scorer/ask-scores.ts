import { type AskedMarket, askForScores, MOST_ASKED_AT_ONCE } from '../../../ai/score-question.ts';
import { bestAsk, bestBid, type TickBook } from '../../../domain/book.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { POINT, usdToFloat } from '../../../domain/units.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { MarketMakingMemory } from '../memory.ts';
import { depthUsd, isEarly, spreadOf } from '../scanner/exclusions.ts';
import type { ScannerLimits } from '../scanner/scanner-limits.ts';
import type { Candidate } from '../scanner/select.ts';
import type { MarketMakingSettings } from '../settings.ts';
import { scoreLifeMs } from './ruling.ts';
import { type ScoredMarket, type ScorerMemory, scoredMarketOf } from './scorer-memory.ts';

/** A score is asked for anew when this part of its life is over, so that the new one is there before the old one runs out. */
const RENEW_AT = 0.8;
/** A question that is asked anyway takes along what is past this part: a few large questions cost less than many small ones. */
const TAKE_ALONG_AT = 0.5;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Wanted {
  readonly candidate: Candidate;
  readonly ofMarket: ScoredMarket;
  /** Part of the score's life that is over; infinite without a score. */
  readonly worn: number;
  readonly rank: number;
}

/**
 * Asks for scores of the candidates that nothing but a score keeps out, unscored ones first and the best of them first. One
 * question at a time, no more than the hour's allowance, and none while the last failure rests.
 */
export function askScores(
  { state, nowMs }: LoopView,
  { scorer, watched }: Pick<MarketMakingMemory, 'scorer' | 'watched'>,
  candidates: readonly Candidate[],
  ranks: ReadonlyMap<ConditionId, number>,
  limits: ScannerLimits,
): Intent[] {
  const { mm } = state.settings;
  forgetOthers(scorer, watched);
  if (!mm.scorerEnabled) return [];
  const wanted = wantedAmong(scorer, candidates, ranks, mm, nowMs);
  if (scorer.pending !== null || nowMs < scorer.trouble.untilMs || !hasAllowance(scorer, mm, nowMs))
    return [];
  if (!wanted.some(({ worn }) => worn >= RENEW_AT)) return [];
  const asked = new Map<string, ConditionId>();
  const shown = wanted.slice(0, MOST_ASKED_AT_ONCE).map(({ candidate }, index): AskedMarket => {
    const label = `m${index + 1}`;
    asked.set(label, candidate.market.conditionId);
    return askedMarket(label, candidate, limits, nowMs);
  });
  const key = `scores-${scorer.nextQuestion}`;
  scorer.nextQuestion += 1;
  scorer.counts.asked += 1;
  scorer.askedAtMs.push(nowMs);
  scorer.pending = { key, askedAtMs: nowMs, asked };
  return [{ kind: 'ask', key, tier: 'sonnet', ...askForScores(shown), maxTokens: mm.scorerMaxTokens }];
}

function wantedAmong(
  scorer: ScorerMemory,
  candidates: readonly Candidate[],
  ranks: ReadonlyMap<ConditionId, number>,
  mm: MarketMakingSettings,
  nowMs: number,
): Wanted[] {
  const wanted: Wanted[] = [];
  for (const candidate of candidates) {
    const { conditionId } = candidate.market;
    const rank = ranks.get(conditionId);
    if (rank === undefined) continue;
    const ofMarket = scoredMarketOf(scorer, conditionId, nowMs);
    const worn = wornPart(ofMarket, mm, nowMs);
    if (worn >= TAKE_ALONG_AT) wanted.push({ candidate, ofMarket, worn, rank });
  }
  return wanted.sort(
    (a, b) =>
      Number(b.ofMarket.score === null) - Number(a.ofMarket.score === null) ||
      Number(b.worn >= RENEW_AT) - Number(a.worn >= RENEW_AT) ||
      b.rank - a.rank ||
      (a.candidate.market.conditionId < b.candidate.market.conditionId ? -1 : 1),
  );
}

/** One that an answer has just passed over is left alone for the time a score would have lasted. */
function wornPart(
  { scoredAtMs, leftOutAtMs }: ScoredMarket,
  mm: Pick<MarketMakingSettings, 'scorerCacheMinutes'>,
  nowMs: number,
): number {
  const sinceMs = Math.max(scoredAtMs ?? Number.NEGATIVE_INFINITY, leftOutAtMs ?? Number.NEGATIVE_INFINITY);
  return (nowMs - sinceMs) / scoreLifeMs(mm);
}

function hasAllowance(
  scorer: ScorerMemory,
  { scorerMaxCallsPerHour }: Pick<MarketMakingSettings, 'scorerMaxCallsPerHour'>,
  nowMs: number,
): boolean {
  scorer.askedAtMs = scorer.askedAtMs.filter((atMs) => nowMs - atMs < HOUR_MS);
  return scorer.askedAtMs.length < scorerMaxCallsPerHour;
}

/** A market that is not watched any more is no candidate, and may be another one by the time it comes back. */
function forgetOthers({ markets }: ScorerMemory, watched: ReadonlySet<ConditionId>): void {
  for (const conditionId of markets.keys()) if (!watched.has(conditionId)) markets.delete(conditionId);
}

function askedMarket(
  label: string,
  { market, book }: Candidate,
  limits: ScannerLimits,
  nowMs: number,
): AskedMarket {
  return {
    label,
    question: market.question,
    description: market.description,
    category: market.category,
    ...bookFigures(book),
    volume24hUsd: usdToFloat(market.volume24h),
    daysToResolution: market.endAtMs === null ? null : (market.endAtMs - nowMs) / DAY_MS,
    early: isEarly(market, limits, nowMs),
  };
}

function bookFigures(book: TickBook | null): Pick<AskedMarket, 'spreadPts' | 'midPts' | 'depthUsd'> {
  const [bid, ask] = book === null ? [null, null] : [bestBid(book), bestAsk(book)];
  if (book === null || bid === null || ask === null) return { spreadPts: null, midPts: null, depthUsd: null };
  return { spreadPts: spreadOf(book), midPts: (bid + ask) / 2 / POINT, depthUsd: depthUsd(book) };
}
