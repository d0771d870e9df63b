import { isParseFailure, type ParseFailure } from '../../../domain/fixed.ts';
import type { Side } from '../../../domain/market.ts';
import { type Price, parsePrice, parseShares, type Shares } from '../../../domain/units.ts';

/** A JSON object whose fields are not yet believed. */
export type WireObject = Readonly<Record<string, unknown>>;

/** A field that is not what the wire promises. Caught where a whole answer or frame is judged, and never crosses an adapter's border. */
export class WireFault extends Error {
  constructor(field: string, expected: string, found: unknown) {
    super(`field ${field}: expected ${expected}, found ${show(found)}`);
    this.name = 'WireFault';
  }
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
};

export function asObject(value: unknown, what: string): WireObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WireFault(what, 'an object', value);
  return value as WireObject;
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new WireFault(what, 'an array', value);
  return value;
}

/** Text that may not be empty. */
export function textField(object: WireObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string' || value === '') throw new WireFault(name, 'text', value);
  return value;
}

/** Text, or null where the field is absent, null or empty. */
export function optionalText(object: WireObject, name: string): string | null {
  const value = object[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new WireFault(name, 'text', value);
  return value;
}

/** Decimal text, or a JSON number, as text. */
function decimalText(object: WireObject, name: string): string {
  const value = object[name];
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return plainDecimal(value);
  throw new WireFault(name, 'a decimal', value);
}

/** A JSON number as plain decimal text: small ones print with an exponent, which is no plain decimal. */
export function plainDecimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '').replace(/\.$/, '') : text;
}

function unwrap<Value>(parsed: Value | ParseFailure, name: string, found: unknown): Value {
  if (isParseFailure(parsed)) throw new WireFault(name, parsed.parseFailure, found);
  return parsed;
}

export function priceField(object: WireObject, name: string): Price {
  const text = decimalText(object, name);
  const parsed = unwrap(parsePrice(text), name, object[name]);
  if (parsed < 0 || parsed > 10_000) throw new WireFault(name, 'a price between 0 and 1', object[name]);
  return parsed;
}

export function sharesField(object: WireObject, name: string): Shares {
  const parsed = unwrap(parseShares(decimalText(object, name)), name, object[name]);
  if (parsed < 0) throw new WireFault(name, 'a size of zero or more', object[name]);
  return parsed;
}

export function sideField(object: WireObject, name: string): Side {
  const side = optionalSide(object, name);
  if (side === null) throw new WireFault(name, 'BUY or SELL', object[name]);
  return side;
}

export function optionalSide(object: WireObject, name: string): Side | null {
  const value = object[name];
  if (typeof value !== 'string' || value === '') return null;
  const side = value.toUpperCase();
  if (side !== 'BUY' && side !== 'SELL') throw new WireFault(name, 'BUY or SELL', value);
  return side;
}

/** Below this, a number of time is seconds: as milliseconds it would lie before March 1973. */
const SECONDS_BELOW = 100_000_000_000;

/** Milliseconds since 1970 from seconds, milliseconds (text or number) or ISO text; null where there is none. */
export function optionalTimeMs(object: WireObject, name: string): number | null {
  const value = object[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) {
    const amount = Number(value);
    return Math.floor(amount < SECONDS_BELOW ? amount * 1000 : amount);
  }
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(at)) throw new WireFault(name, 'a time', value);
  return at;
}
