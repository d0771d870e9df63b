import { dailyClosesOf, spotOf, spotRulesNow } from '../kernel/spot-prices.ts';
import type { KernelState } from '../kernel/state.ts';

/** What one coin costs, or why no price of it is believed. */
export interface ShownCoin {
  readonly coin: string;
  /** Dollars; null where no price is believed. */
  readonly priceUsd: number | null;
  /** Who says so; null likewise. */
  readonly source: string | null;
  readonly ageSeconds: number | null;
  /** How far the sources that count are apart. */
  readonly disagreementPct: number | null;
  /** Sources whose prices count. */
  readonly sources: readonly string[];
  readonly untrustedBecause: string | null;
  /** Daily closes that have been read; 0 before. */
  readonly dailyCloses: number;
}

/** Prices of the coins that markets hang on, and who gives them. */
export interface ShownPrices {
  readonly coins: readonly ShownCoin[];
  readonly sources: readonly {
    readonly name: string;
    readonly up: boolean;
    readonly sinceMs: number;
    readonly reason: string;
  }[];
}

/** Null while prices are not followed. `nowMs` may be later than the newest input, and a price grows old without one. */
export function shownPrices(state: KernelState, nowMs: number): ShownPrices | null {
  if (spotRulesNow(state) === null) return null;
  return {
    coins: state.spot.coins.map((coin) => shownCoin(state, coin, Math.max(nowMs, state.nowMs))),
    sources: [...state.spot.publishers].map(([name, publisher]) => ({ name, ...publisher })),
  };
}

function shownCoin(state: KernelState, coin: string, nowMs: number): ShownCoin {
  const found = spotOf(state, coin, nowMs);
  const dailyCloses = dailyClosesOf(state, coin)?.closes.length ?? 0;
  if (found.kind === 'untrusted')
    return {
      coin,
      priceUsd: null,
      source: null,
      ageSeconds: null,
      disagreementPct: null,
      sources: [],
      untrustedBecause: found.why,
      dailyCloses,
    };
  const { priceUsd, source, ageMs, disagreementPct, sources } = found;
  return {
    coin,
    priceUsd,
    source,
    ageSeconds: ageMs / 1_000,
    disagreementPct,
    sources,
    untrustedBecause: null,
    dailyCloses,
  };
}
