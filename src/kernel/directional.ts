import type {
  DirectionalNote,
  DirectionalPosition,
  DirectionalSignal,
  JudgedMarket,
} from '../domain/directional.ts';
import { heldShares } from '../domain/directional.ts';
import type { ConditionId } from '../domain/market.ts';
import { type ClientId, isTerminal } from '../domain/order.ts';
import { complement, notional, type Shares, type Usd } from '../domain/units.ts';
import type { FillEffect } from '../orders/book-fill.ts';
import type { FillRecord } from '../orders/fills.ts';
import { purposeOf } from '../orders/order-names.ts';
import { awaitsFills } from '../orders/order-table.ts';
import { countAgain, type DirectionalBook, giveBack } from '../risk/directional.ts';
import type { Settings } from '../settings/settings.ts';
import { payoutOf } from './gate-view.ts';
import { type AwaitedOutcome, awaitOutcome } from './judged-forecasts.ts';
import { directionalLimitsOf } from './limits-from-settings.ts';
import type { KernelState } from './state.ts';
import { noteStop, type StoppedMarkets } from './stopped-markets.ts';

/**
 * What directional trading knows of itself. Plain data; it outlives a restart. Positions are the sums of our own fills of entries
 * and exits: what was approved, sent or accepted counts for nothing here until it fills.
 */
export interface DirectionalState {
  /** By market: entries on their way, and what is held. */
  readonly positions: Map<ConditionId, DirectionalPosition>;
  /** The latest that were closed, oldest first. */
  closed: DirectionalPosition[];
  /** The latest entries that ended without a fill, oldest first: a fill that comes late finds its position here. */
  unfilled: DirectionalPosition[];
  /** The latest signal of each market. */
  readonly signals: Map<ConditionId, DirectionalSignal>;
  /** Why the last exit of each market was refused, or the one before it rejected, as a code, so that a person is told once. */
  readonly exitsRefused: Map<ConditionId, string>;
  /** Markets of which a sale said that the model was wrong: they are left alone for a while. */
  readonly stops: StoppedMarkets;
  /** Markets that the model has priced and whose outcome the chain has not told, also those that are not listed any more. */
  readonly awaited: Map<ConditionId, AwaitedOutcome>;
  /** The latest of them that the chain has paid, oldest first: what the model may be corrected by. */
  judged: JudgedMarket[];
  nextId: number;
}

export const createDirectional = (): DirectionalState => ({
  positions: new Map(),
  closed: [],
  unfilled: [],
  signals: new Map(),
  exitsRefused: new Map(),
  stops: new Map(),
  awaited: new Map(),
  judged: [],
  nextId: 1,
});

const CLOSED_KEPT = 200;
const UNFILLED_KEPT = 50;
/** Exits that find nothing are tried again and again: a position remembers so many of its orders. */
const ORDERS_KEPT = 100;

/** What the functions here read and change of the state. */
export type DirectionalFacts = Pick<
  KernelState,
  'directional' | 'directionalDay' | 'orders' | 'markets' | 'nowMs'
>;

/**
 * Takes in news of directional trading, when it is decided and when it is read from a journal. With fills and outcomes this is the
 * only way in which the state of directional trading changes.
 */
export function noteDirectional(state: DirectionalFacts, note: DirectionalNote): void {
  switch (note.of) {
    case 'signal':
      state.directional.signals.set(note.signal.conditionId, note.signal);
      awaitOutcome(state, note.signal);
      return;
    case 'entry':
      noteEntry(state, note);
      return;
    case 'exit': {
      const position = state.directional.positions.get(note.conditionId);
      if (position === undefined)
        throw new Error(`exit ${note.clientId} sells of no directional position in ${note.conditionId}`);
      position.exit = { ...note.exit, clientId: note.clientId, atMs: state.nowMs };
      addOrder(position, note.clientId);
      return;
    }
    case 'review':
      return;
  }
}

