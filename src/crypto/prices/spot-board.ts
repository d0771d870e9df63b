import { type CoinSymbol, SPOT_SOURCES, type SpotSource, type SpotTick } from '../../domain/spot-price.ts';

/** The newest price of each coin from each source that gives the price of a moment. Plain data. */
export interface SpotBoard {
  readonly coins: Map<CoinSymbol, Map<SpotSource, KnownSpot>>;
  /** Ticks that were not taken, by reason. */
  readonly refused: Record<SpotRefusal, number>;
}

export interface KnownSpot {
  readonly priceUsd: number;
  readonly atMs: number;
}

/** `older`: than what the source said before. `early`: from a time that has not come. `noPrice`: not a price at all. */
export type SpotRefusal = 'older' | 'early' | 'noPrice';

export interface SpotRules {
  /** A price older than this counts for nothing. */
  readonly maxAgeMs: number;
  /** How far the highest of the prices that count may be above the lowest. */
  readonly maxDisagreementPct: number;
  /** How many sources have to count. */
  readonly leastSources: number;
}

export type TrustedSpot =
  | {
      readonly kind: 'trusted';
      readonly priceUsd: number;
      readonly source: SpotSource;
      readonly ageMs: number;
      /** How far the sources that count are apart. */
      readonly disagreementPct: number;
      readonly sources: readonly SpotSource[];
    }
  | {
      readonly kind: 'untrusted';
      readonly code: 'stale' | 'tooFewSources' | 'sourcesDisagree';
      /** For a person: what was found and what was expected. */
      readonly why: string;
    };

/** Clocks of others may run ahead of ours by this much. */
const MOST_EARLY_MS = 5_000;

/** From the best to the worst answer to what a coin costs now. An average over a window answers another question, so it never counts. */
const PREFERENCE: readonly SpotSource[] = [
  'polybolt',
  'rtdsChainlink',
  'binance',
  'rtdsBinance',
  'coingecko',
];

/** Sources with one origin: two that repeat each other confirm nothing. */
const ORIGIN: Readonly<Record<SpotSource, string>> = {
  polybolt: 'chainlink',
  polyboltTwap: 'chainlink',
  rtdsChainlink: 'chainlink',
  binance: 'binance',
  rtdsBinance: 'binance',
  coingecko: 'coingecko',
};

export const createSpotBoard = (): SpotBoard => ({
  coins: new Map(),
  refused: { older: 0, early: 0, noPrice: 0 },
});

/** Forgets every coin that is not among these. */
export function keepCoins({ coins }: SpotBoard, kept: readonly CoinSymbol[]): void {
  for (const coin of coins.keys()) if (!kept.includes(coin)) coins.delete(coin);
}

/** Takes a tick in, or counts why it was not taken. Returns whether it was. */
export function takeSpot(board: SpotBoard, tick: SpotTick, nowMs: number): boolean {
  const refusal = refusalOf(board, tick, nowMs);
  if (refusal !== null) {
    board.refused[refusal] += 1;
    return false;
  }
  let bySource = board.coins.get(tick.coin);
  if (bySource === undefined) {
    bySource = new Map();
    board.coins.set(tick.coin, bySource);
  }
  bySource.set(tick.source, { priceUsd: tick.priceUsd, atMs: tick.atMs });
  return true;
}

function refusalOf({ coins }: SpotBoard, tick: SpotTick, nowMs: number): SpotRefusal | null {
  if (!(tick.priceUsd > 0) || !Number.isFinite(tick.priceUsd) || !Number.isFinite(tick.atMs))
    return 'noPrice';
  if (tick.atMs > nowMs + MOST_EARLY_MS) return 'early';
  const known = coins.get(tick.coin)?.get(tick.source);
  return known !== undefined && tick.atMs < known.atMs ? 'older' : null;
}

/** What a coin costs now, if enough sources that count say so and agree; else why nobody may trade on it. */
export function trustedSpot(
  board: SpotBoard,
  coin: CoinSymbol,
  nowMs: number,
  rules: SpotRules,
): TrustedSpot {
  const known = board.coins.get(coin);
  const counting = PREFERENCE.flatMap((source) => {
    const spot = known?.get(source);
    return spot !== undefined && nowMs - spot.atMs <= rules.maxAgeMs ? [{ source, ...spot }] : [];
  });
  const [best] = counting;
  if (best === undefined)
    return { kind: 'untrusted', code: 'stale', why: staleText(coin, known, nowMs, rules) };
  const origins = new Set(counting.map(({ source }) => ORIGIN[source]));
  if (origins.size < rules.leastSources)
    return {
      kind: 'untrusted',
      code: 'tooFewSources',
      why: `${coin}: only ${[...origins].join(' and ')} gave a price in the last ${seconds(rules.maxAgeMs)}; ${rules.leastSources} that are independent are needed`,
    };
  const prices = counting.map(({ priceUsd }) => priceUsd);
  const disagreementPct = (Math.max(...prices) / Math.min(...prices) - 1) * 100;
  if (disagreementPct > rules.maxDisagreementPct)
    return {
      kind: 'untrusted',
      code: 'sourcesDisagree',
      why: `${coin}: ${counting.map(({ source, priceUsd }) => `${source} ${priceUsd}`).join(', ')}: ${disagreementPct.toFixed(2)} % apart, at most ${rules.maxDisagreementPct} % is believed`,
    };
  return {
    kind: 'trusted',
    priceUsd: best.priceUsd,
    source: best.source,
    ageMs: Math.max(0, nowMs - best.atMs),
    disagreementPct,
    sources: counting.map(({ source }) => source),
  };
}

/** When the oldest of a coin's prices that count now will count no more, unix milliseconds; null where none counts. */
export function nextStaleAtMs(
  { coins }: SpotBoard,
  coin: CoinSymbol,
  nowMs: number,
  { maxAgeMs }: SpotRules,
): number | null {
  let next: number | null = null;
  for (const [source, { atMs }] of coins.get(coin) ?? [])
    if (PREFERENCE.includes(source) && nowMs - atMs <= maxAgeMs)
      next = Math.min(next ?? Number.POSITIVE_INFINITY, Math.floor(atMs + maxAgeMs) + 1);
  return next;
}

function staleText(
  coin: CoinSymbol,
  known: ReadonlyMap<SpotSource, KnownSpot> | undefined,
  nowMs: number,
  { maxAgeMs }: SpotRules,
): string {
  const ages = SPOT_SOURCES.flatMap((source) => {
    const spot = known?.get(source);
    return spot === undefined || !PREFERENCE.includes(source)
      ? []
      : [`${source} ${seconds(nowMs - spot.atMs)}`];
  });
  return ages.length === 0
    ? `${coin}: no source has given a price yet`
    : `${coin}: every price is older than ${seconds(maxAgeMs)} (${ages.join(', ')})`;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
