import type { Market } from '../../domain/market.ts';
import { priceToFloat, type Shares, shares } from '../../domain/units.ts';
import type { OpenableMarket } from '../catalogue/open-catalogue.ts';
import type { FundedAccount } from '../chain/types.ts';
import { payoffProbability, watchPayoff } from '../spot/crypto-payoff.ts';
import type { SpotWorld } from '../spot/spot-world.ts';
import type { VenueEvent, VenueState, VenueTraders } from '../types.ts';
import type { BookView, TraderAction } from './actions.ts';
import { winnerOf } from './hidden-path.ts';
import {
  createPopulation,
  defaultTerms,
  nextActions,
  orderDone,
  type Population,
  type PopulationTerms,
  traderNames,
} from './population.ts';
import { submitYes } from './submit-yes.ts';

export interface BackgroundTradersOptions {
  readonly seed: string;
  readonly markets: readonly OpenableMarket[];
  /** Longest time until a hidden path ends and its market resolves; a market that ends sooner resolves then. Default a day. */
  readonly horizonMs?: number;
  /** Changes the terms of every market, after they were fitted to the number of markets. */
  readonly adjust?: (terms: PopulationTerms) => PopulationTerms;
  /** The coins that decide markets; needed where one is decided by a coin. */
  readonly spot?: SpotWorld;
}

const DEFAULT_HORIZON_MS = 86_400_000;
/** Bounds for all markets together: background flow must leave the machine to the worker that is watched. */
const MAX_TAKER_ARRIVALS_PER_MINUTE = 90;
const MAX_MAKER_REFRESHES_PER_SECOND = 3;
/** Wide and deep enough that a scanner which asks for three points and 500 dollars finds markets worth quoting. */
const HALF_SPREAD_PTS = 2.6;
const LEVEL_SHARES = 300;
/** Makers of markets with a fine tick quote on half cents: on every tenth they would replace all quotes each time. */
const MIN_QUOTE_TICK = 50;
const FUNDS_PER_TRADER = 5_000_000_000_000n;
/** Complete sets that sellers start with, in each market. */
const SETS_PER_SELLER = 400_000_000n;
const SELLERS: readonly string[] = ['maker-0', 'uninformed-0', 'informed-0'];
const MIN_WAIT_MS = 20;

/** One market's population, and which orders of its traders are where. */
interface Desk {
  readonly market: Market;
  readonly population: Population;
  /** Order id by `trader|ref`. */
  readonly orderIds: Map<string, `0x${string}`>;
  cancelTimer: () => void;
}

/** The background flow: the same few accounts trade every market, with orders signed like everybody's. */
export function backgroundTraders(options: BackgroundTradersOptions): VenueTraders {
  return async (state) => {
    const desks = options.markets.map((market) => openDesk(state, options, market));
    const accounts = await openAccounts(state, desks);
    return startDesks(state, desks, accounts);
  };
}

function openDesk(state: VenueState, options: BackgroundTradersOptions, opened: OpenableMarket): Desk {
  const { market } = opened.listing;
  const nowMs = state.clock.nowMs();
  const horizonMs = Math.max(
    60_000,
    Math.min(options.horizonMs ?? DEFAULT_HORIZON_MS, (opened.endAtMs ?? Number.POSITIVE_INFINITY) - nowMs),
  );
  const terms = termsFor(
    market,
    nowMs,
    priceToFloat(opened.openingYesPrice),
    horizonMs,
    options.markets.length,
  );
  const followed = opened.decidedBy === undefined ? terms : following(terms, opened, options.spot);
  return {
    market,
    population: createPopulation(options.seed, market.slug, options.adjust?.(followed) ?? followed),
    orderIds: new Map(),
    cancelTimer: () => undefined,
  };
}

/** The same terms for a market whose true chance is that of a payoff on a coin. Its path ends when the payoff is decided. */
function following(
  terms: PopulationTerms,
  { decidedBy, listing }: OpenableMarket,
  spot: SpotWorld | undefined,
): PopulationTerms {
  const path = spot?.paths.get(decidedBy?.coin ?? '');
  if (decidedBy === undefined || path === undefined)
    throw new Error(
      `${listing.market.slug} is decided by ${decidedBy?.coin}, of which the world has no price`,
    );
  const watch = watchPayoff(path, decidedBy.payoff);
  const { startMs, stepMs } = terms.path;
  return {
    ...terms,
    path: {
      ...terms.path,
      horizonMs: Math.max(stepMs, decidedBy.payoff.endMs - startMs),
      follows: (atMs) => payoffProbability(watch, atMs),
    },
  };
}

function termsFor(
  market: Market,
  nowMs: number,
  opening: number,
  horizonMs: number,
  marketCount: number,
): PopulationTerms {
  const base = defaultTerms(nowMs, opening, horizonMs);
  return {
    ...base,
    takers: {
      ...base.takers,
      arrivalsPerMinute: Math.min(base.takers.arrivalsPerMinute, MAX_TAKER_ARRIVALS_PER_MINUTE / marketCount),
      feeRatePpm: market.fee.ratePpm,
    },
    makers: {
      ...base.makers,
      halfSpreadPts: HALF_SPREAD_PTS,
      levelShares: LEVEL_SHARES,
      refreshMs: Math.max(
        base.makers.refreshMs,
        (1_000 * marketCount * base.makerCount) / MAX_MAKER_REFRESHES_PER_SECOND,
      ),
    },
  };
}

