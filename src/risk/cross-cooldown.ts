/** The part of the market-making settings that rests after crossing follow. */
export interface CrossCooldownSettings {
  readonly crossRejectThreshold: number;
  readonly crossCooldownSeconds: number;
  readonly crossCooldownMaxSeconds: number;
}

/**
 * How long a market rests after so many rejections for crossing in a row, in milliseconds: longer with each further row of the
 * threshold, up to the longest, because our view of the book lags there. 0 before the first row is full.
 */
export function crossRestMs(rejectsInARow: number, settings: CrossCooldownSettings): number {
  const rows = Math.floor(rejectsInARow / settings.crossRejectThreshold);
  return Math.min(settings.crossCooldownSeconds * rows, settings.crossCooldownMaxSeconds) * 1_000;
}
