import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type GammaObject, isGammaObject, objectsOf } from './gamma-object.ts';

/** Says in one sentence what is wrong with what the user gave, and what was expected. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}

const GZIP_MAGIC = [0x1f, 0x8b] as const;
/** More than any recorded snapshot; a file beyond it is surely not one. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const EXPECTED =
  'expected Gamma market objects as a JSON array, as JSON lines, or as event snapshots with nested "markets", plain or gzip';

/**
 * Reads Gamma market objects from a file, or from every file of a folder that holds some. The form is found by
 * content, not by name. Markets of an event get it as `events[0]`, as Gamma's own market objects have it.
 * @throws CatalogueError when the path cannot be read or holds no market.
 */
export function readGammaMarkets(path: string): GammaObject[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CatalogueError(`${path}: no such file or folder; ${EXPECTED}`);
  if (!stats.isDirectory()) return withoutRepeats(readFile(path, stats.size));
  const markets: GammaObject[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile() || !/\.(json|jsonl|ndjson)(\.gz)?$/.test(entry.name)) continue;
    const file = join(path, entry.name);
    // A folder of recordings also holds manifests and the like; only what is a market counts there.
    markets.push(...readFile(file, statSync(file).size, true));
  }
  if (markets.length === 0)
    throw new CatalogueError(`${path}: no file in this folder holds a market; ${EXPECTED}`);
  return withoutRepeats(markets);
}

function readFile(path: string, size: number, lenient = false): GammaObject[] {
  if (size > MAX_FILE_BYTES) {
    throw new CatalogueError(
      `${path}: ${size} bytes is more than the ${MAX_FILE_BYTES} a market file may have`,
    );
  }
  const values = parseText(decode(path), path, lenient);
  const markets = values.flatMap((value) => marketsIn(value));
  if (markets.length === 0 && !lenient) {
    const found = values.length === 0 ? 'an empty file' : describe(values[0]);
    throw new CatalogueError(`${basename(path)}: found ${found}, no market; ${EXPECTED}`);
  }
  return markets;
}

function decode(path: string): string {
  const bytes = readFileSync(path);
  if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1]) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    throw new CatalogueError(`${basename(path)}: damaged gzip file (${messageOf(error)})`);
  }
}

/** The whole text as one JSON value, or each of its lines as one. */
function parseText(text: string, path: string, lenient: boolean): unknown[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  try {
    const whole: unknown = JSON.parse(trimmed);
    return Array.isArray(whole) ? whole : [whole];
  } catch (wholeError) {
    const lines = trimmed.split('\n').filter((line) => line.trim() !== '');
    const values: unknown[] = [];
    for (const [index, line] of lines.entries()) {
      try {
        values.push(JSON.parse(line));
      } catch (lineError) {
        if (lenient) return [];
        const why = lines.length === 1 || index === 0 ? messageOf(wholeError) : messageOf(lineError);
        throw new CatalogueError(`${basename(path)}: not JSON at line ${index + 1} (${why}); ${EXPECTED}`);
      }
    }
    return values;
  }
}

/** A market, a recorder's line around one (`raw`), an event, a snapshot around one (`data`), or a keyset page. */
function marketsIn(value: unknown): GammaObject[] {
  if (Array.isArray(value)) return value.flatMap((entry) => marketsIn(entry));
  if (!isGammaObject(value)) return [];
  if ('conditionId' in value && 'question' in value) return [value];
  if (isGammaObject(value.raw)) return marketsIn(value.raw);
  if (Array.isArray(value.events) && !('id' in value)) return marketsIn(value.events);
  if (Array.isArray(value.markets)) {
    const { markets: _nested, ...event } = value;
    const nested = objectsOf(value, 'markets').flatMap((market) => marketsIn(market));
    return 'id' in event ? nested.map((market) => ({ events: [event], ...market })) : nested;
  }
  return 'data' in value ? marketsIn(value.data) : [];
}

function withoutRepeats(markets: readonly GammaObject[]): GammaObject[] {
  const seen = new Map<unknown, GammaObject>();
  for (const market of markets) {
    if (!seen.has(market.conditionId)) seen.set(market.conditionId, market);
  }
  return [...seen.values()];
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (!isGammaObject(value)) return `${typeof value} ${JSON.stringify(value)?.slice(0, 40)}`;
  return `an object with the fields ${Object.keys(value).slice(0, 6).join(', ')}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
