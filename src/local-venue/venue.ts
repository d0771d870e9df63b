import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Assumptions } from '../exchange/index.ts';
import { startChain } from './chain/chain.ts';
import type { ChainOptions, LocalChain } from './chain/types.ts';
import { type ChainWatch, createChainWatch } from './clob/chain-watch.ts';
import { startClobServer } from './clob/clob-server.ts';
import { wallClock } from './clob/clock.ts';
import type { ClobOptions, VenueCore } from './clob/core.ts';
import { createVenueCore } from './clob/create-core.ts';
import type { VenueFaults } from './clob/faults.ts';
import { createVenueState } from './clob/venue-state.ts';
import { startBalanceWatch } from './clob/watch-balances.ts';
import { type PriceServer, startPriceServer } from './spot/price-server.ts';
import type { SpotWorld } from './spot/spot-world.ts';
import type { VenueClock, VenueListing, VenueRoutes, VenueState, VenueTraders, VenueUrls } from './types.ts';

export interface VenueOptions {
  /** A running chain, which the caller also ends; or how to start one, which the venue then ends. Default: a new one. */
  readonly chain?: LocalChain | ChainOptions;
  /** The markets to open, once the chain is there to prepare their conditions on. */
  readonly listings: (chain: LocalChain) => Promise<readonly VenueListing[]> | readonly VenueListing[];
  /** Routes of the two listing services; each gets a server of its own. */
  readonly gamma: VenueRoutes;
  readonly data: VenueRoutes;
  /** Background flow; none when absent. */
  readonly traders?: VenueTraders;
  /** Ports on 127.0.0.1; 0 or absent takes a free one. */
  readonly ports?: { readonly clob?: number; readonly gamma?: number; readonly data?: number };
  readonly clob?: Partial<ClobOptions>;
  /** What production does not reveal about its engine; see `exchange/assumptions.ts`. */
  readonly assumptions?: Partial<Assumptions>;
  readonly clock?: VenueClock;
  /** Prices of coins to publish; none where absent. */
  readonly spot?: SpotWorld;
  /** How to see transfers that are not settlements. Default: reads the logs of the chain. Null: not at all. */
  readonly watch?: ChainWatch | null;
}

export interface RunningVenue {
  readonly urls: VenueUrls;
  readonly chain: LocalChain;
  readonly state: VenueState;
  /** For tests: arm with `armFault`. Over HTTP: `/admin/faults`. */
  readonly faults: VenueFaults;
  /** Ends traders, servers and, if the venue started it, the chain. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const isRunningChain = (chain: LocalChain | ChainOptions): chain is LocalChain => 'orderHash' in chain;

/** How long a stopping venue lets matches on their way settle. */
const STOP_SETTLE_MS = 5_000;

/**
 * Starts the whole local venue: chain, exchange, CLOB with both sockets, Gamma, Data and traders. When a part cannot
 * start, what was started is ended again and the reason is thrown.
 */
export async function startVenue(options: VenueOptions): Promise<RunningVenue> {
  /** What to undo, newest first. */
  const endings: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const end of endings.toReversed()) await end();
    })();
    return stopping;
  };
  try {
    const given = options.chain ?? {};
    const chain = isRunningChain(given) ? given : await startChain(given);
    if (chain !== given) endings.push(() => chain.stop());
    const core = createVenueCore({
      chain,
      clock: options.clock ?? wallClock,
      watch: options.watch === undefined ? createChainWatch(chain) : options.watch,
      ...(options.clob === undefined ? {} : { options: options.clob }),
      ...(options.assumptions === undefined ? {} : { assumptions: options.assumptions }),
    });
    const state = createVenueState(core);
    endings.push(() => {
      core.stopped = true;
      core.cancelTimer();
    });
    for (const listing of await options.listings(chain)) state.listMarket(listing);
    endings.push(startBalanceWatch(core));
    const clob = await startClobServer(core, options.ports?.clob ?? 0);
    endings.push(clob.stop);
    const gamma = await serve(options.gamma, state, options.ports?.gamma ?? 0);
    endings.push(() => gamma.app.close());
    const data = await serve(options.data, state, options.ports?.data ?? 0);
    endings.push(() => data.app.close());
    const prices = options.spot === undefined ? null : await publishPrices(core, options.spot);
    if (prices !== null) endings.push(prices.stop);
    endings.push(async () => {
      await state.settled(STOP_SETTLE_MS);
    });
    if (options.traders !== undefined) {
      const traders = await options.traders(state);
      endings.push(() => traders.stop());
    }
    const urls: VenueUrls = {
      clob: `http://127.0.0.1:${clob.port}`,
      wsMarket: `ws://127.0.0.1:${clob.port}/ws/market`,
      wsUser: `ws://127.0.0.1:${clob.port}/ws/user`,
      gamma: gamma.url,
      data: data.url,
      rpc: chain.rpcUrl,
      ...(prices === null ? {} : { prices: prices.urls }),
    };
    return { urls, chain, state, faults: core.faults, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The price streams take the API keys of the CLOB. */
const publishPrices = (core: VenueCore, world: SpotWorld): Promise<PriceServer> =>
  startPriceServer(world, ({ apiKey, secret, passphrase }) => {
    const known = core.credentials.byKey.get(apiKey)?.credentials;
    return known?.secret === secret && known.passphrase === passphrase;
  });

async function serve(
  routes: VenueRoutes,
  state: VenueState,
  port: number,
): Promise<{ readonly app: FastifyInstance; readonly url: string }> {
  const app = Fastify({ forceCloseConnections: true });
  await routes(app, state);
  await app.listen({ host: '127.0.0.1', port });
  const bound = app.server.address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${bound.port}` };
}
