import {
  CANDLE_STEP_MS,
  type CandleStep,
  type CoinSymbol,
  type DailyClose,
  type SpotCandle,
  type SpotTick,
} from '../../domain/spot-price.ts';
import { type HttpClient, parseJson, troubleError } from '../polymarket/http.ts';
import { judged } from '../polymarket/signed-calls.ts';
import { asArray, asObject, textField, WireFault } from '../polymarket/wire/fields.ts';
import { inSteps, msField, priceField } from './price-wire.ts';

const DAY_MS = 86_400_000;
/** Binance's code for a pair that it does not list. */
const INVALID_SYMBOL = '-1121';
/** Candles of one answer. */
const MOST_CANDLES = 1_000;

const pairOf = (coin: CoinSymbol): string => `${coin}USDT`;

/** What has no pair is asked for again after this: it may be listed one day. */
const UNLISTED_FOR_MS = 3_600_000;

export type ReadSpot = (coins: readonly CoinSymbol[], signal: AbortSignal) => Promise<SpotTick[]>;

/**
 * Last trades against USDT, in one call for all coins. Binance refuses the whole call where one coin has no pair, so then each is
 * asked for by itself once, and those that are refused are left out for an hour.
 */
export function createBinanceSpot(http: HttpClient, nowMs: () => number): ReadSpot {
  const unlistedUntilMs = new Map<CoinSymbol, number>();

  async function readEach(coins: readonly CoinSymbol[], signal: AbortSignal): Promise<SpotTick[]> {
    const ticks: SpotTick[] = [];
    for (const coin of coins) {
      const found = await readTickers(http, [coin], signal);
      if (found === null) unlistedUntilMs.set(coin, nowMs() + UNLISTED_FOR_MS);
      else ticks.push(...found);
    }
    return ticks;
  }

  return async (coins, signal) => {
    const listed = coins.filter((coin) => (unlistedUntilMs.get(coin) ?? 0) <= nowMs());
    if (listed.length === 0) return [];
    return (await readTickers(http, listed, signal)) ?? readEach(listed, signal);
  };
}

/** Null where Binance knows no such pair. */
async function readTickers(
  http: HttpClient,
  coins: readonly CoinSymbol[],
  signal: AbortSignal,
): Promise<SpotTick[] | null> {
  const symbols = encodeURIComponent(JSON.stringify(coins.map(pairOf)));
  const call = { method: 'GET', path: '/api/v3/ticker/24hr', query: `symbols=${symbols}&type=MINI` } as const;
  const answer = await http.send(call, signal);
  if (answer.status === 400 && answer.text.includes(INVALID_SYMBOL)) return null;
  if (answer.status < 200 || answer.status > 299)
    throw troubleError(call, { kind: 'http', status: answer.status, text: answer.text }, undefined, answer);
  const found = parseJson(call, answer.text);
  return judged(call, found, () => asArray(found, 'the tickers').flatMap((row) => tickOf(row, coins)));
}

function tickOf(row: unknown, coins: readonly CoinSymbol[]): SpotTick[] {
  const ticker = asObject(row, 'ticker');
  const symbol = textField(ticker, 'symbol');
  const coin = coins.find((one) => pairOf(one) === symbol);
  if (coin === undefined) return [];
  return [
    {
      source: 'binance',
      coin,
      priceUsd: priceField(ticker, 'lastPrice'),
      atMs: msField(ticker, 'closeTime'),
    },
  ];
}

/** Daily candles, oldest first, with today's, which is not whole. Rows are `[openTime, open, high, low, close, volume, closeTime, ...]`. */
export async function readBinanceDays(
  http: HttpClient,
  coin: CoinSymbol,
  days: number,
  nowMs: number,
  signal: AbortSignal,
): Promise<DailyClose[]> {
  const limit = Math.min(MOST_CANDLES, Math.max(1, Math.ceil(days)));
  const call = {
    method: 'GET',
    path: '/api/v3/klines',
    query: `symbol=${pairOf(coin)}&interval=1d&limit=${limit}`,
  } as const;
  const found = await http.json(call, signal);
  return judged(call, found, () => {
    const rows = asArray(found, 'the candles').map((row) => dayOf(row, nowMs));
    return inSteps('the days', rows, DAY_MS, ({ dayAtMs }) => dayAtMs);
  });
}

function dayOf(row: unknown, nowMs: number): DailyClose {
  const [openTime, , , , close, , closeTime] = asArray(row, 'candle');
  const candle = { openTime, close, closeTime };
  const dayAtMs = msField(candle, 'openTime');
  if (dayAtMs % DAY_MS !== 0) throw new WireFault('openTime', 'midnight of UTC', openTime);
  return { dayAtMs, closeUsd: priceField(candle, 'close'), isWhole: msField(candle, 'closeTime') < nowMs };
}

/** Candles from `fromMs` on, oldest first, with the one under way. */
export async function readBinanceCandles(
  http: HttpClient,
  coin: CoinSymbol,
  step: CandleStep,
  fromMs: number,
  signal: AbortSignal,
): Promise<SpotCandle[]> {
  const query = `symbol=${pairOf(coin)}&interval=${step}&startTime=${Math.max(0, Math.floor(fromMs))}&limit=${MOST_CANDLES}`;
  const call = { method: 'GET', path: '/api/v3/klines', query } as const;
  const found = await http.json(call, signal);
  return judged(call, found, () => {
    const candles = asArray(found, 'the candles').map((row) => candleOf(row, CANDLE_STEP_MS[step]));
    return inSteps('the candles', candles, CANDLE_STEP_MS[step], ({ openAtMs }) => openAtMs);
  });
}

function candleOf(row: unknown, stepMs: number): SpotCandle {
  const [openTime, open, high, low, close] = asArray(row, 'candle');
  const fields = { openTime, open, high, low, close };
  const candle = {
    openAtMs: msField(fields, 'openTime'),
    openUsd: priceField(fields, 'open'),
    highUsd: priceField(fields, 'high'),
    lowUsd: priceField(fields, 'low'),
    closeUsd: priceField(fields, 'close'),
  };
  if (candle.openAtMs % stepMs !== 0) throw new WireFault('openTime', 'the begin of a step', openTime);
  const isInside = [candle.openUsd, candle.closeUsd].every(
    (usd) => usd <= candle.highUsd && usd >= candle.lowUsd,
  );
  if (!isInside) throw new WireFault('high and low', 'around open and close', row);
  return candle;
}
