import type { VenueClock } from '../types.ts';
import type { Recording } from './recorded-prices.ts';
import { createSpotPath, SECOND_MS, type SpotPath, type SpotTerms, spotAt, twapAt } from './spot-path.ts';

/** Who publishes prices here. */
export type PriceFeedName = 'polybolt' | 'rtds' | 'binance' | 'coingecko';

/** The coins of the local world with one true price each, and what tests make its publishers do wrong. */
export interface SpotWorld {
  readonly clock: VenueClock;
  readonly paths: ReadonlyMap<string, SpotPath>;
  /** Publishers that say nothing new: streams fall silent, REST answers 503. */
  readonly silent: Set<PriceFeedName>;
  /** Percent by which a publisher's prices are off. */
  readonly offPct: Map<PriceFeedName, number>;
}

/** Seven coins that the venue has markets on, at round prices and with volatilities of about this size. */
const COINS: readonly Pick<SpotTerms, 'coin' | 'startUsd' | 'sigmaPerDay'>[] = [
  { coin: 'BTC', startUsd: 97_000, sigmaPerDay: 0.025 },
  { coin: 'ETH', startUsd: 3_400, sigmaPerDay: 0.035 },
  { coin: 'SOL', startUsd: 185, sigmaPerDay: 0.045 },
  { coin: 'XRP', startUsd: 2.3, sigmaPerDay: 0.045 },
  { coin: 'DOGE', startUsd: 0.24, sigmaPerDay: 0.05 },
  { coin: 'BNB', startUsd: 890, sigmaPerDay: 0.03 },
  { coin: 'HYPE', startUsd: 36, sigmaPerDay: 0.06 },
];

const HISTORY_DAYS = 400;

/** The coins as they begin now, each at a round price or at the first that was recorded of it. */
export function createSpotWorld(
  seed: string,
  clock: VenueClock,
  recording: Recording = new Map(),
): SpotWorld {
  const startMs = Math.floor(clock.nowMs() / SECOND_MS) * SECOND_MS;
  return {
    clock,
    paths: new Map(
      COINS.map((terms) => {
        const recorded = recording.get(terms.coin) ?? [];
        const startUsd = recorded[0]?.usd ?? terms.startUsd;
        return [
          terms.coin,
          createSpotPath(seed, { ...terms, startUsd, startMs, historyDays: HISTORY_DAYS, recorded }),
        ];
      }),
    ),
    silent: new Set(),
    offPct: new Map(),
  };
}

/** The price that a publisher gives of a moment, and over how many seconds it is an average. */
export function publishedUsd(
  world: SpotWorld,
  feed: PriceFeedName,
  path: SpotPath,
  atMs: number,
  twapSeconds = 1,
): number {
  const atLeastMs = Math.max(atMs, path.terms.startMs);
  const usd = twapSeconds > 1 ? twapAt(path, atLeastMs, twapSeconds) : spotAt(path, atLeastMs);
  return usd * (1 + (world.offPct.get(feed) ?? 0) / 100);
}

/** A price with eight significant digits, as the streams have it. */
export const exactText = (usd: number): string => usd.toFixed(Math.max(2, 8 - Math.ceil(Math.log10(usd))));
