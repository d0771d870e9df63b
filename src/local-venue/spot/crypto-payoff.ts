/** What the crypto markets of the local venue pay on, the chance of it under the true path, and who has won at the end. */
import { normalCdf } from '../traders/hidden-path.ts';
import { SECOND_MS, type SpotPath, sigmaPerSecond, spotAt, twapAt } from './spot-path.ts';

export type CryptoPayoff =
  /** YES if the price at the end is above (or below) the strike. */
  | {
      readonly kind: 'close';
      readonly direction: 'above' | 'below';
      readonly strikeUsd: number;
      readonly endMs: number;
    }
  /** YES if the price at the end is from `lowUsd` up to, and not including, `highUsd`. */
  | { readonly kind: 'range'; readonly lowUsd: number; readonly highUsd: number; readonly endMs: number }
  /** YES if any second of the window is at or beyond the strike. */
  | {
      readonly kind: 'touch';
      readonly direction: 'above' | 'below';
      readonly strikeUsd: number;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** YES if the price (or its average over the last seconds) at the end is not below that of the start. */
  | {
      readonly kind: 'upOrDown';
      readonly startMs: number;
      readonly endMs: number;
      /** Null: the price itself. */
      readonly twapSeconds: number | null;
    }
  /** YES if the upper strike is reached before the lower one; NO if neither is by the end. */
  | {
      readonly kind: 'firstToHit';
      readonly upperUsd: number;
      readonly lowerUsd: number;
      readonly startMs: number;
      readonly endMs: number;
    };

/** Follows one payoff along its path; times never go back. What a window has seen is kept, so that each second is looked at once. */
export interface PayoffWatch {
  readonly path: SpotPath;
  readonly payoff: CryptoPayoff;
  /** The second up to which the window has been looked through, and what was seen in it. */
  seenToMs: number;
  highUsd: number;
  lowUsd: number;
  firstHit: 'upper' | 'lower' | null;
}

export const watchPayoff = (path: SpotPath, payoff: CryptoPayoff): PayoffWatch => ({
  path,
  payoff,
  seenToMs:
    ('startMs' in payoff ? Math.max(payoff.startMs, path.terms.startMs) : path.terms.startMs) - SECOND_MS,
  highUsd: 0,
  lowUsd: Number.POSITIVE_INFINITY,
  firstHit: null,
});

/** The chance of YES given the path up to `atMs`; 0 or 1 once it is decided. */
export function payoffProbability(watch: PayoffWatch, atMs: number): number {
  const { path, payoff } = watch;
  const nowMs = Math.min(atMs, payoff.endMs);
  const spot = spotAt(path, nowMs);
  const sd = sigmaPerSecond(path) * Math.sqrt((payoff.endMs - nowMs) / SECOND_MS);
  switch (payoff.kind) {
    case 'close': {
      const above = chanceAbove(spot, payoff.strikeUsd, sd);
      return payoff.direction === 'above' ? above : 1 - above;
    }
    case 'range':
      if (sd === 0) return spot >= payoff.lowUsd && spot < payoff.highUsd ? 1 : 0;
      return chanceAbove(spot, payoff.lowUsd, sd) - chanceAbove(spot, payoff.highUsd, sd);
    case 'touch':
      look(watch, nowMs);
      return touchChance(watch, payoff, spot, sd);
    case 'upOrDown':
      return upChance(path, payoff, spot, nowMs);
    case 'firstToHit':
      look(watch, nowMs);
      return firstToHitChance(watch, payoff, spot, sd);
  }
}

/** Who has won, or null before the end. */
export function payoffWinner(watch: PayoffWatch, atMs: number): 'YES' | 'NO' | null {
  const { endMs } = watch.payoff;
  if (atMs < endMs) return null;
  return payoffProbability(watch, endMs) > 0.5 ? 'YES' : 'NO';
}

function look(watch: PayoffWatch, nowMs: number): void {
  const { payoff, path } = watch;
  for (let atMs = watch.seenToMs + SECOND_MS; atMs <= nowMs; atMs += SECOND_MS) {
    const price = spotAt(path, atMs);
    watch.highUsd = Math.max(watch.highUsd, price);
    watch.lowUsd = Math.min(watch.lowUsd, price);
    watch.seenToMs = atMs;
    if (payoff.kind !== 'firstToHit' || watch.firstHit !== null) continue;
    if (price >= payoff.upperUsd) watch.firstHit = 'upper';
    else if (price <= payoff.lowerUsd) watch.firstHit = 'lower';
  }
}

/** Of ending above the strike when the log return has this standard deviation; at the end, whether it is above. */
function chanceAbove(spotUsd: number, strikeUsd: number, sd: number): number {
  if (sd === 0) return spotUsd > strikeUsd ? 1 : 0;
  return normalCdf(Math.log(spotUsd / strikeUsd) / sd);
}

/**
 * A path that is looked at once a second misses touches in between, as if the strike were this many standard deviations of a second
 * further away (Broadie, Glasserman and Kou 1997).
 */
const GRID_SHIFT = 0.5826;

/** By reflection: a path that touches the strike is as likely to end beyond it as short of it. */
function touchChance(
  { path, highUsd, lowUsd }: PayoffWatch,
  { direction, strikeUsd }: Extract<CryptoPayoff, { kind: 'touch' }>,
  spot: number,
  sd: number,
): number {
  if (direction === 'above' ? highUsd >= strikeUsd : lowUsd <= strikeUsd) return 1;
  if (sd === 0) return 0;
  const away = Math.abs(Math.log(strikeUsd / spot)) + GRID_SHIFT * sigmaPerSecond(path);
  return Math.min(1, 2 * normalCdf(-away / sd));
}

/** The average over the last `L` of `u` seconds that are left has the variance of `u - 2L/3`, and less once it has begun. */
function upChance(
  path: SpotPath,
  { startMs, endMs, twapSeconds }: Extract<CryptoPayoff, { kind: 'upOrDown' }>,
  spot: number,
  nowMs: number,
): number {
  if (nowMs < startMs) return 0.5;
  const startUsd = spotAt(path, startMs);
  const left = (endMs - nowMs) / SECOND_MS;
  const sigma = sigmaPerSecond(path);
  if (twapSeconds === null || twapSeconds <= 1)
    return left === 0
      ? Number(spot >= startUsd)
      : normalCdf(Math.log(spot / startUsd) / (sigma * Math.sqrt(left)));
  if (left === 0) return Number(twapAt(path, endMs, twapSeconds) >= startUsd);
  if (left >= twapSeconds) {
    const variance = sigma ** 2 * (left - (2 * twapSeconds) / 3);
    return normalCdf(Math.log(spot / startUsd) / Math.sqrt(variance));
  }
  const done = twapSeconds - left;
  const mean = (twapAt(path, nowMs, done) * done + spot * left) / twapSeconds;
  const sd = (spot * sigma * Math.sqrt(left ** 3 / 3)) / twapSeconds;
  return normalCdf((mean - startUsd) / sd);
}

const MOST_TERMS = 200;

/** The series of reflections at both barriers of a driftless motion that is absorbed at either. */
function firstToHitChance(
  { path, firstHit }: PayoffWatch,
  { upperUsd, lowerUsd }: Extract<CryptoPayoff, { kind: 'firstToHit' }>,
  spot: number,
  sd: number,
): number {
  if (firstHit !== null) return firstHit === 'upper' ? 1 : 0;
  if (sd === 0) return 0;
  const shift = GRID_SHIFT * sigmaPerSecond(path);
  const width = Math.log(upperUsd / lowerUsd) + 2 * shift;
  const share = (Math.log(spot / lowerUsd) + shift) / width;
  const decay = ((sd * Math.PI) / width) ** 2 / 2;
  let sum = share;
  for (let n = 1; n <= MOST_TERMS; n += 1) {
    const term = Math.exp(-(n ** 2) * decay);
    if (term < 1e-12) break;
    sum += ((2 * (-1) ** n) / (n * Math.PI)) * Math.sin(n * Math.PI * share) * term;
  }
  return Math.min(1, Math.max(0, sum));
}
