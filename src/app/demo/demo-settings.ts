import { parseSettings, rowByEnv } from '../../settings/index.ts';
import type { VenueReady } from './venue-ready.ts';

/**
 * What the demo sets, beside the addresses: a short beat, and a choice of markets that fits a venue of a few dozen markets, some
 * of which end within minutes. `docs/demo.md` says why for each.
 */
export const DEMO_SETTINGS: Readonly<Record<string, string>> = {
  // One node makes the blocks, one by one as they are needed: none is ever taken back, and few come on top of one.
  POLYGON_FINALITY_BLOCKS: '0',
  MM_CYCLE_SECONDS: '2',
  MM_MAX_MARKETS: '12',
  MM_MIN_SPREAD_PTS: '0.1',
  MM_MIN_DEPTH_USD: '20',
  MM_MIN_ACTIVITY_PER_MIN: '0',
  MM_MIN_DAYS_TO_RESOLUTION: '0',
  MM_MAX_DAYS_TO_RESOLUTION: '3650',
  MM_EARLY_MARKET_MAX_SLOTS: '12',
  MM_EARLY_MARKET_MIN_DEPTH_USD: '20',
  MM_EARLY_MARKET_MIN_ACTIVITY: '0',
  MM_SCANNER_REFRESH_MINUTES: '0.5',
  MM_DELTA_MIN: '0.5',
  MM_MIN_QUOTE_LIFETIME_SECONDS: '2',
  MM_MERGE_THRESHOLD: '2',
};

/** What the demo sets beside these where coins have prices, so that directional trading is seen within minutes. */
const CRYPTO_SETTINGS: Readonly<Record<string, string>> = {
  CD_CYCLE_MINUTES: '0.2',
  CD_EXIT_CHECK_SECONDS: '2',
  CD_MIN_HOURS_TO_EXPIRY: '0',
  CD_MIN_EDGE_PTS: '3',
  CD_MAX_CONCURRENT_POSITIONS: '8',
  // One market belongs to one strategy: those that end within minutes are left to directional trading.
  MM_MIN_DAYS_TO_RESOLUTION: '0.5',
};

/**
 * The settings of a demo with coins, under those that a person asks for. Without a key no model can be asked, and a check that
 * nobody answers lets no entry through, so the demo then switches it off, and says so.
 */
export function cryptoDemoSettings(wanted: Readonly<Record<string, string>>): {
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
} {
  const isAsked = 'ANTHROPIC_API_KEY' in wanted || 'CD_PRETRADE_AI_ENABLED' in wanted;
  const settings = { ...CRYPTO_SETTINGS, ...(isAsked ? {} : { CD_PRETRADE_AI_ENABLED: 'false' }), ...wanted };
  const notes = isAsked
    ? []
    : [
        'directional entries are made without asking a model: the demo has no ANTHROPIC_API_KEY, and sets CD_PRETRADE_AI_ENABLED=false',
        'a worker without a key that leaves CD_PRETRADE_AI_ENABLED=true, as it is by default, enters nothing',
      ];
  return { settings, notes };
}

/**
 * The worker's whole world in the demo: nothing of the operator's own `.env` or environment gets into it but what was asked for
 * by name. Where the worker trades, and with which key, is the demo's to say.
 */
export function demoWorkerSettings(
  venue: VenueReady,
  dataDir: string,
  wanted: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const account = venue.accounts[0];
  if (account === undefined) throw new Error('the venue named no funded account');
  return {
    ...DEMO_SETTINGS,
    ...wanted,
    POLYMARKET_PRIVATE_KEY: account.privateKey,
    POLYMARKET_CLOB_URL: venue.clob,
    POLYMARKET_WS_MARKET_URL: venue.wsMarket,
    POLYMARKET_WS_USER_URL: venue.wsUser,
    POLYMARKET_GAMMA_URL: venue.gamma,
    POLYMARKET_DATA_URL: venue.data,
    POLYGON_RPC_URL: venue.rpc,
    POLYMARKET_CHAIN_ID: String(venue.chainId),
    EVENKEEL_DATA_DIR: dataDir,
    ...priceSettings(venue),
  };
}

/** Prices of the real world say nothing about the coins of a local one, so without its own there are none. */
function priceSettings({ prices }: VenueReady): Record<string, string> {
  if (prices === undefined) return { CD_ENABLED: 'false' };
  return {
    CD_ENABLED: 'true',
    CD_POLYBOLT_URL: prices.polybolt,
    CD_RTDS_URL: prices.rtds,
    CD_BINANCE_API: prices.binance,
    CD_COINGECKO_API: prices.coingecko,
  };
}

/**
 * The environment without any setting of ours, and without names that the worker would refuse as misspelt ones, so that what a
 * person trades or tests with does not leak into the demo.
 */
export function withoutSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !rowByEnv.has(name) && parseSettings({ [name]: '' }).ok),
  );
}
