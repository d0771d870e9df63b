import type {
  CandleStep,
  CoinSymbol,
  DailyClose,
  SpotCandle,
  SpotPublisher,
  SpotTick,
} from '../domain/spot-price.ts';

export interface SpotSink {
  onTick(tick: SpotTick): void;
  /** A source of prices came or went. */
  onSource(source: SpotPublisher, up: boolean, reason: string): void;
}

/**
 * What coins cost, from several sources at once. Which of them to believe is not decided here. As long as no coin is watched nothing is
 * connected.
 */
export interface SpotPricePort {
  start(sink: SpotSink): void;
  /** The coins to hear of from now on; the others are let go, and with the last of them every connection. */
  watch(coins: readonly CoinSymbol[]): void;
  /** Daily closes of so many days up to today, oldest first, today's marked as not whole. Throws a ForeignError. */
  dailyCloses(coin: CoinSymbol, days: number, signal: AbortSignal): Promise<DailyClose[]>;
  /**
   * Candles of a minute or an hour that began at or after `fromMs`, oldest first and without a gap; the last is the one under way. At most
   * 1,000 of them, the oldest first. Throws a ForeignError.
   */
  candles(coin: CoinSymbol, step: CandleStep, fromMs: number, signal: AbortSignal): Promise<SpotCandle[]>;
  close(): Promise<void>;
}
