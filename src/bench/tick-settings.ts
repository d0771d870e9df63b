import type { StrategySettings } from '../kernel/strategy-settings.ts';
import { parseSettings } from '../settings/index.ts';

/** Quotes follow every frame: no minimum lifetime, no gap between runs, one side, and a spread that nothing but the mid moves. */
const TEXTS = {
  MM_REQUOTE_MIN_GAP_MS: '0',
  MM_MIN_QUOTE_LIFETIME_SECONDS: '0',
  MM_DELTA_MIN: '1.5',
  MM_DELTA_MAX: '1.5',
  // Markets here move a hundred times as fast as real ones, which would widen the quotes.
  MM_VOL_WIDEN_THRESHOLD: '100',
  MM_TWO_SIDED: 'false',
  MM_USE_SPLIT_MERGE: 'false',
  MM_ORDERS_PER_SECOND: '500',
  MM_MAX_OPEN_ORDERS: '1000',
} as const;

/** Settings with which every frame of a benchmark market leads to one order. */
export function tickSettings(markets: number): StrategySettings {
  const parsed = parseSettings({ ...TEXTS, MM_MAX_MARKETS: String(markets) });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const { mm, trading, heartbeat } = parsed.settings;
  return { mm, trading, heartbeat };
}
