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
