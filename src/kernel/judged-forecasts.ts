import type { DailyForecast, DirectionalSignal, JudgedMarket } from '../domain/directional.ts';
import type { ConditionId, MarketVersion } from '../domain/market.ts';
import { type Payouts, winnerOf } from '../domain/resolution.ts';
import { utcDayOf } from '../domain/utc-day.ts';
import type { DirectionalFacts } from './directional.ts';

/** What has to be known of a market to ask how it ended, and what the model said of it until then. */
export interface AwaitedOutcome {
  readonly version: MarketVersion;
  readonly endAtMs: number;
  readonly coin: DirectionalSignal['coin'];
  /** The first of each UTC day, oldest first: a belief that holds comes again with every cycle. */
  readonly forecasts: readonly DailyForecast[];
}

export const JUDGED_KEPT = 1_000;
const FORECASTS_KEPT = 30;

/** Remembers a market that the model has priced until the chain has told its outcome. */
export function awaitOutcome(
  { directional, markets }: Pick<DirectionalFacts, 'directional' | 'markets'>,
  signal: DirectionalSignal,
): void {
  const { conditionId, yesProbability, endAtMs, coin } = signal;
  const slot = markets.get(conditionId);
  if (yesProbability === null || endAtMs === null || slot === undefined || slot.isPaidOut) return;
  const before = directional.awaited.get(conditionId)?.forecasts ?? [];
  const forecasts = withForecast(before, signal);
  directional.awaited.set(conditionId, { version: slot.market.version, endAtMs, coin, forecasts });
}

function withForecast(
  before: readonly DailyForecast[],
  { model, atMs }: DirectionalSignal,
): readonly DailyForecast[] {
  const day = utcDayOf(atMs);
  // Journals of before do not say what the model itself had said.
  if (model === undefined || (before.at(-1)?.day ?? Number.NEGATIVE_INFINITY) >= day) return before;
  return [...before, { day, yesProbability: model.yesProbability }].slice(-FORECASTS_KEPT);
}

/**
 * Takes in what the chain pays for a market that was waited for. One that is void, or pays in a way that no market does, says nothing of
 * the model.
 */
export function judgeForecasts(
  { directional, nowMs }: Pick<DirectionalFacts, 'directional' | 'nowMs'>,
  conditionId: ConditionId,
  payouts: Payouts,
): void {
  const awaited = directional.awaited.get(conditionId);
  directional.awaited.delete(conditionId);
  const winner = winnerOf(payouts);
  if (awaited === undefined || awaited.forecasts.length === 0 || winner == null) return;
  const { coin, endAtMs, forecasts } = awaited;
  const knownAtMs = Math.max(nowMs, endAtMs);
  const judged: JudgedMarket = {
    conditionId,
    coin,
    endAtMs,
    knownAtMs,
    isYes: winner === 'YES',
    forecasts,
  };
  directional.judged = [...directional.judged, judged].slice(-JUDGED_KEPT);
}
