import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a coin cost so many milliseconds after a recording began, oldest first. */
export interface RecordedPrice {
  readonly afterMs: number;
  readonly usd: number;
}

export type Recording = ReadonlyMap<string, readonly RecordedPrice[]>;

/** A file of prices that is not what it should be; the message says what was found and what was expected. */
export class RecordingError extends Error {}

/**
 * Reads recorded prices of coins: a table with a header, its columns separated by commas, packed with gzip or not. The first column is the
 * time. The others are a coin each, or `asset` and `price_usd` with one price a line. The recording begins with its first line.
 */
export function readRecording(path: string): Recording {
  const [header = '', ...lines] = textOf(path).split(/\r?\n/);
  const columns = header.split(',');
  const [asset, price] = [columns.indexOf('asset'), columns.indexOf('price_usd')];
  const points = new Map<string, { atMs: number; usd: number }[]>();
  const add = (coin: string | undefined, atMs: number, text: string | undefined): void => {
    const usd = Number(text);
    if (coin === undefined || text === undefined || text === '' || !(usd > 0 && Number.isFinite(usd))) return;
    const known = points.get(coin) ?? [];
    points.set(coin, known);
    known.push({ atMs, usd });
  };
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const fields = line.split(',');
    const atMs = Date.parse(fields[0] ?? '');
    if (Number.isNaN(atMs))
      throw new RecordingError(`${path}: line ${index + 2} begins with ${fields[0]}; expected a time`);
    if (asset !== -1 && price !== -1) add(fields[asset], atMs, fields[price]);
    else for (const [column, coin] of columns.entries()) if (column > 0) add(coin, atMs, fields[column]);
  }
  if (points.size === 0)
    throw new RecordingError(
      `${path}: found no price of a coin; expected a column for each coin, or the columns asset and price_usd`,
    );
  return inOrder(points);
}

function inOrder(points: ReadonlyMap<string, readonly { atMs: number; usd: number }[]>): Recording {
  let beginMs = Number.POSITIVE_INFINITY;
  for (const known of points.values()) for (const { atMs } of known) beginMs = Math.min(beginMs, atMs);
  return new Map(
    [...points].map(([coin, known]) => [
      coin,
      known
        .toSorted((a, b) => a.atMs - b.atMs)
        .map(({ atMs, usd }): RecordedPrice => ({ afterMs: atMs - beginMs, usd })),
    ]),
  );
}

function textOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new RecordingError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
}
