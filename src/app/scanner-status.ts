import type { ConditionId } from '../domain/market.ts';
import type { MarketSlot } from '../kernel/market-slots.ts';
import type { KernelState } from '../kernel/state.ts';
import type { MarketMakingMemory } from '../loops/market-making/memory.ts';
import type { MarketFigures } from '../loops/market-making/scanner/market-figures.ts';
import {
  dateOf,
  dayOf,
  paidRatio,
  promisedUsdOn,
  type RewardTracking,
} from '../loops/market-making/scanner/reward-tracking.ts';
import { type BookMetrics, DEPTH_BANDS_PTS } from '../pricing/book-metrics.ts';
import { type MarketValue, valuePerDollarDay } from '../pricing/market-value.ts';
import { changeOver, HISTORY_KEPT_MS, historicalVolatility } from '../pricing/price-history.ts';
import { PAID_RATIO_PRIOR } from '../pricing/rewards.ts';

/** Why markets are quoted or not, and by which figures; each figure with the time it is of. */
export interface ScannerStatus {
  readonly ranking: string;
  readonly listedAtMs: number | null;
  readonly scannedAtMs: number | null;
  readonly watched: number;
  /** Whether expected rewards count in the ranking: below a dollar a day an account is paid none. */
  readonly rewardsCount: boolean;
  /** Every reason for not quoting a market, most frequent first, with how many markets it holds for and which. */
  readonly excluded: readonly { readonly reason: string; readonly count: number; readonly slugs: string[] }[];
  /** Markets whose books are watched, best first. */
  readonly candidates: readonly CandidateStatus[];
  readonly rewards: RewardStatus;
}

export interface CandidateStatus {
  readonly conditionId: string;
  readonly slug: string;
  readonly category: string;
  readonly quoted: boolean;
  /** Why not; null while it is quoted. */
  readonly reason: string | null;
  /** What it was ranked by; null where something rules it out. */
  readonly score: number | null;
  /** When the figures below were worked out; null before the first time. */
  readonly asOfMs: number | null;
  readonly book: BookStatus | null;
  readonly activity: {
    readonly changesPerMin: number | null;
    readonly tradesPerMin: number | null;
    readonly tradedSharesPerHour: number | null;
    readonly asOfMs: number | null;
  };
  readonly history: {
    readonly points: number;
    readonly volatilityPtsPerSqrtS: number | null;
    /** Change over a day; null where it is not known for so long. */
    readonly dayChangePts: number | null;
    /** When the venue's own history was read; null while it has not been. */
    readonly venueAsOfMs: number | null;
  };
  readonly value: (MarketValue & { readonly usdPerDollarDay: number }) | null;
}

/** `depthUsd` by band in points, both sides together. */
export type BookStatus = Pick<BookMetrics, 'bidPts' | 'askPts' | 'spreadPts' | 'imbalance'> & {
  readonly depthUsd: Readonly<Record<string, number>>;
};

export interface RewardStatus {
  /** Dollars paid for a dollar promised by experience; 0.1 before there is any. */
  readonly paidRatio: number;
  readonly promisedTodayUsd: number;
  /** What the venue says of today so far; null before it was asked. */
  readonly earnedTodayUsd: number | null;
  readonly earnedAsOfMs: number | null;
  readonly settledDays: readonly {
    readonly date: string;
    readonly promisedUsd: number;
    readonly paidUsd: number;
  }[];
}

/** Slugs shown for one reason; `./run why` answers for any market. */
const MOST_SLUGS = 100;

export function scannerStatus(state: KernelState, memory: MarketMakingMemory | undefined): ScannerStatus {
  const { scannerRanking } = state.settings.mm;
  const candidates =
    memory === undefined ? [] : [...memory.watched].flatMap((id) => candidateStatus(state, memory, id));
  return {
    ranking: scannerRanking,
    listedAtMs: state.listedAtMs,
    scannedAtMs: memory === undefined || memory.scannedAtMs < 0 ? null : memory.scannedAtMs,
    watched: candidates.length,
    rewardsCount: memory?.scanner.rewardsCount ?? true,
    excluded: memory === undefined ? [] : excludedByReason(state, memory),
    candidates: candidates.sort(
      (a, b) => Number(b.quoted) - Number(a.quoted) || (b.score ?? -Infinity) - (a.score ?? -Infinity),
    ),
    rewards: rewardStatus(memory?.scanner.rewards, state.nowMs),
  };
}

