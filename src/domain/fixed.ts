/** Why a text is not the number it should be. A value, so that the edge can count and report it. */
export interface ParseFailure {
  readonly parseFailure: string;
}

export const isParseFailure = (value: unknown): value is ParseFailure =>
  typeof value === 'object' && value !== null && 'parseFailure' in value;

const CODE_ZERO = 48;
const CODE_NINE = 57;
const CODE_DOT = 46;
const CODE_MINUS = 45;

/**
 * Reads plain decimal text (`-?digits[.digits]`) into an integer scaled by 10^decimals, exactly.
 * Zeros past the scale are accepted and any other digit there is a failure: "0.9100" fits 3 decimals, "0.9101" does not.
 */
export function parseFixed(text: string, decimals: number): number | ParseFailure {
  const length = text.length;
  let index = 0;
  const negative = text.charCodeAt(0) === CODE_MINUS;
  if (negative) index = 1;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === CODE_DOT && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (code < CODE_ZERO || code > CODE_NINE) return failure(text, decimals);
    digits += 1;
    if (fraction >= 0) {
      if (fraction === decimals) {
        if (code !== CODE_ZERO) return failure(text, decimals);
        continue;
      }
      fraction += 1;
    }
    value = value * 10 + (code - CODE_ZERO);
  }
  if (digits === 0) return failure(text, decimals);
  for (let scale = Math.max(fraction, 0); scale < decimals; scale += 1) value *= 10;
  if (!Number.isSafeInteger(value)) return failure(text, decimals);
  return negative && value !== 0 ? -value : value;
}

function failure(text: string, decimals: number): ParseFailure {
  return {
    parseFailure: `expected a plain decimal with at most ${decimals} decimals, found ${JSON.stringify(text.slice(0, 40))}`,
  };
}
