import type { PricePoint } from '../model/ewma-volatility.ts';
import { DAY_MS, parseInstant } from '../questions/civil-time.ts';
import { coinOf } from '../questions/coins.ts';
import { csvRows } from './csv.ts';

/** Prices of each coin in time order: prints of any spacing, and closes of whole days. */
export interface PriceSeries {
  readonly prints: ReadonlyMap<string, readonly PricePoint[]>;
  readonly dailyCloses: ReadonlyMap<string, readonly PricePoint[]>;
}

interface CollectedPrices {
  readonly prints: Map<string, PricePoint[]>;
  readonly dailyCloses: Map<string, PricePoint[]>;
}

export const collectPrices = (): CollectedPrices => ({ prints: new Map(), dailyCloses: new Map() });

/** A price written so coarsely that its last digit is more than this part of it, such as DOGE at 0.08, is no price. */
const COARSEST = 3e-4;

/**
 * Adds the prices of one file and says how many there were. Three layouts, which may alternate within a file: `time,asset,price,...`;
 * `time,BTC,ETH,...` with a column a coin; and candles `time,open,high,low,close,...`, whose coin is in the file's name and whose
 * last row is left out, because its day may not be over. A file that is none of them gives 0.
 */
export function addPrices(into: CollectedPrices, fileName: string, text: string): number {
  const [header, ...rows] = csvRows(text);
  if (header === undefined) return 0;
  if (header.slice(1, 5).join() === 'open,high,low,close') return addCandles(into, fileName, rows);
  const columns = header.map((name) => (coinOf(name) === undefined ? null : name));
  let count = 0;
  for (const row of rows) {
    const atMs = parseInstant(row[0] ?? '');
    if (atMs === null) continue;
    const isLong = coinOf(row[1] ?? '') !== undefined;
    if (isLong) count += addPrint(into.prints, row[1] ?? '', atMs, row[2] ?? '');
    else
      for (const [index, field] of row.entries()) {
        const coin = columns[index] ?? null;
        if (coin !== null) count += addPrint(into.prints, coin, atMs, field);
      }
  }
  return count;
}

function addPrint(into: Map<string, PricePoint[]>, coin: string, atMs: number, field: string): number {
  const price = /^\d+(\.\d+)?$/.test(field) ? Number(field) : 0;
  const decimals = field.split('.')[1]?.length ?? 0;
  if (!(price > 0) || 10 ** -decimals / price > COARSEST) return 0;
  listOf(into, coin).push({ atMs, price });
  return 1;
}

function addCandles(into: CollectedPrices, fileName: string, rows: readonly string[][]): number {
  const coin = /^([A-Z]{2,5}?)(USDT?|-USD)?_1d\b/.exec(fileName)?.[1];
  if (coin === undefined || coinOf(coin) === undefined) return 0;
  let count = 0;
  for (const row of rows.slice(0, -1)) {
    const [opened, price] = [parseInstant(row[0] ?? ''), Number(row[4])];
    if (opened === null || !(price > 0)) continue;
    listOf(into.dailyCloses, coin).push({ atMs: opened + DAY_MS, price });
    count += 1;
  }
  return count;
}

function listOf(into: Map<string, PricePoint[]>, coin: string): PricePoint[] {
  const list = into.get(coin) ?? [];
  into.set(coin, list);
  return list;
}

/** The prices in time order, once all files are read. */
export function inOrder(collected: CollectedPrices): PriceSeries {
  for (const lists of [collected.prints, collected.dailyCloses])
    for (const list of lists.values()) list.sort((a, b) => a.atMs - b.atMs);
  return collected;
}

/** Place of the last point at or before `atMs`; -1 where there is none. */
export function placeAt(points: readonly PricePoint[], atMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The latest price at or before `atMs`, if it is at most `mostAgeMs` old. */
export function latestPrice(points: readonly PricePoint[], atMs: number, mostAgeMs: number): number | null {
  const point = points[placeAt(points, atMs)];
  return point !== undefined && atMs - point.atMs <= mostAgeMs ? point.price : null;
}

/** The price nearest to `atMs`, within `withinMs` of it and not later than `knownMs`. */
export function nearestPrice(
  points: readonly PricePoint[],
  atMs: number,
  withinMs: number,
  knownMs: number,
): number | null {
  const place = placeAt(points, atMs);
  const near = [points[place], points[place + 1]].filter(
    (point) => point !== undefined && Math.abs(point.atMs - atMs) <= withinMs && point.atMs <= knownMs,
  ) as PricePoint[];
  const [first, second] = near;
  if (first === undefined) return null;
  if (second === undefined) return first.price;
  return atMs - first.atMs <= second.atMs - atMs ? first.price : second.price;
}

/** Highest and lowest price from `fromMs` to `toMs`; null where a gap of more than `mostGapMs` may hide an extreme. */
export function extremesBetween(
  points: readonly PricePoint[],
  fromMs: number,
  toMs: number,
  mostGapMs: number,
): { readonly highUsd: number; readonly lowUsd: number } | null {
  let before = fromMs;
  let [highUsd, lowUsd] = [0, Number.POSITIVE_INFINITY];
  for (let place = Math.max(0, placeAt(points, fromMs)); place < points.length; place += 1) {
    const { atMs, price } = points[place]!;
    if (atMs > toMs) break;
    if (atMs - before > mostGapMs) return null;
    before = Math.max(before, atMs);
    if (atMs < fromMs - mostGapMs) continue;
    [highUsd, lowUsd] = [Math.max(highUsd, price), Math.min(lowUsd, price)];
  }
  return highUsd === 0 || toMs - before > mostGapMs ? null : { highUsd, lowUsd };
}
