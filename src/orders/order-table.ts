import type { ConditionId } from '../domain/market.ts';
import {
  type ClientId,
  isTerminal,
  mayBeLive,
  type OrderId,
  type OrderRequest,
  type OrderState,
} from '../domain/order.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { yesSideOf } from '../domain/yes-coordinates.ts';
import { cashOf, isRestUntold, possibleFill, restingCashOf } from './order-size.ts';
import type { ArchivedOrder, OrderRecord, OrderTags } from './types.ts';

/** Events that changed nothing, by reason; a status line shows them. */
export interface OrderCounts {
  lateAfterTerminal: number;
  forUnknownOrder: number;
  contradictions: number;
}

/** Dollars that orders speak for. */
export interface CashReserve {
  /** What they may still cost; unknown orders count in full. */
  cash: number;
  /** What comes free when they are replaced. */
  resting: number;
}

/** What the working orders of one market come to. */
export interface MarketReserve extends CashReserve {
  /** Shares that may still come as fills of bids and of asks, in YES coordinates. */
  bidShares: number;
  askShares: number;
  /** Tokens that sells may still take. */
  yesSells: number;
  noSells: number;
  /** Orders that may be on the venue's book. */
  live: number;
}

/** All orders of ours that matter still. Plain data; the functions of this folder are its only writers. */
export interface OrderTable {
  byClientId: Map<ClientId, OrderRecord>;
  byOrderId: Map<OrderId, OrderRecord>;
  /** Orders that may be live, whose rest is untold or whose fills are awaited, by market: what reservations and the planner walk over. */
  workingByCondition: Map<ConditionId, Map<ClientId, OrderRecord>>;
  /** Sums over all working orders and by market, kept by `indexOrder`, so that no look at one market adds up all orders. */
  reserved: CashReserve & { live: number; byCondition: ReadonlyMap<ConditionId, Readonly<MarketReserve>> };
  /** Markets whose sums have changed since `kernel/account-risk.ts` last took them out. */
  changed: Set<ConditionId>;
  /** Orders the venue must be asked about, in the order in which the doubt arose; an index of `doubt`. */
  doubtful: Set<ClientId>;
  /** Orders of which the venue has matched more than our fills add up to. */
  awaiting: Set<ClientId>;
  /** Cancelled orders whose rest is untold, in the order in which that ends; an index of `restUntoldUntilMs`. */
  untold: Set<ClientId>;
  /** Terminal orders that have left the table, oldest first, at most `ARCHIVE_LIMIT`. */
  archive: Map<OrderId, ArchivedOrder>;
  counts: OrderCounts;
}

/** About an hour of requoting 20 markets every ten seconds; late frames are younger than that. */
export const ARCHIVE_LIMIT = 20_000;

export function createOrderTable(): OrderTable {
  return {
    byClientId: new Map(),
    byOrderId: new Map(),
    workingByCondition: new Map(),
    reserved: { cash: 0, resting: 0, live: 0, byCondition: new Map() },
    changed: new Set(),
    doubtful: new Set(),
    awaiting: new Set(),
    untold: new Set(),
    archive: new Map(),
    counts: { lateAfterTerminal: 0, forUnknownOrder: 0, contradictions: 0 },
  };
}

/** Builds the table with its indexes from the records of a snapshot. */
export function orderTableFrom(
  records: readonly OrderRecord[],
  archive: readonly (readonly [OrderId, ArchivedOrder])[],
): OrderTable {
  const table = createOrderTable();
  for (const record of records) {
    table.byClientId.set(record.request.clientId, record);
    if (record.orderId !== null) table.byOrderId.set(record.orderId, record);
    indexOrder(table, record);
    setDoubt(table, record, record.doubt);
  }
  const untilMs = ({ restUntoldUntilMs }: OrderRecord): number => restUntoldUntilMs ?? 0;
  for (const record of records.filter(isRestUntold).sort((a, b) => untilMs(a) - untilMs(b)))
    table.untold.add(record.request.clientId);
  for (const [orderId, archived] of archive) table.archive.set(orderId, archived);
  return table;
}

