import type { SpotPublisher, SpotTick } from '../domain/spot-price.ts';
import type { Input, SpotRow } from '../kernel/messages.ts';
import type { SpotSink } from '../ports/spot-prices.ts';
import type { Timers } from '../ports/timers.ts';

/** How much of the past one input of prices covers. Streams tell every coin every second; decisions on days do not need that. */
export const SPOT_SAMPLE_MS = 5_000;
/** Coins times sources: more than the kernel ever watches. */
const MOST_PENDING = 256;

export interface SpotSampler extends SpotSink {
  /** Whatever comes later is dropped. */
  close(): void;
}

/**
 * Between the price port and the journal: of each coin and source only the newest price of every five seconds becomes part of an input,
 * and only where it is another one than before. That a source came or went is told at once, and once.
 */
export function createSpotSampler(options: {
  readonly timers: Timers;
  readonly submit: (input: Input) => void;
}): SpotSampler {
  const { timers, submit } = options;
  const pending = new Map<string, SpotTick>();
  const sent = new Map<string, SpotTick>();
  const isUp = new Map<SpotPublisher, boolean>();
  let cancelTimer: (() => void) | null = null;
  let closed = false;

  function hand(): void {
    cancelTimer = null;
    const rows: SpotRow[] = [];
    for (const [key, tick] of pending) {
      rows.push([tick.source, tick.coin, tick.priceUsd, tick.atMs]);
      sent.set(key, tick);
    }
    pending.clear();
    // Coins that nobody watches any more leave nothing behind for long.
    if (sent.size > MOST_PENDING) sent.clear();
    submit({ kind: 'spotTicks', ticks: rows });
  }

  return {
    onTick: (tick) => {
      if (closed) return;
      const key = `${tick.source} ${tick.coin}`;
      const last = pending.get(key) ?? sent.get(key);
      if (last !== undefined && last.atMs === tick.atMs && last.priceUsd === tick.priceUsd) return;
      if (!pending.has(key) && pending.size >= MOST_PENDING) return;
      pending.set(key, tick);
      cancelTimer ??= timers.after(SPOT_SAMPLE_MS, hand);
    },
    onSource: (source, up, reason) => {
      if (closed || isUp.get(source) === up) return;
      isUp.set(source, up);
      submit({ kind: 'spotSource', source, up, reason });
    },
    close: () => {
      closed = true;
      cancelTimer?.();
      cancelTimer = null;
      pending.clear();
    },
  };
}
