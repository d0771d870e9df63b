/** How long the event loop was held, turn by turn. */
export interface TurnWatch {
  /** The longest turn so far, in milliseconds: what a frame or a cancel could have had to wait. */
  longestMs(): number;
  stop(): void;
}

/** Looks at the clock once in every turn from now on. The loop does not sleep meanwhile. */
export function watchTurns(): TurnWatch {
  let lastMs = performance.now();
  let longestMs = 0;
  let next = setImmediate(look);
  function look(): void {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    next = setImmediate(look);
  }
  return { longestMs: () => longestMs, stop: () => clearImmediate(next) };
}