/**
 * Enters an order that the gate approved. `takerFeeBound` is the most its taker fee can come to, 0 for post-only.
 * A client id that is already in use is a broken invariant and throws.
 */
export function addApproved(
  table: OrderTable,
  request: OrderRequest,
  tags: OrderTags,
  takerFeeBound: Usd,
  atMs: number,
): OrderRecord {
  if (table.byClientId.has(request.clientId))
    throw new Error(
      `client order id ${request.clientId} is in use already, expected a new one for every order`,
    );
  const record: OrderRecord = {
    request,
    tags,
    takerFeeBound,
    approvedAtMs: atMs,
    state: 'approved',
    orderId: null,
    matched: 0 as Shares,
    venueMatched: 0 as Shares,
    inFlightAtMs: null,
    cancelAskedAtMs: null,
    terminalAtMs: null,
    restUntoldUntilMs: null,
    doubt: null,
    lookedUpAtMs: null,
    openFills: 0,
    lastText: '',
  };
  table.byClientId.set(request.clientId, record);
  indexOrder(table, record);
  return record;
}

/** Whether the venue has said that more was matched than our fills add up to. */
export const awaitsFills = (record: OrderRecord): boolean => record.venueMatched > record.matched;

/** Keeps the index of working orders true after any change of a record. */
export function indexOrder(table: OrderTable, record: OrderRecord): void {
  const { conditionId, clientId } = record.request;
  const isAwaiting = awaitsFills(record);
  if (isAwaiting) table.awaiting.add(clientId);
  else table.awaiting.delete(clientId);
  const working = mayBeLive(record.state) || isAwaiting || isRestUntold(record);
  let ofMarket = table.workingByCondition.get(conditionId);
  if (working) {
    if (ofMarket === undefined) {
      ofMarket = new Map();
      table.workingByCondition.set(conditionId, ofMarket);
    }
    ofMarket.set(clientId, record);
  } else if (ofMarket?.delete(clientId) === true && ofMarket.size === 0)
    table.workingByCondition.delete(conditionId);
  sumReserves(table, conditionId);
}

/** Adds up one market's orders anew and moves the totals by the difference. Whole numbers, so nothing drifts. */
function sumReserves({ reserved, changed, workingByCondition }: OrderTable, conditionId: ConditionId): void {
  const byCondition = reserved.byCondition as Map<ConditionId, MarketReserve>;
  const before = byCondition.get(conditionId);
  changed.add(conditionId);
  const after: MarketReserve = {
    cash: 0,
    resting: 0,
    bidShares: 0,
    askShares: 0,
    yesSells: 0,
    noSells: 0,
    live: 0,
  };
  const ofMarket = workingByCondition.get(conditionId);
  if (ofMarket === undefined) byCondition.delete(conditionId);
  else {
    for (const record of ofMarket.values()) {
      after.cash += cashOf(record);
      after.resting += restingCashOf(record);
      addShares(after, record);
      if (mayBeLive(record.state)) after.live += 1;
    }
    byCondition.set(conditionId, after);
  }
  reserved.cash += after.cash - (before?.cash ?? 0);
  reserved.resting += after.resting - (before?.resting ?? 0);
  reserved.live += after.live - (before?.live ?? 0);
}

function addShares(reserve: MarketReserve, record: OrderRecord): void {
  const shares = possibleFill(record);
  if (yesSideOf(record.request) === 'BUY') reserve.bidShares += shares;
  else reserve.askShares += shares;
  if (record.request.side === 'SELL')
    reserve[record.request.outcome === 'YES' ? 'yesSells' : 'noSells'] += shares;
}

/** Notes why the venue must be asked about an order, or that it need not be any more. */
export function setDoubt(table: OrderTable, record: OrderRecord, doubt: string | null): void {
  record.doubt = doubt;
  if (doubt === null) table.doubtful.delete(record.request.clientId);
  else table.doubtful.add(record.request.clientId);
}