function excludedByReason(state: KernelState, { excluded }: MarketMakingMemory): ScannerStatus['excluded'] {
  const byReason = new Map<string, { reason: string; count: number; slugs: string[] }>();
  for (const [conditionId, reason] of excluded) {
    const slot = state.markets.get(conditionId);
    if (slot === undefined) continue;
    const row = byReason.get(reason) ?? { reason, count: 0, slugs: [] };
    byReason.set(reason, row);
    row.count += 1;
    if (row.slugs.length < MOST_SLUGS) row.slugs.push(slot.market.slug);
  }
  return [...byReason.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function candidateStatus(
  state: KernelState,
  memory: MarketMakingMemory,
  conditionId: ConditionId,
): CandidateStatus[] {
  const slot = state.markets.get(conditionId);
  if (slot === undefined) return [];
  const quoted = memory.chosen.has(conditionId);
  const { scores, rewardsCount, figures } = memory.scanner;
  return [
    {
      conditionId,
      slug: slot.market.slug,
      category: slot.market.category,
      quoted,
      reason: quoted ? null : reasonOf(memory, slot),
      score: scores.get(conditionId) ?? null,
      ...shownFigures(figures.get(conditionId), rewardsCount, state.nowMs),
    },
  ];
}

const reasonOf = ({ excluded, leaving }: MarketMakingMemory, { market, bookReason }: MarketSlot): string => {
  const reason = excluded.get(market.conditionId) ?? 'not looked at yet';
  const detail = reason === 'book not live yet' && bookReason !== '' ? `${reason}: ${bookReason}` : reason;
  return leaving.has(market.conditionId) ? `${detail}; what is held there is still sold` : detail;
};

type Figures = Pick<CandidateStatus, 'asOfMs' | 'book' | 'activity' | 'history' | 'value'>;

function shownFigures(figures: MarketFigures | undefined, rewardsCount: boolean, nowMs: number): Figures {
  const history = figures?.history ?? { points: [], venueAsOfMs: null };
  const value = figures?.value ?? null;
  return {
    asOfMs: figures?.asOfMs ?? null,
    book: figures?.metrics == null ? null : bookStatus(figures.metrics),
    activity: {
      changesPerMin: figures?.activity.changesPerMin ?? null,
      tradesPerMin: figures?.activity.tradesPerMin ?? null,
      tradedSharesPerHour: figures?.activity.tradedSharesPerHour ?? null,
      asOfMs: figures?.activity.asOfMs ?? null,
    },
    history: {
      points: history.points.length,
      volatilityPtsPerSqrtS: historicalVolatility(history),
      dayChangePts: changeOver(history, HISTORY_KEPT_MS - HISTORY_SLACK_MS, nowMs),
      venueAsOfMs: history.venueAsOfMs,
    },
    value: value === null ? null : { ...value, usdPerDollarDay: valuePerDollarDay(value, rewardsCount) },
  };
}

/** A day's history begins some time after a day ago. */
const HISTORY_SLACK_MS = 3_600_000;

function bookStatus({
  bidPts,
  askPts,
  spreadPts,
  imbalance,
  bidDepthUsd,
  askDepthUsd,
}: BookMetrics): BookStatus {
  const depthUsd = Object.fromEntries(
    DEPTH_BANDS_PTS.map(
      (band, index) => [`${band}pts`, (bidDepthUsd[index] ?? 0) + (askDepthUsd[index] ?? 0)] as const,
    ),
  );
  return { bidPts, askPts, spreadPts, imbalance, depthUsd };
}

function rewardStatus(tracking: RewardTracking | undefined, nowMs: number): RewardStatus {
  const today = dayOf(nowMs);
  const told = tracking?.today?.day === today ? tracking.today : null;
  return {
    paidRatio: tracking === undefined ? PAID_RATIO_PRIOR : paidRatio(tracking),
    promisedTodayUsd: tracking === undefined ? 0 : promisedUsdOn(tracking, today),
    earnedTodayUsd: told?.earnedUsd ?? null,
    earnedAsOfMs: told?.asOfMs ?? null,
    settledDays: (tracking?.settled ?? []).map(({ day, promisedUsd, paidUsd }) => ({
      date: dateOf(day),
      promisedUsd,
      paidUsd,
    })),
  };
}
