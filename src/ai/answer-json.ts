import { plainText } from './foreign-text.ts';

/** Reading what a model answers. Nothing here throws, whatever the text is. */

/** The text itself, what stands in a code fence, or what lies between the first brace and the last: models wrap what they answer. */
export function parseObject(text: string): object | null {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1];
  const braced = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const candidate of [text, fenced, braced]) {
    if (candidate === undefined || candidate === '') continue;
    try {
      const parsed: unknown = JSON.parse(candidate);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
    } catch {
      // The next candidate may be one.
    }
  }
  return null;
}

const FENCED = /^```(?:json)?\s([\s\S]*)```$/i;
/** In valid JSON, a text from its first quote to its last, and the colon behind it if it is a key. */
const TEXT_OR_KEY = /"(?:[^"\\]|\\.)*"\s*(:?)/g;

/**
 * The one object that the whole text is, bare or in one code fence; null for anything else. For answers that let something happen: words
 * around the object, a second object, an object in another or in a list, or a key that is there twice may say the opposite of what is read.
 */
export function parseLoneObject(text: string): object | null {
  const bare = text.trim();
  const json = FENCED.exec(bare)?.[1] ?? bare;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  // A key that comes twice, and one of an object within, are written and are no keys of what was parsed.
  const written = [...json.matchAll(TEXT_OR_KEY)].filter(([, colon]) => colon === ':').length;
  return written === Object.keys(parsed).length ? parsed : null;
}

/** A field of an object's own; undefined where there is none. */
export const fieldOf = (row: unknown, name: string): unknown =>
  typeof row === 'object' && row !== null && Object.hasOwn(row, name)
    ? (row as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** A text of an object's own, made fit to be shown; empty where there is none. */
export function textOf(row: unknown, name: string, mostCharacters: number): string {
  const value = fieldOf(row, name);
  return typeof value === 'string' ? plainText(value, mostCharacters) : '';
}

/** A number of an object's own. One outside its bounds is not clamped: who answers 100 has not understood the question. */
export function numberWithin(row: unknown, name: string, least: number, most: number): number | null {
  const value = fieldOf(row, name);
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}
