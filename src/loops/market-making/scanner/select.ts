import type { TickBook } from '../../../domain/book.ts';
import type { ConditionId, Market } from '../../../domain/market.ts';
import { type MarketValue, valuePerDollarDay } from '../../../pricing/market-value.ts';
import { payableUsd } from '../../../pricing/rewards.ts';
import { bookExclusion, type Exclusion, isEarly, spreadOf } from './exclusions.ts';
import type { ScannerLimits } from './scanner-limits.ts';

/** What the second pass needs of a watched market. */
export interface Candidate {
  readonly market: Market;
  /** Without our own orders, or we would be scared off by ourselves; null while it is not live. */
  readonly book: TickBook | null;
  readonly incumbent: boolean;
  /** What quoting it is expected to earn; null while nobody has worked it out. The seed's ranking does not look. */
  readonly value: MarketValue | null;
  /** What else keeps it out; left out where nothing does. */
  readonly ruledOut?: Exclusion | null;
}

export interface Selection {
  readonly chosen: ConditionId[];
  readonly excluded: Map<ConditionId, Exclusion>;
  /** What each market that its book and value do not rule out was ranked by: dollars a day and dollar of capital, or points of spread. */
  readonly scores: Map<ConditionId, number>;
  /** Whether rewards counted: an account that earns less than a dollar of them a day is paid none. */
  readonly rewardsCount: boolean;
}

interface Ranked {
  readonly conditionId: ConditionId;
  readonly score: number;
  /** The score with the incumbent's margin: what decides. */
  readonly weight: number;
  readonly early: boolean;
}

/**
 * Second pass, on live books: the markets to quote, best first, incumbents kept unless beaten by their margin. The order of
 * candidates does not matter, and one that is excluded changes nothing for the others.
 */
export function select(candidates: readonly Candidate[], limits: ScannerLimits, nowMs: number): Selection {
  const withRewards = selectBy(candidates, limits, nowMs, true);
  if (limits.ranking === 'seed' || payableUsd(rewardsOf(candidates, withRewards.chosen)) > 0)
    return withRewards;
  return selectBy(candidates, limits, nowMs, false);
}

function selectBy(
  candidates: readonly Candidate[],
  limits: ScannerLimits,
  nowMs: number,
  rewardsCount: boolean,
): Selection {
  const excluded = new Map<ConditionId, Exclusion>();
  const scores = new Map<ConditionId, number>();
  const ranked: Ranked[] = [];
  for (const candidate of candidates) {
    const { conditionId } = candidate.market;
    const early = isEarly(candidate.market, limits, nowMs);
    const reason =
      bookExclusion(candidate.book, limits, early, candidate.incumbent) ??
      valueExclusion(candidate.value, limits, rewardsCount);
    if (reason !== null) {
      excluded.set(conditionId, reason);
      continue;
    }
    const score = scoreOf(candidate, limits, early, rewardsCount);
    scores.set(conditionId, score);
    if (candidate.ruledOut != null) {
      excluded.set(conditionId, candidate.ruledOut);
      continue;
    }
    const margin = candidate.incumbent ? Math.abs(score) * (limits.incumbentMarginPct / 100) : 0;
    ranked.push({ conditionId, score, weight: score + margin, early });
  }
  ranked.sort((a, b) => b.weight - a.weight || b.score - a.score || (a.conditionId < b.conditionId ? -1 : 1));
  return { chosen: takeSlots(ranked, limits, excluded), excluded, scores, rewardsCount };
}

function valueExclusion(
  value: MarketValue | null,
  limits: ScannerLimits,
  rewardsCount: boolean,
): Exclusion | null {
  if (limits.ranking === 'seed') return null;
  if (value === null) return 'not valued yet';
  // A loss that was measured keeps us out. One that is only guessed puts a market last, or nothing would ever be measured there.
  const loses = value.isMeasured && valuePerDollarDay(value, rewardsCount) <= 0;
  return loses ? 'expected to lose money' : null;
}

/** The head start of an early market is in points of spread, half of which a fill earns. */
function scoreOf(
  { book, value }: Candidate,
  limits: ScannerLimits,
  early: boolean,
  rewardsCount: boolean,
): number {
  const boostPts = early ? limits.earlyMarketBoost : 0;
  if (limits.ranking === 'seed') return spreadOf(book as TickBook) + boostPts;
  return valuePerDollarDay(value as MarketValue, rewardsCount, boostPts / 2);
}

function takeSlots(
  ranked: readonly Ranked[],
  limits: ScannerLimits,
  excluded: Map<ConditionId, Exclusion>,
): ConditionId[] {
  const chosen: ConditionId[] = [];
  let early = 0;
  for (const entry of ranked) {
    if (chosen.length >= limits.maxMarkets) excluded.set(entry.conditionId, 'outranked');
    else if (entry.early && early >= limits.earlyMarketMaxSlots)
      excluded.set(entry.conditionId, 'early-market slots taken');
    else {
      chosen.push(entry.conditionId);
      if (entry.early) early += 1;
    }
  }
  return chosen;
}

/** Expected rewards a day of the account if it quotes these. */
function rewardsOf(candidates: readonly Candidate[], chosen: readonly ConditionId[]): number {
  const quoted = new Set(chosen);
  let usdPerDay = 0;
  for (const { market, value } of candidates)
    if (quoted.has(market.conditionId)) usdPerDay += value?.rewardUsdPerDay ?? 0;
  return usdPerDay;
}
