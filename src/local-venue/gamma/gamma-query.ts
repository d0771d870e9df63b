import type { GammaJson } from './live-market.ts';

/** Query parameters as the server parses them: a repeated one is an array. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** Answered with 422 and Gamma's way of saying it. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export interface GammaPage {
  readonly rows: readonly GammaJson[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** Query parameter to the field whose value must be among those asked for. */
const ANY_OF: Readonly<Record<string, string>> = {
  id: 'id',
  ids: 'id',
  slug: 'slug',
  condition_ids: 'conditionId',
  question_ids: 'questionID',
  uma_resolution_status: 'umaResolutionStatus',
};
const FLAGS = ['active', 'archived'] as const;
const BOUNDS: Readonly<
  Record<string, { readonly field: string; readonly sign: 1 | -1; readonly isDate: boolean }>
> = {
  liquidity_num_min: { field: 'liquidityNum', sign: 1, isDate: false },
  liquidity_num_max: { field: 'liquidityNum', sign: -1, isDate: false },
  liquidity_min: { field: 'liquidity', sign: 1, isDate: false },
  liquidity_max: { field: 'liquidity', sign: -1, isDate: false },
  volume_num_min: { field: 'volumeNum', sign: 1, isDate: false },
  volume_num_max: { field: 'volumeNum', sign: -1, isDate: false },
  volume_min: { field: 'volume', sign: 1, isDate: false },
  volume_max: { field: 'volume', sign: -1, isDate: false },
  rewards_min_size: { field: 'rewardsMinSize', sign: 1, isDate: false },
  start_date_min: { field: 'startDate', sign: 1, isDate: true },
  start_date_max: { field: 'startDate', sign: -1, isDate: true },
  end_date_min: { field: 'endDate', sign: 1, isDate: true },
  end_date_max: { field: 'endDate', sign: -1, isDate: true },
};

const DEFAULT_LIMIT = 20;
const MAX_KEYSET_LIMIT = 100;
const MAX_OFFSET_LIMIT = 500;

/**
 * Selects rows as Gamma does: what is closed only when asked for, every given filter must hold.
 * Parameters that this subset does not know are ignored, as Gamma ignores unknown ones.
 * @throws QueryError on a value of the wrong kind.
 */
export function filterRows(rows: readonly GammaJson[], query: RawQuery): GammaJson[] {
  const closed = flagParam(query, 'closed') ?? false;
  let kept = rows.filter((row) => (row.closed === true) === closed);
  for (const [param, field] of Object.entries(ANY_OF)) {
    const wanted = textParams(query, param);
    if (wanted.length > 0) kept = kept.filter((row) => wanted.includes(String(row[field]).toLowerCase()));
  }
  const tokens = textParams(query, 'clob_token_ids');
  if (tokens.length > 0) {
    kept = kept.filter((row) => tokens.some((token) => String(row.clobTokenIds).includes(`"${token}"`)));
  }
  for (const flag of FLAGS) {
    const wanted = flagParam(query, flag);
    if (wanted !== null) kept = kept.filter((row) => (row[flag] === true) === wanted);
  }
  const tagIds = textParams(query, 'tag_id');
  if (tagIds.length > 0) kept = kept.filter((row) => tagsOf(row, 'id').some((id) => tagIds.includes(id)));
  const tagSlugs = textParams(query, 'tag_slug');
  if (tagSlugs.length > 0)
    kept = kept.filter((row) => tagsOf(row, 'slug').some((slug) => tagSlugs.includes(slug)));
  for (const [param, { field, sign, isDate }] of Object.entries(BOUNDS)) {
    const [text] = textParams(query, param);
    if (text === undefined) continue;
    const bound = comparable(text.toUpperCase(), isDate);
    if (Number.isNaN(bound)) throw new QueryError(`invalid ${param}: ${text}`);
    kept = kept.filter((row) => sign * (comparable(row[field], isDate) - bound) >= 0);
  }
  return kept;
}

/** `limit` and `offset` pages of `/markets` and `/events`. */
export function offsetPage(rows: readonly GammaJson[], query: RawQuery): readonly GammaJson[] {
  const limit = countParam(query, 'limit', DEFAULT_LIMIT, MAX_OFFSET_LIMIT);
  const offset = countParam(query, 'offset', 0, Number.MAX_SAFE_INTEGER);
  return sortRows(rows, query).slice(offset, offset + limit);
}

