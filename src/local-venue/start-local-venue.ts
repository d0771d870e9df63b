import type { Assumptions } from '../exchange/index.ts';
import type { Catalogue } from './catalogue/catalogue-entry.ts';
import { type ChosenMarket, cryptoCatalogue } from './catalogue/crypto-markets.ts';
import { type IdDifference, type OpenableMarket, prepareCatalogue } from './catalogue/open-catalogue.ts';
import { recordedCatalogue } from './catalogue/recorded-markets.ts';
import { syntheticCatalogue } from './catalogue/synthetic-markets.ts';
import { EVENT_TEMPLATES } from './catalogue/synthetic-templates.ts';
import { startChain } from './chain/chain.ts';
import type { FundedAccount, LocalChain, Mining } from './chain/types.ts';
import { wallClock } from './clob/clock.ts';
import type { ClobOptions } from './clob/core.ts';
import { dataRoutes } from './data-api/data-routes.ts';
import { gammaRoutes } from './gamma/gamma-routes.ts';
import { withAdoptedConditions } from './replay/adopt-conditions.ts';
import { adoptedConditionsOf, captureCatalogue } from './replay/capture-catalogue.ts';
import { type L2Capture, readL2Captures } from './replay/l2-capture.ts';
import { replayTraders } from './replay/replay-traders.ts';
import { readRecording } from './spot/recorded-prices.ts';
import { outcomeReports } from './spot/report-outcomes.ts';
import { createSpotWorld, type SpotWorld } from './spot/spot-world.ts';
import { backgroundTraders } from './traders/runner.ts';
import type { VenueTraders } from './types.ts';
import { type RunningVenue, startVenue } from './venue.ts';

export interface LocalVenueOptions {
  /** Ids, prices, background flow and account keys derive from it. Default `1`. */
  readonly seed?: string;
  /** A file or folder of recorded Gamma markets, in place of the synthetic ones. */
  readonly markets?: string;
  /** A folder of L2 captures; its markets are opened, beside those of `markets` if given. */
  readonly replayL2?: string;
  /** How many recorded markets are opened at most. Default 40. */
  readonly maxMarkets?: number;
  /** Background flow of synthetic and recorded markets. Default true; captures play in any case. */
  readonly traders?: boolean;
  /** Publishes prices of coins, and opens markets that they decide beside the synthetic ones. Default false. */
  readonly crypto?: boolean;
  /** A file of recorded prices, whose moves the coins make from the start of the venue on. */
  readonly spotFile?: string;
  /** About when those markets end. Default in a quarter of an hour. */
  readonly cryptoEndMs?: number;
  /** These markets on coins in place of the usual ones. */
  readonly cryptoMarkets?: readonly ChosenMarket[];
  /** Longest time until a market's hidden path ends and it resolves. Default a day. */
  readonly horizonMs?: number;
  readonly ports?: {
    readonly clob?: number;
    readonly gamma?: number;
    readonly data?: number;
    readonly rpc?: number;
  };
  /** Funded accounts that no trader uses. Default 5. */
  readonly accounts?: number;
  /** How many of them have all trading approvals. Default all. */
  readonly approvedAccounts?: number;
  readonly pUsdPerAccount?: bigint;
  readonly mining?: Mining;
  /** How old the newest thing is that the Data service knows. Default 2 s. */
  readonly dataLagMs?: number;
  readonly clob?: Partial<ClobOptions>;
  /** What production does not reveal about its engine; see `exchange/assumptions.ts`. */
  readonly assumptions?: Partial<Assumptions>;
}

export interface LocalVenue extends RunningVenue {
  /** Funded, and used by nobody else. */
  readonly accounts: readonly FundedAccount[];
  readonly markets: readonly OpenableMarket[];
  /** The coins and what their publishers do wrong; null where none are published. */
  readonly spot: SpotWorld | null;
  /** What was chosen, shifted and changed: to be shown at start. */
  readonly notes: readonly string[];
  /** Recorded markets whose ids are equal here; and those whose ids are not. */
  readonly matched: number;
  readonly differences: readonly IdDifference[];
}

/**
 * Starts the local venue with its catalogue: chain, conditions, exchange, services and background flow. The files
 * are read before anything is started.
 * @throws CatalogueError or RecordingError when a file or folder of recordings is not what it should be.
 */
export async function startLocalVenue(options: LocalVenueOptions = {}): Promise<LocalVenue> {
  const seed = options.seed ?? '1';
  const captures = options.replayL2 === undefined ? [] : await readL2Captures(options.replayL2);
  const catalogue = catalogueOf(options, captures, seed);
  const plainChain = await startChain({
    seed,
    accounts: options.accounts ?? 5,
    ...(options.ports?.rpc === undefined ? {} : { port: options.ports.rpc }),
    ...(options.approvedAccounts === undefined ? {} : { approvedAccounts: options.approvedAccounts }),
    ...(options.pUsdPerAccount === undefined ? {} : { pUsdPerAccount: options.pUsdPerAccount }),
    ...(options.mining === undefined ? {} : { mining: options.mining }),
  });
  try {
    const chain = withAdoptedConditions(plainChain, adoptedConditionsOf(captures));
    return await openOn(chain, catalogue, captures, options, seed);
  } catch (error) {
    await plainChain.stop();
    throw error;
  }
}

