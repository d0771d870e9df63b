import { asObject, WireFault, type WireObject } from '../polymarket/wire/fields.ts';

/** Dollars above zero, from a JSON number or decimal text. Throws a WireFault. */
export function priceField(object: WireObject, name: string): number {
  const value = object[name];
  const price = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof price !== 'number' || !Number.isFinite(price) || price <= 0)
    throw new WireFault(name, 'a price above 0 in dollars', value);
  return price;
}

/** A time in unix milliseconds. Throws a WireFault, also for seconds: a price of 1970 would be stale for ever. */
export function msField(object: WireObject, name: string): number {
  const value = object[name];
  const atMs = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof atMs !== 'number' || !Number.isFinite(atMs) || atMs < 1e12)
    throw new WireFault(name, 'unix milliseconds', value);
  return atMs;
}

/**
 * The rows, if each begins a step after the one before: a return over a missing day would be taken for that of one day. Throws a
 * WireFault.
 */
export function inSteps<Row>(
  what: string,
  rows: Row[],
  stepMs: number,
  beginOf: (row: Row) => number,
): Row[] {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before !== undefined && beginOf(row) !== beginOf(before) + stepMs)
      throw new WireFault(what, 'one after another', new Date(beginOf(row)).toISOString());
  }
  return rows;
}

/** `{timestamp, value, full_accuracy_value}` as both of the venue's streams have it; the text is the exact one. */
export function pointOf(row: unknown, what: string): { readonly atMs: number; readonly priceUsd: number } {
  const point = asObject(row, what);
  const exact = point.full_accuracy_value;
  return {
    atMs: msField(point, 'timestamp'),
    priceUsd: priceField(point, typeof exact === 'string' && exact !== '' ? 'full_accuracy_value' : 'value'),
  };
}
