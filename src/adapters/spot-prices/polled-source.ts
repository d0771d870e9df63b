import { growingRestMs } from '../../domain/growing-rest.ts';
import type { CoinSymbol, SpotPublisher, SpotTick } from '../../domain/spot-price.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SpotSink } from '../../ports/spot-prices.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import { createCounts, type PriceSource, type PriceSourceCounts } from './price-source.ts';

export interface PolledOptions {
  readonly name: SpotPublisher;
  readonly everyMs: number;
  readonly timers: Timers;
  readonly log: Log;
  readonly read: (coins: readonly CoinSymbol[], signal: AbortSignal) => Promise<SpotTick[]>;
}

const MOST_BACKOFF_MS = 300_000;

/**
 * Asks again and again, one call at a time; after a failure each wait is twice the last, up to five minutes, or what the other side asks for.
 */
export function createPolledSource(
  options: PolledOptions,
): PriceSource & { readonly counts: Readonly<PriceSourceCounts> } {
  const { timers, log, name } = options;
  const counts = createCounts();
  const closing = new AbortController();
  let coins: readonly CoinSymbol[] = [];
  let cancelTimer: (() => void) | null = null;
  let underWay: Promise<void> | null = null;
  let failures = 0;
  /** Null until the first answer. */
  let isUp: boolean | null = null;
  let sink: SpotSink | null = null;

  async function poll(): Promise<void> {
    let waitMs = options.everyMs;
    try {
      const ticks = coins.length === 0 ? [] : await options.read(coins, closing.signal);
      counts.ticks += ticks.length;
      failures = 0;
      if (coins.length > 0) tell(true, 'answers');
      for (const tick of ticks) sink?.onTick(tick);
    } catch (error) {
      if (closing.signal.aborted) return;
      counts.odd += 1;
      failures += 1;
      waitMs = waitAfter(error);
      const text = error instanceof Error ? error.message : String(error);
      log.debug(`${name}: ${text}; next try in ${waitMs} ms`);
      tell(false, text);
    }
    underWay = null;
    if (!closing.signal.aborted) cancelTimer = timers.after(waitMs, begin);
  }

  function tell(up: boolean, reason: string): void {
    if (isUp === up) return;
    isUp = up;
    sink?.onSource(name, up, reason);
  }

  function waitAfter(error: unknown): number {
    const asked = error instanceof ForeignError ? error.context.retryAfterMs : undefined;
    const growing = growingRestMs(failures + 1, options.everyMs, MOST_BACKOFF_MS);
    return Math.max(growing, typeof asked === 'number' ? Math.min(MOST_BACKOFF_MS, asked) : 0);
  }

  function begin(): void {
    underWay = poll();
  }

  return {
    counts,
    start: (given) => {
      sink = given;
      begin();
    },
    watch: (wanted) => {
      const isFirst = coins.length === 0;
      coins = [...wanted];
      // Who waits for a first price should not wait for a beat as well.
      if (!isFirst || sink === null || underWay !== null) return;
      cancelTimer?.();
      begin();
    },
    close: async () => {
      closing.abort();
      cancelTimer?.();
      await underWay;
    },
  };
}