/**
 * `after_cursor` pages: a cursor names the last row of its page, so that rows which come or go between two pages
 * are neither repeated nor lost.
 */
export function keysetPage(rows: readonly GammaJson[], query: RawQuery): GammaPage {
  const limit = countParam(query, 'limit', DEFAULT_LIMIT, MAX_KEYSET_LIMIT);
  const sorted = sortRows(rows, query);
  const [cursor] = textParams(query, 'after_cursor', false);
  let start = 0;
  if (cursor !== undefined) {
    const after = decodeCursor(cursor);
    const compare = comparatorOf(query);
    start = sorted.findIndex((row) => compare(row, after) > 0);
    if (start < 0) start = sorted.length;
  }
  const page = sorted.slice(start, start + limit);
  const last = page.at(-1);
  const isLastPage = last === undefined || start + page.length >= sorted.length;
  return isLastPage ? { rows: page } : { rows: page, nextCursor: encodeCursor(last, query) };
}

function sortRows(rows: readonly GammaJson[], query: RawQuery): GammaJson[] {
  return [...rows].sort(comparatorOf(query));
}

function comparatorOf(query: RawQuery): (left: GammaJson, right: GammaJson) => number {
  const field = orderField(query);
  const direction = flagParam(query, 'ascending') === false ? -1 : 1;
  return (left, right) =>
    direction * compareValues(left[field], right[field]) || compareValues(left.id, right.id);
}

/** Gamma takes `volume_num` as well as `volumeNum`. */
function orderField(query: RawQuery): string {
  const [field] = textParams(query, 'order', false);
  return (
    (field ?? 'id').split(',')[0]?.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()) ??
    'id'
  );
}

function compareValues(left: unknown, right: unknown): number {
  const numbers = [Number(left ?? 0), Number(right ?? 0)] as const;
  if (!Number.isNaN(numbers[0]) && !Number.isNaN(numbers[1])) return numbers[0] - numbers[1];
  const texts = [String(left ?? ''), String(right ?? '')] as const;
  return texts[0] < texts[1] ? -1 : Number(texts[0] > texts[1]);
}

function encodeCursor(row: GammaJson, query: RawQuery): string {
  return Buffer.from(JSON.stringify([orderField(query), row[orderField(query)], row.id])).toString(
    'base64url',
  );
}

function decodeCursor(cursor: string): GammaJson {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'string')
      return { [parsed[0]]: parsed[1], id: parsed[2] };
  } catch (error) {
    throw new QueryError(`invalid after_cursor: ${cursor}`, { cause: error });
  }
  throw new QueryError(`invalid after_cursor: ${cursor}`);
}

/** Values of a parameter that may be repeated or separated by commas; in lower case, because ids are compared so. */
function textParams(query: RawQuery, name: string, lowerCase = true): string[] {
  const value = query[name] ?? query[`${name}[]`];
  if (value === undefined || value === '') return [];
  const texts = (Array.isArray(value) ? value : [value]).flatMap((each) => String(each).split(','));
  return lowerCase ? texts.map((text) => text.toLowerCase()) : texts;
}

function flagParam(query: RawQuery, name: string): boolean | null {
  const [text] = textParams(query, name);
  if (text === undefined) return null;
  if (text !== 'true' && text !== 'false') throw new QueryError(`invalid ${name}: ${text}`);
  return text === 'true';
}

function countParam(query: RawQuery, name: string, fallback: number, max: number): number {
  const [text] = textParams(query, name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new QueryError(`invalid ${name}: ${text}`);
  if (value > max) throw new QueryError(`${name} must be at most ${max}, found ${value}`);
  return value;
}

function comparable(value: unknown, isDate: boolean): number {
  return isDate ? Date.parse(String(value)) : Number(value ?? Number.NaN);
}

function tagsOf(row: GammaJson, field: 'id' | 'slug'): string[] {
  const own = Array.isArray(row.tags) ? row.tags : [];
  const ofEvents = Array.isArray(row.events)
    ? row.events.flatMap((event: GammaJson) => event.tags ?? [])
    : [];
  return [...own, ...ofEvents].map((tag: GammaJson) => String(tag[field]).toLowerCase());
}
