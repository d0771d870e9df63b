/** Reading of Gamma objects, which are loosely typed JSON: every reader says null when the field is absent or of another kind. */

/** A market or event as Gamma sends it, kept verbatim. */
export type GammaObject = Readonly<Record<string, unknown>>;

export function isGammaObject(value: unknown): value is GammaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(object: GammaObject, field: string): string | null {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A number that Gamma sends as a number or as decimal text. */
export function numberOf(object: GammaObject, field: string): number | null {
  const value = object[field];
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

export const flagOf = (object: GammaObject, field: string): boolean => object[field] === true;

/** Time of a date field in milliseconds; Gamma also writes "2026-01-05 04:22:25+00". */
export function timeOf(object: GammaObject, field: string): number | null {
  const text = textOf(object, field);
  if (text === null) return null;
  const parsed = Date.parse(text.replace(/^(\d{4}-\d\d-\d\d) (.*)\+00$/, '$1T$2Z'));
  return Number.isNaN(parsed) ? null : parsed;
}

/** An array of texts that Gamma wraps into JSON text (`"[\"Yes\", \"No\"]"`) or sends as it is. */
export function textArrayOf(object: GammaObject, field: string): readonly string[] | null {
  let value = object[field];
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return null;
    }
  }
  if (!Array.isArray(value)) return null;
  return value.every((entry) => typeof entry === 'string') ? value : null;
}

export function objectsOf(object: GammaObject, field: string): readonly GammaObject[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isGammaObject) : [];
}

/** The event a market belongs to, as far as the market object carries it. */
export const eventOf = (market: GammaObject): GammaObject | null => objectsOf(market, 'events')[0] ?? null;

export const isHash = (text: string | null): text is `0x${string}` =>
  text !== null && /^0x[0-9a-fA-F]{64}$/.test(text);
