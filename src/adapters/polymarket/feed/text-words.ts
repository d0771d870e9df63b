/** Bytes of a double. */
const WORD = 8;

/** Text that has to stand somewhere, as the doubles that its bytes make. */
export interface Pattern {
  readonly length: number;
  /** All but its last eight bytes, eight by eight; the last of them may reach into those. */
  readonly words: Float64Array;
  readonly last: number;
}

/** Of a text of ASCII that has at least eight characters. */
export function patternOf(text: string): Pattern {
  const bytes = Buffer.from(text, 'latin1');
  const { length } = bytes;
  const words = Float64Array.from({ length: Math.ceil(length / WORD) - 1 }, (_, index) =>
    bytes.readDoubleLE(WORD * index),
  );
  return { length, words, last: bytes.readDoubleLE(length - WORD) };
}

/** A text's first eight bytes, as a double. */
export function firstOf(text: string): number {
  return Buffer.from(text, 'latin1').readDoubleLE(0);
}

/** And its last eight. */
export function lastOf(text: string): number {
  return Buffer.from(text, 'latin1').readDoubleLE(text.length - WORD);
}
