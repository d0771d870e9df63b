import {
  createSpotBoard,
  keepCoins,
  type SpotBoard,
  type SpotRules,
  type TrustedSpot,
  trustedSpot,
} from '../crypto/prices/spot-board.ts';
import type { CandleStep, CoinSymbol, DailyClose, SpotCandle, SpotPublisher } from '../domain/spot-price.ts';
import type { HeardPrices } from './heard-prices.ts';
import type { KernelState } from './state.ts';
import type { StrategySettings } from './strategy-settings.ts';

/** What the worker knows of the prices of coins. Every run begins with nothing: what an earlier one heard is old. */
export interface SpotPrices {
  /** Coins that are watched, by ticker; none while prices are not followed. */
  coins: readonly CoinSymbol[];
  board: SpotBoard;
  /** What was believed in the last minutes: a candle is there only after it was read. */
  heard: HeardPrices;
  /** Who is asked, and whether he answers; those not heard of yet are missing. */
  publishers: Map<SpotPublisher, PublisherState>;
  closes: Map<CoinSymbol, ReadCloses>;
  candles: Map<CoinSymbol, Map<CandleStep, ReadCandles>>;
  /** Reads of histories that failed after they last succeeded, by `historyKey`. */
  failures: Map<string, HistoryFailure>;
  /** What a person was told last of each coin. */
  told: Map<CoinSymbol, ToldTrust>;
  /** When the trust in some coin may next change by itself. */
  lookAtMs: number;
}

export interface PublisherState {
  readonly up: boolean;
  readonly sinceMs: number;
  readonly reason: string;
}

export interface ReadCloses {
  /** Oldest first, the day under way last. */
  readonly closes: readonly DailyClose[];
  readonly asOfMs: number;
}

export interface ReadCandles {
  /** Oldest first, the one under way last. */
  readonly candles: readonly SpotCandle[];
  readonly fromMs: number;
  readonly asOfMs: number;
}

export interface HistoryFailure {
  readonly atMs: number;
  readonly text: string;
  /** How often it has failed since it last succeeded. */
  readonly times: number;
  /** Whether an answer was lost on the way; who has refused one is not asked again soon. */
  readonly isLost: boolean;
}

export interface ToldTrust {
  readonly isTrusted: boolean;
  readonly atMs: number;
}

export const createSpotPrices = (): SpotPrices => ({
  coins: [],
  board: createSpotBoard(),
  heard: new Map(),
  publishers: new Map(),
  closes: new Map(),
  candles: new Map(),
  failures: new Map(),
  told: new Map(),
  lookAtMs: Number.MAX_SAFE_INTEGER,
});

/** One connection of the venue's stream carries 32 coins. */
const MOST_COINS = 32;

/**
 * The coins that listed markets hang on, by ticker; those of which something is held and those with most markets first, should there be
 * too many. Where directional trading is switched off, only what it still holds is followed.
 */
export function coinsToWatch({ settings, markets, directional }: KernelState): CoinSymbol[] {
  // Journals from before prices were followed hold no such setting.
  if (settings.cd === undefined) return [];
  const held = new Set([...directional.positions.values()].map(({ coin }) => coin));
  const count = new Map<CoinSymbol, number>([...held].map((coin) => [coin, 0]));
  for (const { coin, resolved } of settings.cd.enabled ? markets.values() : [])
    if (coin !== null && resolved === undefined) count.set(coin, (count.get(coin) ?? 0) + 1);
  const isHeld = (coin: CoinSymbol): number => Number(held.has(coin));
  return [...count]
    .sort(([a, many], [b, more]) => isHeld(b) - isHeld(a) || more - many || (a < b ? -1 : 1))
    .slice(0, MOST_COINS)
    .map(([coin]) => coin)
    .sort();
}

/** Watches these coins from now on, and forgets everything about others. */
export function keepOnly(spot: SpotPrices, coins: readonly CoinSymbol[]): void {
  spot.coins = coins;
  keepCoins(spot.board, coins);
  const isKept = (coin: CoinSymbol): boolean => coins.includes(coin);
  for (const byCoin of [spot.heard, spot.closes, spot.candles, spot.told])
    for (const coin of byCoin.keys()) if (!isKept(coin)) byCoin.delete(coin);
  for (const key of spot.failures.keys()) if (!isKept(coinOfHistory(key))) spot.failures.delete(key);
  if (coins.length === 0) spot.publishers.clear();
}

/** What a price has to be like before it is believed, by the settings; null while prices are not followed. */
export const spotRulesOf = ({ cd }: StrategySettings): SpotRules | null =>
  cd?.enabled === true ? rulesOf(cd) : null;

/** The same, also while prices are followed for the sake of what is held alone. */
export const spotRulesNow = ({ settings: { cd }, spot }: KernelState): SpotRules | null =>
  cd !== undefined && (cd.enabled || spot.coins.length > 0) ? rulesOf(cd) : null;

const rulesOf = (cd: NonNullable<StrategySettings['cd']>): SpotRules => ({
  maxAgeMs: cd.maxPriceAgeSeconds * 1_000,
  maxDisagreementPct: cd.maxPriceDisagreementPct,
  leastSources: cd.minPriceSources,
});

/** What a coin costs at `nowMs`, or why nobody may trade on it. */
export function spotOf(state: KernelState, coin: CoinSymbol, nowMs = state.nowMs): TrustedSpot {
  const rules = spotRulesNow(state);
  if (rules === null || !state.spot.coins.includes(coin))
    return { kind: 'untrusted', code: 'stale', why: `${coin}: its price is not followed` };
  return trustedSpot(state.spot.board, coin, nowMs, rules);
}

/** Daily closes of a coin as they were last read, and how old that is; null before. */
export function dailyClosesOf(
  { spot, nowMs }: KernelState,
  coin: CoinSymbol,
): (ReadCloses & { readonly ageMs: number }) | null {
  const read = spot.closes.get(coin);
  return read === undefined ? null : { ...read, ageMs: nowMs - read.asOfMs };
}

/** Candles of a coin as they were last read, and how old that is; null before. */
export function candlesOf(
  { spot, nowMs }: KernelState,
  coin: CoinSymbol,
  step: CandleStep,
): (ReadCandles & { readonly ageMs: number }) | null {
  const read = spot.candles.get(coin)?.get(step);
  return read === undefined ? null : { ...read, ageMs: nowMs - read.asOfMs };
}

/** Names one history in `readFailed`: the coin, and the step where it is candles. */
export const historyKey = (coin: CoinSymbol, step: CandleStep | null): string =>
  step === null ? coin : `${coin} ${step}`;

/** The coin of the history that `historyKey` has named so. */
export const coinOfHistory = (key: string): CoinSymbol => key.split(' ')[0] ?? '';

/** Why the newest read of a history failed, so that nobody asks again at once; null where it succeeded or none was made. */
export const historyFailureOf = (
  { spot }: KernelState,
  coin: CoinSymbol,
  step: CandleStep | null,
): HistoryFailure | null => spot.failures.get(historyKey(coin, step)) ?? null;
