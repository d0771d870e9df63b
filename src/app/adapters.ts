import { type Chain, createChain } from '../adapters/chain/index.ts';
import { createClaudeAnalyst } from '../adapters/claude/analyst.ts';
import { createDataApi, type DataApi } from '../adapters/polymarket/data-api.ts';
import { createMarketFeed } from '../adapters/polymarket/feed/market-feed.ts';
import type { MarketFeed } from '../adapters/polymarket/feed/market-feed-options.ts';
import { createUserFeed } from '../adapters/polymarket/feed/user-feed.ts';
import { createMarketList, type MarketList } from '../adapters/polymarket/market-list.ts';
import { createResolutions } from '../adapters/polymarket/resolutions.ts';
import type { ApiCredentials } from '../adapters/polymarket/signing/l2-auth.ts';
import { createPolymarketVenue, type PolymarketVenue } from '../adapters/polymarket/venue.ts';
import { CONTRACTS, PAYER_FACTS } from '../adapters/polymarket/venue-facts.ts';
import { createSpotPrices } from '../adapters/spot-prices/index.ts';
import type { AnalystPort } from '../ports/analyst.ts';
import type { ResolutionPort } from '../ports/resolutions.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { SpotPricePort } from '../ports/spot-prices.ts';
import type { Log, Timers } from '../ports/timers.ts';
import type { UserFeedPort } from '../ports/venue.ts';
import { problemsBeforeStart, type Settings } from '../settings/index.ts';
import { StartRefused } from './start-refused.ts';

/** The outside world of one worker. */
export interface Adapters {
  readonly venue: PolymarketVenue;
  readonly markets: MarketList;
  readonly marketFeed: MarketFeed;
  readonly userFeed: UserFeedPort;
  readonly chain: Chain;
  readonly resolutions: ResolutionPort;
  readonly data: DataApi;
  /** Connects to nobody before a coin is watched. */
  readonly spotPrices: SpotPricePort;
  /** Left out without a key. */
  readonly analyst?: AnalystPort;
  close(): Promise<void>;
}

/** Makes every adapter from settings; nothing is sent yet. The signer stays the caller's to close. Throws `StartRefused` where a key is missing. */
export function createAdapters(settings: Settings, timers: Timers, log: Log, signer: SignerPort): Adapters {
  const { polymarket } = settings;
  const nowMs = (): number => timers.nowMs();
  const analyst = createAnalystOf(settings, nowMs);
  const venue = createVenueOf(settings, nowMs, log, signer);
  // Jitter of reconnects is no part of any decision, so it needs no seed.
  const random = (): number => Math.random();
  const chain = createChainOf(settings, timers, log, signer);
  const markets = createMarketList({
    gammaUrl: polymarket.gammaUrl ?? '',
    nowMs,
    log,
    concurrency: settings.mm.scannerConcurrency,
  });
  const marketFeed = createMarketFeed({
    wsMarketUrl: polymarket.wsMarketUrl ?? '',
    clobUrl: polymarket.clobUrl ?? '',
    timers,
    random,
    log,
  });
  const userFeed = createUserFeed({
    wsUserUrl: polymarket.wsUserUrl ?? '',
    credentials: (signal) => venue.credentials(signal),
    wallet: venue.wallet,
    timers,
    random,
    log,
  });
  const resolutions = createResolutions({
    gammaUrl: polymarket.gammaUrl ?? '',
    payouts: (conditionIds, signal) => chain.payouts(conditionIds, signal),
    nowMs,
    log,
  });
  const spotPrices = createSpotPrices({
    polyboltUrl: settings.cd.polyboltUrl,
    rtdsUrl: settings.cd.rtdsUrl,
    binanceUrl: settings.cd.binanceApiUrl,
    coingeckoUrl: settings.cd.coingeckoApiUrl,
    credentials: (signal) => venue.credentials(signal),
    timers,
    random,
    log,
  });
  const data = createDataApi({ dataUrl: polymarket.dataUrl ?? '', nowMs });
  return {
    venue,
    markets,
    marketFeed,
    userFeed,
    chain,
    resolutions,
    data,
    spotPrices,
    ...(analyst === null ? {} : { analyst }),
    close: async () => {
      await Promise.allSettled([
        marketFeed.close(),
        userFeed.close(),
        venue.close(),
        markets.close(),
        chain.close(),
        resolutions.close(),
        data.close(),
        spotPrices.close(),
        analyst?.close(),
      ]);
    },
  };
}

/** The models that settings name; null where there is no key, and then every question fails at once. Throws `StartRefused` where a key is needed. */
export function createAnalystOf(settings: Settings, nowMs: () => number): AnalystPort | null {
  const missing = problemsBeforeStart(settings).find(({ env }) => env === 'ANTHROPIC_API_KEY');
  if (missing !== undefined) throw new StartRefused([missing.message]);
  const { anthropic } = settings;
  if (anthropic.apiKey === null) return null;
  return createClaudeAnalyst({
    baseUrl: anthropic.foundryBaseUrl ?? anthropic.baseUrl,
    apiKey: anthropic.apiKey,
    models: { haiku: anthropic.modelHaiku, sonnet: anthropic.modelSonnet, opus: anthropic.model },
    nowMs,
  });
}

/** The chain alone, for commands that only read or pause there. */
export const createChainOf = (settings: Settings, timers: Timers, log: Log, signer: SignerPort): Chain =>
  createChain({
    rpcUrl: settings.chain.rpcUrl ?? '',
    chainId: settings.chain.chainId,
    signer,
    contracts: CONTRACTS,
    payers: PAYER_FACTS,
    finalityBlocks: settings.chain.finalityBlocks,
    timers,
    log,
  });

/** The trading side alone, for commands that only cancel. */
export const createVenueOf = (
  settings: Settings,
  nowMs: () => number,
  log: Log,
  signer: SignerPort,
): PolymarketVenue =>
  createPolymarketVenue({
    clobUrl: settings.polymarket.clobUrl ?? '',
    signer,
    signatureType: settings.polymarket.signatureType,
    credentials: givenCredentials(settings),
    nowMs,
    log,
  });

function givenCredentials({ polymarket }: Settings): ApiCredentials | null {
  const { apiKey, apiSecret, apiPassphrase } = polymarket;
  if (apiKey === null || apiSecret === null || apiPassphrase === null) return null;
  return { apiKey: apiKey.reveal(), secret: apiSecret, passphrase: apiPassphrase };
}
