import type { OrderRequest } from '../domain/order.ts';
import { mulDiv, notional, type Price, type Usd } from '../domain/units.ts';
import { utcDayOf } from '../domain/utc-day.ts';
import type { Approved } from './approved.ts';
import { checkOrder, type GateMarket, type GatePass } from './gate.ts';
import { BALANCE_UNKNOWN, isRefused, type Refused, refuse } from './refusal.ts';

/** What bounds directional entries, beside everything that bounds any order. */
export interface DirectionalLimits {
  /** Least difference between model and price, in ten-thousandths of a dollar. */
  readonly minEdge: Price;
  /** Prices of the outcome bought, both included. */
  readonly minPrice: Price;
  readonly maxPrice: Price;
  /** Dollars of one entry. */
  readonly minEntry: Usd;
  /** Of the cash that is free, in hundredths of a per cent. */
  readonly maxEntryBps: number;
  readonly maxPositions: number;
  /** Time left until the market ends, both included. */
  readonly minTimeLeftMs: number;
  readonly maxTimeLeftMs: number;
  /** In one UTC day. */
  readonly maxEntriesPerDay: number;
  /** Dollars of entries in one UTC day, of the account's value, in hundredths of a per cent. */
  readonly maxPerDayBps: number;
}

/** Entries of one UTC day, counted from when they are approved until they end without a fill, if they do. Plain data. */
export interface DirectionalDay {
  day: number;
  entries: number;
  usd: number;
}

export const createDirectionalDay = (nowMs: number): DirectionalDay => ({
  day: utcDayOf(nowMs),
  entries: 0,
  usd: 0,
});

/**
 * Takes an entry out of the day in which it was approved, because it ended without a fill: one that rests is replaced each cycle, and
 * would use a day up in which nothing was bought. A day that is over is left as it is.
 */
export function giveBack(today: DirectionalDay, approvedAtMs: number, cost: Usd): void {
  if (utcDayOf(approvedAtMs) !== today.day) return;
  today.entries = Math.max(0, today.entries - 1);
  today.usd = Math.max(0, today.usd - cost);
}

/** Counts an entry that was given back and has filled after all. */
export function countAgain(today: DirectionalDay, approvedAtMs: number, cost: Usd): void {
  if (utcDayOf(approvedAtMs) !== today.day) return;
  today.entries += 1;
  today.usd += cost;
}

/** What is known of all directional positions. */
export interface DirectionalBook {
  readonly limits: DirectionalLimits;
  readonly today: DirectionalDay;
  /** Markets with a directional position, or with an entry that may still become one. */
  positions: number;
}

/** A purchase that a model wants. */
export interface DirectionalEntry {
  readonly request: OrderRequest;
  /** The model's probability of the outcome less its price, in ten-thousandths of a dollar. */
  readonly edge: number;
  /** Whether this market is among those that `positions` counts. */
  readonly isHeld: boolean;
  /** When the market ends; null where the listing does not say. */
  readonly endAtMs: number | null;
}

/**
 * Approves a directional entry, or says which limit it breaks: those of directional trading first, then all of the gate's own. An
 * approved one counts against the day, and as a position, until it ends without a fill (see `giveBack`). A refused one leaves no trace.
 */
export function checkDirectional(
  pass: GatePass,
  book: DirectionalBook,
  market: GateMarket,
  entry: DirectionalEntry,
): Approved<OrderRequest> | Refused {
  const today = turnDay(book.today, pass.nowMs);
  const refusal =
    checkSignal(book.limits, entry) ??
    checkSize(pass, book.limits, entry) ??
    checkPositions(book, entry) ??
    checkTimeLeft(pass, book.limits, entry) ??
    checkDay(pass, book.limits, today, entry);
  if (refusal !== null) return refusal;
  const verdict = checkOrder(pass, market, entry.request);
  if (isRefused(verdict)) return verdict;
  today.entries += 1;
  today.usd += costOf(entry);
  book.positions += 1;
  return verdict;
}

/** A new day begins with nothing counted. A clock that goes back does not bring an old day back. */
function turnDay(today: DirectionalDay, nowMs: number): DirectionalDay {
  const day = utcDayOf(nowMs);
  if (day <= today.day) return today;
  today.day = day;
  today.entries = 0;
  today.usd = 0;
  return today;
}

const costOf = ({ request: { price, size } }: DirectionalEntry): Usd => notional(price, size, 'up');

function checkSignal(limits: DirectionalLimits, { request, edge }: DirectionalEntry): Refused | null {
  if (request.side !== 'BUY')
    return refuse('entryTerms', 0, 0, 'an entry buys; what is held is sold by an exit');
  // A model that answers with no number has found no edge.
  if (!(edge >= limits.minEdge))
    return refuse('entryEdge', edge, limits.minEdge, 'too little edge for an entry');
  if (request.price < limits.minPrice)
    return refuse('entryPrice', request.price, limits.minPrice, 'price too low for an entry');
  return request.price > limits.maxPrice
    ? refuse('entryPrice', request.price, limits.maxPrice, 'price too high for an entry')
    : null;
}

function checkSize(pass: GatePass, limits: DirectionalLimits, entry: DirectionalEntry): Refused | null {
  const cost = costOf(entry);
  if (cost < limits.minEntry) return refuse('entrySize', cost, limits.minEntry, 'entry too small');
  if (pass.freeCash === null) return BALANCE_UNKNOWN;
  const most = partOf(pass.freeCash, limits.maxEntryBps);
  return cost > most ? refuse('entrySize', cost, most, 'entry too large for the cash that is free') : null;
}

function checkPositions(
  { limits, positions }: DirectionalBook,
  { isHeld }: DirectionalEntry,
): Refused | null {
  if (isHeld) return refuse('entryHeld', 1, 1, 'this market has a directional position already');
  return positions >= limits.maxPositions
    ? refuse('entryPositions', positions, limits.maxPositions, 'too many directional positions')
    : null;
}

function checkTimeLeft(
  { nowMs }: GatePass,
  { minTimeLeftMs, maxTimeLeftMs }: DirectionalLimits,
  { endAtMs }: DirectionalEntry,
): Refused | null {
  if (endAtMs === null) return refuse('entryExpiry', 0, minTimeLeftMs, 'nobody says when the market ends');
  const leftMs = endAtMs - nowMs;
  if (leftMs < minTimeLeftMs)
    return refuse('entryExpiry', leftMs, minTimeLeftMs, 'too near to the end of the market');
  return leftMs > maxTimeLeftMs
    ? refuse('entryExpiry', leftMs, maxTimeLeftMs, 'too far from the end of the market')
    : null;
}

function checkDay(
  pass: GatePass,
  limits: DirectionalLimits,
  today: DirectionalDay,
  entry: DirectionalEntry,
): Refused | null {
  if (today.entries >= limits.maxEntriesPerDay)
    return refuse('entriesPerDay', today.entries, limits.maxEntriesPerDay, 'too many entries today (UTC)');
  const most = partOf(pass.equity, limits.maxPerDayBps);
  const usd = today.usd + costOf(entry);
  return usd > most
    ? refuse('entryDollarsPerDay', usd, most, 'too many dollars of entries today (UTC)')
    : null;
}

/** Whole micro-dollars, rounded down. */
const partOf = (usd: number, bps: number): number => mulDiv(Math.max(0, usd), bps, 10_000, 'down');
