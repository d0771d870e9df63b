import { nearestName } from './nearest-name.ts';
import { type SettingProblem, settingProblem } from './problem.ts';
import { rowByEnv } from './table.ts';

/** Names that start like ours are meant for us, so one we do not know is a typing error, never something to ignore. */
const OUR_PREFIXES = [
  'MM_',
  'CD_',
  'GUARD_',
  'POLYMARKET_',
  'POLYGON_',
  'EVENKEEL_',
  'ANTHROPIC_',
  'TELEGRAM_',
  'HEARTBEAT_',
  'BRIDGE_',
  'CONVERSATION_',
];

/** Names with one of our prefixes that belong to something else on the same machine. */
const FOREIGN_NAMES = new Set([
  // Where the tests look for recorded material.
  'EVENKEEL_SHARED_DATA',
  // Read by the official Claude clients themselves.
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_CUSTOM_HEADERS',
  'ANTHROPIC_LOG',
  'ANTHROPIC_SMALL_FAST_MODEL',
]);

const NO_REPLACEMENT = 'Remove it.';

/** Names that earlier configurations carry and nothing reads, with what to use now. */
const RETIRED_NAMES: ReadonlyMap<string, string> = new Map([
  ['ANALYSIS_INTERVAL_MINUTES', 'Use CD_ANALYSIS_INTERVAL_HOURS.'],
  ['ANTHROPIC_API_VERSION', NO_REPLACEMENT],
  ['CD_MAX_PER_TRADE_USDC', 'Use CD_MAX_POSITION_PCT.'],
  ['CONFIRMATION_THRESHOLD_USDC', NO_REPLACEMENT],
  ['ESTIMATED_FEE_BPS', 'Remove it: fees are read from each market.'],
  ['MAX_CONCENTRATION_PERCENT', 'Use MM_MAX_PER_MARKET_USD.'],
  ['MAX_CORRELATED_POSITIONS', NO_REPLACEMENT],
  ['MAX_CYCLE_MINUTES', 'Use CD_CYCLE_MINUTES.'],
  ['MAX_SLIPPAGE_BPS', NO_REPLACEMENT],
  ['MIN_CYCLE_MINUTES', 'Use CD_CYCLE_MINUTES.'],
  ['MIN_EDGE_PERCENT', 'Use CD_MIN_EDGE_PTS.'],
  ['MIN_NET_EDGE_PERCENT', 'Use CD_MIN_EDGE_PTS.'],
  ['MIN_SOURCE_QUALITY', NO_REPLACEMENT],
  ['MM_MAX_INVENTORY_PER_MARKET', 'Use MM_MAX_PER_MARKET_USD.'],
  ['MM_MAX_TOTAL_EXPOSURE', 'Use MAX_TOTAL_EXPOSURE_PCT.'],
  ['ORDER_FILL_TIMEOUT_SECONDS', 'Use MM_MAX_QUOTE_AGE_SECONDS.'],
  ['PRICE_STALENESS_THRESHOLD', 'Use MM_STALE_THRESHOLD_SECONDS.'],
  ['TRADING_STRATEGY', 'Use MM_ENABLED and CD_ENABLED.'],
  ['USDC_E_ADDRESS', 'Remove it: contract addresses come from the venue tables by chain id.'],
]);

/** A problem for a name that no row has: retired, or mistyped. Null for names that are known or not ours. */
export function unknownNameProblem(env: string): SettingProblem | null {
  if (rowByEnv.has(env) || FOREIGN_NAMES.has(env)) return null;
  const instead = RETIRED_NAMES.get(env) ?? (env.startsWith('LEARNING_') ? NO_REPLACEMENT : undefined);
  if (instead !== undefined) {
    const parts = { code: 'retired', env, found: 'a value', expected: 'none', todo: instead } as const;
    return { ...parts, message: `${env} is not used any more. ${instead}` };
  }
  if (!OUR_PREFIXES.some((prefix) => env.startsWith(prefix))) return null;
  const nearest = nearestName(env, rowByEnv.keys());
  return settingProblem({
    code: 'unknown',
    env,
    found: 'a name that no setting has',
    expected: nearest === null ? 'a name from docs/settings.md' : `perhaps ${nearest}`,
    todo: nearest === null ? 'Correct the name, or remove it.' : `Rename it to ${nearest}, or remove it.`,
  });
}
