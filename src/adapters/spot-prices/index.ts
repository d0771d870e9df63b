import type { CoinSymbol, DailyClose } from '../../domain/spot-price.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SpotPricePort } from '../../ports/spot-prices.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import { createHttpClient } from '../polymarket/http.ts';
import type { ApiCredentials } from '../polymarket/signing/l2-auth.ts';
import { createBinanceSpot, readBinanceCandles, readBinanceDays } from './binance.ts';
import { readCoingeckoDays, readCoingeckoSpot } from './coingecko.ts';
import { createPolledSource } from './polled-source.ts';
import { createPolybolt } from './polybolt.ts';
import type { PriceSource } from './price-source.ts';
import { createRtds } from './rtds.ts';

export interface SpotPriceOptions {
  /** Each source is left out where its address is null. */
  readonly polyboltUrl: string | null;
  readonly rtdsUrl: string | null;
  readonly binanceUrl: string | null;
  readonly coingeckoUrl: string | null;
  readonly credentials: (signal: AbortSignal) => Promise<ApiCredentials>;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
}

const BINANCE_EVERY_MS = 5_000;
/** CoinGecko's free plan takes a few calls a minute, and its prices are a minute old. */
const COINGECKO_EVERY_MS = 60_000;
const CALL_TIMEOUT_MS = 10_000;

/** All sources of spot prices behind one port. Histories come from Binance, or from CoinGecko where that fails. */
export function createSpotPrices(options: SpotPriceOptions): SpotPricePort {
  const { timers, random, log } = options;
  const httpOf = (baseUrl: string | null) =>
    baseUrl === null
      ? null
      : createHttpClient({
          baseUrl,
          nowMs: () => timers.nowMs(),
          timeoutMs: CALL_TIMEOUT_MS,
          connections: 2,
        });
  const binance = httpOf(options.binanceUrl);
  const coingecko = httpOf(options.coingeckoUrl);
  const sources: PriceSource[] = [];
  if (options.polyboltUrl !== null)
    sources.push(
      createPolybolt({ url: options.polyboltUrl, credentials: options.credentials, timers, random, log }),
    );
  if (options.rtdsUrl !== null) sources.push(createRtds({ url: options.rtdsUrl, timers, random, log }));
  if (binance !== null)
    sources.push(
      createPolledSource({
        name: 'binance',
        everyMs: BINANCE_EVERY_MS,
        timers,
        log,
        read: createBinanceSpot(binance, () => timers.nowMs()),
      }),
    );
  if (coingecko !== null)
    sources.push(
      createPolledSource({
        name: 'coingecko',
        everyMs: COINGECKO_EVERY_MS,
        timers,
        log,
        read: (coins, signal) => readCoingeckoSpot(coingecko, coins, signal),
      }),
    );

  async function dailyCloses(coin: CoinSymbol, days: number, signal: AbortSignal): Promise<DailyClose[]> {
    if (binance !== null) {
      try {
        return await readBinanceDays(binance, coin, days, timers.nowMs(), signal);
      } catch (error) {
        if (coingecko === null || !(error instanceof ForeignError) || signal.aborted) throw error;
        log.note(`daily prices of ${coin} come from CoinGecko: ${error.message}`);
      }
    }
    if (coingecko === null) throw new ForeignError('noHistory', 'no source of daily prices is set', 'never');
    return readCoingeckoDays(coingecko, coin, days, signal);
  }

  return {
    start: (sink) => {
      for (const source of sources) source.start(sink);
    },
    watch: (coins) => {
      for (const source of sources) source.watch(coins);
    },
    dailyCloses,
    candles: async (coin, step, fromMs, signal) => {
      if (binance === null) throw new ForeignError('noCandles', 'no source of candles is set', 'never');
      return readBinanceCandles(binance, coin, step, fromMs, signal);
    },
    close: async () => {
      await Promise.all(
        [...sources, ...[binance, coingecko].filter((http) => http !== null)].map((one) => one.close()),
      );
    },
  };
}
