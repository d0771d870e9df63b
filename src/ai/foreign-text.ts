/** Characters that no market text needs: control, invisible and direction-changing ones, with which a text can hide what it says. */
const HIDING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu;

/** A text of strangers, made fit to be shown to a model or a person: one line, nothing invisible, at most `most` characters. */
export function plainText(text: string, most: number): string {
  // Cut before it is cleaned, so that a text of any length costs the same.
  const near = text.slice(0, 4 * most).toWellFormed();
  const line = near.replace(HIDING, ' ').replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}

/** JSON in which no markup can begin or end, so that quoted data cannot close the bracket that it stands in. */
export const quotedJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