/** Holds back the rest of an order that was just cancelled until `untilMs`, or with null lets it go. */
export function setRestUntold(table: OrderTable, record: OrderRecord, untilMs: number | null): void {
  if (record.restUntoldUntilMs === untilMs) return;
  record.restUntoldUntilMs = untilMs;
  if (untilMs === null) table.untold.delete(record.request.clientId);
  else table.untold.add(record.request.clientId);
  indexOrder(table, record);
}

/** When the first of the untold rests is let go; null where there is none. */
export function nextRestTold({ untold, byClientId }: OrderTable): number | null {
  for (const clientId of untold) return byClientId.get(clientId)?.restUntoldUntilMs ?? null;
  return null;
}

/** Lets the rests go that nobody has told of in time. Returns whose they were. */
export function releaseUntold(table: OrderTable, nowMs: number): readonly OrderRecord[] {
  if (table.untold.size === 0) return NONE;
  const released: OrderRecord[] = [];
  for (const clientId of table.untold) {
    const record = table.byClientId.get(clientId);
    if (record === undefined || (record.restUntoldUntilMs ?? 0) > nowMs) break;
    setRestUntold(table, record, null);
    released.push(record);
  }
  return released;
}

/** Sets the state and what follows from it: a terminal order has no doubt left and no place in the index. */
export function setState(table: OrderTable, record: OrderRecord, state: OrderState, atMs: number): void {
  record.state = state;
  if (isTerminal(state)) {
    record.terminalAtMs = atMs;
    setDoubt(table, record, null);
  } else if (state === 'unknown' && record.doubt === null) setDoubt(table, record, 'unknown');
  indexOrder(table, record);
}

const NONE: readonly OrderRecord[] = [];

/** Orders of one market that may be live, or may or do still owe us a fill, in the order they were made. */
export function workingOrders(table: OrderTable, conditionId: ConditionId): readonly OrderRecord[] {
  const ofMarket = table.workingByCondition.get(conditionId);
  return ofMarket === undefined ? NONE : [...ofMarket.values()];
}

/** Orders of one market that may be on the venue's book: `unknown` and `cancelInFlight` count. */
export const liveOrders = (table: OrderTable, conditionId: ConditionId): OrderRecord[] =>
  workingOrders(table, conditionId).filter((record) => mayBeLive(record.state));

/** All orders that may be on the venue's book, market by market. */
export function allLiveOrders(table: OrderTable): OrderRecord[] {
  const live: OrderRecord[] = [];
  for (const ofMarket of table.workingByCondition.values())
    for (const record of ofMarket.values()) if (mayBeLive(record.state)) live.push(record);
  return live;
}

/** Whether no order can be on the venue's book any more. */
export const isQuiet = (table: OrderTable): boolean => allLiveOrders(table).length === 0;

/** Orders of which the venue said that more was matched than we have fills for: trades must be read. */
export function ordersAwaitingFills(table: OrderTable): OrderRecord[] {
  const awaited: OrderRecord[] = [];
  for (const ofMarket of table.workingByCondition.values())
    for (const record of ofMarket.values()) if (awaitsFills(record)) awaited.push(record);
  return awaited;
}

/**
 * Moves terminal orders to the archive once `keepMs` have passed, all their fills are final and none is awaited.
 * Returns how many left. The archive drops its oldest entries beyond its bound.
 */
export function evictTerminal(table: OrderTable, nowMs: number, keepMs: number): number {
  let evicted = 0;
  releaseUntold(table, nowMs);
  for (const [clientId, record] of table.byClientId) {
    if (record.terminalAtMs === null || nowMs - record.terminalAtMs < keepMs) continue;
    if (record.openFills > 0 || awaitsFills(record) || isRestUntold(record)) continue;
    table.byClientId.delete(clientId);
    evicted += 1;
    if (record.orderId === null) continue;
    table.byOrderId.delete(record.orderId);
    table.archive.set(record.orderId, { clientId, state: record.state, terminalAtMs: record.terminalAtMs });
  }
  for (const orderId of table.archive.keys()) {
    if (table.archive.size <= ARCHIVE_LIMIT) break;
    table.archive.delete(orderId);
  }
  return evicted;
}
