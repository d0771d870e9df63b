import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type MarketRow, readMarketRows } from '../crypto/calibration/market-rows.ts';
import { addPrices, collectPrices, inOrder, type PriceSeries } from '../crypto/calibration/price-series.ts';

/** Why the command cannot go on: what was found, what was expected, what to do. */
export class UnusableFile extends Error {}

const MOST_FILES = 10_000;
/** Beyond this a file is no list of markets or prices of ours. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Rows of a file, or of every file of a folder that ends like one. */
export function readMarkets(path: string): MarketRow[] {
  const files = filesOf(path, /\.(csv|jsonl|ndjson|json)(\.gz)?$/, '--markets');
  const rows: MarketRow[] = [];
  for (const file of files) {
    const read = readMarketRows(textOf(file));
    if (typeof read === 'string') throw new UnusableFile(`${file}: ${read}`);
    const [problem] = read.problems;
    if (problem !== undefined)
      throw new UnusableFile(
        `${file}, ${problem}${read.problems.length > 1 ? ` (and ${read.problems.length - 1} lines more)` : ''}`,
      );
    rows.push(...read.rows);
  }
  if (rows.length === 0) throw new UnusableFile(`${path}: found no rows; expected one a forecast`);
  return rows;
}

/** Prices of every file below a folder, and how many there were. */
export function readPrices(folder: string): { readonly series: PriceSeries; readonly prices: number } {
  const files = filesOf(folder, /\.csv(\.gz)?$/, '--prices');
  const collected = collectPrices();
  let prices = 0;
  for (const file of files) prices += addPrices(collected, basename(file), textOf(file));
  if (prices === 0)
    throw new UnusableFile(
      `${folder}: found no prices in ${files.length} CSV files; expected the columns timestamp_utc,asset,price_usd or timestamp_utc,BTC,ETH or timestamp,open,high,low,close`,
    );
  return { series: inOrder(collected), prices };
}

function filesOf(path: string, ending: RegExp, option: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw new UnusableFile(`${option}: found nothing at ${path}; expected a file or a folder`);
  }
  if (!isFolder) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0 || files.length > MOST_FILES)
    throw new UnusableFile(
      `${option}: found ${files.length} files ending in ${ending.source} in ${path}; expected 1 to ${MOST_FILES}`,
    );
  return files;
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    const plain = file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
    return plain.toString('utf8');
  } catch (error) {
    throw new UnusableFile(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