function noteEntry(
  { directional, nowMs }: DirectionalFacts,
  { clientId, signal, cost }: Extract<DirectionalNote, { of: 'entry' }>,
): void {
  const { conditionId, coin, kind, strikesUsd, direction, endAtMs, outcome, probability, edgePts } = signal;
  if (outcome === null || probability === null || edgePts === null)
    throw new Error(`entry ${clientId} is made on signal ${signal.id}, which is for no outcome`);
  if (directional.positions.has(conditionId))
    throw new Error(`entry ${clientId} is made in ${conditionId}, which has a directional position`);
  directional.positions.set(conditionId, {
    id: directional.nextId,
    conditionId,
    coin,
    kind,
    strikesUsd,
    direction,
    endAtMs,
    outcome,
    signalId: signal.id,
    probability,
    edgePts,
    approvedAtMs: nowMs,
    cost,
    clientIds: [clientId],
    openedAtMs: null,
    bought: 0 as Shares,
    paid: 0 as Usd,
    sold: 0 as Shares,
    got: 0 as Usd,
    fees: 0 as Usd,
    exit: null,
    closedAtMs: null,
    closedBecause: null,
    payout: 0 as Usd,
  });
  directional.nextId += 1;
}

function addOrder({ clientIds }: DirectionalPosition, clientId: ClientId): void {
  clientIds.push(clientId);
  const oldest = clientIds.findIndex((name) => purposeOf(name) === 'exit');
  if (clientIds.length > ORDERS_KEPT && oldest !== -1) clientIds.splice(oldest, 1);
}

/**
 * Takes what became of a fill into the position it belongs to, wherever that is by now. `wasKnown` says whether the fill had been
 * reported before: a trade that failed before anything was heard of it takes nothing back.
 */
export function bookDirectionalFill(state: DirectionalFacts, effect: FillEffect, wasKnown: boolean): void {
  const { kind, record, order } = effect;
  const sign = kind === 'failed' ? -1 : kind === 'booked' || kind === 'revived' ? 1 : 0;
  if (record === null || sign === 0 || (kind === 'failed' && !wasKnown)) return;
  const clientId = order?.request.clientId ?? state.orders.archive.get(record.fill.orderId)?.clientId ?? null;
  if (clientId === null) return;
  const purpose = purposeOf(clientId);
  if (purpose !== 'entry' && purpose !== 'exit') return;
  const position = positionOf(state.directional, record.fill.conditionId, clientId);
  if (position === null) return;
  const wasBought = position.bought > 0;
  const { size, side, matchedAtMs } = record.fill;
  if (side === 'SELL' && sign === 1) noteSale(state, position, record);
  if (side === 'BUY') {
    position.bought = (position.bought + sign * size) as Shares;
    position.paid = (position.paid - sign * record.cashUsd) as Usd;
    if (position.bought === 0) position.openedAtMs = null;
    else position.openedAtMs ??= Math.max(position.approvedAtMs, matchedAtMs);
  } else {
    position.sold = (position.sold + sign * size) as Shares;
    position.got = (position.got + sign * record.cashUsd) as Usd;
  }
  position.fees = (position.fees + sign * record.feeUsd) as Usd;
  if (position.closedBecause === 'resolved') position.payout = payoutFor(state, position);
  if (state.directional.unfilled.includes(position)) takeLateFill(state, position, wasBought);
  reopen(state, position.conditionId);
}

/** A sale counts from its first fill on: one that was sent and found nobody has ended nothing. */
function noteSale(
  { directional, nowMs }: DirectionalFacts,
  position: DirectionalPosition,
  { fill, cashUsd }: FillRecord,
): void {
  directional.exitsRefused.delete(position.conditionId);
  if (position.exit === null) return;
  const isBelowEntry = cashUsd * position.bought < position.paid * fill.size;
  noteStop(directional.stops, position, position.exit.cause, isBelowEntry, nowMs);
}

/**
 * An entry that had been given up has filled after all, or such a fill has failed. It counts in its day again as long as it holds
 * something. What it bought belongs to the market's present position if that is for the same outcome, so that one stop sells all of it,
 * and nothing is left of the entry but its number; otherwise it waits for the end of that.
 */
