import type { ConditionId } from '../domain/market.ts';
import type { KernelState } from '../kernel/state.ts';
import type { MarketMakingMemory } from '../loops/market-making/memory.ts';
import { isFresh, isWidened, rulingOf } from '../loops/market-making/scorer/ruling.ts';

/** What a model says of markets, and how asking it goes. */
export interface ScorerStatus {
  readonly enabled: boolean;
  /** Whether markets without a score are quoted. */
  readonly failOpen: boolean;
  readonly minScore: number;
  /** Since when a question is on its way; null while none is. */
  readonly askedAtMs: number | null;
  readonly callsThisHour: number;
  readonly maxCallsPerHour: number;
  /** Why the last questions failed; null while they do not. */
  readonly failing: { readonly because: string; readonly times: number; readonly untilMs: number } | null;
  /** Of all runs on this state. */
  readonly counts: Readonly<Record<'asked' | 'answered' | 'failed' | 'inputTokens' | 'outputTokens', number>>;
  /** Scored markets, the worst first. */
  readonly markets: readonly ShownScore[];
}

export interface ShownScore {
  readonly conditionId: string;
  readonly slug: string;
  readonly of10: number;
  readonly clarity: number;
  readonly quality: number;
  readonly profitability: number;
  readonly flags: readonly string[];
  readonly note: string;
  readonly asOfMs: number | null;
  /** `expired`: older than it may be used, and only a worse one would still count. */
  readonly effect: 'quoted' | 'widened' | 'expired' | 'left out';
}

const HOUR_MS = 3_600_000;

/** Null before the loop has looked. */
export function scorerStatus(
  state: KernelState,
  memory: MarketMakingMemory | undefined,
): ScorerStatus | null {
  if (memory === undefined) return null;
  const { scorer } = memory;
  const { mm } = state.settings;
  const { because, failures, untilMs } = scorer.trouble;
  return {
    enabled: mm.scorerEnabled,
    failOpen: mm.scorerFailOpen,
    minScore: mm.scorerMinScore,
    askedAtMs: scorer.pending?.askedAtMs ?? null,
    callsThisHour: scorer.askedAtMs.filter((atMs) => state.nowMs - atMs < HOUR_MS).length,
    maxCallsPerHour: mm.scorerMaxCallsPerHour,
    failing: because === null ? null : { because, times: failures, untilMs },
    counts: { ...scorer.counts },
    markets: [...scorer.markets.keys()]
      .flatMap((conditionId) => shownScore(state, memory, conditionId))
      .sort((a, b) => a.of10 - b.of10 || (a.slug < b.slug ? -1 : 1)),
  };
}

function shownScore(
  state: KernelState,
  { scorer }: MarketMakingMemory,
  conditionId: ConditionId,
): ShownScore[] {
  const slug = state.markets.get(conditionId)?.market.slug;
  const ofMarket = scorer.markets.get(conditionId);
  if (slug === undefined || ofMarket === undefined || ofMarket.score === null) return [];
  const { overall, clarity, quality, profitability, flags, note } = ofMarket.score;
  const { mm } = state.settings;
  const isOut = rulingOf(scorer, conditionId, mm, false, state.nowMs) !== null;
  const isOld = !isFresh(ofMarket, mm, state.nowMs);
  const effect = isOut
    ? 'left out'
    : isWidened(scorer, conditionId, mm)
      ? 'widened'
      : isOld
        ? 'expired'
        : 'quoted';
  const axes = { of10: overall, clarity, quality, profitability };
  return [{ conditionId, slug, ...axes, flags, note, asOfMs: ofMarket.scoredAtMs, effect }];
}
