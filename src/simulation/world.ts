import type { ConditionId } from '../domain/market.ts';
import type { FillReport, OrderId } from '../domain/order.ts';
import { nextFloat, nextInt, type RandomStream, streamOf } from '../domain/random.ts';
import type { Usd } from '../domain/units.ts';
import {
  createExchange,
  credit,
  type Exchange,
  type ExchangeEvent,
  type ExchangeOrder,
  type ExchangeTrade,
  listMarket,
  splitPosition,
} from '../exchange/index.ts';
import type { Input } from '../kernel/messages.ts';
import {
  accountOf,
  createDesk,
  createPopulation,
  type TraderDesk,
  traderNames,
} from '../local-venue/traders/index.ts';
import { type ChainModel, createChainModel } from './chain-model.ts';
import { createEventQueue, type EventQueue, scheduleAt } from './event-queue.ts';
import type { FaultRates } from './faults.ts';
import type { SimulatedMarket } from './simulated-markets.ts';
import type { SpotModel } from './spot-model.ts';

/** The exchange account of the worker under test. */
export const WORKER = 'worker';
/** Who sends to the worker's wallet, or takes from it, past the worker. */
export const WALLET_NEWS = 'somebody';
/** The account that takes an order while its cancel is on its way. */
export const RACER = 'racer';

/** A trade with an order of the worker in it, as the venue would tell it now. */
export interface OwnTrade {
  readonly trade: ExchangeTrade;
  readonly reports: FillReport[];
}

export interface SimulatedFeed {
  up: boolean;
  /** No frame overtakes an earlier one of the same socket, unless a fault says so. */
  lastDeliveryMs: number;
}

/** Everything outside the worker: venue, chain, other traders, sockets, all in virtual time. Plain data. */
export interface World {
  nowMs: number;
  readonly startMs: number;
  readonly queue: EventQueue;
  /** Cleared at the end of a run: then everything heals, and the worker must come to rest. */
  faults: FaultRates;
  readonly runId: string;
  readonly random: {
    readonly latency: RandomStream;
    readonly faults: RandomStream;
    readonly analyst: RandomStream;
  };
  readonly exchange: Exchange;
  readonly chain: ChainModel;
  readonly markets: ReadonlyMap<ConditionId, SimulatedMarket>;
  readonly desks: ReadonlyMap<ConditionId, TraderDesk>;
  readonly ownOrders: Map<OrderId, ExchangeOrder>;
  /** Our own name of each order that has left the worker. */
  readonly clientIds: Map<string, string>;
  /** In the order they were matched. */
  readonly ownTrades: OwnTrade[];
  readonly watched: Set<ConditionId>;
  /** Prices of coins; null in a run that has none. */
  spot: SpotModel | null;
  readonly marketFeed: SimulatedFeed;
  readonly userFeed: SimulatedFeed;
  readonly heartbeat: {
    sentAtMs: number;
    lastBeatMs: number;
    up: boolean;
    lossUntilMs: number;
    stopped: boolean;
  };
  readonly faultCounts: Map<string, number>;
  /** Gives the kernel an input now. */
  deliver: (input: Input) => void;
  /** Whether the worker wants its orders kept alive. */
  mayBeat: () => boolean;
  /** What watches the venue from its own side; the checkers. */
  onVenueEvent: (event: ExchangeEvent) => void;
}

const TRADER_CASH = 2e12;
const TRADER_SETS = 4e11;

export function createWorld(options: {
  readonly seed: string;
  readonly startMs: number;
  readonly cash: Usd;
  readonly markets: readonly SimulatedMarket[];
  readonly faults: FaultRates;
}): World {
  const { seed, startMs, markets } = options;
  const exchange = createExchange();
  const chain = createChainModel(options.cash);
  credit(exchange, WORKER, 'USD', options.cash);
  credit(exchange, RACER, 'USD', TRADER_CASH);
  const desks = new Map<ConditionId, TraderDesk>();
  for (const { market, listing, terms } of markets) {
    const { conditionId, yesTokenId, noTokenId } = market;
    const opened = listMarket(exchange, listing);
    const desk = createDesk(exchange, opened, createPopulation(seed, market.slug, terms));
    for (const owner of traderNames(terms).map((name) => accountOf(desk, name))) {
      credit(exchange, owner, 'USD', TRADER_CASH);
      splitPosition(exchange, owner, conditionId, TRADER_SETS);
    }
    chain.conditions.set(conditionId, { yesTokenId, noTokenId, winner: null });
    desks.set(conditionId, desk);
  }
  return {
    nowMs: startMs,
    startMs,
    queue: createEventQueue(),
    faults: options.faults,
    runId: `sim-${seed}`,
    random: {
      latency: streamOf(seed, 'latency'),
      faults: streamOf(seed, 'faults'),
      analyst: streamOf(seed, 'analyst'),
    },
    exchange,
    chain,
    markets: new Map(markets.map((entry) => [entry.market.conditionId, entry])),
    desks,
    ownOrders: new Map(),
    clientIds: new Map(),
    ownTrades: [],
    watched: new Set(),
    spot: null,
    marketFeed: { up: false, lastDeliveryMs: 0 },
    userFeed: { up: false, lastDeliveryMs: 0 },
    heartbeat: {
      sentAtMs: startMs,
      lastBeatMs: Number.NEGATIVE_INFINITY,
      up: false,
      lossUntilMs: 0,
      stopped: false,
    },
    faultCounts: new Map(),
    deliver: () => undefined,
    mayBeat: () => true,
    onVenueEvent: () => undefined,
  };
}

/** Runs `action` after `delayMs` of virtual time. */
export const after = (world: World, delayMs: number, action: () => void): void =>
  scheduleAt(world.queue, world.nowMs + delayMs, action);

/** A whole number of milliseconds from the latency stream. */
export const latencyMs = (world: World, min: number, max: number): number =>
  nextInt(world.random.latency, min, max);

/** Whether a fault of this rate happens now. Always draws, so that one rate never shifts the others' luck. */
export function strikes(world: World, name: Exclude<keyof FaultRates, `${string}PerHour`>): boolean {
  const hit = nextFloat(world.random.faults) < world.faults[name];
  if (hit) countFault(world, name);
  return hit;
}

export function countFault(world: World, name: string): void {
  world.faultCounts.set(name, (world.faultCounts.get(name) ?? 0) + 1);
}