/** Captures come in the catalogue of their own; the rest is recorded or synthetic, and none when only captures are asked for. */
interface Catalogues {
  readonly flowing: Catalogue | null;
  readonly captured: Catalogue | null;
  /** The coins that decide markets of `flowing`; null where none does. */
  readonly spot: SpotWorld | null;
}

function catalogueOf(options: LocalVenueOptions, captures: readonly L2Capture[], seed: string): Catalogues {
  const nowMs = Date.now();
  const captured = captures.length === 0 ? null : captureCatalogue(captures, nowMs);
  if (options.markets !== undefined) {
    const max = options.maxMarkets === undefined ? {} : { maxMarkets: options.maxMarkets };
    return { captured, flowing: recordedCatalogue(options.markets, { nowMs, ...max }), spot: null };
  }
  const synthetic =
    captured === null ? syntheticCatalogue({ seed, nowMs, withoutCoins: options.crypto === true }) : null;
  if (options.crypto !== true || synthetic === null) return { captured, flowing: synthetic, spot: null };
  const recording = options.spotFile === undefined ? undefined : readRecording(options.spotFile);
  const spot = createSpotWorld(seed, wallClock, recording);
  const soon = options.cryptoEndMs === undefined ? {} : { soonMs: options.cryptoEndMs };
  const chosen = options.cryptoMarkets === undefined ? {} : { chosen: options.cryptoMarkets };
  const after = { events: EVENT_TEMPLATES.length, markets: synthetic.entries.length };
  const crypto = cryptoCatalogue({ seed, nowMs, world: spot, after, ...soon, ...chosen });
  const flowing = {
    ...synthetic,
    entries: [...synthetic.entries, ...crypto.entries],
    notes: [...synthetic.notes, ...crypto.notes],
  };
  return { captured, flowing, spot };
}

async function openOn(
  chain: LocalChain,
  { flowing, captured, spot }: Catalogues,
  captures: readonly L2Capture[],
  options: LocalVenueOptions,
  seed: string,
): Promise<LocalVenue> {
  const accounts = [...chain.accounts];
  const flowingMarkets = flowing === null ? null : await prepareCatalogue(chain, flowing);
  const capturedMarkets = captured === null ? null : await prepareCatalogue(chain, captured);
  const markets = [...(flowingMarkets?.markets ?? []), ...(capturedMarkets?.markets ?? [])];
  const flows: VenueTraders[] = [];
  if (flowingMarkets !== null && options.traders !== false) {
    const horizon = options.horizonMs === undefined ? {} : { horizonMs: options.horizonMs };
    const coins = spot === null ? {} : { spot };
    flows.push(backgroundTraders({ seed, markets: flowingMarkets.markets, ...horizon, ...coins }));
  }
  if (captures.length > 0) flows.push(replayTraders(captures));
  if (spot !== null) flows.push(outcomeReports(decidedMarkets(markets), spot));
  const venue = await startVenue({
    chain,
    listings: () => markets.map(({ listing }) => listing),
    gamma: gammaRoutes,
    data: dataRoutes(options.dataLagMs === undefined ? {} : { lagMs: options.dataLagMs }),
    ...(flows.length === 0 ? {} : { traders: together(flows) }),
    ...(options.ports === undefined ? {} : { ports: options.ports }),
    ...(spot === null ? {} : { spot }),
    clob: { seed, ...options.clob },
    ...(options.assumptions === undefined ? {} : { assumptions: options.assumptions }),
  });
  return {
    ...venue,
    accounts,
    markets,
    spot,
    notes: [...(flowingMarkets?.notes ?? []), ...(capturedMarkets?.notes ?? [])],
    matched: (flowingMarkets?.matched ?? 0) + (capturedMarkets?.matched ?? 0),
    differences: [...(flowingMarkets?.differences ?? []), ...(capturedMarkets?.differences ?? [])],
    stop: async () => {
      await venue.stop();
      await chain.stop();
    },
  };
}

const decidedMarkets = (markets: readonly OpenableMarket[]) =>
  markets.flatMap(({ listing: { market }, decidedBy }) =>
    decidedBy === undefined ? [] : [{ conditionId: market.conditionId, decidedBy }],
  );

/** Several flows as one. */
function together(flows: readonly VenueTraders[]): VenueTraders {
  return async (state) => {
    const running: Awaited<ReturnType<VenueTraders>>[] = [];
    for (const flow of flows) running.push(await flow(state));
    return {
      stop: async () => {
        for (const each of running) await each.stop();
      },
    };
  };
}
