import type { DirectionalPosition, ExitCause } from '../domain/directional.ts';
import type { ConditionId } from '../domain/market.ts';
import type { CoinSymbol } from '../domain/spot-price.ts';
import { utcText } from '../domain/utc-text.ts';
import type { KernelState } from './state.ts';

/** A market that was sold because the model was wrong about it. */
export interface StoppedMarket {
  readonly coin: CoinSymbol;
  readonly cause: ExitCause;
  /** When such an exit was last heard to have sold something, unix milliseconds. */
  readonly atMs: number;
}

/** By market, the one that was stopped last at the end. Plain data; it outlives a restart. */
export type StoppedMarkets = Map<ConditionId, StoppedMarket>;

const HOUR_MS = 3_600_000;
/** No setting asks for a longer rest. */
const KEPT_MS = 720 * HOUR_MS;
/** As many as two days of the most entries that a setting allows can stop. */
const MOST_KEPT = 20_000;
/** So many markets of one coin that were stopped say that the model is wrong about the coin, and not about a market. */
const STOPS_OF_COIN = 2;

/**
 * Notes a sale that says the model was wrong: at a stop, or at a reversal for less than what was paid. A reversal at a gain is how most
 * good trades end. A position that was stopped in part stays stopped, whatever the rest of it is sold for.
 */
export function noteStop(
  stops: StoppedMarkets,
  { conditionId, coin, approvedAtMs }: Pick<DirectionalPosition, 'conditionId' | 'coin' | 'approvedAtMs'>,
  cause: ExitCause,
  isBelowEntry: boolean,
  nowMs: number,
): void {
  if (cause !== 'stopped' && !(cause === 'edgeReversed' && isBelowEntry)) return;
  const before = stops.get(conditionId);
  const wasStopped = before?.cause === 'stopped' && before.atMs >= approvedAtMs;
  stops.delete(conditionId);
  stops.set(conditionId, { coin, cause: wasStopped ? 'stopped' : cause, atMs: nowMs });
  for (const [oldest, { atMs }] of stops) {
    if (nowMs - atMs <= KEPT_MS && stops.size <= MOST_KEPT) return;
    stops.delete(oldest);
  }
}

/**
 * Why nothing is entered in a market for a while, and until when; null where it is free. What made the model wrong is still there a cycle
 * after a stop, and the price that has fallen looks like more edge: without a rest a stop would bound the loss of one trade and not of a
 * market. Where two markets of one coin were stopped, all of its markets rest until fewer are. A reversal is no such sign: the model itself
 * took its word back, for one market.
 */
export function restAfterStop(
  {
    directional: { stops },
    settings: { cd },
    nowMs,
  }: Pick<KernelState, 'directional' | 'settings' | 'nowMs'>,
  conditionId: ConditionId,
  coin: CoinSymbol,
): string | null {
  // Journals from before this setting hold none, and replay as they did.
  const restMs = (cd?.reentryHours ?? 0) * HOUR_MS;
  const ofMarket = stops.get(conditionId);
  if (ofMarket !== undefined && nowMs < ofMarket.atMs + restMs)
    return `this market was sold (${ofMarket.cause}) and is left alone until ${utcText(ofMarket.atMs + restMs)} (CD_REENTRY_HOURS)`;
  const ofCoin = [...stops.values()].filter(
    (stop) => stop.cause === 'stopped' && stop.coin === coin && nowMs < stop.atMs + restMs,
  );
  const freeing = ofCoin.sort((a, b) => b.atMs - a.atMs)[STOPS_OF_COIN - 1];
  return freeing === undefined
    ? null
    : `${ofCoin.length} markets of ${coin} were sold at a stop, and all of them are left alone until ${utcText(freeing.atMs + restMs)} (CD_REENTRY_HOURS)`;
}