function takeLateFill(state: DirectionalFacts, late: DirectionalPosition, wasBought: boolean): void {
  const { directional, directionalDay } = state;
  const isBought = late.bought > 0;
  if (isBought && !wasBought) countAgain(directionalDay, late.approvedAtMs, late.cost);
  if (!isBought && wasBought) giveBack(directionalDay, late.approvedAtMs, late.cost);
  const present = directional.positions.get(late.conditionId);
  if (!isBought || present === undefined || present.outcome !== late.outcome) return;
  present.clientIds.unshift(...late.clientIds.splice(0));
  present.bought = (present.bought + late.bought) as Shares;
  present.paid = (present.paid + late.paid) as Usd;
  present.fees = (present.fees + late.fees) as Usd;
  present.openedAtMs ??= late.openedAtMs;
  Object.assign(late, { bought: 0, paid: 0, fees: 0, openedAtMs: null });
}

/** The position that an order is of: the present one of the market, or one that is over. */
function positionOf(
  { positions, closed, unfilled }: DirectionalState,
  conditionId: ConditionId,
  clientId: ClientId,
): DirectionalPosition | null {
  const isOf = (position: DirectionalPosition): boolean =>
    position.conditionId === conditionId && position.clientIds.includes(clientId);
  const present = positions.get(conditionId);
  if (present !== undefined && isOf(present)) return present;
  const over = closed.findLast(isOf) ?? unfilled.findLast(isOf);
  if (over !== undefined) return over;
  // An exit so old that its position has forgotten its name.
  return purposeOf(clientId) === 'exit' ? (present ?? null) : null;
}

/**
 * Makes a position that is over the market's position again, where a fill that came late, or failed, has left it with shares that
 * have to be sold. While the market has another position it waits for that one's end.
 */
function reopen(state: DirectionalFacts, conditionId: ConditionId): void {
  const { directional } = state;
  if (directional.positions.has(conditionId)) return;
  const isOpen = (position: DirectionalPosition): boolean =>
    position.conditionId === conditionId &&
    position.closedBecause !== 'resolved' &&
    isHolding(state, position);
  const found = directional.closed.find(isOpen) ?? directional.unfilled.find(isOpen);
  if (found === undefined) return;
  directional.closed = directional.closed.filter((position) => position !== found);
  directional.unfilled = directional.unfilled.filter((position) => position !== found);
  found.closedAtMs = null;
  found.closedBecause = null;
  directional.positions.set(conditionId, found);
}

/** Whether anything was bought, and what is left of it is more than an exit can leave. */
const isHolding = (state: DirectionalFacts, position: DirectionalPosition): boolean =>
  position.bought > 0 && !isSoldOut(state, position);

/** Whether all was sold, or all but what is less than the market takes in one order. */
function isSoldOut({ markets }: DirectionalFacts, position: DirectionalPosition): boolean {
  if (position.sold === 0) return false;
  const held = heldShares(position);
  return held === 0 || held < (markets.get(position.conditionId)?.market.minOrderSize ?? 0);
}

/**
 * Ends positions whose time has come, after news of orders, fills or outcomes. One that has sold out ends when all its orders have,
 * so that no fill is still to come, with the cause of its exit; one whose market is resolved ends at once; an entry that ended
 * without a fill was never one.
 */
export function settleDirectional(state: DirectionalFacts): void {
  // Where one ends, another that has waited for that may follow, and be over too.
  for (const conditionId of [...state.directional.positions.keys()]) while (settleMarket(state, conditionId));
}

/** Ends the market's position if its time has come. Returns whether it has. */
function settleMarket(state: DirectionalFacts, conditionId: ConditionId): boolean {
  const { directional } = state;
  const position = directional.positions.get(conditionId);
  const end = position === undefined ? null : endOf(state, position);
  if (position === undefined || end === null) return false;
  directional.positions.delete(conditionId);
  directional.exitsRefused.delete(conditionId);
  if (end === 'unfilled') {
    directional.unfilled = latestUnfilled([...directional.unfilled, position]);
    giveBack(state.directionalDay, position.approvedAtMs, position.cost);
  } else {
    position.closedAtMs = state.nowMs;
    position.closedBecause = end;
    position.payout = end === 'resolved' ? payoutFor(state, position) : (0 as Usd);
    directional.closed = [...directional.closed, position].slice(-CLOSED_KEPT);
  }
  reopen(state, conditionId);
  return true;
}

