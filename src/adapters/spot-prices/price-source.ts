import type { CoinSymbol, SpotTick } from '../../domain/spot-price.ts';
import type { SpotSink } from '../../ports/spot-prices.ts';

/** One of the sources behind the port: it tells what it is watched for until it is closed. */
export interface PriceSource {
  start(sink: SpotSink): void;
  watch(coins: readonly CoinSymbol[]): void;
  close(): Promise<void>;
}

export interface PriceSourceCounts {
  ticks: number;
  /** Frames or answers that could not be read. */
  odd: number;
  /** Updates that the source left out, by its own numbering. */
  missed: number;
}

export const createCounts = (): PriceSourceCounts => ({ ticks: 0, odd: 0, missed: 0 });

/** The newest of several ticks of one coin and source; what came before it is past. */
export function newestOf(ticks: readonly SpotTick[]): SpotTick | undefined {
  let newest: SpotTick | undefined;
  for (const tick of ticks) if (newest === undefined || tick.atMs >= newest.atMs) newest = tick;
  return newest;
}
