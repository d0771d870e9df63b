/** How long something rests after it has failed `times` in a row, from 1 on: `firstMs`, then twice as long each time, never over `longestMs`. */
export const growingRestMs = (times: number, firstMs: number, longestMs: number): number =>
  Math.min(longestMs, firstMs * 2 ** (times - 1));
