import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Outcome, Side } from '../../domain/market.ts';
import { MICRO, PRICE_ONE, type Price, type Shares } from '../../domain/units.ts';
import { CatalogueError } from '../catalogue/gamma-file.ts';
import type { Hex } from '../chain/types.ts';
import type { VenueLevel } from '../types.ts';

/** A trade that the capture shows by a changed last trade, in YES coordinates. */
export interface L2Trade {
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

/** The book at one recorded second, in YES coordinates, best first, and what traded since the second before. */
export interface L2Second {
  readonly recordedAtMs: number;
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
  readonly trades: readonly L2Trade[];
}

export interface L2Capture {
  readonly slug: string;
  readonly conditionId: Hex;
  readonly yesTokenId: string;
  readonly noTokenId: string;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly tickSize: Price;
  readonly seconds: readonly L2Second[];
  /** What the underlying did over the window; null when the capture ends before it. */
  readonly winner: Outcome | null;
  /** Rows of the file that repeat another row exactly. */
  readonly duplicateRows: number;
  /** Seconds whose recorded bids and asks cross: asks at or below the best bid are left out there. */
  readonly crossedSeconds: number;
}

type Row = Readonly<Record<string, unknown>>;

const LEVELS = 5;
const CENT = 100;
const TENTH_CENT = 10;
const REQUIRED = [
  'ts_ms',
  'market_slug',
  'condition_id',
  'token_id_up',
  'token_id_down',
  'bid_px_up_1',
  'ask_px_up_1',
];
/** A window counts as seen to its end when the last row is at most this far from it. */
const END_TOLERANCE_MS = 10_000;

/**
 * Reads every Parquet file of a folder of L2 captures, one market a file, in order of time.
 * @throws CatalogueError when the folder has none, or a file lacks what a capture has.
 */
export async function readL2Captures(folder: string): Promise<L2Capture[]> {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) {
    throw new CatalogueError(
      `${folder}: expected a folder of L2 captures (*.parquet), found ${stats === undefined ? 'nothing' : 'a file'}`,
    );
  }
  const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  if (files.length === 0) throw new CatalogueError(`${folder}: no *.parquet file in this folder`);
  const captures = await Promise.all(files.map((name) => readL2Capture(join(folder, name))));
  return captures.sort((left, right) => left.windowStartMs - right.windowStartMs);
}

/** Reads one capture. Exact duplicates of rows are dropped; numbers become integers here and nowhere later. */
export async function readL2Capture(path: string): Promise<L2Capture> {
  let rows: Row[];
  try {
    rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CatalogueError(`${basename(path)}: not a readable Parquet file (${why})`);
  }
  return captureFromRows(rows, basename(path));
}

/** Exported for tests that make rows of their own. */
export function captureFromRows(rows: readonly Row[], name: string): L2Capture {
  const first = rows[0];
  const missing = REQUIRED.filter((column) => first === undefined || !(column in first));
  if (first === undefined || missing.length > 0) {
    throw new CatalogueError(
      `${name}: not an L2 capture, ${first === undefined ? 'no rows' : `no column ${missing.join(', ')}`}`,
    );
  }
  const unique = withoutDuplicates(rows).sort((left, right) => count(left.ts_ms) - count(right.ts_ms));
  let crossedSeconds = 0;
  const seconds = unique.map((row, index): L2Second => {
    const bids = levels(row, 'bid');
    const asks = levels(row, 'ask');
    const bestBid = bids[0]?.price ?? 0;
    const uncrossed = asks.filter(({ price }) => price > bestBid);
    if (uncrossed.length < asks.length) crossedSeconds += 1;
    return {
      recordedAtMs: count(row.ts_ms),
      bids,
      asks: uncrossed,
      trades: tradesOf(unique[index - 1], row),
    };
  });
  const last = unique.at(-1) ?? first;
  const offCent = seconds.some(({ bids, asks }) =>
    [...bids, ...asks].some(({ price }) => price % CENT !== 0),
  );
  return {
    slug: String(first.market_slug),
    conditionId: String(first.condition_id) as Hex,
    yesTokenId: String(first.token_id_up),
    noTokenId: String(first.token_id_down),
    windowStartMs: count(first.window_start_ms),
    windowEndMs: count(first.window_end_ms),
    tickSize: (offCent ? TENTH_CENT : CENT) as Price,
    seconds,
    winner: winnerOf(last),
    duplicateRows: rows.length - unique.length,
    crossedSeconds,
  };
}

function withoutDuplicates(rows: readonly Row[]): Row[] {
  const unique = new Map<string, Row>();
  for (const row of rows) {
    unique.set(
      JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
      row,
    );
  }
  return [...unique.values()];
}

/** The YES token's own levels; the capture's two books mirror each other, so this is the unified view. */
function levels(row: Row, side: 'bid' | 'ask'): VenueLevel[] {
  const found: VenueLevel[] = [];
  for (let level = 1; level <= LEVELS; level += 1) {
    const at = priceOf(row[`${side}_px_up_${level}`]);
    const size = sharesOf(row[`${side}_sz_up_${level}`]);
    if (at !== null && size !== null) found.push({ price: at, size });
  }
  return found.sort((left, right) => (side === 'bid' ? right.price - left.price : left.price - right.price));
}

/** Each token's last trade that differs from the second before, the NO token's turned into YES coordinates. */
function tradesOf(before: Row | undefined, row: Row): L2Trade[] {
  if (before === undefined) return [];
  const trades: L2Trade[] = [];
  for (const token of ['up', 'down'] as const) {
    const fields = [`last_trade_px_${token}`, `last_trade_sz_${token}`, `last_trade_side_${token}`] as const;
    if (fields.every((field) => row[field] === before[field])) continue;
    const at = priceOf(row[fields[0]]);
    const size = sharesOf(row[fields[1]]);
    const isBuy = row[fields[2]] === 'BUY';
    if (at === null || size === null) continue;
    const side = isBuy === (token === 'up') ? 'BUY' : 'SELL';
    trades.push({ side, price: (token === 'up' ? at : PRICE_ONE - at) as Price, size });
  }
  return trades;
}

/** Up when the underlying ended no lower than it started; unknown unless the capture reaches the end of its window. */
function winnerOf(last: Row): Outcome | null {
  if (count(last.window_end_ms) - count(last.ts_ms) > END_TOLERANCE_MS) return null;
  const [end, start] = [last.chainlink_btc, last.window_start_price];
  if (typeof end !== 'number' || typeof start !== 'number') return null;
  return end >= start ? 'YES' : 'NO';
}

function priceOf(value: unknown): Price | null {
  if (typeof value !== 'number') return null;
  const at = Math.round(value * PRICE_ONE);
  return at > 0 && at < PRICE_ONE ? (at as Price) : null;
}

const sharesOf = (value: unknown): Shares | null =>
  typeof value === 'number' && value > 0 ? (Math.round(value * MICRO) as Shares) : null;

const count = (value: unknown): number => Number(value ?? 0);