/** Entries without a fill are forgotten after a while; what waits with shares is not. */
const latestUnfilled = (unfilled: readonly DirectionalPosition[]): DirectionalPosition[] =>
  unfilled.filter(({ bought }, index) => bought > 0 || index >= unfilled.length - UNFILLED_KEPT);

function endOf(
  state: DirectionalFacts,
  position: DirectionalPosition,
): NonNullable<DirectionalPosition['closedBecause']> | 'unfilled' | null {
  if (position.bought === 0 && position.sold === 0) return isOrdersOver(state, position) ? 'unfilled' : null;
  if (position.exit !== null && isSoldOut(state, position))
    return isOrdersOver(state, position) ? position.exit.cause : null;
  return state.markets.get(position.conditionId)?.resolved === undefined ? null : 'resolved';
}

/** Whether no fill of a position's orders is to be expected any more, nor one that was told to fail. */
function isOrdersOver({ orders, nowMs }: DirectionalFacts, { clientIds }: DirectionalPosition): boolean {
  return clientIds.every((clientId) => {
    const record = orders.byClientId.get(clientId);
    if (record === undefined) return true;
    if (!isTerminal(record.state) || record.openFills > 0 || awaitsFills(record)) return false;
    return record.restUntoldUntilMs === null || record.restUntoldUntilMs <= nowMs;
  });
}

/** What is left pays once the market is resolved. */
function payoutFor({ markets }: DirectionalFacts, position: DirectionalPosition): Usd {
  const resolved = markets.get(position.conditionId)?.resolved;
  if (resolved === undefined) return 0 as Usd;
  const yes = payoutOf(resolved);
  return notional(position.outcome === 'YES' ? yes : complement(yes), heldShares(position));
}

/** After another outcome was told of a market than before: what its closed positions paid. */
export function correctPayouts(state: DirectionalFacts, conditionId: ConditionId): void {
  for (const position of state.directional.closed)
    if (position.conditionId === conditionId && position.closedBecause === 'resolved')
      position.payout = payoutFor(state, position);
}

/** An oracle that has not reported so long after the end is not waited for. */
const AWAITED_MS = 60 * 86_400_000;

/** After a listing: forgets what was said of markets that are over or not listed any more, and outcomes that never come. */
export function forgetSignals({ directional, markets, nowMs }: DirectionalFacts): void {
  for (const [conditionId, { endAtMs }] of directional.awaited)
    if (nowMs - endAtMs > AWAITED_MS) directional.awaited.delete(conditionId);
  for (const conditionId of directional.signals.keys()) {
    const slot = markets.get(conditionId);
    if (slot === undefined || slot.resolved !== undefined || slot.market.closed)
      directional.signals.delete(conditionId);
  }
}

/** Whether a market belongs to directional trading now: it holds a position there, or an entry is on its way. */
export const isDirectional = (
  { directional }: Pick<KernelState, 'directional'>,
  conditionId: ConditionId,
): boolean => directional.positions.has(conditionId);

/** Positions that are held or on their way. */
export const directionalPositions = ({
  directional,
}: Pick<KernelState, 'directional'>): readonly DirectionalPosition[] => [...directional.positions.values()];

/** The latest signal of a market; null where there is none. */
export const signalOf = (
  { directional }: Pick<KernelState, 'directional'>,
  conditionId: ConditionId,
): DirectionalSignal | null => directional.signals.get(conditionId) ?? null;

/**
 * What the gate has to know of all positions. One that is over but for shares that no order can sell, because its entry filled with
 * less than the market takes, stays until the market is resolved and takes nobody's place.
 */
export function directionalBook(state: DirectionalFacts, cd: Settings['cd']): DirectionalBook {
  let positions = 0;
  for (const position of state.directional.positions.values())
    if (!isRemnant(state, position)) positions += 1;
  return { limits: directionalLimitsOf(cd), today: state.directionalDay, positions };
}

function isRemnant(state: DirectionalFacts, position: DirectionalPosition): boolean {
  const least = state.markets.get(position.conditionId)?.market.minOrderSize ?? 0;
  return heldShares(position) < least && isOrdersOver(state, position);
}
