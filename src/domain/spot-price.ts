/** A coin by its ticker in upper case, as exchanges name it: `BTC`. */
export type CoinSymbol = string;

/**
 * Who says what a coin costs. `polybolt` is the venue's own stream, `polyboltTwap` its average over a window, and `rtdsBinance` and
 * `rtdsChainlink` the stream it had before; `binance` and `coingecko` are asked over REST.
 */
export const SPOT_SOURCES = [
  'polybolt',
  'polyboltTwap',
  'rtdsBinance',
  'rtdsChainlink',
  'binance',
  'coingecko',
] as const;
export type SpotSource = (typeof SPOT_SOURCES)[number];

/** Who is asked for prices; one of them may tell the prices of several sources. */
export const SPOT_PUBLISHERS = ['polybolt', 'rtds', 'binance', 'coingecko'] as const;
export type SpotPublisher = (typeof SPOT_PUBLISHERS)[number];

/** One price as a source told it. Dollars of a coin are no money of ours, so they are a float. */
export interface SpotTick {
  readonly source: SpotSource;
  readonly coin: CoinSymbol;
  /** Above 0 and finite. */
  readonly priceUsd: number;
  /** When the source says that the price was this, unix milliseconds. */
  readonly atMs: number;
}

/** The prices of a coin over one step of time. */
export interface SpotCandle {
  /** When the step began, unix milliseconds. */
  readonly openAtMs: number;
  readonly openUsd: number;
  readonly highUsd: number;
  readonly lowUsd: number;
  readonly closeUsd: number;
}

/** How long one candle is. */
export type CandleStep = '1m' | '1h';
export const CANDLE_STEP_MS: Readonly<Record<CandleStep, number>> = { '1m': 60_000, '1h': 3_600_000 };

/** What a coin closed at on one day of UTC. */
export interface DailyClose {
  /** Midnight at which the day began, unix milliseconds. */
  readonly dayAtMs: number;
  readonly closeUsd: number;
  /** False for the day that is not over: its close is only the newest price. */
  readonly isWhole: boolean;
}