/** One account a trader name for all markets, rich enough for all of them; sellers get complete sets. */
async function openAccounts(
  state: VenueState,
  desks: readonly Desk[],
): Promise<ReadonlyMap<string, FundedAccount>> {
  const names = [...new Set(desks.flatMap(({ population }) => traderNames(population.terms)))];
  const added = await state.chain.addAccounts(names.length);
  const accounts = new Map<string, FundedAccount>();
  for (const [index, name] of names.entries()) {
    const account = added[index];
    if (account === undefined) throw new Error(`the chain made ${added.length} accounts of ${names.length}`);
    accounts.set(name, account);
    await state.chain.fund(account.address, FUNDS_PER_TRADER);
    if (SELLERS.includes(name)) {
      for (const { market } of desks) {
        const condition = market.conditionId as string as `0x${string}`;
        await state.chain.splitFor(account.address, condition, market.negRisk, SETS_PER_SELLER);
      }
    }
    const tokens = desks.flatMap(({ market }) => [market.yesTokenId, market.noTokenId]);
    await state.warm(account.address, tokens);
  }
  return accounts;
}

function startDesks(
  state: VenueState,
  desks: readonly Desk[],
  accounts: ReadonlyMap<string, FundedAccount>,
): { readonly stop: () => Promise<void> } {
  const run: Run = { state, accounts, owners: new Map(), isStopped: false, queue: Promise.resolve() };
  const unsubscribe = state.onEvent((event) => noteOrderEnd(run, event));
  for (const desk of desks) schedule(run, desk, MIN_WAIT_MS);
  return {
    stop: async () => {
      run.isStopped = true;
      for (const desk of desks) desk.cancelTimer();
      await run.queue;
      unsubscribe();
      for (const { address } of accounts.values()) state.cancelAll(address);
    },
  };
}

interface Run {
  readonly state: VenueState;
  readonly accounts: ReadonlyMap<string, FundedAccount>;
  /** Whose order an id is, as long as it rests. */
  readonly owners: Map<string, { readonly desk: Desk; readonly trader: string; readonly ref: number }>;
  isStopped: boolean;
  /** Desks act one after the other, so that flow comes as a trickle and never as a burst of signing. */
  queue: Promise<void>;
}

function schedule(run: Run, desk: Desk, delayMs: number): void {
  desk.cancelTimer = run.state.clock.after(Math.max(delayMs, MIN_WAIT_MS), () => {
    run.queue = run.queue.then(() => turn(run, desk));
  });
}

async function turn(run: Run, desk: Desk): Promise<void> {
  const { state } = run;
  if (run.isStopped || state.marketByCondition(desk.market.conditionId)?.status !== 'open') return;
  const nowMs = state.clock.nowMs();
  const { actions, nextAtMs } = nextActions(desk.population, nowMs, viewOf(state, desk.market));
  cancelAllOf(run, desk, actions);
  for (const action of actions) {
    if (run.isStopped) return;
    if (action.kind !== 'cancel') await send(run, desk, action);
  }
  if (nextAtMs !== null) {
    schedule(run, desk, nextAtMs - state.clock.nowMs());
    return;
  }
  const winner = winnerOf(desk.population.path);
  if (winner !== null) await state.resolveMarket(desk.market.conditionId, winner);
}

function viewOf(state: VenueState, market: Market): BookView {
  const book = state.book(market.yesTokenId);
  const tick = state.marketByCondition(market.conditionId)?.market.tickSize ?? market.tickSize;
  return {
    tick: (tick < MIN_QUOTE_TICK ? MIN_QUOTE_TICK : tick) as typeof tick,
    minOrderSize: market.minOrderSize,
    bestBid: book?.bids[0]?.price ?? null,
    bestAsk: book?.asks[0]?.price ?? null,
  };
}

function cancelAllOf(run: Run, desk: Desk, actions: readonly TraderAction[]): void {
  const byTrader = new Map<string, `0x${string}`[]>();
  for (const action of actions) {
    if (action.kind !== 'cancel') continue;
    const key = `${action.trader}|${action.ref}`;
    const orderId = desk.orderIds.get(key);
    if (orderId === undefined) continue;
    desk.orderIds.delete(key);
    run.owners.delete(orderId);
    byTrader.set(action.trader, [...(byTrader.get(action.trader) ?? []), orderId]);
  }
  for (const [trader, ids] of byTrader) {
    const account = run.accounts.get(trader);
    if (account !== undefined) run.state.cancelOrders(account.address, ids);
  }
}

async function send(run: Run, desk: Desk, action: Exclude<TraderAction, { kind: 'cancel' }>): Promise<void> {
  const account = run.accounts.get(action.trader);
  if (account === undefined) return;
  const isQuote = action.kind === 'quote';
  const outcome = await submitYes(run.state, account, desk.market, {
    side: action.side,
    price: action.price,
    size: wholeLots(action.size),
    orderType: isQuote ? 'GTC' : 'FAK',
    postOnly: isQuote,
  });
  if (!isQuote) return;
  const rests = outcome.accepted && run.state.order(outcome.orderId)?.status === 'LIVE';
  if (!outcome.accepted || !rests) {
    orderDone(desk.population, action.trader, action.ref);
    return;
  }
  desk.orderIds.set(`${action.trader}|${action.ref}`, outcome.orderId);
  run.owners.set(outcome.orderId, { desk, trader: action.trader, ref: action.ref });
}

/** A quote that was filled or cancelled by the venue is quoted again at the maker's next refresh. */
function noteOrderEnd(run: Run, event: VenueEvent): void {
  if (event.kind !== 'order' || event.order.status === 'LIVE') return;
  const owner = run.owners.get(event.order.id);
  if (owner === undefined) return;
  run.owners.delete(event.order.id);
  owner.desk.orderIds.delete(`${owner.trader}|${owner.ref}`);
  orderDone(owner.desk.population, owner.trader, owner.ref);
}

/** Sizes on the wire have two decimals. */
const wholeLots = (size: Shares): Shares => shares(Math.floor(size / 10_000) * 10_000);
