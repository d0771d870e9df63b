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
