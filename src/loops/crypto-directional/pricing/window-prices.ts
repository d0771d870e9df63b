import type { ClassifiedPayoff, SettlementRule } from '../../../crypto/questions/payoff.ts';
import { CANDLE_STEP_MS, type CandleStep, type CoinSymbol } from '../../../domain/spot-price.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';
import { candlesOf } from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { CoinModels } from './coin-models.ts';

/** What nobody has looked at since the last read may be this long at most: a touch may have happened in it. */
const MOST_UNSEEN_MS = 90_000;

export interface Extremes {
  readonly highUsd: number;
  readonly lowUsd: number;
}

interface Stretch extends Extremes {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A tick comes up to so long after what it tells, and a candle is made as late. */
const TICKS_LATE_MS = 5_000;

/** What a window has seen, and what it may have seen. */
export interface WindowExtremes extends Extremes {
  /** Those of the candle in which the window began taken in, of which nobody knows whether they were before it. */
  readonly possible: Extremes;
  /** Believed prices taken in that came after the last candles: whether the source that decides saw them too is not known before the next. */
  readonly heard: Extremes;
}

/**
 * Highest and lowest price of a coin from `startAtMs` until now, by candles of hours and minutes together; null unless they cover all of
 * it. A candle under way counts up to its reading. Windows begin at any second: where no candle begins with the window, the shortest one that it
 * began in is what may have been seen.
 */
export function extremesSince(
  state: KernelState,
  coin: CoinSymbol,
  startAtMs: number,
  spotUsd: number,
): WindowExtremes | null {
  const stretches = [...stretchesOf(state, coin, '1h'), ...stretchesOf(state, coin, '1m')].sort(
    (a, b) => a.fromMs - b.fromMs,
  );
  const within = stretches.filter(({ fromMs }) => fromMs >= startAtMs);
  const sure = extremesOf(within, spotUsd);
  const heardAfter = (seenToMs: number): Extremes =>
    extremesOf(heardSince(state, coin, Math.max(startAtMs, seenToMs - TICKS_LATE_MS)), spotUsd);
  const seenToMs = coveredTo(within, startAtMs, state.nowMs);
  if (seenToMs !== null) return { ...sure, possible: sure, heard: heardAfter(seenToMs) };
  const first = stretches.findLast(({ fromMs, toMs }) => fromMs < startAtMs && toMs > startAtMs);
  const afterFirstMs = first === undefined ? null : coveredTo(within, first.toMs, state.nowMs);
  if (first === undefined || afterFirstMs === null) return null;
  return { ...sure, possible: extremesOf([first, ...within], spotUsd), heard: heardAfter(afterFirstMs) };
}

const heardSince = ({ spot }: KernelState, coin: CoinSymbol, sinceMs: number): readonly Stretch[] =>
  (spot.heard.get(coin) ?? []).filter(({ toMs }) => toMs > sinceMs);

function extremesOf(stretches: readonly Stretch[], spotUsd: number): Extremes {
  let [highUsd, lowUsd] = [spotUsd, spotUsd];
  for (const stretch of stretches) {
    highUsd = Math.max(highUsd, stretch.highUsd);
    lowUsd = Math.min(lowUsd, stretch.lowUsd);
  }
  return { highUsd, lowUsd };
}

/** Until when the stretches, oldest first, cover everything from `fromMs` on; null where something is missing between, or since. */
function coveredTo(stretches: readonly Stretch[], fromMs: number, nowMs: number): number | null {
  let seenToMs = fromMs;
  for (const stretch of stretches) {
    if (stretch.fromMs > seenToMs) return null;
    seenToMs = Math.max(seenToMs, stretch.toMs);
  }
  return nowMs - seenToMs <= MOST_UNSEEN_MS ? seenToMs : null;
}

function stretchesOf(state: KernelState, coin: CoinSymbol, step: CandleStep): Stretch[] {
  const read = candlesOf(state, coin, step);
  if (read === null) return [];
  return read.candles.map(({ openAtMs, highUsd, lowUsd }) => ({
    fromMs: openAtMs,
    toMs: Math.min(openAtMs + CANDLE_STEP_MS[step], read.asOfMs),
    highUsd,
    lowUsd,
  }));
}

export const referenceKey = (coin: CoinSymbol, startAtMs: number): string => `${coin} ${startAtMs}`;

/** No window is longer than this, so no reference is of use for longer. */
const KEPT_MS = 40 * DAY_MS;
const MOST_KEPT = 500;

/**
 * What an up-or-down market compares with, where its window has begun: by Binance's candles, since it is Binance's market, the open of the
 * hour or the close of the minute that begins there. Null for markets of other sources: their price at that moment was not recorded, and
 * another source's is off by as much as decides.
 */
export function referenceOf(
  state: KernelState,
  { references }: Pick<CoinModels, 'references'>,
  payoff: Pick<ClassifiedPayoff, 'kind' | 'coin' | 'window' | 'source' | 'settlement'>,
): number | null {
  const { startAtMs } = payoff.window;
  if (!hasReference(payoff) || startAtMs === null || startAtMs > state.nowMs) return null;
  return (
    references.get(referenceKey(payoff.coin, startAtMs)) ??
    referenceIn(state, payoff.coin, payoff.settlement, startAtMs)
  );
}

export const hasReference = ({
  kind,
  source,
  settlement,
}: Pick<ClassifiedPayoff, 'kind' | 'source' | 'settlement'>): boolean =>
  kind === 'up-or-down' &&
  source === 'binance' &&
  (settlement === 'one-minute-close' || settlement === 'one-hour-close-against-open');

function referenceIn(
  state: KernelState,
  coin: CoinSymbol,
  settlement: SettlementRule,
  startAtMs: number,
): number | null {
  const step = settlement === 'one-minute-close' ? '1m' : '1h';
  const read = candlesOf(state, coin, step);
  const candle = read?.candles.find(({ openAtMs }) => openAtMs === startAtMs);
  if (read === null || candle === undefined) return null;
  if (step === '1h') return candle.openUsd;
  return startAtMs + CANDLE_STEP_MS[step] <= read.asOfMs ? candle.closeUsd : null;
}

/** Remembers what open windows compare with while the candles that say so are there, and forgets what is over. */
export function keepReferences(
  state: KernelState,
  models: CoinModels,
  payoffs: Iterable<Pick<ClassifiedPayoff, 'kind' | 'coin' | 'window' | 'source' | 'settlement'>>,
): void {
  const { references } = models;
  for (const key of references.keys())
    if (state.nowMs - Number(key.split(' ')[1]) > KEPT_MS) references.delete(key);
  for (const payoff of payoffs) {
    const { startAtMs } = payoff.window;
    const found = referenceOf(state, models, payoff);
    if (startAtMs !== null && found !== null && references.size < MOST_KEPT)
      references.set(referenceKey(payoff.coin, startAtMs), found);
  }
}
