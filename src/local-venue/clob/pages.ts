import { badRequest } from './http-error.ts';

/** Base64 of "0" and of "-1": where a listing begins and where it has ended. */
export const FIRST_CURSOR = 'MA==';
export const END_CURSOR = 'LTE=';
const PAGE_LIMIT = 100;

export interface Page<T> {
  readonly limit: number;
  readonly count: number;
  readonly next_cursor: string;
  readonly data: readonly T[];
}

/** One page of a listing, `next_cursor` being base64 of the next offset. Throws 400 for a cursor that is none. */
export function pageOf<T>(rows: readonly T[], cursor: string | null, limit: number = PAGE_LIMIT): Page<T> {
  const offset = Number(Buffer.from(cursor ?? FIRST_CURSOR, 'base64').toString('utf8'));
  if (!Number.isSafeInteger(offset) || offset < -1) throw badRequest(`invalid next_cursor: ${cursor}`);
  const data = offset < 0 ? [] : rows.slice(offset, offset + limit);
  const next = offset + data.length;
  const isLast = offset < 0 || next >= rows.length;
  return {
    limit,
    count: data.length,
    next_cursor: isLast ? END_CURSOR : Buffer.from(String(next)).toString('base64'),
    data,
  };
}
