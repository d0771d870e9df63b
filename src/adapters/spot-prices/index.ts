import type { CoinSymbol, DailyClose } from '../../domain/spot-price.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SpotPricePort, SpotSink } from '../../ports/spot-prices.ts';
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
  const readBinance = binance === null ? null : createBinanceSpot(binance, () => timers.nowMs());
  /** Open while coins are watched. */
  let open: readonly PriceSource[] | null = null;
  let sink: SpotSink | null = null;
  let watched: readonly CoinSymbol[] = [];
  const closings = new Set<Promise<void>>();

  function openSources(): PriceSource[] {
    const sources: PriceSource[] = [];
    if (options.polyboltUrl !== null)
      sources.push(
        createPolybolt({ url: options.polyboltUrl, credentials: options.credentials, timers, random, log }),
      );
    if (options.rtdsUrl !== null) sources.push(createRtds({ url: options.rtdsUrl, timers, random, log }));
    if (readBinance !== null)
      sources.push(
        createPolledSource({
          name: 'binance',
          everyMs: BINANCE_EVERY_MS,
          timers,
          log,
          read: readBinance,
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

    return sources;
  }

  function follow(): void {
    if (watched.length === 0) {
      closeSources();
      return;
    }
    if (sink === null) return;
    if (open !== null) {
      for (const source of open) source.watch(watched);
      return;
    }
    open = openSources();
    for (const source of open) {
      source.watch(watched);
      source.start(sink);
    }
  }

  function closeSources(): void {
    if (open === null) return;
    const closing: Promise<void> = Promise.allSettled(open.map((source) => source.close())).then(() => {
      closings.delete(closing);
    });
    open = null;
    closings.add(closing);
  }

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
    start: (given) => {
      sink = given;
      follow();
    },
    watch: (coins) => {
      watched = [...coins];
      follow();
    },
    dailyCloses,
    candles: async (coin, step, fromMs, signal) => {
      if (binance === null) throw new ForeignError('noCandles', 'no source of candles is set', 'never');
      return readBinanceCandles(binance, coin, step, fromMs, signal);
    },
    close: async () => {
      watched = [];
      closeSources();
      await Promise.all(closings);
      await Promise.all([binance, coingecko].map((http) => http?.close()));
    },
  };
}
