import type { ConditionId } from '../domain/market.ts';
import { type Shares, sharesToFloat, type Usd } from '../domain/units.ts';
import type { KernelState } from '../kernel/state.ts';
import { profitParts } from '../orders/books.ts';
import { costOfPosition, netShares, type Position } from '../orders/position.ts';
import {
  type GainsAndLosses,
  noSum,
  type SpreadHits,
  type WeightedSum,
} from '../pricing/performance-measures.ts';
import {
  openProfit,
  type ProfitBalance,
  type RunningProfit,
  type WaitingShares,
  worth,
} from '../pricing/profit-identity.ts';
import { type Mid, midOf } from './mids.ts';

/** One market's profit on one day. */
export interface MarketDay {
  readonly running: RunningProfit;
  /** Fills of this day whose mark-out is not over, by id. */
  readonly waiting: Map<string, WaitingShares>;
  fills: number;
}

/** What one UTC day has come to so far. */
export interface DayMeasures {
  readonly utcDay: number;
  /** When the day, or on the first one the books, began. */
  readonly fromMs: number;
  /** Account value and deposits at that moment. */
  readonly openingExact: bigint;
  readonly openingExternal: Usd;
  /** Paid out by the venue on this day, as the journal's reads of transfers tell. */
  rewards: Usd;
  rebates: Usd;
  readonly markets: Map<ConditionId, MarketDay>;
  readonly marketsQuoted: Set<ConditionId>;
  quotesPlaced: number;
  fills: number;
  failedFills: number;
  readonly trips: GainsAndLosses;
  readonly quality: WeightedSum;
  /** Mark-out at two minutes in basis points, positive is adverse. */
  readonly adverse: WeightedSum;
  readonly spreadHits: SpreadHits;
  /** In micro-shares. */
  tradedShares: number;
  /** Net shares held over all markets without sign, since when, and their integral over time. */
  heldShares: number;
  heldSinceMs: number;
  heldShareMs: number;
  /** Dollars at risk in one direction, each market's at the mid of its last change, and the most of the day. */
  inventory: Usd;
  maxInventory: Usd;
  readonly held: Map<ConditionId, HeldInMarket>;
}

/** Net shares of one market without sign, and what the direction they are held in can lose, in micro-dollars. */
export interface HeldInMarket {
  readonly shares: number;
  readonly atRisk: number;
}

/** Begins a day. What is held at its begin drifts from its mid. */
export function beginDay(facts: KernelState, utcDay: number, fromMs: number): DayMeasures {
  const day: DayMeasures = {
    utcDay,
    fromMs,
    openingExact: accountExact(facts),
    openingExternal: profitParts(facts.books).externalUsd,
    rewards: 0 as Usd,
    rebates: 0 as Usd,
    markets: new Map(),
    marketsQuoted: new Set(),
    quotesPlaced: 0,
    fills: 0,
    failedFills: 0,
    trips: { gains: 0 as Usd, losses: 0 as Usd, trips: 0 },
    quality: noSum(),
    adverse: noSum(),
    spreadHits: new Map(),
    tradedShares: 0,
    heldShares: 0,
    heldSinceMs: fromMs,
    heldShareMs: 0,
    inventory: 0 as Usd,
    maxInventory: 0 as Usd,
    held: new Map(),
  };
  const held = [...facts.books.positions.values()].filter(isHeld).map(({ conditionId }) => conditionId);
  for (const conditionId of held) marketDayOf(day, facts, conditionId);
  noteInventory(day, facts, held, fromMs);
  return day;
}

const isHeld = (position: Position): boolean => netShares(position.yes) !== 0 || netShares(position.no) !== 0;

/** The day of a market. It must be asked for before the first event of the day is booked, because it begins with what was there. */
export function marketDayOf(day: DayMeasures, facts: KernelState, conditionId: ConditionId): MarketDay {
  let market = day.markets.get(conditionId);
  if (market === undefined) {
    const opening = balanceOfMarket(facts, conditionId, midOf(facts, conditionId));
    market = { running: openProfit(opening), waiting: new Map(), fills: 0 };
    day.markets.set(conditionId, market);
  }
  return market;
}

/** Shares of one market, and the dollars that went into it and came out of it, by the ledger. */
export function balanceOfMarket(
  { books }: KernelState,
  conditionId: ConditionId,
  { micro }: Pick<Mid, 'micro'>,
): ProfitBalance {
  const position = books.positions.get(conditionId);
  if (position === undefined) return { cash: 0 as Usd, yes: 0 as Shares, no: 0 as Shares, mid: micro };
  const cash = position.realisedUsd - position.feesUsd - costOfPosition(position);
  return { cash: cash as Usd, yes: netShares(position.yes), no: netShares(position.no), mid: micro };
}

const EXACT_PER_MICRO = 1_000_000n;

/** Cash and all shares at their mids, in 1e-12 dollars. */
export function accountExact(facts: KernelState): bigint {
  let value = BigInt(profitParts(facts.books).cashUsd) * EXACT_PER_MICRO;
  for (const position of facts.books.positions.values()) {
    if (!isHeld(position)) continue;
    value += worth(netShares(position.yes), netShares(position.no), midOf(facts, position.conditionId).micro);
  }
  return value;
}

/** Brings the measures of what is held up to date, after the positions of these markets have changed. */
export function noteInventory(
  day: DayMeasures,
  facts: KernelState,
  moved: Iterable<ConditionId>,
  atMs: number,
): void {
  day.heldShareMs += day.heldShares * (atMs - day.heldSinceMs);
  day.heldSinceMs = atMs;
  for (const conditionId of moved) {
    const before = day.held.get(conditionId) ?? NOTHING_HELD;
    const after = heldIn(facts, conditionId);
    day.held.set(conditionId, after);
    day.heldShares += after.shares - before.shares;
    day.inventory = (day.inventory + after.atRisk - before.atRisk) as Usd;
  }
  day.maxInventory = Math.max(day.maxInventory, day.inventory) as Usd;
}

const NOTHING_HELD: HeldInMarket = { shares: 0, atRisk: 0 };

function heldIn(facts: KernelState, conditionId: ConditionId): HeldInMarket {
  const position = facts.books.positions.get(conditionId);
  if (position === undefined) return NOTHING_HELD;
  const net = netShares(position.yes) - netShares(position.no);
  const { micro } = midOf(facts, conditionId);
  const shares = Math.abs(net);
  const atRisk = Math.round(sharesToFloat(shares as Shares) * (net > 0 ? micro : 1_000_000 - micro));
  return { shares, atRisk };
}
