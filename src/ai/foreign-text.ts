/** Characters that no market text needs: control, invisible and direction-changing ones, with which a text can hide what it says. */
const HIDING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu;

const cleaned = (text: string): string =>
  text.toWellFormed().replace(HIDING, ' ').replace(/\s+/g, ' ').trim();

/** A text of strangers, made fit to be shown to a model or a person: one line, nothing invisible, at most `most` characters. */
export function plainText(text: string, most: number): string {
  // Cut before it is cleaned, so that a text of any length costs the same.
  const line = cleaned(text.slice(0, 4 * most));
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}

/** Stands where the middle of a text is left out. */
export const CUT_MARK = ' [… cut …] ';

/** A text of strangers like `plainText`, of which the end is shown as well: its middle is left out where it is too long. */
export function plainEnds(text: string, most: number): string {
  const isHuge = text.length > 8 * most;
  const first = cleaned(isHuge ? text.slice(0, 4 * most) : text);
  if (!isHuge && first.length <= most) return first;
  const last = isHuge ? cleaned(text.slice(-4 * most)) : first;
  const half = Math.floor((most - CUT_MARK.length) / 2);
  return `${first.slice(0, half)}${CUT_MARK}${last.slice(-half)}`.toWellFormed();
}

/** JSON in which no markup can begin or end, so that quoted data cannot close the bracket that it stands in. */
export const quotedJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
