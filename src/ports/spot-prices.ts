import type { CoinSymbol, DailyClose, SpotTick } from '../domain/spot-price.ts';

export interface SpotSink {
  onTick(tick: SpotTick): void;
  /** A source of prices came or went. */
  onSource(source: string, up: boolean, reason: string): void;
}

/** What coins cost, from several sources at once. Which of them to believe is not decided here. */
export interface SpotPricePort {
  start(sink: SpotSink): void;
  /** The coins to hear of from now on; the others are let go. */
  watch(coins: readonly CoinSymbol[]): void;
  /** Daily closes of so many days up to today, oldest first, today's marked as not whole. Throws a ForeignError. */
  dailyCloses(coin: CoinSymbol, days: number, signal: AbortSignal): Promise<DailyClose[]>;
  close(): Promise<void>;
}
